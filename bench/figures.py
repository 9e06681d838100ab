"""What was measured, next to its target; as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Kind(Enum):
    """How reliable a figure is on a machine that also does other things."""

    COUNT = "count"  # the same on every machine: a missed target is a defect of the program
    SIZE = "size"  # likewise, up to the allocator
    TIME = "time"  # depends on the machine and on who else uses it


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        section: The measurement it comes from.
        what: In words.
        value: None when it could not be measured; then `note` says why.
        unit: Of `value` and the targets, such as "ms"; "" for counts.
        kind: Decides whether a miss fails the run.
        at_most: The target; None for figures that are only reported.
        at_least: A second bound; equal to `at_most` where one exact value is expected.
        note: What a reader must know about it.
    """

    section: str
    what: str
    value: float | None
    unit: str = ""
    kind: Kind = Kind.TIME
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""

    @property
    def missed(self) -> bool:
        """Whether it was measured and is outside its target."""
        if self.value is None:
            return False
        too_much = self.at_most is not None and self.value > self.at_most
        return too_much or (self.at_least is not None and self.value < self.at_least)

    @property
    def verdict(self) -> str:
        """`ok`, `MISSED`, `skipped`, or "" without a target."""
        if self.value is None:
            return "skipped"
        if self.at_most is None:
            return ""
        return "MISSED" if self.missed else "ok"

    def json(self) -> dict[str, Any]:
        """All of it, under the names above."""
        return {
            "section": self.section,
            "what": self.what,
            "value": None if self.value is None else round(self.value, 3),
            "unit": self.unit,
            "kind": self.kind.value,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "verdict": self.verdict,
            "note": self.note,
        }


def fails(figures: Sequence[Figure], *, strict: bool) -> bool:
    """Whether the run has failed: a count or size missed, or any target if `strict`."""
    return any(figure.missed and (strict or figure.kind is not Kind.TIME) for figure in figures)


def table(figures: Sequence[Figure]) -> str:
    """One line for each figure, aligned, a blank line between sections."""
    rows = [(figure.what, _amount(figure.value, figure.unit), _target(figure), figure.verdict) for figure in figures]
    heads = ("what", "measured", "target", "")
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    lines = [_line(heads, widths).rstrip()]
    section = ""
    for figure, row in zip(figures, rows, strict=True):
        if figure.section != section:
            section = figure.section
            lines += ["", section]
        lines.append((_line(row, widths) + (f"  {figure.note}" if figure.note else "")).rstrip())
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    what, measured, target, verdict = cells
    return f"  {what:<{widths[0]}}  {measured:>{widths[1]}}  {target:>{widths[2]}}  {verdict:<{widths[3]}}"


def _target(figure: Figure) -> str:
    if figure.at_most is None:
        return ""
    sign = "=" if figure.at_least == figure.at_most else "≤"
    return f"{sign} {_amount(figure.at_most, figure.unit)}"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    whole = float(value).is_integer() and unit in ("", "MB")
    digits = 0 if whole else 2 if unit in ("s", "x") else 1
    return f"{value:,.{digits}f} {unit}".rstrip()
