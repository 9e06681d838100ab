"""How sync stands in a server: how current what it knows is, what waits, and what slows it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.store import Store
from bot.sync.readings import Readings
from bot.sync.removals import Removals
from bot.sync.results import Run, StagedState, SyncStatus


async def status_of(
    store: Store, readings: Readings, removals: Removals, guild_id: int, interval: timedelta
) -> SyncStatus:
    """How sync stands in a server.

    Args:
        store: Where everything is.
        readings: Knows the sources.
        removals: Knows what waits.
        guild_id: The server.
        interval: How often each account is to be read, as set.
    """
    members, pending = await store.sync.members.counts(guild_id)
    accounts, unread, oldest_at = await store.sync.members.account_counts(guild_id)
    possible, slow = timedelta(0), ""
    failing: dict[str, datetime] = {}
    for network in readings.networks:
        allowed = await readings.ages.possible_interval(network)
        if allowed > max(possible, interval):
            possible, slow = allowed, readings.label(network)
        if since := await store.readings.failing_since(network):
            failing[readings.label(network)] = since
    staged = await removals.staged(guild_id)
    runs = await latest_runs(store, guild_id, 1)
    return SyncStatus(
        members=members,
        accounts=accounts,
        unread=unread,
        oldest_at=oldest_at,
        interval=interval,
        possible=possible or None,
        slow_source=slow,
        pending=pending,
        holds=await removals.holds(guild_id),
        staged=sum(each.state is StagedState.WAITING for each in staged),
        last_run=runs[0] if runs else None,
        next_at=await store.readings.next_due(readings.networks),
        failing=failing,
    )


async def latest_runs(store: Store, guild_id: int, limit: int) -> Sequence[Run]:
    """The latest runs that changed something, newest first."""
    return [
        Run(
            run_id=each.run_id,
            guild_id=each.guild_id,
            started_at=each.started_at,
            ended_at=each.ended_at,
            added=each.added,
            removed=each.removed,
            failed=each.failed,
            undone_at=each.undone_at,
        )
        for each in await store.sync.runs.latest(guild_id, limit)
    ]
