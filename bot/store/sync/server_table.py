"""Which servers the bot is in, when they are scanned next, and which process is the one that takes roles."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.sync.clock_repair import Plans, bring_back
from bot.store.thread import Writer

# Everything of a server; `role_misses` and the rest have it as a column.
_OF_GUILD = ("sync_members", "role_grants", "role_intents", "role_misses", "role_holds", "sync_changes", "sync_runs")
_WEBHOOKS = ("webhook_endpoints", "webhook_events", "webhook_logs")
_ALL_OF_GUILD = (*_OF_GUILD, "sync_posts", "owed_roles", "accepted_losses", *_WEBHOOKS, "sync_guilds")


@dataclass(frozen=True, slots=True)
class ServerScan:
    """When a server is scanned for drift and searched for linked members, and what the last scan found."""

    left_at: datetime | None
    drift_due: datetime
    drift_scans: int
    role_counts: Mapping[int, int]
    counted_at: datetime
    search_due: datetime
    search_after: int


class Servers:
    """Reads and writes servers. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def get(self, guild_id: int) -> ServerScan:
        """A server; one that was never seen is scanned at once."""
        sql = """
            SELECT left_at, drift_due, drift_scans, role_counts, counted_at, search_due, search_after
            FROM sync_guilds WHERE guild_id = ?
        """
        row = await self._writer.run(lambda db: first(db, sql, [guild_id]))
        left_at, drift_due, scans, counts, counted_at, search_due, after = row or (None, 0, 0, "{}", 0, 0, 0)
        return ServerScan(
            left_at=None if left_at is None else moment(left_at),
            drift_due=moment(drift_due),
            drift_scans=scans,
            role_counts={int(role_id): count for role_id, count in json.loads(counts).items()},
            counted_at=moment(counted_at),
            search_due=moment(search_due),
            search_after=after,
        )

    async def left(self, guild_id: int, now: datetime) -> None:
        """The bot is not in a server any more; everything of it is retained for a while."""
        await self._set(guild_id, "left_at", "coalesce(left_at, ?)", seconds(now))

    async def entered(self, guild_id: int) -> None:
        """The bot is in a server (again)."""
        await self._set(guild_id, "left_at", "?", None)

    async def greet(self, guild_id: int, now: datetime) -> bool:
        """Record that its owner is greeted; whether that was not done before."""

        def work(db: Database) -> bool:
            if first(db, "SELECT 1 FROM sync_guilds WHERE guild_id = ? AND greeted_at IS NOT NULL", [guild_id]):
                return False
            sql = """
                INSERT INTO sync_guilds (guild_id, greeted_at) VALUES (?, ?)
                ON CONFLICT (guild_id) DO UPDATE SET greeted_at = excluded.greeted_at
            """
            db.execute(sql, [guild_id, seconds(now)])
            return True

        return await self._writer.transaction(work)

    async def greet_later(self, guild_id: int) -> None:
        """Record that its owner is not greeted after all."""
        sql = "UPDATE sync_guilds SET greeted_at = NULL WHERE guild_id = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [guild_id]).fetchall())

    async def scanned(self, guild_id: int, counts: Mapping[int, int] | None, now: datetime, due: datetime) -> None:
        """A server was compared with the ledger, or is being."""
        sql = """
            INSERT INTO sync_guilds (guild_id, drift_due, drift_scans, role_counts, counted_at) VALUES (?, ?, 1, ?, ?)
            ON CONFLICT (guild_id) DO UPDATE SET drift_due = excluded.drift_due, drift_scans = drift_scans + 1,
                role_counts = excluded.role_counts, counted_at = excluded.counted_at
        """
        values = [guild_id, seconds(due), json.dumps(dict(counts or {})), seconds(now)]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def searched(self, guild_id: int, after: int, due: datetime) -> None:
        """Linked users up to an id were searched for; the next ones when it is due."""
        sql = """
            INSERT INTO sync_guilds (guild_id, search_after, search_due) VALUES (?, ?, ?)
            ON CONFLICT (guild_id) DO UPDATE SET search_after = excluded.search_after, search_due = excluded.search_due
        """
        await self._writer.transaction(lambda db: db.execute(sql, [guild_id, after, seconds(due)]).fetchall())

    async def search_now(self, guild_id: int, now: datetime) -> None:
        """Search a server for linked users as soon as possible, from the first one on."""
        await self.searched(guild_id, 0, now)

    async def forget(self, guild_id: int) -> None:
        """Delete everything that sync has of a server."""

        def work(db: Database) -> None:
            for table in _ALL_OF_GUILD:
                db.execute(f"DELETE FROM {table} WHERE guild_id = ?", [guild_id])

        await self._writer.transaction(work)

    async def left_before(self, moment_: datetime) -> Sequence[int]:
        """Servers that the bot left before a moment."""
        sql = "SELECT guild_id FROM sync_guilds WHERE left_at < ?"
        return await self._writer.run(lambda db: [row[0] for row in db.execute(sql, [seconds(moment_)]).fetchall()])

    async def leave_others(self, guild_ids: Collection[int], now: datetime) -> None:
        """The bot is in these servers and in no other: it may have left some while it was offline.

        Of these it may have missed events for as long: whether anything has drifted is looked for now.
        """
        left = """
            UPDATE sync_guilds SET left_at = ?
            WHERE left_at IS NULL AND guild_id NOT IN (SELECT value FROM json_each(?))
        """
        drift = """
            UPDATE sync_guilds SET drift_due = min(drift_due, ?)
            WHERE guild_id IN (SELECT value FROM json_each(?))
        """
        values = [seconds(now), json.dumps(list(guild_ids))]

        def work(db: Database) -> None:
            for sql in (left, drift):
                db.execute(sql, values)

        await self._writer.transaction(work)

    async def purge(self, before: datetime) -> None:
        """Delete absent members with all of theirs, runs and messages, from before a moment."""
        at = seconds(before)
        absent = "SELECT guild_id, user_id FROM sync_members WHERE absent_since < ?"

        def work(db: Database) -> None:
            for guild_id, user_id in db.execute(absent, [at]).fetchall():
                for table in ("role_grants", "role_misses", "role_intents", "sync_members"):
                    db.execute(f"DELETE FROM {table} WHERE guild_id = ? AND user_id = ?", [guild_id, user_id])
            for (run_id,) in db.execute("SELECT run_id FROM sync_runs WHERE started_at < ?", [at]).fetchall():
                db.execute("DELETE FROM sync_changes WHERE run_id = ?", [run_id])
                db.execute("DELETE FROM sync_runs WHERE run_id = ?", [run_id])
            db.execute("DELETE FROM sync_posts WHERE at < ?", [at])
            db.execute("DELETE FROM role_holds WHERE ended_at < ?", [at])

        await self._writer.transaction(work)

    async def begin_epoch(self, epoch: str, now: datetime) -> None:
        """This process has started: no other may take roles from now on."""
        sql = """
            INSERT INTO sync_instance (id, epoch, started_at) VALUES (1, ?, ?)
            ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, started_at = excluded.started_at
        """
        await self._writer.transaction(lambda db: db.execute(sql, [epoch, seconds(now)]).fetchall())

    async def instance(self) -> tuple[str, datetime]:
        """Which process takes roles, and before when none does, as a clock jumped."""
        row = await self._writer.run(lambda db: first(db, "SELECT epoch, settled_at FROM sync_instance"))
        return (row[0], moment(row[1])) if row else ("", moment(0))

    async def is_superseded(self, epoch: str, since: datetime) -> bool:
        """Whether another process has begun to take roles after this one was started."""
        sql = "SELECT 1 FROM sync_instance WHERE epoch <> ? AND started_at > ?"
        return bool(await self._writer.run(lambda db: first(db, sql, [epoch, seconds(since)])))

    async def clock_jumped(self, settled_at: datetime) -> None:
        """No role is taken before a moment."""
        sql = "UPDATE sync_instance SET settled_at = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(settled_at)]).fetchall())

    async def bring_back(self, now: datetime, plans: Plans) -> None:
        """Let nothing wait for a moment that only a wrong clock knew."""
        await self._writer.transaction(lambda db: bring_back(db, now, plans))

    async def _set(self, guild_id: int, column: str, value: str, bound: Any) -> None:
        sql = f"""
            INSERT INTO sync_guilds (guild_id, {column}) VALUES (?, ?)
            ON CONFLICT (guild_id) DO UPDATE SET {column} = {value}
        """
        await self._writer.transaction(lambda db: db.execute(sql, [guild_id, bound, bound]).fetchall())


def is_known(db: Database, guild_id: int) -> bool:
    """Whether the bot is or was in a server, as far as the store has not forgotten it."""
    sql = """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM sync_guilds WHERE guild_id = :guild_id)
        OR EXISTS (SELECT 1 FROM sync_members WHERE guild_id = :guild_id)
        OR EXISTS (SELECT 1 FROM gates WHERE guild_id = :guild_id)
    """
    return first(db, sql, {"guild_id": guild_id}) is not None
