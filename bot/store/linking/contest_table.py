"""Addresses that two members proved: who has it, who wants it, until when; and what both must be told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.errors import InputError
from bot.links import Contest, Notification, NotificationKind, VerifiedSignature
from bot.pseudonyms import Pseudonym
from bot.store.rows import CONTESTS, first, moment, seconds, to_contest, to_notification
from bot.store.thread import Writer

# Somebody who lost a contest for an address, or gave it up after its holder objected, may not open another one about
# it for so long.
REFUSED_FOR = timedelta(days=30)
# Rounds are half a minute apart.
_ORDINARY = timedelta(minutes=5)


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
        """Give every address whose contest has ended to its challenger; how many those were.

        No time runs out while nobody can be told or can sign: what passed between two rounds beyond the ordinary (the
        bot was down, or a backup was put back) is added to every contest, and one whose holder was neither told of it
        nor could not be written to goes on.
        """

        def work(db: Database) -> int:
            before = first(db, "SELECT at FROM rounds WHERE id = 1")
            db.execute("INSERT OR REPLACE INTO rounds (id, at) VALUES (1, ?)", [seconds(now)])
            away = timedelta(seconds=seconds(now) - before[0]) if before else timedelta()
            if away > _ORDINARY:
                db.execute("UPDATE contests SET ends_at = ends_at + ?", [int(away.total_seconds())])
            untold = """
                SELECT 1 FROM notices
                WHERE notices.owner = contests.owner AND user_id = holder_id AND news = ? AND tried = 0
            """
            sql = f"SELECT owner FROM contests WHERE ends_at <= ? AND NOT EXISTS ({untold})"
            due = [row[0] for row in db.execute(sql, [seconds(now), NotificationKind.CONTESTED.value]).fetchall()]
            for owner in due:
                move(db, owner, now)
            return len(due)

        return await self._writer.transaction(work)

    async def notices(self, user_id: int | None = None) -> list[Notification]:
        """What a member, or anybody, was not told yet; oldest first. A contest's end is that of now."""
        ends_at = "SELECT ends_at FROM contests WHERE contests.owner = notices.owner AND holder_id = user_id"
        until = f"iif(news = '{NotificationKind.CONTESTED.value}', coalesce(({ends_at}), until), until)"
        sql = f"SELECT id, user_id, news, owner, at, {until}, tried FROM notices"
        where, values = (" WHERE user_id = ?", [user_id]) if user_id is not None else ("", [])
        return await self._writer.run(
            lambda db: [to_notification(row) for row in db.execute(f"{sql}{where} ORDER BY id", values).fetchall()]
        )

    async def told(self, notice: Notification, now: datetime, contest_for: timedelta, *, refused: bool = False) -> None:
        """Note that somebody was told, or (`refused`) that they take no direct message and are told later.

        Who hears late that their address is contested has their whole time from then on.
        """

        def work(db: Database) -> None:
            sql = "UPDATE notices SET tried = 1 WHERE id = ?" if refused else "DELETE FROM notices WHERE id = ?"
            db.execute(sql, [notice.notification_id])
            if is_late(notice, now):
                sql = "UPDATE contests SET ends_at = max(ends_at, ?) WHERE owner = ? AND holder_id = ?"
                db.execute(sql, [seconds(now + contest_for), notice.owner, notice.user_id])

        await self._writer.transaction(work)


def is_late(notice: Notification, now: datetime) -> bool:
    """Whether somebody hears of a contest only now, who could have had a part of their time already."""
    return notice.news is NotificationKind.CONTESTED and now - notice.at > _ORDINARY


def tell(
    db: Database, user_id: int, news: NotificationKind, owner: str, at: datetime, until: datetime | None = None
) -> None:
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
    tell(db, holder, NotificationKind.LOST, owner, at)
    tell(db, challenger, NotificationKind.WON, owner, at)


def keep(db: Database, owner: str, pseudonym: Pseudonym, at: datetime) -> None:
    """End a contest for the holder, who signed again: its challenger may not open another one for a while."""
    row = first(db, "DELETE FROM contests WHERE owner = ? RETURNING holder_id, challenger_id", [owner])
    if row is None:
        return
    _refuse(db, owner, row[1], pseudonym, at)
    tell(db, row[0], NotificationKind.KEPT, owner, at)
    tell(db, row[1], NotificationKind.REFUSED, owner, at)


def _refuse(db: Database, owner: str, user_id: int, pseudonym: Pseudonym, at: datetime) -> None:
    db.execute(
        "INSERT OR REPLACE INTO refusals (owner_hash, user_hash, until) VALUES (?, ?, ?)",
        [pseudonym(owner), pseudonym(user_id), seconds(at + REFUSED_FOR)],
    )


def refused_until(db: Database, owner: str, user_id: int, pseudonym: Pseudonym, now: datetime) -> datetime | None:
    """Until when somebody may not contest an address; None where they may."""
    sql = "SELECT until FROM refusals WHERE owner_hash = ? AND user_hash = ? AND until > ?"
    row = first(db, sql, [pseudonym(owner), pseudonym(user_id), seconds(now)])
    return moment(row[0]) if row else None


def take_over(db: Database, proven: VerifiedSignature, user_id: int, now: datetime) -> None:
    """Put who signed last into the challenger's place; what the holder was given to object stays as it is."""
    sql = "SELECT challenger_id FROM contests WHERE owner = ?"
    if (row := first(db, sql, [proven.owner])) and row[0] != user_id:
        tell(db, row[0], NotificationKind.OVERTAKEN, proven.owner, now)
    db.execute(
        "UPDATE contests SET challenger_id = ?, method = ?, text_hash = ? WHERE owner = ?",
        [user_id, proven.method.value, proven.text_hash, proven.owner],
    )


def withdraw(db: Database, user_id: int, owner: str, pseudonym: Pseudonym, at: datetime) -> None:
    """End a member's claim to an address by their own wish.

    Where the holder objected, as if they had signed again: or a claim that is withdrawn and made anew would take the
    week from them that they were given.
    """
    sql = "DELETE FROM contests WHERE owner = ? AND challenger_id = ? RETURNING holder_id, objected_at"
    row = first(db, sql, [owner, user_id])
    if row is None:
        return
    holder, objected_at = row
    if objected_at is not None:
        _refuse(db, owner, user_id, pseudonym, at)
    untold = "DELETE FROM notices WHERE user_id = ? AND owner = ? AND news = ? RETURNING id"
    # Who was not told of it yet need not hear of it at all.
    if first(db, untold, [holder, owner, NotificationKind.CONTESTED.value]) is None:
        tell(db, holder, NotificationKind.WITHDRAWN, owner, at)


def give_up(db: Database, user_id: int, owner: str, at: datetime) -> None:
    """Take a member's proof of an address away; whoever contests it gets it at once."""
    if first(db, "SELECT 1 FROM contests WHERE owner = ? AND holder_id = ?", [owner, user_id]):
        move(db, owner, at)
    db.execute("DELETE FROM proofs WHERE owner = ? AND user_id = ?", [owner, user_id])
