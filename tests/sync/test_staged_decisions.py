"""What admins decide about removals that wait: approve, discard, look again."""

from __future__ import annotations

import pytest

from bot.roles.safety import Scope
from bot.sync.results import StagedState
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    OTHER_GUILD,
    open_sync,
    user,
)
from tests.sync.waves import AN_HOUR, a_wave

pytestmark = pytest.mark.asyncio


async def test_the_staged_list_says_who_waits_and_why() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        staged = await harness.sync.staged(GUILD)
        assert sorted(each.user_id for each in staged) == [user(number) for number in range(1, 5)]
        assert {each.state for each in staged} == {StagedState.WAITING}
        assert all(each.sentence and each.gate.role_id == COLLECTOR for each in staged)
        assert (await harness.sync.status(GUILD)).staged == 4


async def test_what_is_approved_is_taken_and_counted_no_more() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        assert await harness.sync.approve(GUILD, by=9) == 4
        await harness.turn()
        assert harness.holders() == list(range(5, 11))
        assert (await harness.sync.status(GUILD)).holds == []
        harness.sell(5)  # a true sale after it does not wait until the others are a day old
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(6, 11))


async def test_an_approval_is_of_those_who_were_shown_and_the_others_still_wait() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        harness.sell(5, 6, 7)  # after the list was shown
        await harness.pass_time(AN_HOUR)
        assert await harness.sync.approve(GUILD, by=9, only=shown) == 4
        await harness.turn()
        assert harness.holders() == list(range(5, 11))
        staged = await harness.sync.staged(GUILD)
        assert [each.user_id for each in staged if each.state is StagedState.WAITING] == [user(5), user(6), user(7)]


async def test_a_second_wave_after_an_approval_waits_again() -> None:
    async with open_sync() as harness:
        await a_wave(harness, holders=40, sellers=7)
        assert await harness.sync.approve(GUILD, by=9) == 7
        await harness.turn()
        assert len(harness.holders()) == 33
        harness.sell(*range(8, 15))
        await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 33
        assert Scope.SOURCE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}


async def test_what_one_server_accepts_another_does_not() -> None:
    async with open_sync() as harness:
        await harness.gate(guild_id=OTHER_GUILD)
        for number in (1, 8):
            await harness.member(number, guild_id=OTHER_GUILD)
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        assert (await harness.sync.status(GUILD)).holds == []
        assert [hold.scope for hold in (await harness.sync.status(OTHER_GUILD)).holds] == [Scope.SOURCE]
        assert harness.has(1, guild_id=OTHER_GUILD)


async def test_who_qualifies_again_keeps_the_role_though_it_was_approved() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        harness.buy(1)
        await harness.look_at(1)
        assert await harness.sync.approve(GUILD, by=9) == 3
        await harness.turn()
        assert harness.holders() == [1, *range(5, 11)]


async def test_what_is_discarded_stays_for_a_day() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        assert await harness.sync.discard(GUILD, by=9) == 4
        await harness.pass_time(23 * AN_HOUR, step=AN_HOUR)
        assert len(harness.holders()) == 10
        assert (await harness.sync.status(GUILD)).staged == 0


async def test_of_what_waits_a_part_can_be_discarded_and_the_rest_still_waits() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        waiting = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert await harness.sync.discard(GUILD, by=9, only=waiting[:1]) == 1
        states = [each.state for each in await harness.sync.staged(GUILD)]
        assert sorted(states) == [StagedState.DISCARDED, *[StagedState.WAITING] * 3]
        assert Scope.GATE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}
        await harness.turn()
        assert len(harness.holders()) == 10


async def test_of_those_who_wait_some_can_be_read_again_and_the_others_still_wait() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        del harness.source.asked[:]
        waiting = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert await harness.sync.look_again(GUILD, by=9, only=waiting[:1]) == 1
        assert [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)] == waiting[1:]
        assert Scope.GATE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}
        await harness.turn()
        assert len(harness.source.asked) == 1
        assert len(harness.holders()) == 10


async def test_looking_again_reads_everybody_who_waits_and_counts_from_zero() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        del harness.source.asked[:]
        harness.buy(1, 2, 3, 4)
        assert await harness.sync.look_again(GUILD, by=9) == 4
        await harness.turn()
        assert len(harness.source.asked) == 4
        assert await harness.sync.staged(GUILD) == []
        await harness.pass_time(AN_HOUR)
        assert len(harness.holders()) == 10
