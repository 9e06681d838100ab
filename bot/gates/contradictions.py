"""Refuses rules that nobody can ever fulfil, and those that everybody fulfils with nothing: both are mistakes.

Each condition limits one number: how many of something are held, or the day. Conditions that are joined limit it
together, and where no number is left nobody can fulfil them. This finds what excludes itself by such limits and takes
everything else for possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain, combinations

from bot.errors import InputError
from bot.gates.facts import Facts
from bot.gates.folded_name import folded
from bot.gates.judge import judge
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.gates.rule_text import rule_text
from bot.gates.rule_tokens import quoted
from bot.holdings import LOOPRING
from bot.messages import Message
from bot.names import Names

_NEVER = Message("Nobody can ever fulfil `{rule}`, so the role would never be given.")
_EXCLUDE = Message("Nobody can ever fulfil both `{one}` and `{other}`, so the role would never be given.")
_EVERYBODY = Message(
    "Everybody fulfils `{rule}`, also those who hold nothing: add what has to be held, listed or proven, such as "
    "`{example}`."
)

Limits = tuple[int, int | None]
# Number → its limits; all of them must be met.
Case = Mapping[Hashable, Limits]
# A rule that needs more comparisons of cases is taken for possible.
_MOST_COMPARISONS = 20_000
_EXAMPLES = (CollectionRef(LOOPRING, "254"), CollectionRef(LOOPRING, "300"))
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def refuse_contradictions(rule: Rule, names: Names) -> None:
    """Refuse a rule that nobody can ever fulfil, or everybody does.

    Raises:
        InputError: with a sentence that says why and what to write.
    """
    found = _Search().find_impossible(rule)
    if isinstance(found, tuple):
        raise InputError(_EXCLUDE, one=_shown(found[0], names), other=_shown(found[1], names))
    if found is not None:
        raise InputError(_NEVER, rule=_shown(found, names))
    undated = _without_dates(rule)
    if judge(undated, Facts(_ANY_TIME)).is_granted:
        raise InputError(_EVERYBODY, rule=_shown(rule, names), example=_shown(_better(undated), names))


def _shown(rule: Rule, names: Names) -> str:
    return quoted(rule_text(rule, names))


def _better(rule: Rule) -> Rule:
    """A rule like this one that is not fulfilled with nothing."""
    if isinstance(rule, Holds) and rule.most:
        return Holds(rule.target, rule.measure, 1, rule.most)
    denied = rule.rule if isinstance(rule, Not) else rule
    target = denied.target if isinstance(denied, Holds) else None
    held = Holds(next(ref for ref in _EXAMPLES if ref != target))
    return AllOf((held, rule)) if isinstance(rule, Not | Holds) else held


def _needed_parts(rule: Rule) -> tuple[Rule, ...]:
    if isinstance(rule, AllOf):
        return rule.rules
    return (rule.rule,) if isinstance(rule, During | HeldFor) else ()


def _without_dates(rule: Rule) -> Rule:
    match rule:
        case During():
            return _without_dates(rule.rule)
        case Not():
            return Not(_without_dates(rule.rule))
        case SomeOf():
            return SomeOf(rule.needed, tuple(map(_without_dates, rule.rules)))
        case AllOf():
            return AllOf(tuple(map(_without_dates, rule.rules)))
        case AnyOf():
            return AnyOf(tuple(map(_without_dates, rule.rules)))
        case _:
            return rule


# ---------------------------------------------------------------- what is possible


class _TooManyCasesError(Exception):
    """There are more cases than are compared."""


class _Search:
    """Looks for what is impossible, and not for longer than a rule deserves."""

    def __init__(self) -> None:
        self._left = _MOST_COMPARISONS

    def find_impossible(self, rule: Rule) -> Rule | tuple[Rule, Rule] | None:
        """The smallest part that is impossible, or the first two that are so together; None: none was found."""
        if not self._is_impossible(rule):
            return None
        for part in _needed_parts(rule):
            if found := self.find_impossible(part):
                return found
        pairs = combinations(_needed_parts(rule), 2)
        return next((pair for pair in pairs if self._is_impossible(AllOf(pair))), rule)

    def _is_impossible(self, rule: Rule) -> bool:
        try:
            return not self._cases(rule, wanted=True)
        except _TooManyCasesError:
            return False

    def _cases(self, rule: Rule, *, wanted: bool) -> list[Case]:
        """The cases in which a rule may be granted, or else those in which it may be denied; empty: there are none."""
        match rule:
            case SomeOf() | AllOf() | AnyOf():
                needed = _needed(rule)
                return self._some(rule.rules, needed if wanted else len(rule.rules) - needed + 1, wanted=wanted)
            case Not():
                return self._cases(rule.rule, wanted=not wanted)
            case During():
                days = (rule.first.toordinal() if rule.first else 0, rule.last.toordinal() if rule.last else None)
                inner, dates = self._cases(rule.rule, wanted=wanted), _limited("day", days, wanted=wanted)
                return self._both(inner, dates) if wanted else [*inner, *dates]
            case HeldFor():  # what was held until now is held now; what was not may be held now
                return self._cases(rule.rule, wanted=True) if wanted else [{}]
            case _:
                key, limits, highest = _limits(rule)
                return self._both([{key: (0, highest)}], _limited(key, limits, wanted=wanted))

    def _some(self, rules: Sequence[Rule], needed: int, *, wanted: bool) -> list[Case]:
        """The cases in which at least `needed` of the rules are answered as wanted."""
        each = [self._cases(rule, wanted=wanted) for rule in rules]
        found: list[Case] = []
        # Those without a case cost nothing to compare, so they would never use up what is left.
        for chosen in combinations([cases for cases in each if cases], needed):
            together: list[Case] = [{}]
            for cases in chosen:
                together = self._both(together, cases)
            found += (case for case in together if case not in found)
        return found

    def _both(self, one: Sequence[Case], other: Sequence[Case]) -> list[Case]:
        self._left -= len(one) * len(other)
        if self._left < 0:
            raise _TooManyCasesError
        return [case for left in one for right in other if (case := _joined(left, right)) is not None]


def _needed(rule: SomeOf | AllOf | AnyOf) -> int:
    if isinstance(rule, SomeOf):
        return rule.needed
    return len(rule.rules) if isinstance(rule, AllOf) else 1


def _limits(
    rule: Holds | HoldsIds | HoldsTrait | HoldsCollections | AccountIn | ProvenWithin,
) -> tuple[Hashable, Limits, int | None]:
    """The number that a condition limits, its limits, and the highest that it can be."""
    match rule:
        case Holds():
            return (rule.target, rule.measure), (rule.least, rule.most), None
        case HoldsIds():
            size = sum(last - first + 1 for first, last in rule.ranges)
            return (rule.target, rule.ranges), (rule.least, rule.most), size
        case HoldsTrait():
            key = (rule.target, folded(rule.trait), folded(rule.value))
            return key, (rule.least, rule.most), None
        case HoldsCollections():
            return frozenset(rule.among), (rule.least, rule.most), len(rule.among) or None
        case AccountIn() | ProvenWithin():
            return rule, (1, None), None


def _limited(key: Hashable, limits: Limits, *, wanted: bool) -> list[Case]:
    """A number within its limits; or outside them, below or above."""
    least, most = limits
    if wanted:
        return [{key: limits}]
    below: list[Case] = [{key: (0, least - 1)}] if least > 0 else []
    above: list[Case] = [{key: (most + 1, None)}] if most is not None else []
    return below + above


def _joined(one: Case, other: Case) -> Case | None:
    """All limits of both cases; None: no numbers meet them."""
    joined = dict(one)
    for key, (least, most) in other.items():
        low, high = joined.get(key, (0, None))
        highs = [limit for limit in (high, most) if limit is not None]
        joined[key] = (max(low, least), min(highs) if highs else None)
    return None if any(_is_empty(limits) for limits in chain(joined.values(), _of_units(joined))) else joined


def _of_units(case: Case) -> Iterator[Limits]:
    """Kinds and copies of the same: there are no fewer copies than kinds, and none only of nothing."""
    for key, (least, most) in case.items():
        if isinstance(key, tuple) and key[-1] is Measure.KINDS:
            fewest, highest = case.get((key[0], Measure.COPIES), (0, None))
            yield least, highest
            yield (1 if fewest else 0), most


def _is_empty(limits: Limits) -> bool:
    return limits[1] is not None and limits[0] > limits[1]
