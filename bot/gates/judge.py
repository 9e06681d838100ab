"""The answer to a rule from what is known about a member: granted, denied, or unknown where what is missing decides.

Counts are intervals and answers have three values (Kleene's logic), so "unknown is not zero" is arithmetic here: with
less known, an answer can become unknown, and never its opposite. Accounts whose owner must be decided first hold an
unknown number of everything, which makes only those rules unknown that they could change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bot.counts import Count, Ternary, count_yes
from bot.gates.facts import AccountFacts, Facts
from bot.gates.held_counts import (
    NOTHING,
    are_traits_reported,
    count_collections_held,
    count_held,
    count_ids,
    count_with_trait,
)
from bot.gates.observed_spans import stretches
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.gates.verdict import Verdict, WhyCode

_DAY = timedelta(days=1)
_OPPOSITE = {Ternary.YES: Ternary.NO, Ternary.NO: Ternary.YES, Ternary.UNKNOWN: Ternary.UNKNOWN}


def judge(rule: Rule, facts: Facts) -> Verdict:
    """The answer to a rule, with the answers to the rules that it consists of.

    What an archive reports (`AccountFacts.is_of_the_past`) can only grant: where it denies, as it does with "at most",
    the answer is the one without it.
    """
    verdict = _answer(rule, facts)
    if verdict.is_denied and any(account.is_of_the_past for account in facts.accounts):
        present = tuple(account.without_the_past() for account in facts.accounts)
        return _answer(rule, replace(facts, accounts=present))
    return verdict


def _answer(rule: Rule, facts: Facts) -> Verdict:
    return _JUDGES[type(rule)](rule, facts)


def is_within(count: Count, least: int, most: int | None) -> Ternary:
    """Whether there are `least` to `most` (None: any number more)."""
    if most is None:
        return count.is_at_least(least)
    return count.is_between(least, most) if least <= most else Ternary.NO


# ---------------------------------------------------------------- what is held


def _holds(rule: Holds, facts: Facts) -> Verdict:
    return _counted(rule, count_held(facts, rule), rule.least, rule.most)


def _holds_ids(rule: HoldsIds, facts: Facts) -> Verdict:
    return _counted(rule, count_ids(facts, rule), rule.least, rule.most)


def _holds_collections(rule: HoldsCollections, facts: Facts) -> Verdict:
    return _counted(rule, count_collections_held(facts, rule), rule.least, rule.most)


def _holds_trait(rule: HoldsTrait, facts: Facts) -> Verdict:
    verdict = _counted(rule, count_with_trait(facts, rule), rule.least, rule.most)
    if verdict.status is Ternary.UNKNOWN and not are_traits_reported(facts, rule.target):
        return Verdict(verdict.status, rule, WhyCode.TRAITS_UNKNOWN, verdict.params)
    return verdict


def _counted(rule: Rule, count: Count, least: int, most: int | None) -> Verdict:
    status = is_within(count, least, most)
    code = {Ternary.YES: WhyCode.ENOUGH, Ternary.UNKNOWN: WhyCode.MAY_BE_ENOUGH}.get(status)
    if code is None:
        code = WhyCode.TOO_FEW if count.high is not None and count.high < least else WhyCode.TOO_MANY
    return Verdict(status, rule, code, (("low", count.low), ("high", count.high), ("least", least), ("most", most)))


def _held_for(rule: HeldFor, facts: Facts) -> Verdict:
    now = _answer(rule.rule, facts)
    past = stretches(facts, rule.rule, lambda count: is_within(count, rule.rule.least, rule.rule.most))
    breaks = [stretch for stretch in past if stretch.answer is Ternary.NO]
    since = facts.now if now.is_denied else breaks[-1].end if breaks else None
    begin = facts.now - rule.span
    is_broken = now.is_denied or any(stretch.end > begin for stretch in breaks)
    is_doubtful = any(stretch.end > begin and stretch.answer is Ternary.UNKNOWN for stretch in past)
    if is_broken:
        status, code = Ternary.NO, WhyCode.NOT_HELD_LONG_ENOUGH
    elif is_doubtful or now.status is Ternary.UNKNOWN:
        status, code = Ternary.UNKNOWN, WhyCode.MAY_BE_HELD_LONG_ENOUGH
    else:
        status, code = Ternary.YES, WhyCode.HELD_LONG_ENOUGH
    until = since + rule.span if is_broken and since and not now.is_denied else None
    return Verdict(
        status,
        rule,
        code,
        (
            ("days", (facts.now - since) // _DAY if since else rule.span // _DAY),
            ("needed", -(-rule.span // _DAY)),
            ("until", until.isoformat() if until else None),
        ),
        (now,),
    )


# ---------------------------------------------------------------- dates, lists and proofs


def _during(rule: During, facts: Facts) -> Verdict:
    inner = _answer(rule.rule, facts)
    if rule.first and facts.now < start_of(rule.first):
        return Verdict(Ternary.NO, rule, WhyCode.NOT_BEGUN, (("first", rule.first.isoformat()),), (inner,))
    # Not the beginning of the next day: the last day that there is has none.
    if rule.last and facts.now.astimezone(UTC).date() > rule.last:
        return Verdict(Ternary.NO, rule, WhyCode.ENDED, (("last", rule.last.isoformat()),), (inner,))
    return Verdict(inner.status, rule, inner.code, inner.params, (inner,))


def start_of(day: date) -> datetime:
    """When a day begins, which is at midnight UTC."""
    return datetime.combine(day, time(), UTC)


def _account_in(rule: AccountIn, facts: Facts) -> Verdict:
    listed = [account for account in facts.accounts if _is_listed(rule, account)]
    if any(account.is_certain for account in listed):
        return Verdict(Ternary.YES, rule, WhyCode.LISTED)
    if listed:
        return Verdict(Ternary.UNKNOWN, rule, WhyCode.MAY_BE_LISTED)
    return Verdict(Ternary.NO, rule, WhyCode.NOT_LISTED)


def _is_listed(rule: AccountIn, account: AccountFacts) -> bool:
    """Whether it is, or, where its owner is not known, may be."""
    has_any_owner = bool(rule.owners) and not account.owner and not account.is_certain
    return account.account in rule.accounts or account.owner in rule.owners or has_any_owner


def _proven_within(rule: ProvenWithin, facts: Facts) -> Verdict:
    begin = facts.now - rule.span
    needed = ("needed", -(-rule.span // _DAY))
    recent = [account for account in facts.accounts if account.proven_at >= begin]
    certain = [account.proven_at for account in recent if account.is_certain]
    if certain:
        until = (max(certain) + rule.span).isoformat()
        return Verdict(Ternary.YES, rule, WhyCode.PROVEN_IN_TIME, (("until", until), needed))
    if recent:
        return Verdict(Ternary.UNKNOWN, rule, WhyCode.MAY_BE_PROVEN, (needed,))
    if not facts.accounts:
        return Verdict(Ternary.NO, rule, WhyCode.NO_PROOF, (needed,))
    return Verdict(Ternary.NO, rule, WhyCode.PROOF_TOO_OLD, (needed,))


# ---------------------------------------------------------------- rules of rules


def _some_of(rule: SomeOf, facts: Facts) -> Verdict:
    codes = (WhyCode.SOME_GRANTED, WhyCode.TOO_FEW_GRANTED)
    return _of_parts(rule, [_answer(part, facts) for part in rule.rules], rule.needed, codes)


def _any_of(rule: AnyOf, facts: Facts) -> Verdict:
    codes = (WhyCode.SOME_GRANTED, WhyCode.TOO_FEW_GRANTED)
    return _of_parts(rule, [_answer(part, facts) for part in rule.rules], 1, codes)


def _all_of(rule: AllOf, facts: Facts) -> Verdict:
    codes = (WhyCode.ALL_GRANTED, WhyCode.NOT_ALL_GRANTED)
    return _of_parts(rule, [_answer(part, facts) for part in rule.rules], len(rule.rules), codes)


def _of_parts(rule: Rule, parts: Iterable[Verdict], needed: int, codes: tuple[WhyCode, WhyCode]) -> Verdict:
    parts = tuple(parts)
    granted = count_yes((part.status for part in parts), NOTHING)
    status = granted.is_at_least(needed)
    code = {Ternary.YES: codes[0], Ternary.NO: codes[1]}.get(status, WhyCode.MAY_BE_GRANTED)
    params = (("granted", granted.low), ("possible", granted.high), ("needed", needed), ("of", len(parts)))
    return Verdict(status, rule, code, params, parts)


def _not(rule: Not, facts: Facts) -> Verdict:
    inner = _answer(rule.rule, facts)
    status = _OPPOSITE[inner.status]
    code = {Ternary.YES: WhyCode.IS_DENIED, Ternary.NO: WhyCode.NOT_DENIED}.get(status, WhyCode.MAY_BE_GRANTED)
    return Verdict(status, rule, code, (), (inner,))


_JUDGES: dict[type[Any], Callable[[Any, Facts], Verdict]] = {
    Holds: _holds,
    HoldsIds: _holds_ids,
    HoldsTrait: _holds_trait,
    HoldsCollections: _holds_collections,
    HeldFor: _held_for,
    During: _during,
    AccountIn: _account_in,
    ProvenWithin: _proven_within,
    SomeOf: _some_of,
    AllOf: _all_of,
    AnyOf: _any_of,
    Not: _not,
}
