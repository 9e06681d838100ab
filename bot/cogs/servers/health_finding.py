"""One line of `/health`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.gates.gate import Gate
from bot.messages import Message, Words

_MOST_GATES = 8
_GATES = Message("gate {gates}", "gates {gates}")
_AND = Message("{listed} and {last}")
_AND_MORE = Message("{listed} and {more:,} more")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `/health`.

    Attributes:
        is_fine: Whether nothing is to be done.
        words: What was found, in the reader's language.
        fix: What to do; "": nothing.
    """

    is_fine: bool
    words: str
    fix: str = ""


def fine(words: Words) -> Finding:
    """Nothing is to be done."""
    return Finding(is_fine=True, words=words.render())


def wrong(words: Words, fix: Words | None = None) -> Finding:
    """Something is to be repaired, and how."""
    return Finding(is_fine=False, words=words.render(), fix=fix.render() if fix else "")


def gates_named(gates: Sequence[Gate]) -> Words:
    """Gates in the middle of a sentence: `"gate #1 (…)"`, `"gates #1 (…), #2 (…) and 3 more"`."""
    shown = [f"#{gate.gate_id} (<@&{gate.role_id}>)" for gate in gates[:_MOST_GATES]]
    if (more := len(gates) - _MOST_GATES) > 0:
        listed: Words | str = _AND_MORE(listed=", ".join(shown), more=more)
    else:
        *others, last = shown
        listed = _AND(listed=", ".join(others), last=last) if others else last
    return _GATES(count=len(gates), gates=listed)


def since(at: datetime) -> str:
    """A moment as Discord shows it to each reader: "3 hours ago"."""
    return f"<t:{int(at.timestamp())}:R>"


def moment(at: datetime) -> str:
    """The same, as date and time in the reader's own zone."""
    return f"<t:{int(at.timestamp())}:f>"
