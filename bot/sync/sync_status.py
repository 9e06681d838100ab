"""How sync stands in a server: how current what it knows is, what waits, and what slows it down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.messages import Words
from bot.store import Store
from bot.store.sync.run_table import RunRow
from bot.sync.readings import Readings
from bot.sync.removals import Removals
from bot.sync.results import Run, StagedState, SyncStatus


async def status_of(
    store: Store, readings: Readings, removals: Removals, guild_id: int, interval: timedelta, now: datetime
) -> SyncStatus:
    """How sync stands in a server.

    Args:
        store: Where everything is.
        readings: Knows the sources.
        removals: Knows what waits.
        guild_id: The server.
        interval: How often each account is to be read, as set.
        now: The present.
    """
    members, pending = await store.sync.members.counts(guild_id, now)
    accounts, unread, oldest_at = await store.sync.members.account_counts(guild_id)
    possible = timedelta(0)
    slow: Words | str = ""
    failing: dict[Words | str, datetime] = {}
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
        is_superseded=await removals.is_superseded(),
        is_answered_elsewhere=removals.is_answered_elsewhere(),
        rests_until=await removals.rests_until(),
        gate_roles={gate.gate_id: gate.role_id for gate in await store.gates.of_guild(guild_id)},
        unsourced=sorted(await store.sync.members.networks(guild_id) - set(readings.networks)),
    )


async def latest_runs(store: Store, guild_id: int, limit: int, *, to_undo: bool = False) -> Sequence[Run]:
    """The latest runs that changed something, newest first; or those that took roles and were not undone."""
    latest = store.sync.runs.latest_that_took if to_undo else store.sync.runs.latest
    return [_run(row) for row in await latest(guild_id, limit)]


async def run_of(store: Store, guild_id: int, run_id: int) -> Run | None:
    """A run by its id; None: there is no such run in that server."""
    row = await store.sync.runs.one(guild_id, run_id)
    return None if row is None else _run(row)


def _run(row: RunRow) -> Run:
    return Run(
        run_id=row.run_id,
        guild_id=row.guild_id,
        started_at=row.started_at,
        ended_at=row.ended_at,
        added=row.added,
        removed=row.removed,
        failed=row.failed,
        undone_at=row.undone_at,
    )
