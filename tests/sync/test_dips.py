"""A source that says for a while that less is held than is: who has held it for long goes on having held it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.gates.rule import HeldFor, Holds, Measure, Rule
from bot.sources.chain import ChainedSource
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOSAIC,
    WHALE,
    FakeSource,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SHORT = timedelta(days=2)
TEN_MINUTES = timedelta(minutes=10)
THREE_OF_IT = HeldFor(Holds(HARBOUR, least=3), SHORT)
RULES: list[Rule] = [
    THREE_OF_IT,
    HeldFor(Holds(HARBOUR, Measure.COPIES, 3), SHORT),
    HeldFor(Holds(HARBOUR, least=1, most=7), SHORT),
]


async def read_for(harness: SyncHarness, span: timedelta, kinds: int) -> None:
    """For a while its source says that the first member holds so many."""
    harness.source.held[account_of(1)][HARBOUR] = kinds
    await harness.pass_time(span, step=TEN_MINUTES)


async def half_way(harness: SyncHarness, rule: Rule) -> None:
    """A member has held it for half of the time, so that no breaker and no second question knows of them."""
    await harness.gate(rule)
    await harness.member(1, 5)
    await harness.turn()
    await harness.pass_time(A_DAY, step=AN_HOUR)
    await harness.pass_time(TEN_MINUTES)


@pytest.mark.parametrize("rule", RULES, ids=["kinds", "copies", "between"])
@pytest.mark.parametrize("kinds", [0, 1, 9])
async def test_a_false_count_of_twenty_minutes_delays_no_role(rule: Rule, kinds: int) -> None:
    async with open_sync() as harness:
        await half_way(harness, rule)
        await read_for(harness, 2 * TEN_MINUTES, kinds)
        await read_for(harness, AN_HOUR, 5)
        await harness.pass_time(A_DAY - 2 * AN_HOUR, step=AN_HOUR)
        assert not harness.has(1)
        await harness.pass_time(AN_HOUR)
        assert harness.has(1)


@pytest.mark.parametrize("kinds", [0, 1])
async def test_a_false_count_that_nobody_could_check_for_an_hour_delays_no_role(kinds: int) -> None:
    async with open_sync() as harness:
        await half_way(harness, THREE_OF_IT)
        await read_for(harness, TEN_MINUTES, kinds)
        harness.source.is_down = True
        await harness.pass_time(2 * AN_HOUR)
        harness.source.is_down = False
        await read_for(harness, AN_HOUR, 5)
        await harness.pass_time(A_DAY - 3 * AN_HOUR, step=AN_HOUR)
        assert harness.has(1)


async def test_of_an_account_that_is_read_once_an_hour_one_false_count_delays_no_role() -> None:
    async with open_sync(interval_minutes=60) as harness:
        await half_way(harness, THREE_OF_IT)
        await read_for(harness, AN_HOUR, 1)
        assert await harness.rows("SELECT kinds FROM sync_levels ORDER BY at") == [(5,), (1,)]
        await read_for(harness, A_DAY - AN_HOUR, 5)
        assert harness.has(1)


@pytest.mark.parametrize(("misses", "minutes"), [(3, 30), (3, 300), (20, 30)])
async def test_how_long_it_must_last_to_count_is_set_for_removals_and_breaks_together(
    misses: int, minutes: int
) -> None:
    async with open_sync(removal_misses=misses, removal_minutes=minutes) as harness:
        await half_way(harness, THREE_OF_IT)
        await read_for(harness, 2 * AN_HOUR, 1)
        await read_for(harness, A_DAY, 5)
        assert harness.has(1) is ((misses, minutes) != (3, 30))
        await harness.pass_time(A_DAY + 2 * AN_HOUR, step=AN_HOUR)
        assert harness.has(1)


async def holders(harness: SyncHarness, count: int) -> None:
    """So many members have held five for long enough; one of another collection shows that its source lives."""
    await harness.gate(THREE_OF_IT)
    await harness.gate(Holds(MOSAIC), WHALE)
    for number in range(1, count + 1):
        await harness.member(number, 5)
    await harness.member(99, of=MOSAIC)
    await harness.turn()
    await harness.pass_time(SHORT + AN_HOUR, step=AN_HOUR)
    assert len(harness.holders()) == count


async def test_a_false_count_for_hours_for_which_removals_waited_ends_nothing() -> None:
    async with open_sync() as harness:
        await holders(harness, 6)
        writes = len(harness.discord.writes)
        for kinds in (2, 1, 2):
            for number in range(1, 6):
                harness.source.held[account_of(number)][HARBOUR] = kinds
            await harness.pass_time(2 * AN_HOUR)
        assert [hold.scope.value for hold in (await harness.sync.status(GUILD)).holds] == ["gate"]
        for number in range(1, 6):
            harness.source.held[account_of(number)][HARBOUR] = 5
        await harness.pass_time(3 * AN_HOUR)
        assert len(harness.holders(COLLECTOR)) == 6
        assert len(harness.discord.writes) == writes
        assert (await harness.sync.status(GUILD)).holds == []


async def test_a_lower_count_that_a_second_question_contradicts_ends_nothing() -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        harness.source.contradicts = 5
        await read_for(harness, AN_HOUR, 2)
        await read_for(harness, 2 * AN_HOUR, 1)
        assert harness.has(1)
        harness.source.contradicts = 0
        await read_for(harness, 2 * AN_HOUR, 5)
        assert len(harness.holders()) == 10


async def test_who_sells_some_and_buys_them_back_after_an_hour_begins_again() -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        await read_for(harness, AN_HOUR + TEN_MINUTES, 1)
        assert not harness.has(1)
        await read_for(harness, SHORT - AN_HOUR, 5)
        assert not harness.has(1)
        await read_for(harness, 2 * AN_HOUR, 5)
        assert harness.has(1)


async def test_a_role_that_was_taken_for_a_false_count_of_less_than_an_hour_is_given_back_by_the_next_reading() -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        await read_for(harness, 5 * TEN_MINUTES, 1)
        assert not harness.has(1)
        await read_for(harness, TEN_MINUTES, 5)
        assert harness.has(1)


@pytest.mark.parametrize("knows", [0, 1])
async def test_a_fallback_that_knows_less_for_half_a_day_ends_nothing(knows: int) -> None:
    """It is as live as the source that is asked first, but nobody knows what it leaves out."""
    async with open_sync() as harness:
        first, second = harness.source, FakeSource()
        chained: Any = second  # as much of a source as is asked here
        harness.source = ChainedSource(first, chained)
        harness.start()
        harness.source = first
        await holders(harness, 2)
        second.held = {account_of(number): {HARBOUR: knows} for number in (1, 2)}
        before = await harness.rows("SELECT * FROM sync_levels")
        first.is_down = True
        await harness.pass_time(12 * AN_HOUR, step=TEN_MINUTES)
        assert second.asked
        assert await harness.rows("SELECT * FROM sync_levels") == before
        first.is_down = False
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [1, 2]


@pytest.mark.parametrize("undoes", [True, False])
async def test_a_removal_that_was_approved_confirms_a_loss_unless_it_is_undone(*, undoes: bool) -> None:
    async with open_sync() as harness:
        await holders(harness, 6)
        for number in range(1, 6):
            harness.source.held[account_of(number)][HARBOUR] = 1
        await harness.pass_time(2 * AN_HOUR)
        await harness.sync.approve(GUILD, by=9)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [6]
        if undoes:
            for run in await harness.sync.runs(GUILD, 25, to_undo=True):
                await harness.sync.undo(GUILD, run.run_id, by=9)
        for number in range(1, 6):
            harness.source.held[account_of(number)][HARBOUR] = 5
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == ([1, 2, 3, 4, 5, 6] if undoes else [6])
        judged = (await harness.sync.explain(GUILD, user(1))).judged
        assert {each.gate.role_id: each.verdict.is_granted for each in judged}[COLLECTOR] is undoes
