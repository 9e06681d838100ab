"""What holds removals back besides a wave, what holds back nothing, and when a hold ends."""

from __future__ import annotations

import pytest

from bot.gates.rule import Holds
from bot.roles.safety import Cause, Scope
from bot.store.sync.post_table import PostKind
from tests.sync.sync_harness import (
    GUILD,
    HARBOUR,
    MOD,
    MOSAIC,
    OTHER_GUILD,
    TEN_MINUTES,
    WHALE,
    open_sync,
    user,
)
from tests.sync.waves import AN_HOUR, a_wave

pytestmark = pytest.mark.asyncio


async def test_an_admins_hold_takes_nothing_until_it_is_released_and_counts_from_zero_then() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        hold = await harness.sync.hold(GUILD, by=9)
        assert (hold.scope, hold.cause) == (Scope.GUILD, Cause.ADMIN)
        harness.sell(1)
        await harness.pass_time(3 * AN_HOUR)
        assert harness.has(1)
        assert await harness.sync.release(GUILD, by=9)
        assert not await harness.sync.release(GUILD, by=9)
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(AN_HOUR)
        assert not harness.has(1)


async def test_a_hold_that_ends_by_itself_has_its_misses_counted_from_zero() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        harness.buy(2, 3, 4)
        await harness.pass_time(TEN_MINUTES)
        assert (await harness.sync.status(GUILD)).holds == []
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(2, 11))


async def test_a_gate_that_never_takes_trips_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR), never_remove=True)
        await harness.members(8)
        await harness.turn()
        harness.sell(*range(1, 9))
        await harness.pass_time(AN_HOUR)
        assert [each for each in (await harness.sync.status(GUILD)).holds if each.scope is Scope.GATE] == []
        assert len(harness.holders()) == 8


@pytest.mark.parametrize("another_server_has_gates", [False, True])
async def test_where_the_last_gate_is_removed_nothing_waits_but_for_an_admin(*, another_server_has_gates: bool) -> None:
    async with open_sync() as harness:
        if another_server_has_gates:
            await harness.gate(guild_id=OTHER_GUILD)
        await a_wave(harness)
        scopes = {each.scope for each in (await harness.sync.status(GUILD)).holds}
        assert scopes == {Scope.GATE, Scope.SOURCE}
        await harness.sync.hold(GUILD, by=MOD)
        (gate,) = await harness.store.gates.of_guild(GUILD)
        await harness.store.gates.remove(gate.gate_id, MOD, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.turn()
        assert [each.cause for each in (await harness.sync.status(GUILD)).holds] == [Cause.ADMIN]
        assert [post.kind for post in harness.sent.values()].count(PostKind.HOLD_OVER) >= 1
        assert len(harness.holders()) == 10


async def test_what_members_give_up_themselves_trips_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        for number in range(1, 6):
            await harness.unlink(number, number)
            await harness.sync.own_act(user(number))
        assert harness.holders() == list(range(6, 11))
        harness.sell(10)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(6, 10))


async def test_a_bot_that_is_invited_again_takes_nothing_before_it_has_looked_at_everybody() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * TEN_MINUTES)
        server = harness.discord.servers.pop(GUILD)
        await harness.sync.left(GUILD)
        harness.advance(AN_HOUR)
        harness.discord.servers[GUILD] = server
        await harness.sync.in_servers([GUILD, OTHER_GUILD])
        await harness.sync.run_due()
        await harness.sync.idle()
        assert len(harness.holders()) == 10
        assert [post.kind for post in await harness.sync.outbox.posts()][-1:] != []
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == list(range(2, 11))


async def test_of_two_processes_only_the_one_that_started_last_takes_roles() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        first = harness.sync
        harness.start()
        await harness.turn()
        harness.sell(1)
        for _ in range(8):
            harness.advance(TEN_MINUTES)
            await first.read_due()
            await first.run_due()
            await first.idle()
        assert harness.has(1)
        await first.close()
        await harness.pass_time(TEN_MINUTES)
        assert not harness.has(1)


async def test_who_approves_what_does_not_wait_any_more_accepts_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(Holds(MOSAIC), WHALE)
        await harness.members(2)
        for number in range(11, 41):
            await harness.member(number, of=MOSAIC)
        await harness.pass_time(AN_HOUR)
        harness.source.is_empty = True
        await harness.pass_time(TEN_MINUTES)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert len(shown) == 32
        await harness.sync.look_again(GUILD, by=8, only=shown)  # another admin was faster
        assert await harness.sync.approve(GUILD, by=9, only=shown) == 0
        await harness.pass_time(5 * AN_HOUR)
        assert harness.holders() == [1, 2]
        assert len(harness.holders(WHALE)) == 30


@pytest.mark.parametrize("decision", ["approve", "discard", "look_again"])
async def test_who_decides_about_what_does_not_wait_any_more_ends_no_hold(decision: str) -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        await harness.set(protected_members=frozenset(user(number) for number in range(1, 5)))
        assert await harness.sync.staged(GUILD) == []
        assert await getattr(harness.sync, decision)(GUILD, by=9, only=shown) == 0
        assert await harness.rows("SELECT DISTINCT scope FROM role_holds WHERE by_id = 9") == []
