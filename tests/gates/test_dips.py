"""A count that is false for a while ends nothing that was held; one that is true for longer does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.counts import Count, Ternary, at_least, exact
from bot.gates.dips import contradicted
from bot.gates.facts import AccountFacts, Held, Level
from bot.gates.judge import judge
from bot.gates.patience import Patience
from bot.gates.rule import Not, Rule
from tests.gates.made_rules import CONTRACT, DAY, HARBOUR, NOW, ON_L1, account, facts, held, parse

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
MINUTE, MAX_AGE = timedelta(minutes=1), timedelta(minutes=30)
RULE = "254 >= 3 for 30 days"
LONG_AGO, A_WEEK = 90 * 1440, 7 * 1440  # in minutes

# A moment, in minutes before now, and what was read then.
Reading = tuple[int, int]


def levels_of(readings: Sequence[Reading]) -> tuple[Level, ...]:
    """What the store makes of complete readings."""
    found: list[Level] = []
    last_at = NOW
    for ago, kinds in readings:
        at = NOW - ago * MINUTE
        if found and found[-1].kinds == kinds:
            found[-1] = replace(found[-1], seen=(found[-1].seen or 0) + 1, last_at=at)
        else:
            if found and at - last_at > MAX_AGE:
                found.append(Level(last_at + MAX_AGE, None, seen=0, last_at=last_at + MAX_AGE))
            found.append(Level(at, kinds, kinds, 1, at))
        last_at = at
    return (*found, Level(last_at + MAX_AGE, None)) if NOW - last_at > MAX_AGE else tuple(found)


def holding(*readings: Reading, **changes: str) -> AccountFacts:
    """An account that was read like this."""
    levels = levels_of(readings)
    now = Count(0, None) if levels[-1].kinds is None else exact(levels[-1].kinds)
    return account({HARBOUR: held(now, now, levels=levels)}, **changes)  # type: ignore[arg-type]  # name and owner


def steady(since: int, until: int, kinds: int, step: int = 10) -> list[Reading]:
    """The same, in every reading of a time."""
    return [(ago, kinds) for ago in range(since, until, -step)]


HELD = [(LONG_AGO, 5), (LONG_AGO - 10, 5)]  # and in the same number until something else was read


def around(*dip: Reading) -> list[Reading]:
    """Something else is read for a while, a week ago; each reading before and after it says five."""
    first, last = dip[0][0], dip[-1][0]
    return [*HELD, *steady(first + 60, first, 5), *dip, *steady(last - 10, last - 120, 5), *steady(120, -1, 5)]


RESTLESS = [(ago, 5 - 4 * (ago // 10 % 2)) for ago in range(6000, -1, -10)]
SOLD_NOW = [*HELD, *steady(120, 0, 5), (0, 1)]
HISTORIES = [
    ("never less", around((A_WEEK, 5)), YES),
    ("fewer in one reading", around((A_WEEK, 1)), YES),
    ("none in one reading", around((A_WEEK, 0)), YES),
    ("fewer in two readings", around((A_WEEK, 1), (A_WEEK - 10, 1)), YES),
    ("fewer in two readings, over two hours", around((A_WEEK, 1), (A_WEEK - 29, 1), (A_WEEK - 120, 5)), YES),
    ("fewer, then silence, then as before", [*HELD, (A_WEEK, 1), *steady(A_WEEK - 300, A_WEEK - 400, 5), (0, 5)], YES),
    ("none, then silence, then as before", [*HELD, (A_WEEK, 0), *steady(A_WEEK - 300, A_WEEK - 400, 5), (0, 5)], YES),
    ("fewer, then silence, then fewer", [*HELD, (A_WEEK, 1), *steady(A_WEEK - 300, A_WEEK - 400, 2), (0, 5)], NO),
    ("in steps, each seen once", around((A_WEEK, 2), (A_WEEK - 20, 1)), YES),
    ("in steps, for long", around(*((A_WEEK - ago, ago // 10 % 3) for ago in range(0, 90, 10))), NO),
    ("seen three times, at once", around((A_WEEK, 1), (A_WEEK - 1, 1), (A_WEEK - 2, 1)), YES),
    ("again and again, with what is true between", [*HELD, *RESTLESS], YES),
    ("three readings over half an hour, and gone for less than an hour", around(*steady(A_WEEK, A_WEEK - 50, 1)), YES),
    ("sold for an hour", around(*steady(A_WEEK, A_WEEK - 60, 1)), NO),
    ("sold for a day", around(*steady(A_WEEK, A_WEEK - 1440, 1, step=15)), NO),
    ("sold long ago", around(*steady(LONG_AGO // 2, LONG_AGO // 2 - 1440, 1, step=15)), YES),
    ("sold now", SOLD_NOW, NO),
    ("sold, and then not read any more", [*HELD, *steady(600, 590, 1)], UNKNOWN),
    ("sold for long, and then not read any more", [*HELD, *steady(600, 500, 1)], NO),
]  # fmt: skip


@pytest.mark.parametrize(("readings", "status"), [case[1:] for case in HISTORIES], ids=[case[0] for case in HISTORIES])
def test_only_what_was_seen_often_and_for_long_ends_what_was_held(readings: list[Reading], status: Ternary) -> None:
    assert judge(parse(RULE), facts(holding(*readings))).status is status


def test_who_sells_now_has_their_time_back_when_the_next_reading_says_it_was_false() -> None:
    assert judge(parse(RULE), facts(holding(*SOLD_NOW))).status is NO
    earlier = [(ago + 10, kinds) for ago, kinds in SOLD_NOW]
    assert judge(parse(RULE), facts(holding(*earlier, (0, 5)))).status is YES


@pytest.mark.parametrize(
    ("patience", "status"),
    [
        (Patience(), NO),
        (Patience(misses=9), NO),
        (Patience(misses=10), YES),
        (Patience(span=80 * MINUTE), NO),
        (Patience(span=81 * MINUTE), YES),
    ],
)
def test_a_break_must_have_been_seen_as_the_settings_say(patience: Patience, status: Ternary) -> None:
    known = facts(holding(*around(*steady(A_WEEK, A_WEEK - 90, 1))))
    assert judge(parse(RULE), replace(known, patience=patience)).status is status


def test_a_false_count_that_is_too_high_is_no_break_either() -> None:
    rule = parse("254 between 1 and 5 for 30 days")
    assert judge(rule, facts(holding(*around((A_WEEK, 9), (A_WEEK - 10, 9))))).status is YES
    assert judge(rule, facts(holding(*around(*steady(A_WEEK, A_WEEK - 90, 9))))).status is NO


def test_not_held_for_some_time_is_not_ended_by_a_false_count() -> None:
    """What is false for hours is too short to have been held for days."""
    never = [(LONG_AGO, 0), *steady(A_WEEK, A_WEEK - 300, 1), *steady(A_WEEK - 300, A_WEEK - 400, 0), (0, 0)]
    other = account({HARBOUR: held(0, levels=levels_of(never))})
    assert judge(Not(parse("254 for 30 days")), facts(other)).status is YES


def test_what_was_sold_from_one_account_is_a_break_whatever_another_one_does_meanwhile() -> None:
    sold = [*HELD, *steady(A_WEEK, A_WEEK - 1440, 0), *steady(A_WEEK - 1440, A_WEEK - 1500, 5), (0, 5)]
    restless = [(LONG_AGO, 0), (A_WEEK - 600, 1), (A_WEEK - 610, 0), (A_WEEK - 1430, 1), (A_WEEK - 1440, 1), (0, 1)]
    one, other = holding(*sold), holding(*restless, name="loopring:10002", owner=CONTRACT)
    assert judge(parse(RULE), facts(one, other)).status is NO
    assert judge(parse(RULE), facts(other, one)).status is NO


def test_what_is_moved_to_an_account_that_was_not_read_for_long_is_held_without_a_break() -> None:
    """However slowly accounts are read: the other one was never seen without it."""
    late = A_WEEK - 170
    moved = [*HELD, *steady(A_WEEK + 60, A_WEEK, 5), *steady(A_WEEK, A_WEEK - 300, 0), (0, 0)]
    one = account({HARBOUR: held(0, levels=levels_of(moved))})
    before = Level(NOW - 90 * DAY, 0, 0, 400, NOW - (A_WEEK + 10) * MINUTE)
    after = Level(NOW - late * MINUTE, 5, 5, 9, NOW)
    other = account({HARBOUR: held(5, levels=(before, after))}, name="loopring:10002", owner=CONTRACT)
    assert judge(parse(RULE), facts(one, other)).status is YES
    seen = replace(before, last_at=NOW - (late + 10) * MINUTE)
    other = account({HARBOUR: held(5, levels=(seen, after))}, name="loopring:10002", owner=CONTRACT)
    assert judge(parse(RULE), facts(one, other)).status is NO


def test_what_changed_in_a_dip_and_lasted_is_known_after_it() -> None:
    """One of six is moved to another account while the source says nothing is held, and then says nothing at all."""
    silent = [*steady(A_WEEK + 60, A_WEEK, 6), (A_WEEK, 0), *steady(A_WEEK - 300, A_WEEK - 400, 5), (0, 5)]
    one = holding((LONG_AGO, 6), *silent)
    moved = [*steady(A_WEEK + 55, A_WEEK - 5, 0), *steady(A_WEEK - 5, A_WEEK - 25, 1), (0, 1)]
    other = holding((LONG_AGO, 0), *moved, name=f"eip155:1:{CONTRACT}", owner=CONTRACT)
    other = replace(other, held={ON_L1: other.held[HARBOUR]})
    known = facts(one, other, aliases=[(HARBOUR, ON_L1)])
    assert judge(parse("254 >= 6 for 30 days"), known).status is YES
    assert judge(parse("254 >= 7 for 1 hour"), known).status is NO


# ---------------------------------------------------------------- any history


@st.composite
def schedules(draw: st.DrawFn) -> list[int]:
    """When an account was read, in minutes before now: at any intervals that are usual, for two days."""
    steps = draw(st.lists(st.sampled_from([7, 10, 15, 29]), min_size=20, max_size=40))
    every = list(accumulate(steps, initial=0))
    return [*range(2 * 1440, every[-1], -20), *reversed(every)]


# A rule, the counts that fulfil it, and counts that do not.
Case = tuple[Rule, tuple[int, int], tuple[int, int]]
BELOW: Case = (parse("254 >= 3 for 1 day"), (3, 9), (0, 2))
ABOVE: Case = (parse("254 between 1 and 5 for 1 day"), (1, 5), (6, 9))


@given(st.data(), st.sampled_from([BELOW, ABOVE]), schedules())
def test_no_dip_that_is_shorter_than_the_patience_ends_what_was_held(
    data: st.DataObject, case: Case, moments: list[int]
) -> None:
    rule, granted, denied = case
    number = st.integers(*granted)
    counts = [data.draw(number)] * len(moments)
    for place in data.draw(st.sets(st.integers(1, len(moments) - 1), max_size=3)):
        counts[place:] = [data.draw(number)] * (len(moments) - place)
    honest = facts(holding(*zip(moments, counts, strict=True)))
    assert judge(rule, honest).status is YES
    for _ in range(data.draw(st.integers(1, 3))):
        begin = data.draw(st.integers(max(len(moments) - 40, 1), len(moments) - 3))
        most = 2 if data.draw(st.booleans()) else sum(moments[begin] - 30 < ago <= moments[begin] for ago in moments)
        end = min(begin + data.draw(st.integers(1, most)), len(moments) - 1)
        if counts[begin - 1] in range(denied[0], denied[1] + 1) or counts[end] in range(denied[0], denied[1] + 1):
            continue  # together with another one it would be longer
        counts[begin:end] = [data.draw(st.integers(*denied)) for _ in range(begin, end)]
    lied_about = facts(holding(*zip(moments, counts, strict=True)))
    assert judge(rule, lied_about).status is YES
    if data.draw(st.booleans()):  # and for a while its source was silent
        silent = data.draw(st.integers(1, len(moments) - 2))
        before, *hidden = [denied[0] <= count <= denied[1] for count in counts[silent - 1 : silent + 3]]
        if before and not all(hidden[:2]) and all(hidden[2:]):
            return  # it hid the end of one: it lasts still, or until the end of the next
        del moments[silent : silent + 2], counts[silent : silent + 2]
    lied_about = facts(holding(*zip(moments, counts, strict=True)))
    assert judge(rule, lied_about).status is not NO


@given(st.data(), st.sampled_from([BELOW, ABOVE]), schedules())
def test_a_true_sale_ends_what_was_held(data: st.DataObject, case: Case, moments: list[int]) -> None:
    rule, granted, denied = case
    begin = data.draw(st.integers(len(moments) - 30, len(moments) - 12))
    end = next(
        (place for place in range(begin + 3, len(moments)) if moments[begin] - moments[place] >= 60), len(moments)
    )
    # The last reading that still says so must be late enough, too.
    if end == len(moments) or moments[begin] - moments[end - 1] < 30:
        return
    counts = [data.draw(st.integers(*granted))] * len(moments)
    counts[begin:end] = [data.draw(st.integers(*denied)) for _ in range(begin, end)]
    assert judge(rule, facts(holding(*zip(moments, counts, strict=True)))).status is NO


# ---------------------------------------------------------------- a second question


def at(days: float) -> datetime:
    return NOW - days * DAY


def history(*observed: tuple[float, int | None]) -> tuple[Level, ...]:
    return tuple(Level(at(days), kinds) for days, kinds in observed)


@pytest.mark.parametrize(
    ("levels", "answer", "days"),
    [
        (history((90, 5), (1, 1)), exact(5), [1]),
        (history((90, 5), (1, 0)), at_least(1), [1]),
        (history((90, 5), (2, 2), (1, 1)), exact(5), [1, 2]),
        (history((90, 5), (2, 2), (1, 1)), exact(2), [1]),
        (history((90, 5), (3, 2), (2, None), (1, 2)), exact(5), [1, 3]),
        (history((90, 1), (2, 9)), exact(1), [2]),
        (history((90, 5), (1, 1)), exact(1), []),
        (history((90, 5), (1, 1)), exact(0), []),
        (history((90, 5), (1, 1)), Count(0, None), []),
        (history((90, 1), (20, 2)), exact(5), []),
        (history((90, 1)), exact(5), []),
        (history((90, 1), (30, 5), (1, None)), exact(0), []),
        ((), exact(5), []),
    ],
)
def test_what_another_answer_contradicts_is_what_it_takes_back(
    levels: tuple[Level, ...], answer: Count, days: list[float]
) -> None:
    assert sorted(contradicted(levels, Held(answer, answer))) == sorted(map(at, days))


def test_copies_are_contradicted_alone() -> None:
    levels = (Level(at(9), 2, 10), Level(at(1), 2, 2))
    assert contradicted(levels, Held(exact(2), exact(10))) == [at(1)]
    assert contradicted(levels, Held(exact(2), exact(2))) == []
