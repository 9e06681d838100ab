"""A number as it stands in a chart: exact only where it is, and with the separators of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a language writes whole numbers.

    Attributes:
        group: Between thousands.
        least_grouped: How many digits a number has at least for `group` to be written.
    """

    group: str = ","
    least_grouped: int = 4

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> NumberStyle:
        """As a frame has it; English where it says nothing of that."""
        return cls(**content["numbers"]) if "numbers" in content else cls()

    def write(self, number: float) -> str:
        """`1,234`."""
        plain = f"{number:.0f}"
        grouped = f"{number:,.0f}"
        return grouped.replace(",", self.group) if len(plain.lstrip("-")) >= self.least_grouped else plain

    def mark(self, low: int, high: int | None) -> str:
        """`12`, `≥ 12`, two bounds with a dash between them, or `?` where nothing is known."""
        if low == high:
            return self.write(low)
        if high is not None:
            return f"{self.write(low)}–{self.write(high)}"  # noqa: RUF001 - a dash between two numbers
        return f"≥ {self.write(low)}" if low else "?"


def share_of(low: int, high: int | None, of: int) -> str:
    """The same as a part of `of`, in percent: as `chart_words.share_words` says it."""
    least = low * 100 // of
    if high is None or high >= of > low:
        return f"≥ {least} %" if low else "?"
    most = min(100, high * 100 // of)
    return f"{least} %" if least == most else f"{least}–{most} %"  # noqa: RUF001 - a dash between two numbers
