"""For how long something has been held without a break, as far as the bot itself has observed it.

Before its first observation an account counts as holding nothing: nobody gets a role for a time that was not observed.
While something could not be observed, it was between what was observed before and after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bot.counts import Count, Ternary, at_least, observed, one_of, unknown
from bot.gates.facts import Facts, Held, Level
from bot.gates.held_counts import NOTHING, aliases_of, measured, sum_over_aliases
from bot.gates.rule import CollectionRef, Holds, Measure

# An NFT that a member moves to another account of theirs is missing until that one is read, too.
SHORTEST_BREAK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the answer was the same; `start` None: from the beginning of time."""

    start: datetime | None
    end: datetime
    answer: Ternary

    @property
    def is_break(self) -> bool:
        """Whether it was not held then, and for so long that it was not only moved."""
        return self.answer is Ternary.NO and (self.start is None or self.end - self.start >= SHORTEST_BREAK)


def stretches(facts: Facts, rule: Holds, answer: Callable[[Count], Ternary]) -> list[Stretch]:
    """The past, oldest first, up to this moment, as `answer` has it for each count that was observed."""
    target = rule.target
    if not isinstance(target, CollectionRef):
        raise TypeError(f"{target} is not one collection, and only of one is the past observed")
    moments: list[datetime | None] = [None, *sorted(_changes(facts, target))]
    found: list[Stretch] = []
    for start, end in zip(moments, [*moments[1:], facts.now], strict=True):
        now = answer(sum_over_aliases(facts, target, partial(_observed_at, measure=rule.measure, at=start)))
        if found and found[-1].answer is now:
            found[-1] = Stretch(found[-1].start, end or facts.now, now)
        else:
            found.append(Stretch(start, end or facts.now, now))
    return found


def _changes(facts: Facts, target: CollectionRef) -> set[datetime]:
    return {
        level.at
        for same in aliases_of(facts, target)
        for account in facts.accounts
        if account.account.network == same.network
        for level in account.of(same).levels
        if level.at < facts.now
    }


def _observed_at(held: Held, measure: Measure, at: datetime | None) -> Count:
    if not held.levels:  # never observed; if it is not known now either, the history may be missing, too
        return unknown() if held.kinds.high is None else NOTHING
    place = sum(at is not None and level.at <= at for level in held.levels) - 1
    if place < 0:  # older levels than an unobserved one were forgotten
        return unknown() if held.levels[0].kinds is None else NOTHING
    if held.levels[place].kinds is not None:
        return _of_level(held.levels[place], measure)
    before = [level for level in held.levels[:place] if level.kinds is not None]
    after = [level for level in held.levels[place:] if level.kinds is not None]
    last = _of_level(before[-1], measure) if before else unknown()
    return one_of((last, _of_level(after[0], measure) if after else measured(held, measure)))


def _of_level(level: Level, measure: Measure) -> Count:
    kinds = level.kinds or 0
    if measure is Measure.KINDS or kinds == 0:
        return observed(kinds)
    return at_least(kinds) if level.copies is None else observed(level.copies)
