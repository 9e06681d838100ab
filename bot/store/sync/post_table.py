"""Messages to be sent: what was changed, alerts, warnings. Each is made once, and has a nonce by which it is sent once.

A message is assigned what it reports before it is sent. Killed between sending and writing that down, it is sent again
with the same nonce and the same content, and Discord takes it for the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto
from typing import Any

from sqlite_utils import Database

from bot.gates.gate import Gate, GateState, ParkReason
from bot.roles.plan import Act
from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer

_POST = "post_id, guild_id, kind, user_id, gate_id, hold_id, detail, until, at, channel_id, message_id"
# The servers with something to be sent, each by one look at the index, however much that is.
_WAITING = """
    WITH RECURSIVE waiting (guild_id) AS (
        SELECT min(guild_id) FROM sync_posts WHERE sent_at IS NULL
        UNION ALL
        SELECT (SELECT min(guild_id) FROM sync_posts WHERE sent_at IS NULL AND guild_id > waiting.guild_id)
        FROM waiting WHERE waiting.guild_id IS NOT NULL
    )
    SELECT guild_id FROM waiting WHERE guild_id IS NOT NULL
"""
# What one message can say: a line each, below the 4,096 characters of an embed.
_LINES = 20


class PostKind(StrEnum):
    """What a message is about."""

    CHANGES = auto()  # roles were given and taken
    HOLD = auto()  # removals wait
    HOLD_OVER = auto()  # they wait no more
    PARKED = auto()  # a gate gives and takes nothing until something is repaired
    HEALED = auto()
    WARNING = auto()  # to a member: a role will be taken after the grace
    PROOF_ENDS = auto()  # to a member: a proof will be too old for roles of theirs
    SILENT = auto()  # a source does not answer
    ANSWERS = auto()  # it does again
    VIEWED = auto()  # somebody looked at a full list of holders
    SNAPSHOT = auto()  # a snapshot of holders was made, or sent to somebody as a file
    STUCK = auto()  # a member could not be judged, or their roles not be changed, again and again
    WEBHOOK_ADDED = auto()  # events are sent to somebody outside from now on
    WEBHOOK_ROTATED = auto()
    WEBHOOK_REMOVED = auto()
    WEBHOOK_FAILED = auto()  # it failed for so long that nothing is sent to it any more


# What members are notified of days in advance comes last; of that, what waits until its gate works again.
_URGENCY = f"""
    kind = '{PostKind.PROOF_ENDS.value}',
    kind = '{PostKind.PROOF_ENDS.value}'
        AND NOT EXISTS (SELECT 1 FROM gates WHERE gates.id = sync_posts.gate_id AND state = 'active')
"""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change that was made; `user_id` 0: the member has deleted their data."""

    change_id: int
    run_id: int
    user_id: int
    role_id: int
    gate_id: int
    act: Act
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class NewPost:
    """A message to be sent; see `PostRow`. `until` of a silent source: since when."""

    kind: PostKind
    guild_id: int
    at: datetime
    user_id: int | None = None
    gate_id: int | None = None
    hold_id: int | None = None
    detail: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class PostRow:
    """A message to be sent or edited; see `PostKind`."""

    post_id: int
    guild_id: int
    kind: PostKind
    user_id: int | None
    gate_id: int | None
    hold_id: int | None
    detail: str
    until: datetime | None
    at: datetime
    channel_id: int | None = None
    message_id: int | None = None
    changes: Sequence[ChangeRow] = ()


class Posts:
    """Reads and writes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def add(self, post: NewPost) -> None:
        """Have a message sent."""
        await self._writer.transaction(lambda db: enqueue(db, post))

    async def to_send(self, now: datetime, limit: int) -> Sequence[PostRow]:
        """What is to be sent, oldest first, at most `limit` of each server: where one takes nothing, the others do.

        What members are notified of days in advance, and slowly, is at most what is left of that, so that nothing waits
        for it.

        Changes that no message reports yet are assigned to one.
        """

        def work(db: Database) -> list[PostRow]:
            sql = "SELECT DISTINCT guild_id FROM sync_changes WHERE post_id IS NULL"
            for (guild_id,) in db.execute(sql).fetchall():
                _assign(db, guild_id, now)
            sql = f"""
                SELECT {_POST} FROM sync_posts INDEXED BY sync_posts_to_send WHERE guild_id = ? AND sent_at IS NULL
                ORDER BY {_URGENCY}, post_id LIMIT ?
            """
            guild_ids = [row[0] for row in db.execute(_WAITING).fetchall()]
            rows = [row for guild_id in guild_ids for row in db.execute(sql, [guild_id, limit]).fetchall()]
            return [_to_post(db, row) for row in sorted(rows)]

        return await self._writer.transaction(work)

    async def sent(self, post_id: int, now: datetime, *, channel_id: int | None, message_id: int | None) -> None:
        """A message was sent, or there is nobody to read it."""
        # Whose account a proof is of is needed no more.
        detail = f"CASE kind WHEN '{PostKind.PROOF_ENDS.value}' THEN '' ELSE detail END"
        sql = f"UPDATE sync_posts SET sent_at = ?, channel_id = ?, message_id = ?, detail = {detail} WHERE post_id = ?"
        values = [seconds(now), channel_id, message_id, post_id]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def follow(self, gate: Gate, *, is_trying: bool) -> None:
        """Have it said once that a gate is parked, and once that it works again; nothing where it was said before.

        Args:
            gate: The gate.
            is_trying: Whether it works again is not known yet: it is being tried.
        """
        sql = """
            SELECT kind, detail FROM sync_posts WHERE gate_id = ? AND kind IN ('parked', 'healed')
            ORDER BY post_id DESC LIMIT 1
        """
        reason = gate.parked.value if gate.state is GateState.PARKED and gate.parked else ""

        def work(db: Database) -> None:
            kind, said = first(db, sql, [gate.gate_id]) or (PostKind.HEALED.value, "")
            was = said if kind == PostKind.PARKED.value else ""
            if reason != was and not (is_trying and was == ParkReason.REFUSED.value and not reason):
                kind = PostKind.PARKED if reason else PostKind.HEALED
                enqueue(db, NewPost(kind, gate.guild_id, gate.since, gate_id=gate.gate_id, detail=reason))

        await self._writer.transaction(work)

    async def follow_source(
        self, guild_id: int, label: str, since: datetime | None, now: datetime, *, also: str = ""
    ) -> None:
        """Have it said once that a source does not answer, and once that it does again (`since` None).

        Args:
            guild_id: The server.
            label: The source, as `words_text` has it where it is words.
            since: Since when it does not answer.
            now: The present.
            also: What an earlier version wrote down for it.
        """
        sql = """
            SELECT kind FROM sync_posts WHERE guild_id = ? AND kind IN ('silent', 'answers') AND detail IN (?, ?)
            ORDER BY at DESC, post_id DESC LIMIT 1
        """

        def work(db: Database) -> None:
            (said,) = first(db, sql, [guild_id, label, also or label]) or (PostKind.ANSWERS.value,)
            kind = PostKind.SILENT if since else PostKind.ANSWERS
            if said != kind.value:
                enqueue(db, NewPost(kind, guild_id, now, detail=label, until=since))

        await self._writer.transaction(work)

    async def unread_alerts(self, limit: int) -> Sequence[PostRow]:
        """Alerts of holds in force that nobody could read: there was no channel for them, or it refused them."""
        # In this order: few holds are in force, and there is a post for everything that ever happened.
        its = ", ".join(f"sync_posts.{name}" for name in _POST.split(", "))
        sql = f"""
            SELECT {its} FROM role_holds INDEXED BY open_role_holds CROSS JOIN sync_posts USING (hold_id)
            WHERE role_holds.ended_at IS NULL AND kind = 'hold' AND sent_at IS NOT NULL AND message_id IS NULL
            ORDER BY post_id LIMIT ?
        """
        return [_of_row(row) for row in await self._writer.run(lambda db: db.execute(sql, [limit]).fetchall())]

    async def of_hold(self, hold_id: int, guild_id: int) -> PostRow | None:
        """The message that said in a server that removals wait."""
        sql = f"SELECT {_POST} FROM sync_posts WHERE hold_id = ? AND guild_id = ? AND kind = 'hold'"
        row = await self._writer.run(lambda db: first(db, sql, [hold_id, guild_id]))
        return _of_row(row) if row else None


def enqueue(db: Database, post: NewPost) -> int:
    """Have a message sent, in the transaction of what it is about; its id."""
    sql = """
        INSERT INTO sync_posts (guild_id, kind, user_id, gate_id, hold_id, detail, until, at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING post_id
    """
    until = seconds(post.until) if post.until else None
    about = [post.user_id, post.gate_id, post.hold_id]
    values = [post.guild_id, post.kind.value, *about, post.detail, until, seconds(post.at)]
    (post_id,) = first(db, sql, values) or (0,)
    return int(post_id)


def _assign(db: Database, guild_id: int, now: datetime) -> None:
    sql = "SELECT change_id FROM sync_changes WHERE guild_id = ? AND post_id IS NULL ORDER BY change_id LIMIT ?"
    changes = [row[0] for row in db.execute(sql, [guild_id, _LINES]).fetchall()]
    post_id = enqueue(db, NewPost(PostKind.CHANGES, guild_id, now))
    db.conn.executemany(
        "UPDATE sync_changes SET post_id = ? WHERE change_id = ?", [(post_id, change_id) for change_id in changes]
    )


def _to_post(db: Database, row: Sequence[Any]) -> PostRow:
    sql = """
        SELECT change_id, run_id, user_id, role_id, gate_id, act, at, reason FROM sync_changes
        WHERE post_id = ? ORDER BY change_id
    """
    return _of_row(row, [to_change(each) for each in db.execute(sql, [row[0]]).fetchall()])


def _of_row(row: Sequence[Any], changes: Sequence[ChangeRow] = ()) -> PostRow:
    post_id, guild_id, kind, user_id, gate_id, hold_id, detail, until, at, channel_id, message_id = row
    return PostRow(
        post_id=post_id,
        guild_id=guild_id,
        kind=PostKind(kind),
        user_id=user_id,
        gate_id=gate_id,
        hold_id=hold_id,
        detail=detail,
        until=None if until is None else moment(until),
        at=moment(at),
        channel_id=channel_id,
        message_id=message_id,
        changes=changes,
    )


def to_change(row: Sequence[Any]) -> ChangeRow:
    """A row of changes."""
    change_id, run_id, user_id, role_id, gate_id, act, at, reason = row
    return ChangeRow(change_id, run_id, user_id or 0, role_id, gate_id, Act(act), moment(at), reason)
