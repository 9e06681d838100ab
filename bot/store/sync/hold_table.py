"""Why removals wait: the breaker's holds and the admins', with when and how each ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from sqlite_utils import Database

from bot.roles.safety import Cause, Hold, Scope
from bot.store.rows import first, moment, seconds
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.thread import Writer

_HOLD = "hold_id, guild_id, scope, key, cause, since, numbers"


class HoldEnd(StrEnum):
    """How a hold ended."""

    OVER = auto()  # the census is normal again
    RELEASED = auto()
    APPROVED = auto()
    DISCARDED = auto()
    LOOKED_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A hold that is in force, and its id."""

    hold_id: int
    hold: Hold


class Holds:
    """Reads and writes holds. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def open(self, guild_id: int) -> Sequence[OpenHold]:
        """What is in force in a server: its own holds, and those of every server."""
        sql = f"""
            SELECT {_HOLD} FROM role_holds
            WHERE guild_id IN (0, ?) AND ended_at IS NULL ORDER BY since, hold_id
        """
        rows = await self._writer.run(lambda db: db.execute(sql, [guild_id]).fetchall())
        return [_to_hold(row) for row in rows]

    async def without_gates(self) -> Sequence[OpenHold]:
        """What is in force in servers that have no gate, or of all if none has one; not what an admin decided."""
        sql = f"""
            SELECT {_HOLD} FROM role_holds WHERE ended_at IS NULL AND cause <> ?
            AND NOT EXISTS (SELECT 1 FROM gates WHERE gates.guild_id = role_holds.guild_id OR role_holds.guild_id = 0)
        """
        rows = await self._writer.run(lambda db: db.execute(sql, [Cause.ADMIN.value]).fetchall())
        return [_to_hold(row) for row in rows]

    async def unjudged_since(self, guild_id: int, since: datetime, longest_pause: timedelta) -> bool:
        """Whether a member of a server was neither judged since a moment nor tried in vain.

        Who was to be tried again later than a `longest_pause` after that moment, was tried after it.
        """
        sql = """
            SELECT 1 FROM sync_members
            WHERE guild_id = ? AND absent_since IS NULL AND (judged_at IS NULL OR judged_at <= ?)
                AND NOT (failures > 0 AND retry_at >= ?) LIMIT 1
        """
        values = [guild_id, seconds(since), seconds(since + longest_pause)]
        return await self._writer.run(lambda db: first(db, sql, values)) is not None

    async def begin(self, hold: Hold, *, by: int | None = None) -> None:
        """Let removals wait; nothing where they wait for the same already. `by`: the admin who decided it."""
        sql = """
            INSERT INTO role_holds (guild_id, scope, key, cause, since, numbers, by_id) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
        """
        numbers = json.dumps(dict(hold.numbers))
        values = [hold.guild_id, hold.scope.value, hold.key, hold.cause.value, seconds(hold.since), numbers, by]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def announce(self, held: OpenHold, guild_id: int, now: datetime) -> None:
        """Have it said in a server that removals wait; once for each hold."""
        known = "SELECT 1 FROM sync_posts WHERE hold_id = ? AND guild_id = ? AND kind = 'hold'"

        def work(db: Database) -> None:
            if first(db, known, [held.hold_id, guild_id]) is None:
                enqueue(db, NewPost(PostKind.HOLD, guild_id, now, hold_id=held.hold_id))

        await self._writer.transaction(work)

    async def update(self, held: OpenHold, numbers: tuple[tuple[str, int], ...]) -> None:
        """What is counted now."""
        sql = "UPDATE role_holds SET numbers = ? WHERE hold_id = ?"
        values = [json.dumps(dict(numbers)), held.hold_id]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def end(self, held: OpenHold, now: datetime, how: HoldEnd, *, by: int | None = None) -> bool:
        """Let removals wait no more for this, and have that said; whether they did."""

        def work(db: Database) -> bool:
            its = "hold_id = ? AND ended_at IS NULL"
            sql = f"UPDATE role_holds SET ended_at = ?, end_cause = ?, by_id = ? WHERE {its} RETURNING 1"
            if first(db, sql, [seconds(now), how.value, by, held.hold_id]) is None:
                return False
            sql = "SELECT DISTINCT guild_id FROM sync_posts WHERE hold_id = ? AND kind = 'hold'"
            for (guild_id,) in db.execute(sql, [held.hold_id]).fetchall():
                enqueue(db, NewPost(PostKind.HOLD_OVER, guild_id, now, hold_id=held.hold_id, detail=how.value))
            return True

        return await self._writer.transaction(work)

    async def accept(self, guild_id: int, about: Collection[tuple[Scope, str]], now: datetime) -> None:
        """An admin accepts what these lost up to now: it holds nothing back in their server any more."""
        sql = "INSERT OR REPLACE INTO accepted_losses (guild_id, scope, key, at) VALUES (?, ?, ?, ?)"
        rows = [(guild_id, scope.value, key, seconds(now)) for scope, key in about]
        await self._writer.transaction(lambda db: db.conn.executemany(sql, rows).rowcount)

    async def accepted_at(self, guild_id: int, hold: Hold) -> datetime | None:
        """Up to when an admin of a server has accepted what a hold counts; None: they have not."""
        sql = "SELECT at FROM accepted_losses WHERE guild_id = ? AND scope = ? AND key = ?"
        row = await self._writer.run(lambda db: first(db, sql, [guild_id, hold.scope.value, hold.key]))
        return moment(row[0]) if row else None

    async def get(self, hold_id: int) -> Hold | None:
        """A hold, also one that has ended."""
        row = await self._writer.run(
            lambda db: first(db, f"SELECT {_HOLD} FROM role_holds WHERE hold_id = ?", [hold_id])
        )
        return _to_hold(row).hold if row else None


def _to_hold(row: Sequence[Any]) -> OpenHold:
    hold_id, guild_id, scope, key, cause, since, numbers = row
    counted = tuple(sorted((name, int(value)) for name, value in json.loads(numbers).items()))
    return OpenHold(hold_id, Hold(Scope(scope), key, guild_id, Cause(cause), moment(since), counted))
