"""Time in which the bot was off, or its clock was set, is no time in which a source or a server said nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.gates.gate import ParkReason
from bot.store.sync.post_table import PostKind
from tests.sync.sync_harness import GUILD, OTHER_GUILD, TEN_MINUTES, SyncHarness, open_sync

pytestmark = pytest.mark.asyncio
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


async def turned_off(harness: SyncHarness, span: timedelta) -> None:
    """The bot is off for so long."""
    await harness.sync.close()
    harness.now += span
    harness.ran = 0.0
    harness.start()


async def clock_set(harness: SyncHarness, span: timedelta) -> None:
    """The clock is set forward while the bot runs."""
    harness.now += span


ABSENCES = pytest.mark.parametrize("absent", [turned_off, clock_set])
Absence = Callable[[SyncHarness, timedelta], Awaitable[None]]


async def parked(harness: SyncHarness) -> ParkReason | None:
    """Why the only gate is parked."""
    (gate,) = await harness.store.gates.of_guild(GUILD)
    return gate.parked


def kinds_said(harness: SyncHarness) -> set[PostKind]:
    """What kinds of messages were sent."""
    return {post.kind for post in harness.sent.values()}


@ABSENCES
async def test_a_source_that_failed_before_and_after_an_absence_is_not_gone(absent: Absence) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.turn()
        harness.source.is_down = True
        await harness.pass_time(2 * TEN_MINUTES)
        await absent(harness, timedelta(days=31))
        await harness.turn()
        await harness.turn()
        assert await parked(harness) is None
        assert PostKind.SILENT not in kinds_said(harness)
        assert harness.holders() == [1, 2]
        await harness.pass_time(AN_HOUR)
        assert PostKind.SILENT in kinds_said(harness)
        assert await parked(harness) is None


async def test_thirty_days_of_attempts_with_an_absence_between_them_are_enough() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.source.is_down = True
        await harness.pass_time(15 * A_DAY, step=AN_HOUR)
        await turned_off(harness, 100 * A_DAY)
        await harness.pass_time(14 * A_DAY, step=AN_HOUR)
        assert await parked(harness) is None
        await harness.pass_time(2 * A_DAY, step=AN_HOUR)
        assert await parked(harness) is ParkReason.SOURCE_GONE


async def test_a_source_of_which_no_account_is_left_has_not_failed_while_the_bot_was_off() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        harness.source.is_down = True
        await harness.pass_time(2 * TEN_MINUTES)
        await harness.unlink(1, 1)
        await turned_off(harness, timedelta(days=31))
        await harness.turn()
        assert await parked(harness) is None
        since = await harness.store.readings.failing_since("loopring")
        assert since is None or harness.now - since < AN_HOUR


async def test_a_grace_that_ended_while_the_bot_was_off_takes_nothing_on_old_evidence() -> None:
    async with open_sync() as harness:
        await harness.set(grace=2 * A_DAY)
        await harness.gate()
        await harness.members(12)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * AN_HOUR)
        assert 1 in harness.holders()
        harness.buy(1)  # while the bot is off, so that it has seen nothing of it
        await turned_off(harness, 3 * A_DAY)
        await harness.pass_time(6 * AN_HOUR)
        assert 1 in harness.holders()
        harness.sell(2)
        await harness.pass_time(3 * AN_HOUR)
        await turned_off(harness, 3 * A_DAY)
        await harness.turn()
        assert 2 in harness.holders()  # nothing of the time in between is known: it is read again first


async def test_misses_before_an_absence_are_not_enough_after_it() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(12)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(TEN_MINUTES)  # one miss
        await turned_off(harness, 2 * A_DAY)
        await harness.turn()
        await harness.pass_time(TEN_MINUTES)
        assert 1 in harness.holders()
        await harness.pass_time(2 * AN_HOUR)
        assert 1 not in harness.holders()


async def test_a_server_that_invited_the_bot_while_it_was_off_is_not_forgotten_at_its_start() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.turn()
        harness.server.is_available = False
        await harness.sync.left(GUILD)
        await turned_off(harness, timedelta(days=31))
        harness.server.is_available = True
        await harness.sync.purge()  # before anything of this server has happened
        await harness.sync.in_servers([GUILD, OTHER_GUILD])
        await harness.turn()
        assert len(await harness.store.gates.of_guild(GUILD)) == 1
        assert await harness.grant(1)


async def test_a_refused_gate_is_tried_at_once_after_an_absence() -> None:
    """Waiting an hour spares Discord refusals; an absence has spared them as well."""
    async with open_sync() as harness:
        await harness.gate()
        harness.discord.refuses = {(await harness.store.gates.of_guild(GUILD))[0].role_id}
        await harness.members(2)
        await harness.turn()
        assert await parked(harness) is ParkReason.REFUSED
        harness.discord.refuses = set()
        await turned_off(harness, 2 * AN_HOUR)
        await harness.turn()
        assert harness.holders() == [1, 2]
