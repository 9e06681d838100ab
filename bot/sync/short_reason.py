"""Why a gate answers as it does, in a few words: for Discord's audit log, which has 512 characters, and for lists."""

from __future__ import annotations

from collections.abc import Iterator

from bot.counts import Ternary
from bot.gates.describe import NameOf, joined
from bot.gates.explain import number_of, verdict_words
from bot.gates.rule import CollectionRef, Holds, Measure
from bot.gates.verdict import Verdict, WhyCode
from bot.messages import Message, Words

_COUNTED = frozenset({WhyCode.ENOUGH, WhyCode.TOO_FEW, WhyCode.TOO_MANY, WhyCode.MAY_BE_ENOUGH})
_MOST_PARTS = 20  # of which a rule of hundreds would have more than anybody reads

_ENOUGH = Message("holds {seen} of {name}, {count:,} needed", "holds {seen} of {name}, {count:,} needed")
_ENOUGH_OF_RANGE = Message("holds {seen} of {name}, {least:,} to {most:,} needed")
_LACKS = Message("holds {seen} of {needed} of {name}")
_NUMBER = Message("{low:,}")
_OR_MORE = Message("{low:,} or more")
_RANGE = Message("{least:,} to {most:,}")
_AND = Message("{one}; {other}")
_AND_MORE = Message("{reasons}; and {count:,} more", "{reasons}; and {count:,} more")


def short_reason(verdict: Verdict, name_of: NameOf = str) -> Words:
    """Such as "holds 0 of 3 of Harbour Lights"; of a rule that consists of others, what decided it.

    Args:
        verdict: The answer.
        name_of: A collection's name, safe to show; its id, if none is given.
    """
    deciding = list(_deciding(verdict))
    reasons = joined([_reason(part, name_of) for part in deciding[:_MOST_PARTS]], _AND)
    more = len(deciding) - _MOST_PARTS
    return _AND_MORE(reasons=reasons, count=more) if more > 0 else reasons


def _deciding(verdict: Verdict) -> Iterator[Verdict]:
    """The innermost verdicts by which a rule is answered as it is."""
    parts = [] if _is_counted(verdict) else [part for part in verdict.parts if part.status is verdict.status]
    if not parts:
        yield verdict
    for part in parts:
        yield from _deciding(part)


def _is_counted(verdict: Verdict) -> bool:
    rule = verdict.rule
    is_short = isinstance(rule, Holds) and rule.measure is Measure.KINDS and isinstance(rule.target, CollectionRef)
    return is_short and verdict.code in _COUNTED


def _reason(verdict: Verdict, name_of: NameOf) -> Words:
    rule = verdict.rule
    if not (_is_counted(verdict) and isinstance(rule, Holds) and isinstance(rule.target, CollectionRef)):
        return verdict_words(verdict, name_of)
    low, least, params = number_of(verdict, "low"), number_of(verdict, "least"), dict(verdict.params)
    is_exact = low == params["high"] or verdict.status is Ternary.YES
    seen, name, most = (_NUMBER if is_exact else _OR_MORE)(low=low), name_of(rule.target), params["most"]
    if not verdict.is_granted:
        needed = _NUMBER(low=least) if most is None else _RANGE(least=least, most=most)
        return _LACKS(seen=seen, needed=needed, name=name)
    if most is None:
        return _ENOUGH(seen=seen, name=name, count=least)
    return _ENOUGH_OF_RANGE(seen=seen, name=name, least=least, most=most)
