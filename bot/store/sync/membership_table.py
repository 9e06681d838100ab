"""Which linked members are in which servers, and who is due to be judged: a `due` time in the row, no rows of jobs."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.sync.ledger_table import restart_repairs
from bot.store.sync.sync_member import COLUMNS, SyncMember, to_member
from bot.store.thread import Reader, Writer

# Users who may have a proven account in a server, of their own signature or of a moderator's word there.
_HAS_PROOF = """
    (EXISTS (SELECT 1 FROM proofs WHERE proofs.user_id = :user_id)
     OR EXISTS (SELECT 1 FROM vouches WHERE vouches.user_id = :user_id AND vouches.guild_id = :guild_id))
"""
# Accounts of the members of a server that may count there.
_THEIRS = """
    (SELECT links.account FROM sync_members JOIN links USING (user_id)
     WHERE sync_members.guild_id = :guild_id AND absent_since IS NULL
     UNION SELECT account FROM vouches WHERE guild_id = :guild_id AND confirmed_at IS NOT NULL)
"""
# What came while they were judged is a doubt, too.
_DOUBT = "in_doubt = CASE WHEN marks = :marks THEN :in_doubt ELSE 1 END"
_MARK = "due = min(coalesce(due, :now), :now), marks = marks + 1"


class SyncMembers:
    """Reads and writes memberships. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def seen(self, guild_id: int, user_id: int, joined_at: datetime, now: datetime, drift_due: datetime) -> bool:
        """Discord gave a member of a server; whether that is new: unknown there so far, absent, or joined again.

        Who has proven nothing is not stored. Once it is stored, or while nothing is proven, this reads one row.
        """
        values = {
            "guild_id": guild_id,
            "user_id": user_id,
            "joined_at": seconds(joined_at),
            "now": seconds(now),
            "drift_due": seconds(drift_due),
        }
        is_member = "guild_id = :guild_id AND user_id = :user_id"
        state = f"SELECT joined_at, absent_since, {_HAS_PROOF} FROM (SELECT 1) LEFT JOIN sync_members ON {is_member}"
        joined, absent, has_proof = await self._writer.run(lambda db: first(db, state, values)) or (None, None, 0)
        if not has_proof or (joined, absent) == (values["joined_at"], None):
            return False

        def work(db: Database) -> bool:
            sql = f"""
                INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, due, marks, read_roles, drift_due)
                SELECT :guild_id, :user_id, :joined_at, :now, :now, 1, 1, :drift_due WHERE {_HAS_PROOF}
                ON CONFLICT (guild_id, user_id) DO UPDATE SET
                    joined_at = :joined_at, seen_at = :now, absent_since = NULL, read_roles = 1, {_MARK}
                RETURNING 1
            """
            restart_repairs(db, guild_id, user_id)
            return first(db, sql, values) is not None

        return await self._writer.transaction(work)

    async def get(self, guild_id: int, user_id: int) -> SyncMember | None:
        """A member of a server; None: not known there."""
        sql = f"SELECT {COLUMNS} FROM sync_members WHERE guild_id = ? AND user_id = ?"
        row = await self._writer.run(lambda db: first(db, sql, [guild_id, user_id]))
        return to_member(row) if row else None

    async def of_user(self, user_id: int) -> Sequence[SyncMember]:
        """Every server in which a user is, as far as is known."""
        sql = f"SELECT {COLUMNS} FROM sync_members WHERE user_id = :user_id AND absent_since IS NULL ORDER BY guild_id"
        return await self._all(sql, {"user_id": user_id})

    async def present(self, guild_id: int) -> Sequence[SyncMember]:
        """All known members of a server; a long read."""
        sql = f"SELECT {COLUMNS} FROM sync_members WHERE guild_id = ? AND absent_since IS NULL ORDER BY user_id"
        rows = await self._reader.run(lambda db: db.execute(sql, [guild_id]).fetchall())
        return [to_member(row) for row in rows]

    async def due(self, guild_ids: Collection[int], now: datetime, limit: int) -> Sequence[SyncMember]:
        """Members of these servers who are due, the longest waiting first."""
        sql = f"""
            SELECT {COLUMNS} FROM sync_members
            WHERE due <= :now AND retry_at <= :now AND guild_id IN (SELECT value FROM json_each(:guilds))
            ORDER BY due LIMIT :limit
        """
        return await self._all(sql, {"now": seconds(now), "guilds": json.dumps(list(guild_ids)), "limit": limit})

    async def mark(self, now: datetime, *, guild_id: int | None = None, read_roles: bool = False) -> None:
        """All members of a server, or of all, are due; who has left, only if it is to be read whether they are back."""
        roles, there = (", read_roles = 1", "TRUE") if read_roles else ("", "absent_since IS NULL")
        where = there if guild_id is None else f"{there} AND guild_id = :guild_id"
        sql = f"UPDATE sync_members SET {_MARK}{roles} WHERE {where}"
        await self._write(sql, {"now": seconds(now), "guild_id": guild_id})

    async def mark_user(
        self,
        user_id: int,
        now: datetime,
        *,
        guild_id: int | None = None,
        read_roles: bool = False,
        own_act: bool = False,
    ) -> None:
        """A user is due, in one server or in all of theirs."""
        more = f"{', read_roles = 1' if read_roles else ''}{', own_act = 1' if own_act else ''}"
        here = "" if guild_id is None else " AND guild_id = :guild_id"
        sql = f"UPDATE sync_members SET {_MARK}{more} WHERE user_id = :user_id{here}"
        await self._write(sql, {"now": seconds(now), "guild_id": guild_id, "user_id": user_id})

    async def settle(
        self,
        members: Sequence[SyncMember],
        now: datetime,
        *,
        roles_read: bool,
        drift_due: datetime,
        again_at: Mapping[int, datetime] | None = None,
        in_doubt: Collection[int] = (),
    ) -> None:
        """Members of a server were judged: they are due no more, unless they were marked meanwhile.

        Args:
            members: The members.
            now: The present.
            roles_read: Their roles were read.
            drift_due: When they are to be compared again, if they were.
            again_at: Who of them is due again, and when, whatever happens.
            in_doubt: Of whom it is unknown whether they still earn what they were given.
        """
        again = again_at or {}
        drift = ", read_roles = 0, drift_due = :drift_due" if roles_read else ""
        sql = f"""
            UPDATE sync_members SET due = CASE WHEN marks = :marks THEN :again ELSE due END, judged_at = :now,
                own_act = CASE WHEN marks = :marks THEN 0 ELSE own_act END, {_DOUBT}, failures = 0, retry_at = 0{drift}
            WHERE guild_id = :guild_id AND user_id = :user_id
        """
        values = {"now": seconds(now), "drift_due": seconds(drift_due)}

        def work(db: Database) -> None:
            for member in members:
                at = again.get(member.user_id)
                its = {"again": None if at is None else seconds(at), "in_doubt": member.user_id in in_doubt}
                db.execute(sql, _used(sql, _key(member) | values | its))

        await self._writer.transaction(work)

    async def postpone(
        self, member: SyncMember, retry_at: datetime, *, gives_up: bool, in_doubt: bool | None = None
    ) -> None:
        """Judging a member failed, or (`in_doubt` is known) what followed: again later.

        Args:
            member: The member.
            retry_at: When.
            gives_up: Not then, but only when something suggests it.
            in_doubt: As in `settle`; None: they were not judged.
        """
        due = "CASE WHEN marks = :marks THEN NULL ELSE due END" if gives_up else "coalesce(due, :retry_at)"
        doubt = "" if in_doubt is None else f", {_DOUBT}"
        sql = f"""
            UPDATE sync_members SET failures = failures + 1, retry_at = :retry_at, read_roles = 1, due = {due}{doubt}
            WHERE guild_id = :guild_id AND user_id = :user_id
        """
        await self._write(sql, _used(sql, _key(member) | {"retry_at": seconds(retry_at), "in_doubt": in_doubt}))

    async def restart(self, now: datetime) -> None:
        """A clock jumped: everybody is due, whatever was planned by the clock of before."""
        sql = f"UPDATE sync_members SET {_MARK}, retry_at = 0, drift_due = min(drift_due, :now)"
        await self._write(sql, {"now": seconds(now)})

    async def mark_absent(self, guild_id: int, user_id: int, now: datetime) -> None:
        """Discord confirmed that somebody is not in a server; their grants stay, to be restored."""
        sql = """
            UPDATE sync_members SET absent_since = coalesce(absent_since, :now), due = NULL, own_act = 0
            WHERE guild_id = :guild_id AND user_id = :user_id
        """
        await self._write(sql, {"now": seconds(now), "guild_id": guild_id, "user_id": user_id})

    async def drifting(self, guild_id: int, now: datetime, limit: int) -> Sequence[int]:
        """Members of a server whose roles are to be compared."""
        sql = """
            SELECT user_id FROM sync_members WHERE guild_id = ? AND absent_since IS NULL AND drift_due <= ?
            ORDER BY user_id LIMIT ?
        """
        rows = await self._reader.run(lambda db: db.execute(sql, [guild_id, seconds(now), limit]).fetchall())
        return [row[0] for row in rows]

    async def postpone_drift(self, guild_id: int, drift_due: datetime) -> None:
        """Nothing has drifted in a server."""
        sql = "UPDATE sync_members SET drift_due = :drift_due WHERE guild_id = :guild_id"
        await self._write(sql, {"guild_id": guild_id, "drift_due": seconds(drift_due)})

    async def unknown_linked(self, guild_id: int, after: int, limit: int) -> Sequence[int]:
        """Users above an id who have proven an account, and who are not known in a server; a long read."""
        sql = """
            SELECT DISTINCT user_id FROM proofs WHERE user_id > :after AND NOT EXISTS (
                SELECT 1 FROM sync_members
                WHERE guild_id = :guild_id AND sync_members.user_id = proofs.user_id AND absent_since IS NULL
            ) ORDER BY user_id LIMIT :limit
        """
        values = {"guild_id": guild_id, "after": after, "limit": limit}
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        return [row[0] for row in rows]

    async def counts(self, guild_id: int, now: datetime) -> tuple[int, int]:
        """How many members are known in a server, and how many of these are due."""
        sql = """
            SELECT count(*), count(CASE WHEN due <= ? THEN 1 END) FROM sync_members
            WHERE guild_id = ? AND absent_since IS NULL
        """
        row = await self._reader.run(lambda db: first(db, sql, [seconds(now), guild_id]))
        return (int(row[0]), int(row[1])) if row else (0, 0)

    async def account_counts(self, guild_id: int) -> tuple[int, int, datetime | None]:
        """Accounts of a server's members: how many, how many were never read, and the oldest reading; a long read."""
        sql = f"SELECT count(*), count(*) - count(read_at), min(read_at) FROM sync_accounts WHERE account IN {_THEIRS}"
        row = await self._reader.run(lambda db: first(db, sql, {"guild_id": guild_id}))
        count, unread, oldest = row or (0, 0, None)
        return count, unread, None if oldest is None else moment(oldest)

    async def networks(self, guild_id: int) -> frozenset[str]:
        """On which networks the accounts of a server's members are; a long read."""
        sql = f"SELECT DISTINCT network FROM sync_accounts WHERE account IN {_THEIRS}"
        rows = await self._reader.run(lambda db: db.execute(sql, {"guild_id": guild_id}).fetchall())
        return frozenset(row[0] for row in rows)

    async def _write(self, sql: str, values: Mapping[str, Any]) -> None:
        await self._writer.transaction(lambda db: db.execute(sql, _used(sql, values)).fetchall())

    async def _all(self, sql: str, values: Mapping[str, Any]) -> Sequence[SyncMember]:
        rows = await self._writer.run(lambda db: db.execute(sql, dict(values)).fetchall())
        return [to_member(row) for row in rows]


def mark_owners(db: Database, account: str, now: datetime) -> None:
    """An account was read, in a transaction of the caller: everybody whose it is is due, wherever they are."""
    sql = f"""
        UPDATE sync_members SET {_MARK}, in_doubt = 1 WHERE absent_since IS NULL AND user_id IN (
            SELECT user_id FROM links WHERE account = :account
            UNION SELECT user_id FROM vouches WHERE account = :account
        )
    """
    db.execute(sql, {"now": seconds(now), "account": account})


def _used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if f":{name}" in sql}


def _key(member: SyncMember) -> dict[str, Any]:
    return {"guild_id": member.guild_id, "user_id": member.user_id, "marks": member.marks}
