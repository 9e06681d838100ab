"""A dip: a time in which a rule was denied, too short or too seldom seen to end what was held before and after it.

Nobody loses a role to a fault, and nobody loses to one the time for which they have held something. A role is taken
only after so many complete, fresh readings over so long (`Patience`), and after a second question. A break asks for the
same: it counts only once it was seen so often and over so long. Before that it is as if it had not been.

- Members who sell and buy back within that time keep their days: that looks like a fault, and is the safe side.
- What counts is the answer and not the number, so that a false count that is too high ends `254 at most 5 for 30 days`
  no sooner than one that is too low ends `254 >= 3 for 30 days`.
- Of what another answer contradicts (the second question; the end of a wave for which removals wait) nothing is
  believed however often it was seen: the store forgets it (`bot.store.sync.doubtful_levels`).
- What is denied now is denied, dip or not: that answer is no break yet but a miss, as of every rule, and misses are
  patient themselves. The second question must be asked while a false answer lasts, and not after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from bot.counts import Count, Ternary
from bot.gates.facts import AccountFacts, Facts, Held, Level
from bot.gates.held_counts import aliases_of
from bot.gates.rule import CollectionRef

# An NFT that a member moves to another account of theirs is missing until that one is read, too.
SHORTEST_BREAK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the answer was the same; `start` None: from the beginning of time."""

    start: datetime | None
    end: datetime
    answer: Ternary

    def has(self, at: datetime | None) -> bool:
        """Whether a moment is in it; None: the beginning of time."""
        return self.start is None if at is None else at < self.end and (self.start is None or self.start <= at)


def is_dip(facts: Facts, target: CollectionRef, stretch: Stretch) -> bool:
    """Whether a denial was too short, or too seldom seen, to be a break."""
    start, end = stretch.start, stretch.end
    if stretch.answer is not Ternary.NO or start is None:
        return False
    histories = list(histories_of(facts, target))
    # Those accounts by which it began: what the others hold was the same before, and is not in doubt.
    begun = [levels for levels in histories if any(level.at == start and level.kinds is not None for level in levels)]
    seen = [_seen(levels, stretch) for levels in begun]
    is_often = bool(seen) and all(number is None or number >= facts.patience.misses for number in seen)
    last_at = min([end, *(_last_seen(levels, stretch, facts.now) for levels in histories)])
    return end - start < SHORTEST_BREAK or not is_often or last_at - start < facts.patience.span


def without(facts: Facts, target: CollectionRef, dips: Sequence[Stretch]) -> Facts:
    """The same, as if nothing had been observed while the dips lasted."""

    def outside(held: Held) -> Held:
        levels = held.levels
        for dip in dips:
            levels = _outside(levels, dip)
        return replace(held, levels=levels)

    def of(account: AccountFacts) -> AccountFacts:
        known = {same: outside(account.held[same]) for same in aliases_of(facts, target) if same in account.held}
        return replace(account, held={**account.held, **known})

    return replace(facts, accounts=tuple(map(of, facts.accounts)))


def histories_of(facts: Facts, target: CollectionRef) -> Iterator[tuple[Level, ...]]:
    """What was observed of a collection and its aliases over time, of each account."""
    for same in aliases_of(facts, target):
        for account in facts.accounts:
            if account.account.network == same.network:
                yield account.of(same).levels


def contradicted(levels: Sequence[Level], answer: Held) -> Sequence[datetime]:
    """Since when the last levels are, if another answer says that what they lowered or raised has never changed."""
    found: list[datetime] = []
    if not levels or levels[-1].kinds is None:
        return found
    known = [level for level in levels if level.kinds is not None]
    steps = [list(same) for _, same in groupby(known, key=lambda level: (level.kinds, level.copies))]
    for before, after in reversed(list(pairwise(steps))):
        (earlier, *_), (level, *_) = before, after
        kinds = _is_outside(earlier.kinds, level.kinds, answer.kinds)
        if not kinds and not _is_outside(earlier.copies, level.copies, answer.copies):
            break
        found += [each.at for each in after]
    return found


def _is_outside(before: int | None, level: int | None, answer: Count) -> bool:
    """Whether a number is below (or above) both what it was before and what it is said to be now."""
    if before is None or level is None:
        return False
    return level < min(before, answer.low) or (answer.high is not None and level > max(before, answer.high))


def _seen(levels: Sequence[Level], stretch: Stretch) -> int | None:
    """How many readings there were of an account in a time that it began; None: they were not counted."""
    counted = [level.seen for level in levels if stretch.has(level.at) and level.kinds is not None]
    return None if None in counted else sum(number or 0 for number in counted)


def _last_seen(levels: Sequence[Level], stretch: Stretch, now: datetime) -> datetime:
    """Until when it is known what an account held in that time."""
    place = sum(level.at < stretch.end for level in levels) - 1
    if place < 0 or levels[place].kinds is None:
        return stretch.end
    # A level that goes on afterwards was seen before and after, and so all the time.
    ends_with_it = stretch.end == (levels[place + 1].at if place + 1 < len(levels) else now)
    return (levels[place].last_at or stretch.end) if ends_with_it else stretch.end


def _outside(levels: tuple[Level, ...], dip: Stretch) -> tuple[Level, ...]:
    inside = [level for level in levels if dip.has(level.at)]
    if dip.start is None or not inside:
        return levels
    before = [level for level in levels if level.at < dip.start]
    after = [level for level in levels if level.at >= dip.end]
    # What changed in that time and lasted is known again from its end on.
    lasting = () if after and after[0].at == dip.end else (replace(inside[-1], at=dip.end),)
    return (*before, Level(dip.start, None), *lasting, *after)
