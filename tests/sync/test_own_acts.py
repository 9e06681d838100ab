"""What somebody unlinks costs at once what it earned, and nothing that a false answer denies at that moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.gates.rule import Holds
from bot.holdings import Account, Holding
from bot.roles.grants import GrantState
from bot.sources.askers import Asker, Askers
from bot.sources.paging import Scan
from bot.sync.results import UndoneRun
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    TEN_MINUTES,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)
from tests.sync.two_networks import MONUMENTS, link_on_polygon, polygon

pytestmark = pytest.mark.asyncio


async def twenty_holders(harness: SyncHarness) -> None:
    """All judged, the first with another, empty account."""
    await harness.gate()
    await harness.members(20)
    await harness.link(1, 50)
    await harness.turn()
    await harness.pass_time(2 * TEN_MINUTES)


async def gives_up(harness: SyncHarness, number: int) -> bool:
    """The first member unlinks an account; whether they still have the role."""
    await harness.unlink(1, number)
    await harness.sync.own_act(user(1))
    return harness.has(1)


async def test_what_was_read_while_a_member_was_judged_is_no_cost() -> None:
    async with open_sync() as harness:
        await twenty_holders(harness)
        answer = harness.source.iter_holdings

        async def slow(account: Account, contract: str | None, askers: Askers) -> AsyncIterator[Scan[Holding]]:
            harness.source.empties = {account_of(1)}
            async for scan in answer(account, contract, askers):
                harness.advance(timedelta(seconds=20))
                await harness.store.sync.members.mark_user(user(1), harness.now)
                await harness.sync.run_due()
                await harness.sync.idle()
                harness.advance(timedelta(seconds=5))
                yield scan

        harness.source.iter_holdings = slow
        await harness.readings.read(account_of(1), Asker.job("a test"))
        harness.source.iter_holdings = answer
        assert await gives_up(harness, 50)


async def test_what_a_denial_without_a_miss_denied_is_no_cost() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=1, most=3))
        await harness.members(10)
        await harness.link(1, 50)
        await harness.turn()
        await harness.pass_time(2 * TEN_MINUTES)
        harness.source.silent_about = {account_of(52)}
        await harness.link(1, 52)
        harness.source.held[account_of(1)] = {HARBOUR: 5}  # a false answer
        await harness.pass_time(2 * TEN_MINUTES)
        assert await harness.rows("SELECT 1 FROM role_misses") == []
        assert await gives_up(harness, 50)


@pytest.mark.parametrize("state", [GrantState.FOUND, GrantState.GIVEN])
async def test_a_role_that_is_never_taken_keeps_no_other_one_in_doubt(state: GrantState) -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.add_role(WHALE)
        await twenty_holders(harness)
        await link_on_polygon(harness, 1, 1)
        if state is GrantState.FOUND:
            harness.server.members[user(1)].add(WHALE)
        await harness.gate(Holds(MONUMENTS), WHALE, never_remove=state is GrantState.GIVEN)
        await harness.pass_time(2 * TEN_MINUTES)
        grant = await harness.grant(1, WHALE)
        assert grant is not None
        assert grant.state is state
        harness.sources[0].is_down = True
        await harness.pass_time(timedelta(hours=12))
        assert not await gives_up(harness, 1)
        assert harness.has(1, WHALE)


@pytest.mark.parametrize("is_given", [False, True], ids=["before-discord-gives", "after"])
async def test_who_is_judged_while_an_undo_gives_back_is_nobody_who_deleted_their_data(*, is_given: bool) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(30)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(timedelta(hours=1))
        (run, *_) = [each for each in await harness.sync.runs(GUILD) if each.removed]
        give = type(harness.discord).add_role

        async def slow(guild_id: int, user_id: int, role_id: int, why: str) -> None:
            if is_given:
                await give(harness.discord, guild_id, user_id, role_id, why)
            await harness.sync.drifted(GUILD, user_id)
            await harness.sync.run_due()
            await harness.sync.idle()
            if not is_given:
                await give(harness.discord, guild_id, user_id, role_id, why)

        harness.discord.add_role = slow  # type: ignore[method-assign,assignment]
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(1)
        del harness.discord.add_role
        assert harness.has(1)
        assert await harness.grant(1, COLLECTOR) is not None
        (newest, *_) = await harness.rows("SELECT user_id FROM sync_changes ORDER BY change_id DESC")
        assert newest == (user(1),)
        await harness.pass_time(timedelta(days=3))
        assert not harness.has(1)
