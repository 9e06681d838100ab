"""Why a role is given or taken: as the journal has it, as Discord's audit log does, and as people read it.

The journal retains words, to be read in any language, and never a part of them: only what is shown is cut. What an
earlier version wrote down is the sentence of the audit log, in English.
"""

from __future__ import annotations

from bot.gates.describe import NameOf
from bot.messages import Message, Words, words_of_text
from bot.roles.plan import Change
from bot.sync.short_reason import short_reason

_OURS = "Tessera "  # in the audit log, which has the reasons of all bots
_LONGEST = 512  # of an entry in the audit log
_MORE = "…"

_REASON = Message("gate #{gate}: {why}")
_SUPERSEDED = Message("a higher role replaces it (gate #{gate})")
_UNDONE = Message("given back: run {run} was undone")
_DELETED = Message("its member has deleted their data")


def reason_of(change: Change, name_of: NameOf = str) -> Words:
    """Why a role is given or taken."""
    higher = change.superseded_by
    why = _SUPERSEDED(gate=str(higher.gate_id)) if higher else short_reason(change.verdict, name_of)
    return _of_gate(change.gate.gate_id, why)


def undo_reason(gate_id: int, run_id: int) -> Words:
    """Why a role is given back."""
    return _of_gate(gate_id, _UNDONE(run=str(run_id)))


def deleted_reason(gate_id: int) -> Words:
    """Why a role is taken from somebody of whom nothing else is known any more."""
    return _of_gate(gate_id, _DELETED())


def audit_line(reason: Words | str) -> str:
    """A reason as Discord's audit log has it: in English, and no longer than that takes."""
    text = _OURS + str(reason).removeprefix(_OURS)
    return text if len(text) <= _LONGEST else text[: _LONGEST - len(_MORE)] + _MORE


def recorded_reason(text: str) -> Words | str:
    """A reason as the journal has it, for people."""
    words = words_of_text(text)
    return words if isinstance(words, Words) else words.removeprefix(_OURS)


def _of_gate(gate_id: int, why: Words) -> Words:
    return _REASON(gate=str(gate_id), why=why)
