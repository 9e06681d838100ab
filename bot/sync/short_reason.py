"""Why a gate answers as it does, in a few words: for Discord's audit log, which has 512 characters, and for lists."""

from __future__ import annotations

from collections.abc import Sequence

from bot.counts import Ternary
from bot.gates.rule import HoldsCollections
from bot.gates.verdict import Verdict, WhyCode

_COUNTED = frozenset({WhyCode.ENOUGH, WhyCode.TOO_FEW, WhyCode.TOO_MANY, WhyCode.MAY_BE_ENOUGH})
_COLLECTIONS = "different collections"


def short_reason(verdict: Verdict) -> str:
    """Such as "holds 0 of 3 of loopring:254"; of a rule that consists of others, what decided it."""
    if verdict.code in _COUNTED:
        return _counted(verdict)
    deciding = [part for part in verdict.parts if part.status is verdict.status]
    if deciding:
        return "; ".join(map(short_reason, deciding))
    words = verdict.code.value.replace("_", " ")
    params = ", ".join(f"{name} {value}" for name, value in verdict.params if value is not None)
    return f"{words} ({params})" if params else words


def _counted(verdict: Verdict) -> str:
    params = dict(verdict.params)
    low, high, least, most = (params.get(name) for name in ("low", "high", "least", "most"))
    seen = str(low) if low == high or verdict.status is Ternary.YES else f"{low} or more"
    needed = str(least) if most is None else f"{least} to {most}"
    if verdict.is_granted:
        return f"holds {seen} of {_target(verdict)}, {needed} needed"
    return f"holds {seen} of {needed} of {_target(verdict)}"


def _target(verdict: Verdict) -> str:
    if isinstance(verdict.rule, HoldsCollections):
        among: Sequence[object] = verdict.rule.among
        return f"{_COLLECTIONS} of {', '.join(map(str, among))}" if among else _COLLECTIONS
    return str(getattr(verdict.rule, "target", ""))
