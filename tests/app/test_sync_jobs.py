"""Which jobs of roles wait for Discord: nothing is forgotten before it says which servers the bot is in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.app.background import Job
from bot.app.sync_jobs import schedule_sync
from tests.sync.sync_harness import GUILD, open_sync


class Jobs:
    """Runs each job when a test says so, in place of the background."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}

    def every(self, _: object, job: Job, *, name: str, at_once: bool = True) -> None:
        """Add a job."""
        assert at_once
        self.jobs[name] = job


@pytest.mark.asyncio
async def test_no_server_is_forgotten_before_discord_says_which_there_are() -> None:
    async with open_sync() as harness:
        await harness.gate()
        harness.server.is_available = False
        await harness.sync.left(GUILD)
        harness.advance(timedelta(days=31))
        is_ready, jobs = False, Jobs()
        schedule_sync(jobs, harness.sync, harness.post, lambda: is_ready)  # type: ignore[arg-type] # it has no clock
        await jobs.jobs["purges of roles"]()
        assert len(await harness.store.gates.of_guild(GUILD)) == 1
        is_ready = True
        await jobs.jobs["purges of roles"]()
        assert await harness.store.gates.of_guild(GUILD) == []
