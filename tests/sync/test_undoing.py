"""A run that is undone gives back what it took, and excuses its members."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import InputError
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    open_sync,
)
from tests.sync.waves import AN_HOUR, a_wave

pytestmark = pytest.mark.asyncio


async def test_a_run_is_undone_and_its_members_are_excused() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        assert (run.added, run.removed) == (0, 4)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        await harness.pass_time(20 * AN_HOUR, step=AN_HOUR)
        assert len(harness.holders()) == 10
        with pytest.raises(InputError, match="was undone"):
            await harness.sync.undo(GUILD, run.run_id, by=9)


@pytest.mark.parametrize("steps", range(0, 160, 10))
async def test_an_undo_excuses_its_members_whatever_is_judged_meanwhile(steps: int) -> None:
    """A member who is judged by what was true before the undo must not cost them its excuse."""
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        await harness.sync.gates_changed(GUILD)
        passing = asyncio.create_task(harness.sync.run_due())
        for _ in range(steps):
            await asyncio.sleep(0)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        await passing
        excused = await harness.rows("SELECT user_id FROM role_misses WHERE excused_until IS NOT NULL")
        assert len(excused) == 4
        await harness.pass_time(4 * AN_HOUR)
        assert len(harness.holders()) == 10


async def test_a_run_of_which_not_all_could_be_given_back_can_be_undone_once_more() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        harness.discord.refuses.add(COLLECTOR)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 0
        harness.discord.refuses.clear()
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        assert len(harness.holders()) == 10


async def test_a_run_that_has_not_ended_can_be_undone_once_more_with_what_it_took_since() -> None:
    async with open_sync() as harness:
        runs, now = harness.store.sync.runs, harness.now
        run_id = await runs.begin(GUILD, now)
        await runs.undone(run_id, now, up_to=0)
        assert await runs.removals(GUILD, run_id) == []
        await runs.end(run_id, now)
        await runs.undone(run_id, now, up_to=0)
        assert await runs.removals(GUILD, run_id) is None


async def test_a_run_of_another_server_cannot_be_undone() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        (run,) = await harness.sync.runs(GUILD)
        with pytest.raises(InputError, match=f"Run {run.run_id} is none"):
            await harness.sync.undo(GUILD + 1, run.run_id, by=9)
