"""The journal: which changes were made in which run, for the status, the log channel and for undoing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.sync.post_table import ChangeRow, to_change
from bot.store.thread import Reader, Writer

_COLUMNS = """run_id, guild_id, started_at, ended_at, failed, undone_at,
    (SELECT count(*) FROM sync_changes AS made WHERE made.run_id = sync_runs.run_id AND act = 'add'),
    (SELECT count(*) FROM sync_changes AS made WHERE made.run_id = sync_runs.run_id AND act = 'remove')
"""


@dataclass(frozen=True, slots=True)
class RunRow:
    """What was changed in one server within one run."""

    run_id: int
    guild_id: int
    started_at: datetime
    ended_at: datetime | None
    failed: int
    undone_at: datetime | None
    added: int
    removed: int


class Runs:
    """Reads and writes runs. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def begin(self, guild_id: int, now: datetime, *, by: int | None = None) -> int:
        """A run begins, as something is about to be changed, by itself or by an admin; its id."""
        sql = "INSERT INTO sync_runs (guild_id, started_at, by_id) VALUES (?, ?, ?) RETURNING run_id"
        row = await self._writer.transaction(lambda db: first(db, sql, [guild_id, seconds(now), by]))
        return int(row[0]) if row else 0

    async def end(self, run_id: int, now: datetime) -> None:
        """A run is over."""
        sql = "UPDATE sync_runs SET ended_at = ? WHERE run_id = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(now), run_id]).fetchall())

    async def latest(self, guild_id: int, limit: int) -> Sequence[RunRow]:
        """The latest runs of a server that changed something, newest first."""
        sql = f"""
            SELECT {_COLUMNS} FROM sync_runs
            WHERE guild_id = ? AND EXISTS (SELECT 1 FROM sync_changes AS made WHERE made.run_id = sync_runs.run_id)
            ORDER BY run_id DESC LIMIT ?
        """
        rows = await self._reader.run(lambda db: db.execute(sql, [guild_id, limit]).fetchall())
        return [_to_run(row) for row in rows]

    async def latest_that_took(self, guild_id: int, limit: int) -> Sequence[RunRow]:
        """The latest runs of a server that took roles and were not undone, newest first, however many only gave."""
        sql = f"""
            SELECT {_COLUMNS} FROM sync_runs JOIN (
                SELECT DISTINCT run_id AS took FROM sync_changes WHERE guild_id = ? AND act = 'remove'
            ) ON run_id = took
            WHERE undone_at IS NULL ORDER BY took DESC LIMIT ?
        """
        rows = await self._reader.run(lambda db: db.execute(sql, [guild_id, limit]).fetchall())
        return [_to_run(row) for row in rows]

    async def one(self, guild_id: int, run_id: int) -> RunRow | None:
        """A run by its id; None: there is no such run in that server."""
        sql = f"SELECT {_COLUMNS} FROM sync_runs WHERE run_id = ? AND guild_id = ?"
        rows = await self._reader.run(lambda db: db.execute(sql, [run_id, guild_id]).fetchall())
        return _to_run(rows[0]) if rows else None

    async def removals(self, guild_id: int, run_id: int) -> Sequence[ChangeRow] | None:
        """What a run took, without what members caused themselves, and what a higher role replaced.

        None: there is no such run in that server, or it was undone.
        """
        sql = """
            SELECT change_id, run_id, user_id, role_id, gate_id, act, at, reason FROM sync_changes
            WHERE run_id = ? AND act = 'remove' AND is_undoable AND user_id IS NOT NULL ORDER BY change_id
        """

        def work(db: Database) -> Sequence[ChangeRow] | None:
            known = "SELECT 1 FROM sync_runs WHERE run_id = ? AND guild_id = ? AND undone_at IS NULL"
            if first(db, known, [run_id, guild_id]) is None:
                return None
            return [to_change(row) for row in db.execute(sql, [run_id]).fetchall()]

        return await self._writer.run(work)

    async def of_member(self, guild_id: int, user_id: int, since: datetime) -> Sequence[ChangeRow]:
        """What was changed for a member of a server since a moment, by whatever run, in that order."""
        sql = """
            SELECT change_id, run_id, user_id, role_id, gate_id, act, at, reason FROM sync_changes
            WHERE user_id = ? AND guild_id = ? AND at >= ? ORDER BY change_id
        """
        found = [user_id, guild_id, seconds(since)]
        rows = await self._writer.run(lambda db: db.execute(sql, found).fetchall())
        return [to_change(row) for row in rows]

    async def undone(self, run_id: int, now: datetime, *, up_to: int) -> None:
        """A run was undone, up to a change; one that has not ended, or took more since, can be undone again."""
        sql = """
            UPDATE sync_runs SET undone_at = ? WHERE run_id = ? AND ended_at IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM sync_changes AS made WHERE made.run_id = sync_runs.run_id AND change_id > ?
                AND act = 'remove' AND is_undoable AND user_id IS NOT NULL
            )
        """
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(now), run_id, up_to]).fetchall())


def _to_run(row: Sequence[Any]) -> RunRow:
    run_id, guild_id, started_at, ended_at, failed, undone_at, added, removed = row
    return RunRow(
        run_id=run_id,
        guild_id=guild_id,
        started_at=moment(started_at),
        ended_at=None if ended_at is None else moment(ended_at),
        failed=failed,
        undone_at=None if undone_at is None else moment(undone_at),
        added=added,
        removed=removed,
    )
