"""Roles that are still to be taken from members who have deleted their data: all that is retained of them for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer


@dataclass(frozen=True, slots=True)
class OwedRole:
    """A role that the bot gave, and that its member gave up."""

    guild_id: int
    user_id: int
    role_id: int
    since: datetime


class OwedRoles:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, guild_id: int, limit: int) -> Sequence[OwedRole]:
        """What is to be taken in a server, oldest first."""
        sql = "SELECT guild_id, user_id, role_id, since FROM owed_roles WHERE guild_id = ? ORDER BY since LIMIT ?"
        rows = await self._writer.run(lambda db: db.execute(sql, [guild_id, limit]).fetchall())
        return [OwedRole(guild_id, user_id, role_id, moment(since)) for guild_id, user_id, role_id, since in rows]

    async def taken(self, owed: OwedRole, run_id: int, gate_id: int, now: datetime, reason: str) -> None:
        """Discord has confirmed that it is taken; it is retained until a reading of the member shows it."""
        sql = """
            INSERT INTO sync_changes (run_id, guild_id, role_id, gate_id, act, at, reason, is_counted, is_undoable)
            VALUES (?, ?, ?, ?, 'remove', ?, ?, 0, 0)
        """
        values = [run_id, owed.guild_id, owed.role_id, gate_id, seconds(now), reason]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def settle(self, owed: OwedRole) -> None:
        """Nothing is to be taken any more."""
        await self._writer.transaction(lambda db: _settle(db, owed))

    async def earned_again(self, owed: OwedRole) -> bool:
        """Whether the member has proven something again and has the role by it: then it is one that the bot gave."""
        sql = """
            UPDATE role_grants SET state = 'given' WHERE guild_id = ? AND user_id = ? AND role_id = ? RETURNING 1
        """

        def work(db: Database) -> bool:
            if first(db, sql, [owed.guild_id, owed.user_id, owed.role_id]) is None:
                return False
            _settle(db, owed)
            return True

        return await self._writer.transaction(work)

    async def purge(self, before: datetime) -> None:
        """Delete what could not be taken since a moment."""
        sql = "DELETE FROM owed_roles WHERE since < ?"
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(before)]).fetchall())


def owe(db: Database, user_id: int, now: datetime) -> None:
    """A member's data is about to be deleted: what they still have from the bot, or may have, is to be taken.

    Not where they retain it whatever they do: a gate that never takes, a member whom a server protects.
    """
    sql = """
        INSERT OR IGNORE INTO owed_roles (guild_id, user_id, role_id, since)
        SELECT theirs.guild_id, user_id, theirs.role_id, :now FROM (
            SELECT guild_id, user_id, role_id FROM role_grants
            WHERE user_id = :user_id AND state IN ('given', 'adopted')
            UNION SELECT guild_id, user_id, role_id FROM role_intents WHERE user_id = :user_id AND act = 'add'
        ) AS theirs
        JOIN gates ON gates.guild_id = theirs.guild_id AND gates.role_id = theirs.role_id
        WHERE NOT never_remove AND theirs.guild_id NOT IN (
            SELECT guild_id FROM protected_members WHERE user_id = :user_id AND NOT ended
        )
    """
    db.execute(sql, {"user_id": user_id, "now": seconds(now)})


def _settle(db: Database, owed: OwedRole) -> None:
    sql = "DELETE FROM owed_roles WHERE guild_id = ? AND user_id = ? AND role_id = ?"
    db.execute(sql, [owed.guild_id, owed.user_id, owed.role_id])
