"""What the moderators of a server vouch for, and what the member said to it; apart from links, proofs and contests.

Every statement names one server, except those of a member about themselves (`member_data`) and of the clock. Nothing
outside of that server decides whether a moderator may ask: neither links nor proofs are read here. Nor does what the
member answered: a moderator sees whether they asked and took it back, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlite_utils import Database

from bot.holdings import Account
from bot.links import InGuild, Vouch
from bot.store.audit import record
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import first, moment, seconds, to_account
from bot.store.thread import Writer

_COLUMNS = "guild_id, user_id, account, owner, asked_at, confirmed_at"


@dataclass(frozen=True, slots=True)
class VouchLimits:
    """How much the moderators of one server may ask; `bot.linking.vouching` argues for the values."""

    in_guild: int
    by_moderator: int
    span: timedelta
    of_member: int


class VouchAnswer(Enum):
    """What a member says to a vouch."""

    CONFIRM = auto()
    DECLINE = auto()  # also takes back what was confirmed


class Answered(Enum):
    """What became of an answer; only `RECORDED` changed something."""

    RECORDED = auto()
    OVER = auto()  # answered or withdrawn
    HELD = auto()  # it waits for an answer, and another member of that server has confirmed it


class Vouches:
    """Reads and writes vouches. Every method raises `StoreError` when SQLite fails; nothing is half-saved.

    Args:
        writer: The store's thread.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def ask(
        self, vouch: Vouch, scope: InGuild, pseudonym: Pseudonym, moderator_id: int, limits: VouchLimits
    ) -> bool:
        """Record that a moderator vouches for a member, who has yet to confirm. False: nothing was changed.

        Whatever is of an earlier stay of that member in that server is deleted.
        """
        now, moderator = seconds(vouch.asked_at), pseudonym(moderator_id)
        asker = pseudonym(f"{vouch.guild_id} {moderator_id}")

        def work(db: Database) -> bool:
            earlier = "DELETE FROM vouches WHERE guild_id = ? AND user_id = ? AND asked_at < ?"
            db.execute(earlier, [vouch.guild_id, vouch.user_id, seconds(scope.joined_at)])
            if _is_over(db, vouch, asker, limits) or _is_asked(db, vouch, limits):
                return False
            its = "guild_id = :guild_id AND user_id = :user_id AND account = :account"
            other_owner = f"DELETE FROM vouches WHERE {its} AND owner <> :owner AND declined_at IS NULL"
            db.execute(other_owner, _this(vouch))
            # What they declined before stays declined, and to the moderator it looks as if they were asked.
            declined = f"UPDATE vouches SET withdrawn = 0 WHERE {its} AND owner = :owner RETURNING 1"
            if first(db, declined, _this(vouch)) is None:
                db.table("vouches").insert(
                    {
                        "guild_id": vouch.guild_id,
                        "owner": vouch.owner,
                        "user_id": vouch.user_id,
                        "account": str(vouch.account),
                        "moderator": moderator,
                        "asked_at": now,
                    }
                )
            db.table("vouch_asks").insert({"guild_id": vouch.guild_id, "moderator": asker, "at": now})
            record(db, vouch.asked_at, moderator, "vouch", pseudonym(vouch.user_id))
            return True

        return await self._writer.transaction(work)

    async def of(self, user_id: int, scope: InGuild) -> Sequence[Vouch]:
        """What is vouched for a member in one server and not declined: what waits for an answer first, then by age."""
        sql = f"""
            SELECT {_COLUMNS} FROM vouches
            WHERE user_id = ? AND guild_id = ? AND asked_at >= ? AND declined_at IS NULL
            ORDER BY confirmed_at IS NOT NULL, asked_at, account
        """
        return await self._all(sql, [user_id, scope.guild_id, seconds(scope.joined_at)])

    async def answer(self, vouch: Vouch, answer: VouchAnswer, now: datetime, pseudonym: Pseudonym) -> Answered:
        """Record what the member says, once."""
        actor = pseudonym(vouch.user_id)
        confirms = answer is VouchAnswer.CONFIRM

        def work(db: Database) -> Answered:
            is_open = f"{_THIS} AND declined_at IS NULL{' AND confirmed_at IS NULL' if confirms else ''}"
            if first(db, f"SELECT 1 FROM vouches WHERE {is_open}", _this(vouch)) is None:
                return Answered.OVER
            if confirms and _has_other_holder(db, vouch):
                return Answered.HELD
            said = "confirmed_at = :now" if confirms else "declined_at = :now, confirmed_at = NULL"
            sql = f"UPDATE vouches SET notified = 1, {said} WHERE {_THIS}"
            db.execute(sql, _this(vouch) | {"now": seconds(now)})
            record(db, now, actor, "vouch-confirm" if confirms else "vouch-decline", actor)
            return Answered.RECORDED

        return await self._writer.transaction(work)

    async def withdraw(
        self, guild_id: int, user_id: int, account: Account, now: datetime, pseudonym: Pseudonym, moderator_id: int
    ) -> None:
        """Delete what is vouched for one account of a member in one server; what they declined is remembered."""
        its = "WHERE guild_id = ? AND user_id = ? AND account = ?"
        values = [guild_id, user_id, str(account)]

        def work(db: Database) -> None:
            db.execute(f"DELETE FROM vouches {its} AND declined_at IS NULL", values)
            db.execute(f"UPDATE vouches SET withdrawn = 1 {its}", values)
            record(db, now, pseudonym(moderator_id), "vouch-withdraw", pseudonym(user_id))

        await self._writer.transaction(work)

    async def to_notify(self) -> Sequence[tuple[Vouch, bool]]:
        """What members were not asked yet, oldest first, and whether a direct message was refused before."""
        sql = f"""
            SELECT {_COLUMNS}, tried FROM vouches
            WHERE NOT notified AND confirmed_at IS NULL AND declined_at IS NULL ORDER BY asked_at, account
        """
        rows = await self._writer.run(lambda db: db.execute(sql).fetchall())
        return [(_to_vouch(row[:-1]), bool(row[-1])) for row in rows]

    async def mark_notified(self, vouch: Vouch, *, refused: bool = False) -> None:
        """Record that the member was asked, or (`refused`) takes no direct messages and is asked later."""
        change = "tried = 1" if refused else "notified = 1"
        sql = f"UPDATE vouches SET {change} WHERE {_THIS}"
        await self._writer.transaction(lambda db: db.execute(sql, _this(vouch)).fetchall())

    async def forget_guild(self, guild_id: int) -> None:
        """Delete everything that was vouched for in a server: the bot has left it."""

        def work(db: Database) -> None:
            for table in ("vouches", "vouch_asks"):
                db.execute(f"DELETE FROM {table} WHERE guild_id = ?", [guild_id])

        await self._writer.transaction(work)

    async def forget_guilds_but(self, guild_ids: Collection[int]) -> None:
        """Delete everything that was vouched for in all servers but these."""
        others = "guild_id NOT IN (SELECT value FROM json_each(?))"
        remaining = json.dumps(list(guild_ids))

        def work(db: Database) -> None:
            for table in ("vouches", "vouch_asks"):
                db.execute(f"DELETE FROM {table} WHERE {others}", [remaining])

        await self._writer.transaction(work)

    async def purge(self, *, answers_before: datetime, asks_before: datetime) -> None:
        """Delete what nobody confirmed, what was declined, and the counts of what was asked, from before a moment."""

        def work(db: Database) -> None:
            sql = "DELETE FROM vouches WHERE confirmed_at IS NULL AND coalesce(declined_at, asked_at) < ?"
            db.execute(sql, [seconds(answers_before)])
            db.execute("DELETE FROM vouch_asks WHERE at < ?", [seconds(asks_before)])

        await self._writer.transaction(work)

    async def _all(self, sql: str, values: list[Any]) -> Sequence[Vouch]:
        return await self._writer.run(lambda db: [_to_vouch(row) for row in db.execute(sql, values).fetchall()])


# All of it: a withdrawn vouch that was asked again is another one, which an older button must not confirm.
_THIS = "guild_id = :guild_id AND owner = :owner AND user_id = :user_id AND account = :account AND asked_at = :asked_at"


def _this(vouch: Vouch) -> dict[str, Any]:
    return {
        "guild_id": vouch.guild_id,
        "owner": vouch.owner,
        "user_id": vouch.user_id,
        "account": str(vouch.account),
        "asked_at": seconds(vouch.asked_at),
    }


def _is_over(db: Database, vouch: Vouch, asker: bytes, limits: VouchLimits) -> bool:
    """Whether the server, or that moderator in it, has asked as often as they may."""
    since = seconds(vouch.asked_at - limits.span)
    in_guild = "SELECT count(*), sum(moderator = ?) FROM vouch_asks WHERE guild_id = ? AND at > ?"
    total, own = first(db, in_guild, [asker, vouch.guild_id, since]) or (0, 0)
    return total >= limits.in_guild or (own or 0) >= limits.by_moderator


def _is_asked(db: Database, vouch: Vouch, limits: VouchLimits) -> bool:
    """Whether that member was asked there about that account, or as often as they may be, and not taken back.

    What names another owner of that account counts no more, and does not stand in the way of the right one.
    """
    sql = """
        SELECT count(*), sum(account = :account) FROM vouches
        WHERE guild_id = :guild_id AND user_id = :user_id AND NOT withdrawn
        AND NOT (account = :account AND owner <> :owner)
    """
    count, same = first(db, sql, _this(vouch)) or (0, 0)
    return count >= limits.of_member or bool(same)


def _has_other_holder(db: Database, vouch: Vouch) -> bool:
    """Whether another member of that server has confirmed an account of the same owner."""
    sql = """
        SELECT 1 FROM vouches
        WHERE guild_id = ? AND user_id <> ? AND confirmed_at IS NOT NULL AND owner = ?
    """
    return first(db, sql, [vouch.guild_id, vouch.user_id, vouch.owner]) is not None


def _to_vouch(row: Sequence[Any]) -> Vouch:
    guild_id, user_id, account, owner, asked_at, confirmed_at = row
    return Vouch(
        guild_id=guild_id,
        user_id=user_id,
        account=to_account(account),
        owner=owner,
        asked_at=moment(asked_at),
        confirmed_at=moment(confirmed_at) if confirmed_at is not None else None,
    )
