"""The status says why a whole process takes no role: another one took over, or the clock was set."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sync.sync_harness import GUILD, open_sync

pytestmark = pytest.mark.asyncio


async def test_a_process_that_another_one_took_over_from_says_so_and_the_other_does_not() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        first = harness.sync
        assert not (await first.status(GUILD)).is_superseded
        harness.advance(timedelta(minutes=1))
        second = harness.start()
        # Before its first turn the store still has the epoch of the one before.
        assert [(await each.status(GUILD)).is_superseded for each in (first, second)] == [False, False]
        harness.advance(timedelta(minutes=1))
        await harness.turn()
        assert [(await each.status(GUILD)).is_superseded for each in (first, second)] == [True, False]
        await first.close()


async def test_after_the_clock_was_set_the_status_says_until_when_nothing_is_taken() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        assert (await harness.sync.status(GUILD)).rests_until is None
        harness.now += timedelta(hours=3)  # and the other clock did not go on
        await harness.turn()
        rests_until = (await harness.sync.status(GUILD)).rests_until
        assert rests_until == harness.now + harness.settings.removal_span
        await harness.pass_time(timedelta(hours=1))
        assert (await harness.sync.status(GUILD)).rests_until is None
