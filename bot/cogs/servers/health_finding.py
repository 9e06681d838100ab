"""One line of `/health`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gates.gate import Gate

_MOST_GATES = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `/health`.

    Attributes:
        is_fine: Whether nothing is to be done.
        words: What was found.
        fix: What to do; "": nothing.
    """

    is_fine: bool
    words: str
    fix: str = ""


def fine(words: str) -> Finding:
    """Nothing is to be done."""
    return Finding(is_fine=True, words=words)


def wrong(words: str, fix: str = "") -> Finding:
    """Something is to be repaired, and how."""
    return Finding(is_fine=False, words=words, fix=fix)


def gates_named(gates: Sequence[Gate]) -> str:
    """Gates in the middle of a sentence: `"gate #1 (…)"`, `"gates #1 (…), #2 (…) and 3 more"`."""
    shown = [f"#{gate.gate_id} (<@&{gate.role_id}>)" for gate in gates[:_MOST_GATES]]
    if (more := len(gates) - _MOST_GATES) > 0:
        shown.append(f"{more:,} more")
    *others, last = shown
    return f"gates {', '.join(others)} and {last}" if others else f"gate {last}"


def by_count(count: int, one: str, many: str) -> str:
    """The word that goes with so many."""
    return one if count == 1 else many


def since(at: datetime) -> str:
    """A moment as Discord shows it to each reader: "3 hours ago"."""
    return f"<t:{int(at.timestamp())}:R>"


def moment(at: datetime) -> str:
    """The same, as date and time in the reader's own zone."""
    return f"<t:{int(at.timestamp())}:f>"
