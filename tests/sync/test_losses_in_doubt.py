"""A false count that ended before a second question was asked, and what else must not be taken for a loss."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.gates.gate import GateState, ParkReason
from bot.gates.rule import CollectionRef, HeldFor, Holds
from bot.store.sync.post_table import PostKind
from tests.sync.sync_harness import (
    GUILD,
    HARBOUR,
    JOINED,
    MOD,
    MOSAIC,
    OTHER_GUILD,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
TEN_MINUTES = timedelta(minutes=10)
SHORT = timedelta(days=2)
THREE_OF_IT = HeldFor(Holds(HARBOUR, least=3), SHORT)
OTHER = CollectionRef("loopring", "300")
LOWER, HIGHER = 6_001, 6_002


async def holders(harness: SyncHarness, count: int, **draft: Any) -> None:
    """So many members have held five for long enough; nobody else holds anything."""
    await harness.gate(THREE_OF_IT, **draft)
    await harness.members(count, 5)
    await harness.turn()
    await harness.pass_time(SHORT + AN_HOUR, step=AN_HOUR)
    assert len(harness.holders()) == count


async def read_for(harness: SyncHarness, span: timedelta, kinds: int, *numbers: int) -> None:
    """For a while a source says that the first member, or these, hold so many."""
    for number in numbers or (1,):
        harness.source.held[account_of(number)][HARBOUR] = kinds
    await harness.pass_time(span, step=TEN_MINUTES)


async def set_state(harness: SyncHarness, state: GateState) -> None:
    [gate] = await harness.store.gates.of_guild(GUILD)
    parked = ParkReason.ROLE_FOUGHT_OVER if state is GateState.PARKED else None
    await harness.store.gates.set_state(gate.gate_id, state, parked, MOD, harness.now)
    await harness.sync.gates_changed(GUILD)


# ---------------------------------------------------------------- nobody was asked a second time yet


@pytest.mark.parametrize("minutes", [60, 90])
@pytest.mark.parametrize("count", [1, 2])
async def test_a_source_of_few_accounts_that_is_empty_for_an_hour_or_more_ends_nothing(
    minutes: int, count: int
) -> None:
    async with open_sync() as harness:
        await holders(harness, count)
        harness.source.is_empty = True
        await harness.pass_time(timedelta(minutes=minutes), step=TEN_MINUTES)
        harness.source.is_empty = False
        await harness.pass_time(2 * AN_HOUR, step=TEN_MINUTES)
        assert len(harness.holders()) == count


async def test_a_false_count_within_a_grace_ends_nothing() -> None:
    async with open_sync() as harness:
        await holders(harness, 10, grace=timedelta(hours=6))
        await read_for(harness, 2 * AN_HOUR, 1)
        assert [post for post in harness.sent.values() if post.kind is PostKind.WARNING]
        await read_for(harness, 10 * AN_HOUR, 5)
        assert len(harness.holders()) == 10


@pytest.mark.parametrize("before", [True, False])
async def test_a_false_count_while_an_admin_holds_all_removals_ends_nothing(*, before: bool) -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        await harness.sync.hold(GUILD, by=9)
        await read_for(harness, 2 * AN_HOUR, 1)
        if before:
            await read_for(harness, AN_HOUR, 5)
        await harness.sync.release(GUILD, by=9)
        await read_for(harness, 3 * AN_HOUR, 5)
        assert len(harness.holders()) == 10


@pytest.mark.parametrize("state", [GateState.PAUSED, GateState.PARKED])
async def test_a_false_count_while_a_gate_does_not_work_ends_nothing(state: GateState) -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        await set_state(harness, state)
        await read_for(harness, 2 * AN_HOUR, 1)
        await read_for(harness, AN_HOUR, 5)
        await set_state(harness, GateState.ACTIVE)
        await harness.pass_time(3 * AN_HOUR, step=TEN_MINUTES)
        assert len(harness.holders()) == 10


async def test_who_buys_back_after_more_than_three_days_begins_again_though_nothing_was_taken() -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        await set_state(harness, GateState.PAUSED)
        await read_for(harness, 3 * A_DAY + AN_HOUR, 1)
        await read_for(harness, AN_HOUR, 5)
        await set_state(harness, GateState.ACTIVE)
        await harness.pass_time(3 * AN_HOUR, step=TEN_MINUTES)
        assert not harness.has(1)


async def test_what_waits_for_another_collection_puts_no_loss_in_doubt() -> None:
    async with open_sync() as harness:
        await harness.gate(THREE_OF_IT)
        await harness.gate(Holds(MOSAIC), LOWER)
        await harness.members(10, 5)
        harness.source.held[account_of(1)][MOSAIC] = 1
        await harness.turn()
        await harness.pass_time(A_DAY, step=AN_HOUR)
        await harness.sync.hold(GUILD, by=9)
        harness.source.held[account_of(1)][MOSAIC] = 0
        await read_for(harness, 2 * AN_HOUR, 1)
        await read_for(harness, A_DAY, 5)
        assert harness.has(1, LOWER)
        assert harness.holders() == list(range(2, 11))


# ---------------------------------------------------------------- a role that was taken for something else


async def a_wave(harness: SyncHarness) -> None:
    """Removals wait: five of six are read as holding too few."""
    await read_for(harness, AN_HOUR, 1, *range(1, 6))


async def is_over(harness: SyncHarness) -> None:
    await read_for(harness, 4 * AN_HOUR, 5, *range(1, 6))
    assert harness.holders() == [1, 2, 3, 4, 5, 6]


async def test_a_role_that_a_higher_one_replaced_confirms_no_loss() -> None:
    async with open_sync() as harness:
        await holders(harness, 6)
        await harness.gate(Holds(HARBOUR), LOWER, ladder="x", rank=1)
        await harness.gate(Holds(OTHER), HIGHER, ladder="x", rank=2)
        await harness.pass_time(2 * TEN_MINUTES, step=TEN_MINUTES)
        await a_wave(harness)
        harness.source.held[account_of(1)][OTHER] = 1
        await harness.pass_time(AN_HOUR, step=TEN_MINUTES)
        assert harness.has(1, HIGHER)
        assert not harness.has(1, LOWER)
        await is_over(harness)


@pytest.mark.parametrize("guild_id", [GUILD, OTHER_GUILD])
async def test_a_role_that_was_taken_for_another_collection_confirms_no_loss(guild_id: int) -> None:
    async with open_sync() as harness:
        await holders(harness, 6)
        await harness.gate(Holds(MOSAIC), LOWER, guild_id=guild_id)
        await join(harness, 1, guild_id)
        harness.source.held[account_of(1)][MOSAIC] = 1
        await harness.pass_time(2 * TEN_MINUTES, step=TEN_MINUTES)
        assert harness.has(1, LOWER, guild_id)
        harness.source.held[account_of(1)][MOSAIC] = 0
        await a_wave(harness)
        await harness.pass_time(AN_HOUR, step=TEN_MINUTES)
        assert not harness.has(1, LOWER, guild_id)
        await is_over(harness)


async def test_what_an_admin_of_another_server_approves_confirms_no_loss_here() -> None:
    async with open_sync() as harness:
        await holders(harness, 6)
        gate = await harness.gate(Holds(HARBOUR, least=3), LOWER, guild_id=OTHER_GUILD)
        for number in range(1, 7):
            await join(harness, number, OTHER_GUILD)
        await harness.pass_time(AN_HOUR, step=TEN_MINUTES)
        await a_wave(harness)
        assert await harness.sync.approve(OTHER_GUILD, by=8, only=[(gate.gate_id, user(1))]) == 1
        await harness.pass_time(AN_HOUR, step=TEN_MINUTES)
        assert not harness.has(1, LOWER, OTHER_GUILD)
        await is_over(harness)


async def join(harness: SyncHarness, number: int, guild_id: int) -> None:
    """A member is in another server, too."""
    server = harness.discord.servers[guild_id]
    server.members.setdefault(user(number), set())
    server.joined_at[user(number)] = JOINED
    await harness.sync.seen(guild_id, user(number), JOINED)


# ---------------------------------------------------------------- what was in doubt is observed again


@pytest.mark.parametrize("kinds", [0, 1])
async def test_a_loss_that_was_contradicted_first_and_is_true_counts_from_then_on(kinds: int) -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        harness.source.contradicts = 5  # a second question that is an hour behind
        await read_for(harness, AN_HOUR, kinds)
        assert harness.has(1)
        harness.source.contradicts = 0
        await read_for(harness, 2 * AN_HOUR, kinds)
        assert not harness.has(1)
        await harness.pass_time(SHORT, step=6 * AN_HOUR)
        await read_for(harness, 2 * AN_HOUR, 5)
        assert not harness.has(1)


async def test_what_is_contradicted_for_a_day_is_one_time_that_was_not_observed() -> None:
    async with open_sync() as harness:
        await holders(harness, 10)
        harness.source.contradicts = 5
        await read_for(harness, A_DAY, 1)
        levels = await harness.rows("SELECT kinds FROM sync_levels WHERE account_id = 1 ORDER BY at")
        assert levels[:2] == [(5,), (None,)]
        assert levels[2:] in ([], [(1,)])
        harness.source.contradicts = 0
        await read_for(harness, 2 * AN_HOUR, 5)
        assert len(harness.holders()) == 10
