"""How often holders were seen not to qualify, and the censuses of it by which the breaker sees a wave."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.gates.gate import Gate
from bot.roles.grants import Grant, Misses
from bot.roles.safety import GateCensus
from bot.store.rows import first, moment, seconds
from bot.store.sync.clock_repair import carried_over
from bot.store.sync.gate_census import census_of, losing_gates, staged_rows
from bot.store.sync.ledger_table import put
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.thread import Reader, Writer

# How long an approval is valid, and within which the breaker counts what was removed.
A_DAY = timedelta(days=1)
Pairs = Collection[tuple[int, int]] | None  # (gate, member); None: all
_THEIRS = "guild_id = ? AND user_id = ?"
_MISSES = "count, first_at, last_at, warned_at, is_confirmed, excused_until, approved_at"


@dataclass(frozen=True, slots=True)
class JudgedMisses:
    """What one decision leaves about one gate of one member.

    Attributes:
        role_id: The gate's role.
        misses: As they are from now on.
        rule: Which rule was missed.
        reason: Why, as `words_text` has it.
        warns_until: They are notified now that the role will be taken then; None: not now.
    """

    role_id: int
    misses: Misses
    rule: str
    reason: str
    warns_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StagedMiss:
    """A removal that waits, or what was decided about it; `reason`: of an earlier version, a sentence."""

    user_id: int
    gate_id: int
    reason: str
    misses: Misses


class MissTable:
    """Reads and writes misses. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def of_members(
        self, guild_id: int, user_ids: Sequence[int]
    ) -> Mapping[int, Mapping[int, tuple[Misses, str]]]:
        """Gate → misses of each of these members who has any, and the rule that was missed."""
        sql = f"""
            SELECT user_id, gate_id, rule, {_MISSES} FROM role_misses
            WHERE guild_id = ? AND user_id IN (SELECT value FROM json_each(?))
        """
        values = [guild_id, json.dumps(list(user_ids))]
        found: dict[int, dict[int, tuple[Misses, str]]] = {}
        for user_id, gate_id, rule, *row in await self._writer.run(lambda db: db.execute(sql, values).fetchall()):
            found.setdefault(user_id, {})[gate_id] = _to_misses(row), rule
        return found

    async def replace(
        self,
        guild_id: int,
        user_id: int,
        judged: Mapping[int, JudgedMisses],
        found: Sequence[Grant],
        now: datetime,
        *,
        before: Collection[int] = (),
        stored: Collection[int] = (),
    ) -> None:
        """What a decision leaves about a member: their misses, the roles they were found to have, and warnings.

        Misses that were forgotten meanwhile stay so (`_put`), and so do those that are gone: `before` has the gates
        whose misses were decided from. Only `stored` are deleted, which it knew; and no excuse, as an undo goes on.
        """

        def work(db: Database) -> None:
            known = f"SELECT gate_id FROM role_misses WHERE {_THEIRS}"
            forgotten = set(before) - {row[0] for row in db.execute(known, [guild_id, user_id]).fetchall()}
            sql = "DELETE FROM role_misses WHERE gate_id = ? AND user_id = ? AND coalesce(excused_until, 0) <= ?"
            db.conn.executemany(sql, [(each, user_id, seconds(now)) for each in stored if each not in judged])
            is_deleted = first(db, f"SELECT 1 FROM sync_members WHERE {_THEIRS}", [guild_id, user_id]) is None
            for gate_id, each in () if is_deleted else judged.items():  # with all their data, while this was decided
                if gate_id not in forgotten:
                    _put(db, guild_id, user_id, gate_id, _warned(db, guild_id, user_id, gate_id, each, now))
            for grant in () if is_deleted else found:
                put(db, grant)

        await self._writer.transaction(work)

    async def decide_about(
        self,
        guild_id: int,
        waiting: Sequence[tuple[int, int]],
        *,
        approved_at: datetime | None = None,
        excused_until: datetime | None = None,
    ) -> None:
        """An admin decides about removals (gate, member) that wait."""
        column, value = ("approved_at", approved_at) if approved_at else ("excused_until", excused_until)
        sql = f"UPDATE role_misses SET {column} = ? WHERE gate_id = ? AND user_id = ? AND guild_id = ?"
        at = seconds(value) if value else None
        rows = [(at, gate_id, user_id, guild_id) for gate_id, user_id in waiting]
        await self._writer.transaction(lambda db: db.conn.executemany(sql, rows).fetchall())

    async def excuse(self, grant: Grant, now: datetime, until: datetime) -> None:
        """A role is not taken until then, whatever was missed."""
        guild_id, gate_id, role_id, user_id = grant.guild_id, grant.gate_id, grant.role_id, grant.user_id
        misses = Misses(0, now, now, excused_until=until)
        sql = "UPDATE role_misses SET excused_until = ? WHERE gate_id = ? AND user_id = ? RETURNING 1"

        def work(db: Database) -> None:
            if first(db, sql, [seconds(until), gate_id, user_id]) is None:
                _put(db, guild_id, user_id, gate_id, JudgedMisses(role_id, misses, "", ""))

        await self._writer.transaction(work)

    async def forget(
        self, guild_id: int, gate_ids: Collection[int], now: datetime, *, approved_too: bool = False, only: Pairs = None
    ) -> None:
        """Misses of these gates start again from zero: only what is read from now on can be the first one.

        Who is excused now stays so; who is approved now, by default. `only`: of these (gate, member) alone.
        """
        approved = "" if approved_too else " AND coalesce(approved_at, 0) < :approvals"
        pairs = "(SELECT value ->> 0, value ->> 1 FROM json_each(:only))"
        some = "" if only is None else f" AND (gate_id, user_id) IN {pairs}"
        sql = f"""
            UPDATE role_misses SET count = 0, first_at = :now, last_at = :now, warned_at = NULL, is_confirmed = 0,
                excused_until = NULL, approved_at = NULL
            WHERE gate_id IN (SELECT value FROM json_each(:gates)) AND guild_id = :guild_id
            AND coalesce(excused_until, 0) <= :now{approved}{some}
        """
        values = {"now": seconds(now), "gates": json.dumps(list(gate_ids)), "guild_id": guild_id}
        values |= {"approvals": seconds(now - A_DAY), "only": json.dumps(list(only or ()))}
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def restart(self, now: datetime, jump: timedelta) -> None:
        """The clock was set by so much: spans are counted from now on, and what ends at a time ends as much later.

        What was lost or taken within the last day was so within the last day still: the breaker counts it.
        """
        moved = ", ".join(f"{name} = {name} + :jump" for name in ("warned_at", "excused_until", "approved_at"))
        sql = f"UPDATE role_misses SET first_at = :now, last_at = min(last_at, :now), {moved}"
        values = {"now": seconds(now), "jump": int(jump.total_seconds()), "since": seconds(now - jump - A_DAY)}
        await self._writer.transaction(lambda db: [db.execute(each, values) for each in (sql, *carried_over(jump))])

    async def census(self, gate: Gate, protected: Collection[int], now: datetime, lapse: timedelta) -> GateCensus:
        """How a gate stands.

        Args:
            gate: The gate.
            protected: Members from whom nothing is ever taken.
            now: The present.
            lapse: Misses that are older are over.
        """
        values: dict[str, int | str] = {
            "guild_id": gate.guild_id,
            "gate_id": gate.gate_id,
            "role_id": gate.role_id,
            "protected": json.dumps(list(protected)),
            "now": seconds(now),
            "since": seconds(now - A_DAY),
            "lapse": seconds(now - lapse),
        }

        return await self._reader.run(lambda db: census_of(db, values))

    async def gate_ids(self, guild_id: int) -> frozenset[int]:
        """The gates of a server that a member was seen not to qualify for."""
        return await self._reader.run(lambda db: losing_gates(db, guild_id))

    async def staged(self, guild_id: int, gate_ids: Collection[int]) -> Sequence[StagedMiss]:
        """Every holder who was seen not to qualify for one of these gates, oldest first; a long read."""
        columns = ", ".join(f"role_misses.{name.strip()}" for name in _MISSES.split(","))
        sql = staged_rows(columns)
        values = [json.dumps(list(gate_ids)), guild_id]
        rows = await self._reader.run(lambda db: db.execute(sql, values).fetchall())
        return [StagedMiss(user_id, gate_id, reason, _to_misses(row)) for user_id, gate_id, reason, *row in rows]


def _put(db: Database, guild_id: int, user_id: int, gate_id: int, judged: JudgedMisses) -> None:
    misses = judged.misses
    # What an admin decided about them is changed by admins alone; it was decided about the rule that there was then.
    db.execute(
        f"""
        INSERT INTO role_misses (gate_id, user_id, guild_id, role_id, rule, reason, {_MISSES})
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (gate_id, user_id) DO UPDATE SET guild_id = excluded.guild_id, role_id = excluded.role_id,
            rule = excluded.rule, reason = excluded.reason, count = excluded.count, first_at = excluded.first_at,
            last_at = excluded.last_at, warned_at = excluded.warned_at, is_confirmed = excluded.is_confirmed,
            excused_until = CASE WHEN role_misses.rule IN ('', excluded.rule) THEN role_misses.excused_until END,
            approved_at = CASE WHEN role_misses.rule IN ('', excluded.rule) THEN role_misses.approved_at END
        WHERE NOT (role_misses.count = 0 AND excluded.count > 0 AND excluded.last_at <= role_misses.last_at)
        """,
        [
            gate_id,
            user_id,
            guild_id,
            judged.role_id,
            judged.rule,
            judged.reason,
            misses.count,
            seconds(misses.first_at),
            seconds(misses.last_at),
            _or_none(misses.warned_at),
            int(misses.is_confirmed),
            _or_none(misses.excused_until),
            _or_none(misses.approved_at),
        ],
    )


def _warned(
    db: Database, guild_id: int, user_id: int, gate_id: int, judged: JudgedMisses, now: datetime
) -> JudgedMisses:
    """With when they were notified; they are notified now if that is due and was not done."""
    if judged.misses.warned_at or judged.warns_until is None:
        return judged
    sql = "SELECT warned_at FROM role_misses WHERE gate_id = ? AND user_id = ? AND warned_at IS NOT NULL"
    if row := first(db, sql, [gate_id, user_id]):
        return replace(judged, misses=replace(judged.misses, warned_at=moment(row[0])))
    until = judged.warns_until
    enqueue(db, NewPost(PostKind.WARNING, guild_id, now, user_id=user_id, gate_id=gate_id, until=until))
    return replace(judged, misses=replace(judged.misses, warned_at=now))


def _or_none(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)


def _to_misses(row: Sequence[Any]) -> Misses:
    count, first_at, last_at, warned_at, is_confirmed, excused_until, approved_at = row
    return Misses(
        count=count,
        first_at=moment(first_at),
        last_at=moment(last_at),
        warned_at=None if warned_at is None else moment(warned_at),
        is_confirmed=bool(is_confirmed),
        excused_until=None if excused_until is None else moment(excused_until),
        approved_at=None if approved_at is None else moment(approved_at),
    )
