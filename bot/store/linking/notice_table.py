"""What members must be notified of, until they were; and who got a direct message about which address lately."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from bot.links import Notification, NotificationKind
from bot.store.rows import first, seconds, to_notification
from bot.store.thread import Reader, Writer


class Notices:
    """Reads notifications, and records that they were delivered. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    async def pending(self, user_id: int | None = None) -> list[Notification]:
        """Notifications to be delivered, to one member or to all; oldest first. A contest's end is its present one."""
        ends_at = "SELECT ends_at FROM contests WHERE contests.owner = notices.owner AND holder_id = user_id"
        until = f"iif(news = '{NotificationKind.CONTESTED.value}', coalesce(({ends_at}), until), until)"
        sql = f"SELECT id, user_id, news, owner, at, {until}, tried FROM notices"
        where, values = (" WHERE user_id = ?", [user_id]) if user_id is not None else ("", [])
        return await self._reader.run(
            lambda db: [to_notification(row) for row in db.execute(f"{sql}{where} ORDER BY id", values).fetchall()]
        )

    async def messaged(self, since: datetime) -> set[tuple[int, str]]:
        """Which members got a direct message about which addresses after a moment."""
        sql = "SELECT user_id, owner FROM messaged WHERE at > ?"
        return await self._reader.run(lambda db: set(db.execute(sql, [seconds(since)]).fetchall()))

    async def mark_notified(
        self,
        notification: Notification,
        now: datetime,
        *,
        by_message: bool = False,
        refused: bool = False,
        not_before: datetime | None = None,
    ) -> None:
        """Record that somebody was notified, or (`refused`) that they take no direct messages and are notified later.

        Nothing is recorded of a member who had their data deleted while Discord was asked: the notification is gone,
        and nothing of theirs has that address.

        Args:
            notification: The notification.
            now: The present.
            by_message: By a direct message, of which there is one about an address in a day.
            refused: See above.
            not_before: Its contest ends no earlier than that.
        """
        user_id, owner = notification.user_id, notification.owner

        def work(db: Database) -> None:
            change = "UPDATE notices SET tried = 1" if refused else "DELETE FROM notices"
            # By more than its id, which SQLite gives again to the next one once it is the last and gone.
            its = [notification.notification_id, user_id, owner, notification.kind.value]
            sql = f"{change} WHERE id = ? AND user_id = ? AND owner = ? AND news = ? RETURNING id"
            is_theirs = "SELECT 1 FROM links WHERE user_id = ? AND owner = ?"
            if (first(db, sql, its) or first(db, is_theirs, [user_id, owner])) and by_message:
                row = {"user_id": user_id, "owner": owner, "at": seconds(now)}
                db.table("messaged").insert(row, replace=True)
            if not_before:
                sql = "UPDATE contests SET ends_at = max(ends_at, ?) WHERE owner = ? AND holder_id = ?"
                db.execute(sql, [seconds(not_before), owner, user_id])

        await self._writer.transaction(work)


def notify(
    db: Database, user_id: int, kind: NotificationKind, owner: str, now: datetime, until: datetime | None = None
) -> None:
    """Store a notification for a member, in the transaction that causes it."""
    db.table("notices").insert(
        {
            "user_id": user_id,
            "news": kind.value,
            "owner": owner,
            "at": seconds(now),
            "until": seconds(until) if until else None,
        }
    )


def withdraw_notice(db: Database, user_id: int, kind: NotificationKind, owner: str) -> bool:
    """Delete a notification that was not delivered yet; whether there was one."""
    sql = "DELETE FROM notices WHERE user_id = ? AND news = ? AND owner = ? RETURNING id"
    return bool(db.execute(sql, [user_id, kind.value, owner]).fetchall())


def withdraw_contested(db: Database, owner: str) -> None:
    """Delete what its holder was not notified of yet: that an address is contested, which it is no more."""
    db.execute("DELETE FROM notices WHERE news = ? AND owner = ?", [NotificationKind.CONTESTED.value, owner])
