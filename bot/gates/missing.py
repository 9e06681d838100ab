"""Says what a member still needs for a rule: "2 more of Harbour Lights"."""

from __future__ import annotations

from bot.gates.describe import Counted, NameOf, joined, target_words
from bot.gates.explain import counted_rule, day_of, number_of
from bot.gates.rule import (
    AllOf,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Not,
    ProvenWithin,
    SomeOf,
)
from bot.gates.verdict import Verdict, WhyCode
from bot.messages import Message, Words

_AND = Message("{one}; {other}")
_MORE = Message("{number} more of {what}")
_MORE_COPIES = Message("{number} more copy of {what}", "{number} more copies of {what}")
_MORE_COLLECTIONS = Message("NFTs of {number} more collection", "NFTs of {number} more collections")
_NUMBER = Message("{count:,}")
_UP_TO = Message("up to {count:,}")
_FEWER = Message("{number} fewer of {what}")
_FEWER_COLLECTIONS = Message("NFTs of {number} fewer collection", "NFTs of {number} fewer collections")
_NONE = Message("none of {what}")
_UNTIL = Message("held until {until}")
_NEW_PROOF = Message("a new proof of an account")
_FIRST_PROOF = Message("a proof of an account")
_PROOFS = {WhyCode.NO_PROOF: _FIRST_PROOF, WhyCode.PROOF_TOO_OLD: _NEW_PROOF}
_ALL_MISSING = Message("{one}, and {other}")
_ONE_MISSING = Message("{one}, or {other}")
_SOME_MISSING = Message("{number} of these: {parts}")


def missing(  # noqa: PLR0911 - one line for each kind of rule is easiest to read
    verdict: Verdict, name_of: NameOf = str
) -> Words | None:
    """What a member still needs: "2 more of Harbour Lights"; None: nothing, or nothing that they could do about it."""
    if verdict.is_granted or verdict.code is WhyCode.NOT_JUDGED:
        return None
    match verdict.rule:
        case Holds() | HoldsIds() | HoldsTrait() | HoldsCollections():
            return _missing_count(verdict, name_of)
        case During():
            is_time = verdict.code in (WhyCode.NOT_BEGUN, WhyCode.ENDED)
            return None if is_time else missing(verdict.parts[0], name_of)
        case HeldFor():
            if not verdict.parts[0].is_granted:
                return missing(verdict.parts[0], name_of)
            until = dict(verdict.params)["until"]
            return _UNTIL(until=day_of(verdict, "until")) if until else None
        case ProvenWithin():
            return _PROOFS[verdict.code]() if verdict.code in _PROOFS else None
        case Not():
            return _missing_of_not(verdict, name_of)
        case _:
            return _missing_parts(verdict, name_of)


def _missing_count(verdict: Verdict, name_of: NameOf) -> Words | None:
    low, high = number_of(verdict, "low"), dict(verdict.params)["high"]
    least, most = number_of(verdict, "least"), dict(verdict.params)["most"]
    number = _NUMBER if low == high else _UP_TO
    rule = counted_rule(verdict)
    if low < least:
        return _more(rule, least - low, number, name_of)
    if isinstance(most, int) and low > most:
        return _fewer(rule, low - most, name_of)
    return None


def _more(rule: Counted, count: int, number: Message, name_of: NameOf) -> Words:
    if isinstance(rule, HoldsCollections):
        return _MORE_COLLECTIONS(number=number(count=count), count=count)
    if isinstance(rule, Holds) and rule.measure is Measure.COPIES:
        return _MORE_COPIES(number=number(count=count), count=count, what=target_words(rule, name_of))
    return _MORE(number=number(count=count), what=target_words(rule, name_of))


def _fewer(rule: Counted, count: int, name_of: NameOf) -> Words:
    if isinstance(rule, HoldsCollections):
        return _FEWER_COLLECTIONS(number=_NUMBER(count=count), count=count)
    return _FEWER(number=_NUMBER(count=count), what=target_words(rule, name_of))


def _missing_of_not(verdict: Verdict, name_of: NameOf) -> Words | None:
    denied = verdict.parts[0].rule
    if isinstance(denied, Holds) and (denied.least, denied.most) == (1, None) and verdict.is_denied:
        return _NONE(what=target_words(denied, name_of))
    return None


def _missing_parts(verdict: Verdict, name_of: NameOf) -> Words | None:
    found = [words for part in verdict.parts if (words := missing(part, name_of)) is not None]
    if not found:
        return None
    if isinstance(verdict.rule, AllOf):
        return joined(found, _ALL_MISSING)
    left = number_of(verdict, "needed") - number_of(verdict, "granted")
    if isinstance(verdict.rule, SomeOf) and left > 1:
        return _SOME_MISSING(number=left, parts=joined(found, _AND))
    return joined(found, _ONE_MISSING)
