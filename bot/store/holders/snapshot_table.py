"""Snapshots as they are stored. A snapshot belongs to one server: nobody finds it by another one's id.

Of those that somebody had made, and of those of each schedule, the newest ones are retained in each server: as many as
the caller says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.holders.snapshot import Snapshot
from bot.store.audit import record
from bot.store.holders.shared_rows import shared_pairs
from bot.store.holders.snapshot_columns import COLUMNS, ROWS, counting_text, rows_of, to_members, to_snapshot
from bot.store.holders.snapshot_search import ListedSnapshot, listed, newest_pair, newest_same, suggested
from bot.store.rows import first, seconds
from bot.store.sync.post_table import NewPost, enqueue
from bot.store.thread import Reader, Writer
from bot.store.webhooks.event_log import add_event
from bot.webhooks.values.event import EventType, NewEvent

_OLDER = """
    SELECT snapshot_id FROM snapshots WHERE guild_id = ? AND schedule_id IS ?
    ORDER BY snapshot_id DESC LIMIT -1 OFFSET ?
"""


class Snapshots:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def add(self, snapshot: Snapshot, *, retain: int) -> Snapshot:
        """Store a snapshot that somebody had made, and delete the oldest ones like it beyond `retain`.

        Returns it as it is stored: with its number, and without members who had their data deleted meanwhile.
        """
        rows = await asyncio.to_thread(lambda: list(rows_of(snapshot)))
        return await self._writer.transaction(lambda db: add(db, snapshot, retain, rows))

    async def add_scheduled(
        self,
        snapshot: Snapshot,
        *,
        retain: int,
        retain_others: int,
        next_at: datetime,
        post: Callable[[Snapshot], NewPost],
    ) -> Snapshot | None:
        """Store what a schedule made, have it said, and record when the next one is due; all of it or nothing.

        Args:
            snapshot: With the schedule's number.
            retain: How many of that schedule's are retained.
            retain_others: How many of the server's that belong to no schedule.
            next_at: When the next one is due.
            post: What the log channel says of it as it is stored.

        Returns:
            It as it is stored; None: the schedule was ended meanwhile, and nothing is.
        """
        rows = await asyncio.to_thread(lambda: list(rows_of(snapshot)))

        def work(db: Database) -> Snapshot | None:
            due = "UPDATE snapshot_schedules SET next_at = ?, failure = '' WHERE schedule_id = ? RETURNING 1"
            if first(db, due, [seconds(next_at), snapshot.schedule_id]) is None:
                return None
            stored = add(db, snapshot, retain, rows)
            _prune(db, snapshot.guild_id, None, retain_others)
            enqueue(db, post(stored))
            return stored

        return await self._writer.transaction(work)

    async def get(self, guild_id: int, snapshot_id: int) -> Snapshot | None:
        """A snapshot of a server; None: it has none with that number. A long read."""
        return await self._reader.run(lambda db: get(db, guild_id, snapshot_id))

    async def pair(
        self, guild_id: int, one: int, other: int
    ) -> tuple[Snapshot | None, Snapshot | None, frozenset[int]]:
        """Two snapshots of a server as they are at one moment, and who `linked_before` the older one. A long read."""
        return await self._reader.run(lambda db: pair(db, guild_id, one, other))

    async def of_guild(self, guild_id: int, limit: int) -> Sequence[ListedSnapshot]:
        """The newest snapshots of a server."""
        return await self._reader.run(lambda db: listed(db, guild_id, limit))

    async def suggested(self, guild_id: int, typed: str, limit: int) -> Sequence[ListedSnapshot]:
        """Snapshots of a server that fit what was typed, of all that it has; see `snapshot_search`."""
        return await self._reader.run(lambda db: suggested(db, guild_id, typed, limit))

    async def newest_same(self, guild_id: int, snapshot_id: int) -> int | None:
        """The newest other snapshot of a server of the same rule, weight and minimum; None: it has none."""
        return await self._reader.run(lambda db: newest_same(db, guild_id, snapshot_id))

    async def newest_pair(self, guild_id: int) -> tuple[int, int] | None:
        """The newest snapshot of a server that has an earlier one of the same, after that one; None: none has."""
        return await self._reader.run(lambda db: newest_pair(db, guild_id))

    async def present(self, guild_id: int) -> frozenset[int]:
        """The linked members who are in a server, as far as is known. A long read."""
        return await self._reader.run(lambda db: present(db, guild_id))

    async def shared(self, guild_id: int) -> frozenset[tuple[int, str]]:
        """Member and account, of those that present members share in a server. A long read."""
        return await self._reader.run(lambda db: shared_pairs(db, guild_id))

    async def exported(self, post: NewPost, actor: bytes) -> None:
        """Record that somebody exported a snapshot, and have it said in the server's log channel; before they get it.

        Args:
            post: What is said.
            actor: Their pseudonym.
        """

        def work(db: Database) -> None:
            record(db, post.at, actor, "snapshot-export")
            enqueue(db, post)

        await self._writer.transaction(work)

    async def forget_guild(self, guild_id: int) -> None:
        """Delete all of a server that the bot has left for good, its schedules too."""

        def work(db: Database) -> None:
            for table in ("snapshots", "snapshot_schedules"):
                db.execute(f"DELETE FROM {table} WHERE guild_id = ?", [guild_id])

        await self._writer.transaction(work)


def add(db: Database, snapshot: Snapshot, retain: int, rows: Iterable[tuple[Any, ...]] | None = None) -> Snapshot:
    """Store a snapshot within a transaction; see `Snapshots.add`.

    Args:
        db: In a transaction.
        snapshot: As it was made from what was read before.
        retain: How many like it are retained.
        rows: Its rows, where they were made on neither the loop nor the store's thread, for which others wait.
    """
    rows = rows_of(snapshot) if rows is None else rows
    snapshot, rows = _without_forgotten(db, snapshot, rows)
    request = snapshot.request
    made_at, names = seconds(snapshot.made_at), json.dumps(snapshot.names)
    values = [snapshot.guild_id, snapshot.schedule_id, made_at, request.rule, request.weight.value, request.minimum]
    values += [
        names,
        len(snapshot.members),
        int(snapshot.is_complete),
        snapshot.forgotten,
        counting_text(snapshot.counting),
    ]
    cursor = db.conn.execute(
        "INSERT INTO snapshots "
        "(guild_id, schedule_id, made_at, rule, weight, minimum, names, members, is_complete, forgotten, counting) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    snapshot_id = int(cursor.lastrowid or 0)
    sql = f"INSERT INTO snapshot_rows (snapshot_id, {ROWS}) VALUES ({snapshot_id}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    db.conn.executemany(sql, rows)
    _prune(db, snapshot.guild_id, snapshot.schedule_id, retain)
    stored = replace(snapshot, snapshot_id=snapshot_id)
    add_event(db, snapshot.guild_id, _event_of(stored))
    return stored


def _prune(db: Database, guild_id: int, schedule_id: int | None, retain: int) -> None:
    older = [(row[0],) for row in db.execute(_OLDER, [guild_id, schedule_id, retain]).fetchall()]
    db.conn.executemany("DELETE FROM snapshots WHERE snapshot_id = ?", older)


def _without_forgotten(
    db: Database, snapshot: Snapshot, rows: Iterable[tuple[Any, ...]]
) -> tuple[Snapshot, Iterable[tuple[Any, ...]]]:
    """Leave out members who had all their data deleted since it was read: a snapshot must not bring it back."""
    known = {row[0] for row in db.execute("SELECT user_id FROM sync_members WHERE guild_id = ?", [snapshot.guild_id])}
    gone = {member.user_id for member in snapshot.members} - known
    if not gone:
        return snapshot, rows
    left = tuple(member for member in snapshot.members if member.user_id not in gone)
    forgotten = snapshot.forgotten + len(gone)
    return replace(snapshot, members=left, forgotten=forgotten), [row for row in rows if row[0] not in gone]


def _event_of(snapshot: Snapshot) -> NewEvent:
    """Without its rule, which may name accounts."""
    facts = {
        "snapshot_id": str(snapshot.snapshot_id),
        "schedule_id": None if snapshot.schedule_id is None else str(snapshot.schedule_id),
        "members": len(snapshot.members),
        "is_complete": snapshot.is_complete,
    }
    return NewEvent(EventType.SNAPSHOT_MADE, snapshot.made_at, facts)


def get(db: Database, guild_id: int, snapshot_id: int) -> Snapshot | None:
    """A snapshot of a server; None: it has none with that number."""
    row = first(db, f"SELECT {COLUMNS} FROM snapshots WHERE snapshot_id = ? AND guild_id = ?", [snapshot_id, guild_id])
    if row is None:
        return None
    rows = db.execute(
        f"SELECT {ROWS} FROM snapshot_rows WHERE snapshot_id = ? ORDER BY user_id, account", [snapshot_id]
    ).fetchall()
    return replace(to_snapshot(row), members=tuple(to_members(rows)))


def pair(db: Database, guild_id: int, *numbers: int) -> tuple[Snapshot | None, Snapshot | None, frozenset[int]]:
    """See `Snapshots.pair`."""
    one, other = (get(db, guild_id, number) for number in numbers)
    if one is None or other is None:
        return one, other, frozenset()
    return one, other, linked_before(db, guild_id, min(one.made_at, other.made_at))


def linked_before(db: Database, guild_id: int, at: datetime) -> frozenset[int]:
    """Members with an account that they linked before a moment, and have had linked since: no data was deleted."""
    sql = """
        SELECT DISTINCT user_id FROM sync_members JOIN links USING (user_id) WHERE guild_id = ? AND linked_at < ?
    """
    return frozenset(row[0] for row in db.execute(sql, [guild_id, seconds(at)]).fetchall())


def guild_of(db: Database, snapshot_id: int) -> int | None:
    """The server of a snapshot, for an operator's command alone; None: there is no such one."""
    row = first(db, "SELECT guild_id FROM snapshots WHERE snapshot_id = ?", [snapshot_id])
    return int(row[0]) if row else None


def present(db: Database, guild_id: int) -> frozenset[int]:
    """See `Snapshots.present`."""
    sql = "SELECT user_id FROM sync_members WHERE guild_id = ? AND absent_since IS NULL"
    return frozenset(row[0] for row in db.execute(sql, [guild_id]).fetchall())


def forget_member(db: Database, user_id: int) -> None:
    """A member's rows are about to be deleted: say of each snapshot that it had one more."""
    sql = """
        UPDATE snapshots SET forgotten = forgotten + 1, members = members - 1
        WHERE snapshot_id IN (SELECT snapshot_id FROM snapshot_rows WHERE user_id = ?)
    """
    db.execute(sql, [user_id])
