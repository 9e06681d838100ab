"""A run that is undone gives back what it took, and excuses its members."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.errors import InputError
from bot.sync.results import UndoneRun
from tests.sync.sync_harness import COLLECTOR, GUILD, MOD, WHALE, SyncHarness, open_sync, user
from tests.sync.waves import AN_HOUR, a_wave

pytestmark = pytest.mark.asyncio


async def test_a_run_is_undone_and_its_members_are_excused() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        assert (run.added, run.removed) == (0, 4)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == UndoneRun(4)
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
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == UndoneRun(4)
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
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == UndoneRun(0, not_now=4)
        harness.discord.refuses.clear()
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == UndoneRun(4)
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


async def test_an_undo_gives_the_role_that_was_taken_and_never_another_one_that_its_gate_gives_since() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.sell(1, 2)
        await harness.pass_time(2 * AN_HOUR)
        (run, *_) = await harness.sync.runs(GUILD, to_undo=True)
        await harness.add_role(WHALE)
        await harness.store.gates.edit(gate.gate_id, replace(gate.draft, role_id=WHALE), MOD, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.turn()
        harness.server.members[user(2)].add(COLLECTOR)  # by hand, which is what an undo would do
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(0, without_gate=1)
        assert not any(harness.has(1, role_id) for role_id in (COLLECTOR, WHALE))
        assert not await harness.rows("SELECT 1 FROM role_misses WHERE excused_until IS NOT NULL")
        await harness.store.gates.take_back(GUILD, (await last_change(harness)), MOD, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.turn()
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(1)
        await harness.pass_time(20 * AN_HOUR, step=AN_HOUR)
        assert harness.has(1)
        with pytest.raises(InputError, match="was undone"):
            await harness.sync.undo(GUILD, run.run_id, by=MOD)


async def test_an_undo_gives_a_role_back_by_the_gate_that_gives_it_now() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(2 * AN_HOUR)
        (run, *_) = await harness.sync.runs(GUILD, to_undo=True)
        await harness.store.gates.remove(gate.gate_id, MOD, harness.now)
        another = await harness.gate()
        await harness.turn()
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(1)
        grant = await harness.grant(1)
        assert grant
        assert grant.gate_id == another.gate_id
        await harness.pass_time(20 * AN_HOUR, step=AN_HOUR)
        assert harness.has(1)
        await harness.pass_time(6 * AN_HOUR)
        assert not harness.has(1)


async def last_change(harness: SyncHarness) -> int:
    """The number of the latest change of what is decided in the server."""
    (change, *_) = await harness.store.gates.history(GUILD, 1)
    return change.change_id
