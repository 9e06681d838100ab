"""The ledger: which gated roles members have, as far as the bot knows; and what it was about to ask of Discord.

An intent is written before Discord is asked, and goes in the transaction that writes the outcome down. So an intent
that is there says: a change may or may not have taken effect, and the member must be read before anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.roles.grants import Grant, GrantState
from bot.roles.plan import Act
from bot.store.rows import first, moment, seconds
from bot.store.thread import Reader, Writer

# Who undoes our change twice within this is another bot, or a person who means it.
FLIP_SPAN = timedelta(days=7)
_GRANT = "guild_id, user_id, role_id, gate_id, state, granted_at"
_INTENT = "guild_id, user_id, role_id, gate_id, run_id, act, reason, is_counted, is_undoable, at"


@dataclass(frozen=True, slots=True)
class Intent:
    """A change that Discord is about to be asked for.

    Attributes:
        guild_id: The server.
        user_id: The member.
        role_id: The role.
        gate_id: Its gate.
        run_id: The run that it belongs to.
        act: Whether the role is given or taken.
        reason: Why, as `words_text` has it; of an earlier version, as Discord's audit log does.
        is_counted: Whether the breaker counts it: a removal that nobody approved and its member did not cause.
        at: When.
        is_undoable: Whether undoing the run reverses it: its member did not cause it, and no higher role replaces it.
    """

    guild_id: int
    user_id: int
    role_id: int
    gate_id: int
    run_id: int
    act: Act
    reason: str
    is_counted: bool
    at: datetime
    is_undoable: bool = True

    @property
    def grant(self) -> Grant:
        """What the ledger says once the role is given."""
        return Grant(self.guild_id, self.user_id, self.role_id, self.gate_id, GrantState.GIVEN, self.at)


class Ledger:
    """Reads and writes the ledger. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def of(self, guild_id: int, user_id: int) -> Mapping[int, Grant]:
        """Role → grant of one member."""
        sql = f"SELECT {_GRANT} FROM role_grants WHERE guild_id = ? AND user_id = ?"
        rows = await self._writer.run(lambda db: db.execute(sql, [guild_id, user_id]).fetchall())
        return {grant.role_id: grant for grant in map(_to_grant, rows)}

    async def of_members(self, guild_id: int, user_ids: Sequence[int]) -> Mapping[int, Mapping[int, Grant]]:
        """Role → grant of each of these members who has any."""
        sql = f"""
            SELECT {_GRANT} FROM role_grants
            WHERE guild_id = ? AND user_id IN (SELECT value FROM json_each(?))
        """
        values = [guild_id, json.dumps(list(user_ids))]
        found: dict[int, dict[int, Grant]] = {}
        for grant in map(_to_grant, await self._writer.run(lambda db: db.execute(sql, values).fetchall())):
            found.setdefault(grant.user_id, {})[grant.role_id] = grant
        return found

    async def holders(self, guild_id: int, role_id: int) -> Sequence[Grant]:
        """Who has a role, as far as the ledger knows; a long read."""
        sql = f"SELECT {_GRANT} FROM role_grants WHERE guild_id = ? AND role_id = ? ORDER BY user_id"
        rows = await self._reader.run(lambda db: db.execute(sql, [guild_id, role_id]).fetchall())
        return [_to_grant(row) for row in rows]

    async def has_any(self, guild_id: int) -> bool:
        """Whether the bot ever gave something in a server that is still there."""
        sql = "SELECT 1 FROM role_grants WHERE guild_id = ? LIMIT 1"
        return await self._writer.run(lambda db: first(db, sql, [guild_id])) is not None

    async def adopt(self, grants: Sequence[Grant]) -> int:
        """Put members under a gate who have its role; those whom the bot gave it stay as they are. How many."""
        sql = f"""
            INSERT INTO role_grants ({_GRANT}) VALUES (?, ?, ?, ?, 'adopted', ?)
            ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET state = 'adopted', gate_id = excluded.gate_id
            WHERE state = 'found' RETURNING 1
        """

        def work(db: Database) -> int:
            return sum(
                first(db, sql, [each.guild_id, each.user_id, each.role_id, each.gate_id, seconds(each.granted_at)])
                is not None
                for each in grants
            )

        return await self._writer.transaction(work)

    async def begin(self, intent: Intent) -> None:
        """Write down what Discord is about to be asked."""
        marks = ", ".join("?" * 10)
        sql = f"INSERT OR REPLACE INTO role_intents ({_INTENT}) VALUES ({marks})"
        values = [
            intent.guild_id,
            intent.user_id,
            intent.role_id,
            intent.gate_id,
            intent.run_id,
            intent.act.value,
            intent.reason,
            int(intent.is_counted),
            int(intent.is_undoable),
            seconds(intent.at),
        ]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def intents(self, guild_id: int, user_id: int) -> Sequence[Intent]:
        """What may or may not have been done to a member."""
        sql = f"SELECT {_INTENT} FROM role_intents WHERE guild_id = ? AND user_id = ? ORDER BY at, role_id"
        rows = await self._writer.run(lambda db: db.execute(sql, [guild_id, user_id]).fetchall())
        return [_to_intent(row) for row in rows]

    async def with_intents(self) -> Sequence[tuple[int, int]]:
        """The server and the id of every member to whom something may or may not have been done."""
        sql = "SELECT DISTINCT guild_id, user_id FROM role_intents"
        return await self._writer.run(lambda db: [(row[0], row[1]) for row in db.execute(sql).fetchall()])

    async def done(self, intent: Intent) -> None:
        """Discord did it: the ledger, the journal and the misses follow, at once.

        Of a member who had their data deleted meanwhile only the journal follows, and names nobody: what they may have
        been given is owed since then (`bot.store.sync.owed_table`).
        """

        def work(db: Database) -> None:
            _end(db, intent)  # another process, or a judgement meanwhile, may have: that says nothing of the member
            known = "SELECT 1 FROM sync_members WHERE guild_id = ? AND user_id = ?"
            is_there = first(db, known, [intent.guild_id, intent.user_id]) is not None
            if not is_there:
                pass
            elif intent.act is Act.ADD:
                _give(db, intent.grant)
            else:
                its = [intent.guild_id, intent.user_id, intent.role_id]
                db.execute("DELETE FROM role_grants WHERE guild_id = ? AND user_id = ? AND role_id = ?", its)
                sql = "DELETE FROM role_misses WHERE gate_id = ? AND user_id = ?"
                db.execute(sql, [intent.gate_id, intent.user_id])
            db.execute(
                """
                INSERT INTO sync_changes
                    (run_id, guild_id, user_id, role_id, gate_id, act, at, reason, is_counted, is_undoable)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    intent.run_id,
                    intent.guild_id,
                    intent.user_id if is_there else None,
                    intent.role_id,
                    intent.gate_id,
                    intent.act.value,
                    seconds(intent.at),
                    intent.reason if is_there else "",
                    int(intent.is_counted),
                    int(intent.is_undoable and is_there),
                ],
            )

        await self._writer.transaction(work)

    async def not_done(self, intent: Intent) -> None:
        """Discord did not do it."""

        def work(db: Database) -> None:
            db.execute("UPDATE sync_runs SET failed = failed + 1 WHERE run_id = ?", [intent.run_id])
            _end(db, intent)

        await self._writer.transaction(work)

    async def drop(self, grant: Grant) -> None:
        """A role that was to be taken, or that somebody else had given, is gone already."""
        its = [grant.guild_id, grant.user_id, grant.role_id]
        sql = "DELETE FROM role_grants WHERE guild_id = ? AND user_id = ? AND role_id = ? AND state = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [*its, grant.state.value]).fetchall())

    async def repairs(self, grant: Grant, since: datetime) -> int:
        """How often a role was given again since a moment, because somebody had taken what the bot had given."""
        sql = """
            SELECT repaired FROM role_grants
            WHERE guild_id = ? AND user_id = ? AND role_id = ? AND repaired_at >= ?
        """
        values = [grant.guild_id, grant.user_id, grant.role_id, seconds(since)]
        row = await self._writer.run(lambda db: first(db, sql, values))
        return max(0, int(row[0])) if row else 0

    async def changed_since(self, guild_id: int, since: datetime) -> Mapping[int, int]:
        """Role → how many more have it by what the bot did since a moment; a long read."""
        sql = """
            SELECT role_id, sum(CASE act WHEN 'add' THEN 1 ELSE -1 END) FROM sync_changes
            WHERE guild_id = ? AND at > ? GROUP BY role_id
        """
        values = [guild_id, seconds(since)]
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        return dict(rows)


def restart_repairs(db: Database, guild_id: int, user_id: int) -> None:
    """They left and joined again: what is given again for that was not taken by anybody."""
    sql = "UPDATE role_grants SET repaired = -1 WHERE guild_id = ? AND user_id = ?"
    db.execute(sql, [guild_id, user_id])


def _give(db: Database, grant: Grant) -> None:
    """Discord gave a role: a new one, or one that the ledger had and the member had not. The bot may take it then."""
    its = [grant.guild_id, grant.user_id, grant.role_id]
    sql = """
        UPDATE role_grants SET gate_id = ?, repaired_at = ?,
            granted_at = iif(state = 'found', ?, granted_at), state = iif(state = 'found', 'given', state),
            repaired = CASE WHEN repaired < 0 OR repaired_at >= ? THEN repaired + 1 ELSE 1 END
        WHERE guild_id = ? AND user_id = ? AND role_id = ? RETURNING 1
    """
    at = seconds(grant.granted_at)
    values = [grant.gate_id, at, at, seconds(grant.granted_at - FLIP_SPAN), *its]
    if first(db, sql, values) is None:
        put(db, grant)


def put(db: Database, grant: Grant) -> None:
    """A member has a role."""
    db.execute(
        f"""
        INSERT INTO role_grants ({_GRANT}) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (guild_id, user_id, role_id) DO UPDATE SET gate_id = excluded.gate_id
        """,
        [grant.guild_id, grant.user_id, grant.role_id, grant.gate_id, grant.state.value, seconds(grant.granted_at)],
    )


def _end(db: Database, intent: Intent) -> bool:
    """It is not pending any more; whether it was."""
    its = [intent.guild_id, intent.user_id, intent.role_id]
    sql = "DELETE FROM role_intents WHERE guild_id = ? AND user_id = ? AND role_id = ? RETURNING 1"
    return first(db, sql, its) is not None


def _to_grant(row: Sequence[Any]) -> Grant:
    guild_id, user_id, role_id, gate_id, state, granted_at = row
    return Grant(guild_id, user_id, role_id, gate_id, GrantState(state), moment(granted_at))


def _to_intent(row: Sequence[Any]) -> Intent:
    guild_id, user_id, role_id, gate_id, run_id, act, reason, is_counted, is_undoable, at = row
    return Intent(
        guild_id=guild_id,
        user_id=user_id,
        role_id=role_id,
        gate_id=gate_id,
        run_id=run_id,
        act=Act(act),
        reason=reason,
        is_counted=bool(is_counted),
        at=moment(at),
        is_undoable=bool(is_undoable),
    )
