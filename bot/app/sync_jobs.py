"""Builds what gives and takes roles, and adds its jobs. Without a gate none of them does anything."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from random import Random

from bot.app.background import Background, Job
from bot.app.moved_clock import MovedClock
from bot.app.schedule import when_ready
from bot.config.settings import Settings
from bot.config.source_tables import ArchiveTable
from bot.linking import Linking
from bot.lookup.lookup import Lookup
from bot.store import Store
from bot.sync.asked_rules import AskedRules
from bot.sync.ports import Discord
from bot.sync.readings import Readings
from bot.sync.sync import Sync

# What is due is looked for this often; how often an account is due is a setting.
_READS = timedelta(seconds=1)
_JUDGES = timedelta(seconds=1)
_SCANS = timedelta(minutes=1)
_PURGES = timedelta(hours=1)
# A run's changes are one message then, and a channel gets no more than one in this time.
_POSTS = timedelta(seconds=5)


@asynccontextmanager
async def open_sync(
    settings: Settings,
    store: Store,
    lookup: Lookup,
    linking: Linking,
    discord: Discord,
    clock: MovedClock,
    answered_elsewhere: Callable[[], bool],
) -> AsyncIterator[Sync]:
    """Roles that follow holdings, over the sources that commands use; none is taken while another process answers."""
    asked = AskedRules(store, clock.now)
    readings = Readings(
        store.readings,
        lookup.sources,
        linking.proven,
        rates={
            table.name: table.requests_per_second for table in settings.sources if not isinstance(table, ArchiveTable)
        },
        interval=settings.sync.interval,
        wanted=asked.wanted,
        clock=clock.now,
        random=Random(),  # noqa: S311 - spreads retries
    )
    sync = Sync(
        store,
        linking.proven,
        readings,
        discord,
        settings.sync,
        asked=asked,
        clock=clock.now,
        monotonic=clock.monotonic,
    )
    sync.hold_while(answered_elsewhere)
    try:
        yield sync
    finally:
        await sync.close()
        await readings.close()


def schedule_sync(background: Background, sync: Sync, post: Job, is_ready: Callable[[], bool]) -> None:
    """Add its jobs: accounts are read also while Discord is away, but nobody is judged before it is there.

    Nor is anything of a server forgotten: only Discord knows whether the bot was invited again while it was off.
    """
    background.every(_READS, sync.read_due, name="readings")
    background.every(_JUDGES, when_ready(is_ready, sync.run_due), name="roles")
    background.every(_POSTS, when_ready(is_ready, post), name="posts to log channels")
    background.every(_SCANS, when_ready(is_ready, sync.scan), name="scans of servers")
    background.every(_PURGES, when_ready(is_ready, sync.purge), name="purges of roles")
