"""Which snapshots are made by themselves, and when the next one of each is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.holders.snapshot import Every, SnapshotRequest, SnapshotSchedule, Weight
from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer

MOST_SCHEDULES = 10
_COLUMNS = "schedule_id, guild_id, rule, weight, minimum, every, retain, first_at, next_at, failure"


class SnapshotSchedules:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def add(
        self, guild_id: int, request: SnapshotRequest, every: Every, retain: int, first_at: datetime
    ) -> SnapshotSchedule | None:
        """Add one; None: the server has `MOST_SCHEDULES` already."""

        def work(db: Database) -> SnapshotSchedule | None:
            count = first(db, "SELECT count(*) FROM snapshot_schedules WHERE guild_id = ?", [guild_id])
            if count and count[0] >= MOST_SCHEDULES:
                return None
            at = seconds(first_at)
            values = [guild_id, request.rule, request.weight.value, request.minimum, every.value, retain, at, at]
            sql = (
                "INSERT INTO snapshot_schedules (guild_id, rule, weight, minimum, every, retain, first_at, next_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            )
            number = db.conn.execute(sql, values).lastrowid
            return SnapshotSchedule(int(number or 0), guild_id, request, every, retain, first_at, first_at)

        return await self._writer.transaction(work)

    async def of_guild(self, guild_id: int) -> Sequence[SnapshotSchedule]:
        """Those of a server, the oldest first."""
        sql = f"SELECT {_COLUMNS} FROM snapshot_schedules WHERE guild_id = ? ORDER BY schedule_id"
        rows = await self._writer.run(lambda db: db.execute(sql, [guild_id]).fetchall())
        return [_to_schedule(row) for row in rows]

    async def due(self, now: datetime, limit: int) -> Sequence[SnapshotSchedule]:
        """Those that are due, the longest waiting first; of servers that the bot has left, none."""
        sql = f"""
            SELECT {_COLUMNS} FROM snapshot_schedules WHERE next_at <= ? AND NOT EXISTS (
                SELECT 1 FROM sync_guilds WHERE sync_guilds.guild_id = snapshot_schedules.guild_id
                AND left_at IS NOT NULL
            ) ORDER BY next_at LIMIT ?
        """
        rows = await self._writer.run(lambda db: db.execute(sql, [seconds(now), limit]).fetchall())
        return [_to_schedule(row) for row in rows]

    async def failed(self, schedule_id: int, next_at: datetime, failure: str) -> None:
        """No snapshot could be made: the next one is due later. Of one that was made, see `Snapshots.add_scheduled`."""
        sql = "UPDATE snapshot_schedules SET next_at = ?, failure = ? WHERE schedule_id = ?"
        values = [seconds(next_at), failure, schedule_id]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def remove(self, guild_id: int, schedule_id: int) -> bool:
        """Make none by it any more; what it made stays, and is retained like what somebody had made.

        False: that server has no such schedule.
        """
        its = [schedule_id, guild_id]

        def work(db: Database) -> bool:
            found = first(db, "DELETE FROM snapshot_schedules WHERE schedule_id = ? AND guild_id = ? RETURNING 1", its)
            db.execute("UPDATE snapshots SET schedule_id = NULL WHERE schedule_id = ? AND guild_id = ?", its)
            return found is not None

        return await self._writer.transaction(work)


def _to_schedule(row: Sequence[Any]) -> SnapshotSchedule:
    schedule_id, guild_id, rule, weight, minimum, every, retain, first_at, next_at, failure = row
    return SnapshotSchedule(
        schedule_id=schedule_id,
        guild_id=guild_id,
        request=SnapshotRequest(rule, Weight(weight), minimum),
        every=Every(every),
        retain=retain,
        next_at=moment(next_at),
        first_at=moment(first_at),
        failure=failure,
    )
