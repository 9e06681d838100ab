"""Addresses that two members proved: who has it, who wants it, until when; and what both must be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.errors import InputError
from bot.links import Contest, News, Notice
from bot.store.rows import CONTESTS, first, seconds, to_contest, to_notice
from bot.store.thread import Writer

# Somebody who lost a contest for an address, or gave it up after its holder objected, may not open another one about
# it for so long.
REFUSED_FOR = timedelta(days=30)


class Contests:
    """Reads contests and notices, and ends what is due. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def held_by(self, user_id: int) -> list[Contest]:
        """Contests about addresses that a member has."""
        sql = f"{CONTESTS} WHERE holder_id = ? ORDER BY ends_at"
        return await self._writer.run(lambda db: [to_contest(row) for row in db.execute(sql, [user_id]).fetchall()])

    async def opened_by(self, user_id: int) -> list[Contest]:
        """Contests in which a member wants an address."""
        sql = f"{CONTESTS} WHERE challenger_id = ? ORDER BY ends_at"
        return await self._writer.run(lambda db: [to_contest(row) for row in db.execute(sql, [user_id]).fetchall()])

    async def object(self, user_id: int, owner: str, at: datetime, until: datetime) -> None:
        """Note that the holder objects: the contest then ends at `until`, and not before.

        Raises:
            InputError: there is no contest of that member's address, or they objected already.
        """

        def work(db: Database) -> None:
            changed = first(
                db,
                """
                UPDATE contests SET objected_at = ?, ends_at = max(ends_at, ?)
                WHERE owner = ? AND holder_id = ? AND objected_at IS NULL RETURNING owner
                """,
                [seconds(at), seconds(until), owner, user_id],
            )
            if changed is None:
                raise InputError("There is nothing to object to any more: `/accounts` shows how things are.")

        await self._writer.transaction(work)

    async def settle(self, now: datetime) -> int:
        """Give every address whose contest has ended to its challenger; how many those were."""

        def work(db: Database) -> int:
            due = [row[0] for row in db.execute("SELECT owner FROM contests WHERE ends_at <= ?", [seconds(now)])]
            for owner in due:
                move(db, owner, now)
            return len(due)

        return await self._writer.transaction(work)

    async def notices(self, user_id: int | None = None) -> list[Notice]:
        """What a member, or anybody, was not told yet; oldest first."""
        sql = "SELECT id, user_id, news, owner, at, until FROM notices"
        where, values = (" WHERE user_id = ?", [user_id]) if user_id is not None else ("", [])
        return await self._writer.run(
            lambda db: [to_notice(row) for row in db.execute(f"{sql}{where} ORDER BY id", values).fetchall()]
        )

    async def told(self, notice_id: int) -> bool:
        """Note that somebody was told; False when that had been noted before."""
        sql = "DELETE FROM notices WHERE id = ? RETURNING id"
        return await self._writer.transaction(lambda db: first(db, sql, [notice_id]) is not None)


def tell(db: Database, user_id: int, news: News, owner: str, at: datetime, until: datetime | None = None) -> None:
    """Leave a notice for a member, as a part of the transaction that causes it."""
    db.execute(
        "INSERT INTO notices (user_id, news, owner, at, until) VALUES (?, ?, ?, ?, ?)",
        [user_id, news.value, owner, seconds(at), seconds(until) if until else None],
    )


def move(db: Database, owner: str, at: datetime) -> None:
    """End a contest for its challenger: the proof is theirs, the holder's accounts stay as unproven ones."""
    row = first(
        db, "DELETE FROM contests WHERE owner = ? RETURNING holder_id, challenger_id, method, text_hash", [owner]
    )
    if row is None:
        return
    holder, challenger, method, text_hash = row
    db.execute(
        "UPDATE proofs SET user_id = ?, method = ?, text_hash = ?, proven_at = ? WHERE owner = ?",
        [challenger, method, text_hash, seconds(at), owner],
    )
    tell(db, holder, News.LOST, owner, at)
    tell(db, challenger, News.WON, owner, at)


def keep(db: Database, owner: str, challenger_hash: bytes, at: datetime) -> None:
    """End a contest for the holder, who signed again: its challenger may not open another one for a while."""
    row = first(db, "DELETE FROM contests WHERE owner = ? RETURNING holder_id, challenger_id", [owner])
    if row is None:
        return
    _refuse(db, owner, challenger_hash, at)
    tell(db, row[0], News.KEPT, owner, at)
    tell(db, row[1], News.REFUSED, owner, at)


def _refuse(db: Database, owner: str, challenger_hash: bytes, at: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO refusals (owner, user_hash, until) VALUES (?, ?, ?)",
        [owner, challenger_hash, seconds(at + REFUSED_FOR)],
    )


def withdraw(db: Database, user_id: int, owner: str, challenger_hash: bytes, at: datetime) -> None:
    """End a member's claim to an address by their own wish.

    Where the holder objected, as if they had signed again: or a claim that is withdrawn and made anew would take the
    week from them that they were given.
    """
    sql = "DELETE FROM contests WHERE owner = ? AND challenger_id = ? RETURNING objected_at"
    row = first(db, sql, [owner, user_id])
    if row is not None and row[0] is not None:
        _refuse(db, owner, challenger_hash, at)


def give_up(db: Database, user_id: int, owner: str, at: datetime) -> None:
    """Take a member's proof of an address away; whoever contests it gets it at once."""
    if first(db, "SELECT 1 FROM contests WHERE owner = ? AND holder_id = ?", [owner, user_id]):
        move(db, owner, at)
    db.execute("DELETE FROM proofs WHERE owner = ? AND user_id = ?", [owner, user_id])
