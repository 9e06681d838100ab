"""Says why a rule is answered as it is: "holds 1 of 3 different NFTs of Harbour Lights, 2 more are needed"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.counts import Ternary
from bot.gates.describe import (
    Counted,
    NameOf,
    amount_words,
    joined,
    limits_words,
    rule_words,
    span_words,
    unit_words,
)
from bot.gates.rule import (
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Not,
    ProvenWithin,
)
from bot.gates.verdict import Verdict, WhyCode
from bot.messages import Message, Words

_HOLDS = Message("holds {have}")
_TOO_FEW = Message("holds {have}, {count:,} more is needed", "holds {have}, {count:,} more are needed")
_OF = Message("{have} of {least:,}")
_TOO_MANY = Message("holds {have}, and may hold {allowed}")
_MAY_BE = Message("cannot be known now: holds {have}, and needs {needed}")
_TRAITS_UNKNOWN = Message("cannot be known now, as the source does not report the traits of all that is held: {what}")
_NUMBER = Message("{low:,}")
_AT_LEAST = Message("at least {low:,}")
_AT_MOST = Message("at most {high:,}")
_RANGE = Message("{low:,} to {high:,}")

_LONG_ENOUGH = Message("{what}: so long, as far as Tessera observed it")
_NOT_LONG_ENOUGH = Message(
    "has held it for {count:,} day without a break, as far as Tessera observed it; {needed} are needed",
    "has held it for {count:,} days without a break, as far as Tessera observed it; {needed} are needed",
)
_LONG_ENOUGH_ON = Message("{days}: long enough on {until}")
_MAY_BE_SO = Message("cannot be known now whether it is so: {what}")
_NOT_BEGUN = Message("begins on {first} (UTC)")
_ENDED = Message("ended with {last} (UTC)")
_LISTED = Message("has proven a listed account")
_NOT_LISTED = Message("has proven no listed account")
_MAY_BE_LISTED = Message("cannot be known now: whose the listed account is must be decided first")
_PROVEN = Message("has proven an account recently enough, until {until}")
_PROOF_TOO_OLD = Message("has proven no account within the last {span}: a new proof is needed")
_MAY_BE_PROVEN = Message("cannot be known now: whose the account is must be decided first")
_NO_PROOF = Message("has proven no account")
_GRANTED = Message("fulfils {granted} of {of}, and needs {needed}: {parts}")
_NOT_DENIED = Message("{what}, which must not be")
_IS_DENIED = Message("{what}, as required")
_MAY_BE_DENIED = Message("cannot be known now whether this is so, which must not be: {what}")
_NOT_JUDGED = Message("cannot be known now: Tessera fails at this rule, and its log says why")
_AND = Message("{one}; {other}")


def verdict_words(verdict: Verdict, name_of: NameOf = str) -> Words:
    """Why a rule is answered as it is, as the predicate of a sentence about the member.

    Args:
        verdict: The answer.
        name_of: A collection's name, safe to show; its id, if none is given.
    """
    if isinstance(verdict.rule, During) and verdict.parts and verdict.code not in (WhyCode.NOT_BEGUN, WhyCode.ENDED):
        return verdict_words(verdict.parts[0], name_of)
    return _WORDS[verdict.code](verdict, name_of)


# ---------------------------------------------------------------- what is held


def number_of(verdict: Verdict, name: str) -> int:
    """A number of a verdict."""
    value = dict(verdict.params)[name]
    if not isinstance(value, int):
        raise TypeError(f"{name} of {verdict.code} is {value!r}")
    return value


def _text(verdict: Verdict, name: str) -> str:
    return str(dict(verdict.params)[name])


def day_of(verdict: Verdict, name: str) -> str:
    """The date of a moment."""
    return _text(verdict, name)[:10]


def counted_rule(verdict: Verdict) -> Counted:
    """The rule that was judged, where it counts something."""
    if not isinstance(verdict.rule, Holds | HoldsIds | HoldsTrait | HoldsCollections):
        raise TypeError(f"{verdict.rule} counts nothing")
    return verdict.rule


def _have(verdict: Verdict) -> Words:
    """How many there are, as far as it is known."""
    low, high = number_of(verdict, "low"), dict(verdict.params)["high"]
    if high is None:
        return _AT_LEAST(low=low)
    if low == high:
        return _NUMBER(low=low)
    return _RANGE(low=low, high=high) if low else _AT_MOST(high=high)


def _have_of_what(verdict: Verdict, name_of: NameOf) -> Words:
    rule, high = counted_rule(verdict), dict(verdict.params)["high"]
    if high == 0 and not isinstance(rule, HoldsCollections):
        return amount_words(replace(rule, least=0, most=0), name_of)
    most = high if isinstance(high, int) else number_of(verdict, "low")
    return unit_words(rule, _have(verdict), most, name_of)


def _enough(verdict: Verdict, name_of: NameOf) -> Words:
    return _HOLDS(have=_have_of_what(verdict, name_of))


def _too_few(verdict: Verdict, name_of: NameOf) -> Words:
    least, high = number_of(verdict, "least"), number_of(verdict, "high")
    have = _have_of_what(verdict, name_of)
    if high:
        have = unit_words(counted_rule(verdict), _OF(have=_have(verdict), least=least), least, name_of)
    return _TOO_FEW(have=have, count=least - high)


def _too_many(verdict: Verdict, name_of: NameOf) -> Words:
    allowed = limits_words(0, number_of(verdict, "most"))
    return _TOO_MANY(have=_have_of_what(verdict, name_of), allowed=allowed)


def _may_be_enough(verdict: Verdict, name_of: NameOf) -> Words:
    rule, params = counted_rule(verdict), dict(verdict.params)
    if (params["low"], params["high"]) == (0, None):
        return _MAY_BE_SO(what=rule_words(rule, name_of))
    return _MAY_BE(have=_have_of_what(verdict, name_of), needed=limits_words(rule.least, rule.most))


def _traits_unknown(verdict: Verdict, name_of: NameOf) -> Words:
    return _TRAITS_UNKNOWN(what=rule_words(verdict.rule, name_of))


# ---------------------------------------------------------------- spans, dates, lists and proofs


def _long_enough(verdict: Verdict, name_of: NameOf) -> Words:
    return _LONG_ENOUGH(what=rule_words(verdict.rule, name_of))


def _not_long_enough(verdict: Verdict, name_of: NameOf) -> Words:
    if verdict.parts[0].is_denied or not isinstance(verdict.rule, HeldFor):
        return verdict_words(verdict.parts[0], name_of)
    days = _NOT_LONG_ENOUGH(count=number_of(verdict, "days"), needed=span_words(verdict.rule.span))
    return _LONG_ENOUGH_ON(days=days, until=day_of(verdict, "until"))


def _may_be_long_enough(verdict: Verdict, name_of: NameOf) -> Words:
    return _MAY_BE_SO(what=rule_words(verdict.rule, name_of))


def _proof_too_old(verdict: Verdict, _: NameOf) -> Words:
    if not isinstance(verdict.rule, ProvenWithin):
        raise TypeError(f"{verdict.rule} asks for no proof")
    return _PROOF_TOO_OLD(span=span_words(verdict.rule.span))


# ---------------------------------------------------------------- rules of rules


def _parts(verdict: Verdict, status: Ternary, name_of: NameOf) -> Words:
    """Why those parts are so that decide it."""
    return joined([verdict_words(part, name_of) for part in verdict.parts if part.status is status], _AND)


def _some_granted(verdict: Verdict, name_of: NameOf) -> Words:
    return _of_needed(verdict, _parts(verdict, Ternary.YES, name_of))


def _too_few_granted(verdict: Verdict, name_of: NameOf) -> Words:
    return _of_needed(verdict, _parts(verdict, Ternary.NO, name_of))


def _of_needed(verdict: Verdict, parts: Words) -> Words:
    granted, needed, of = (number_of(verdict, name) for name in ("granted", "needed", "of"))
    return parts if needed == 1 else _GRANTED(granted=granted, needed=needed, of=of, parts=parts)


def _may_be_granted(verdict: Verdict, name_of: NameOf) -> Words:
    if isinstance(verdict.rule, Not):
        return _MAY_BE_DENIED(what=rule_words(verdict.rule.rule, name_of))
    return _parts(verdict, Ternary.UNKNOWN, name_of)


def _of_a_not(verdict: Verdict, name_of: NameOf) -> Words:
    """What is so, without how it would be otherwise."""
    inner = verdict.parts[0]
    counted = isinstance(inner.rule, Holds | HoldsIds | HoldsTrait | HoldsCollections)
    what = _enough(inner, name_of) if counted else verdict_words(inner, name_of)
    return (_NOT_DENIED if verdict.is_denied else _IS_DENIED)(what=what)


_WORDS: Mapping[WhyCode, Callable[[Verdict, NameOf], Words]] = {
    WhyCode.ENOUGH: _enough,
    WhyCode.TOO_FEW: _too_few,
    WhyCode.TOO_MANY: _too_many,
    WhyCode.MAY_BE_ENOUGH: _may_be_enough,
    WhyCode.TRAITS_UNKNOWN: _traits_unknown,
    WhyCode.HELD_LONG_ENOUGH: _long_enough,
    WhyCode.NOT_HELD_LONG_ENOUGH: _not_long_enough,
    WhyCode.MAY_BE_HELD_LONG_ENOUGH: _may_be_long_enough,
    WhyCode.NOT_BEGUN: lambda verdict, _: _NOT_BEGUN(first=_text(verdict, "first")),
    WhyCode.ENDED: lambda verdict, _: _ENDED(last=_text(verdict, "last")),
    WhyCode.LISTED: lambda _, __: _LISTED(),
    WhyCode.NOT_LISTED: lambda _, __: _NOT_LISTED(),
    WhyCode.MAY_BE_LISTED: lambda _, __: _MAY_BE_LISTED(),
    WhyCode.PROVEN_IN_TIME: lambda verdict, _: _PROVEN(until=day_of(verdict, "until")),
    WhyCode.PROOF_TOO_OLD: _proof_too_old,
    WhyCode.MAY_BE_PROVEN: lambda _, __: _MAY_BE_PROVEN(),
    WhyCode.NO_PROOF: lambda _, __: _NO_PROOF(),
    WhyCode.SOME_GRANTED: _some_granted,
    WhyCode.TOO_FEW_GRANTED: _too_few_granted,
    WhyCode.MAY_BE_GRANTED: _may_be_granted,
    WhyCode.ALL_GRANTED: lambda verdict, name_of: _parts(verdict, Ternary.YES, name_of),
    WhyCode.NOT_ALL_GRANTED: lambda verdict, name_of: _parts(verdict, Ternary.NO, name_of),
    WhyCode.NOT_DENIED: _of_a_not,
    WhyCode.IS_DENIED: _of_a_not,
    WhyCode.NOT_JUDGED: lambda _, __: _NOT_JUDGED(),
}
