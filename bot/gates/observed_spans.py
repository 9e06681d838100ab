"""For how long something has been held without a break, as far as the bot itself has observed it.

Before its first observation an account counts as holding nothing: nobody gets a role for a time that was not observed.
While something could not be observed, it was between what was observed before and after. What was observed too seldom
to be believed is no break (`bot.gates.dips`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from bot.counts import Count, Ternary, at_least, observed, one_of, unknown
from bot.gates.dips import Stretch, histories_of, is_dip, without
from bot.gates.facts import Facts, Held, Level
from bot.gates.held_counts import NOTHING, measured, sum_over_aliases
from bot.gates.rule import CollectionRef, Holds, Measure


def stretches(facts: Facts, rule: Holds, answer: Callable[[Count], Ternary]) -> list[Stretch]:
    """The past, oldest first, up to this moment, as `answer` has it for each count that was observed.

    A denial in it is a break: what was too short for one, or too seldom seen, counts as if it had not been.
    """
    target = rule.target
    if not isinstance(target, CollectionRef):
        raise TypeError(f"{target} is not one collection, and only of one is the past observed")

    def at(known: Facts, moment: datetime | None) -> Ternary:
        return answer(sum_over_aliases(known, target, partial(_observed_at, measure=rule.measure, at=moment)))

    moments: list[datetime | None] = [None, *sorted(_changes(facts, target))]
    answers = [at(facts, moment) for moment in moments]
    past = _joined(moments, answers, facts.now)
    dips = [stretch for stretch in past if is_dip(facts, target, stretch)]
    if not dips:
        return past
    known = without(facts, target, dips)
    for place, moment in enumerate(moments):
        if any(dip.has(moment) for dip in dips):
            answers[place] = Ternary.YES
        elif answers[place] is Ternary.UNKNOWN:  # perhaps only because of what was observed in a dip
            answers[place] = at(known, moment)
    return _joined(moments, answers, facts.now)


def _joined(moments: Sequence[datetime | None], answers: Sequence[Ternary], now: datetime) -> list[Stretch]:
    found: list[Stretch] = []
    for start, end, answer in zip(moments, [*moments[1:], now], answers, strict=True):
        begin = start
        if found and found[-1].answer is answer:
            begin = found.pop().start
        found.append(Stretch(begin, end or now, answer))
    return found


def _changes(facts: Facts, target: CollectionRef) -> set[datetime]:
    return {level.at for levels in histories_of(facts, target) for level in levels if level.at < facts.now}


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
