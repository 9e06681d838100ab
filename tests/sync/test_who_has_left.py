"""Who has left a server loses nothing there, so they are no part of a wave, and nobody waits because of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.roles.safety import SourceCensus
from bot.store.holders.gate_numbers import gate_numbers
from tests.sync.sync_harness import COLLECTOR, GUILD, JOINED, SyncHarness, open_sync, user

pytestmark = pytest.mark.asyncio
AN_HOUR = timedelta(hours=1)


async def forty_holders(harness: SyncHarness) -> int:
    """Their gate."""
    gate = await harness.gate()
    await harness.members(40)
    await harness.turn()
    return gate.gate_id


def leave(harness: SyncHarness, *numbers: int) -> None:
    """They leave; nobody says so to the bot."""
    for number in numbers:
        del harness.server.members[user(number)]


async def leave_and_are_missed(harness: SyncHarness, *numbers: int) -> None:
    """They leave, and the bot knows."""
    leave(harness, *numbers)
    for number in numbers:
        await harness.sync.drifted(GUILD, user(number))
    await harness.turn()


async def days(harness: SyncHarness, count: int) -> list[bool]:
    """Let days pass, with the scans of a running bot; of every six hours, whether removals waited then."""
    waited = []
    for _ in range(4 * count):
        for _ in range(6):
            await harness.pass_time(AN_HOUR, step=AN_HOUR)
            await harness.sync.scan()
            await harness.turn()
        waited.append(bool((await harness.sync.status(GUILD)).holds))
    return waited


async def test_members_who_sold_and_left_one_after_the_other_hold_nothing_back() -> None:
    async with open_sync() as harness:
        await forty_holders(harness)
        for number in range(1, 6):
            harness.sell(number)
            leave(harness, number)
            await harness.pass_time(5 * AN_HOUR)
            await harness.sync.scan()
            await harness.turn()
        assert not any(await days(harness, 3))
        harness.sell(20)
        await harness.pass_time(AN_HOUR)
        assert not harness.has(20)


async def test_members_who_left_and_sold_then_are_neither_counted_nor_listed_at_any_scan() -> None:
    async with open_sync() as harness:
        await forty_holders(harness)
        await leave_and_are_missed(harness, *range(1, 6))
        harness.sell(*range(1, 6))
        await harness.pass_time(26 * AN_HOUR)  # until the source is no part of it any more
        await harness.sync.gates_changed(GUILD)  # everybody is looked at, and then at each daily scan
        assert not any(await days(harness, 2))
        assert await harness.sync.staged(GUILD) == []


async def test_misses_that_are_stored_of_members_who_have_left_end_a_hold_that_is_about_them() -> None:
    async with open_sync() as harness:
        gate_id = await forty_holders(harness)
        harness.sell(*range(1, 7))
        await harness.pass_time(timedelta(minutes=20))
        assert len(await harness.sync.staged(GUILD)) == 6
        leave(harness, *range(1, 6))
        at = int(harness.now.timestamp())
        await harness.rows("UPDATE sync_members SET absent_since = ?, due = NULL WHERE user_id <= ?", [at, user(5)])
        assert await harness.store.sync.misses.gate_ids(GUILD) == {gate_id}
        assert [each.user_id for each in await harness.sync.staged(GUILD)] == [user(6)]
        await harness.pass_time(26 * AN_HOUR, step=timedelta(minutes=20))
        assert (await harness.sync.status(GUILD)).holds == []
        assert not harness.has(6)
        assert len(await harness.rows("SELECT * FROM role_misses")) == 5
        assert await harness.store.sync.misses.gate_ids(GUILD) == frozenset()


async def test_a_large_share_of_those_who_are_left_is_a_wave() -> None:
    async with open_sync() as harness:
        await forty_holders(harness)
        await leave_and_are_missed(harness, *range(10, 41))
        harness.sell(1, 2, 3)  # of nine: more than two at once; of forty they would not be too many
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(1, 10))
        numbers = await gate_numbers(harness.store.reader, GUILD, harness.now)
        assert [each.given_to for each in numbers.values()] == [9]


async def test_a_hold_of_a_source_does_not_wait_for_those_who_have_left() -> None:
    async with open_sync() as harness:
        await forty_holders(harness)
        await leave_and_are_missed(harness, 1, 2, 3)
        harness.sell(1, 2, 3)
        await harness.pass_time(timedelta(minutes=30))
        later = harness.now + timedelta(days=2)
        await harness.rows("UPDATE sync_members SET due = 1")
        held = await harness.store.readings.held_source("loopring", harness.now - AN_HOUR, later)
        assert held == SourceCensus(accounts=37, emptied=0, lately=0)


async def test_who_comes_back_has_what_they_earn_and_loses_what_they_sold_only_by_new_readings() -> None:
    async with open_sync() as harness:
        await forty_holders(harness)
        await leave_and_are_missed(harness, 1, 2)
        harness.sell(2)
        for _ in range(4):
            await harness.pass_time(timedelta(minutes=20))
            await harness.sync.run_now(GUILD)  # also looks whether somebody is back
            await harness.turn()
        assert await harness.rows("SELECT user_id FROM role_misses") == []
        for number in (1, 2):
            harness.server.members[user(number)] = {COLLECTOR}  # another bot gives it back at once
            harness.server.joined_at[user(number)] = JOINED + timedelta(days=300)
        await harness.sync.run_now(GUILD)
        await harness.turn()
        assert harness.has(1)
        assert harness.has(2)
        await harness.pass_time(timedelta(minutes=50))
        assert harness.has(1)
        assert not harness.has(2)
