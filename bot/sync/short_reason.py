"""Why a gate answers as it does, in a few words: for Discord's audit log, which has 512 characters, and for lists.

In English, no matter who caused the change: it is recorded, and read by others in other languages.
"""

from __future__ import annotations

from bot.counts import Ternary
from bot.gates.describe import NameOf
from bot.gates.explain import verdict_words
from bot.gates.rule import CollectionRef, Holds, Measure
from bot.gates.verdict import Verdict, WhyCode

_COUNTED = frozenset({WhyCode.ENOUGH, WhyCode.TOO_FEW, WhyCode.TOO_MANY, WhyCode.MAY_BE_ENOUGH})


def short_reason(verdict: Verdict, name_of: NameOf = str) -> str:
    """Such as "holds 0 of 3 of Harbour Lights"; of a rule that consists of others, what decided it.

    Args:
        verdict: The answer.
        name_of: A collection's name, safe to show; its id, if none is given.
    """
    rule = verdict.rule
    is_short = isinstance(rule, Holds) and rule.measure is Measure.KINDS and isinstance(rule.target, CollectionRef)
    if is_short and verdict.code in _COUNTED:
        return _counted(verdict, name_of)
    deciding = [part for part in verdict.parts if part.status is verdict.status]
    if deciding:
        return "; ".join(short_reason(part, name_of) for part in deciding)
    return str(verdict_words(verdict, name_of))


def _counted(verdict: Verdict, name_of: NameOf) -> str:
    params = dict(verdict.params)
    low, high, least, most = (params.get(name) for name in ("low", "high", "least", "most"))
    seen = str(low) if low == high or verdict.status is Ternary.YES else f"{low} or more"
    needed = str(least) if most is None else f"{least} to {most}"
    target = verdict.rule.target if isinstance(verdict.rule, Holds) else None
    of = name_of(target) if isinstance(target, CollectionRef) else target
    return f"holds {seen} of {of}, {needed} needed" if verdict.is_granted else f"holds {seen} of {needed} of {of}"
