"""Browsers beside the one that a session is bound to: they may log in, and nothing else.

Anyone who has a link may wait there. What they lack is the login of the person who ran the command: only that binds the
session to their browser, in one transaction, in which the browser before loses it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlite_utils import Database

from bot.links.proofs import EndReason, ProofMethod, Session, SessionStatus
from bot.store.linking.session_moves import COLUMNS, move, to_session
from bot.store.rows import first, seconds
from bot.store.thread import Writer

_UNDER_WAY = (SessionStatus.BOUND, SessionStatus.READY)


@dataclass(frozen=True, slots=True)
class OtherBrowser:
    """A browser that a session is not bound to.

    Attributes:
        session: As it is in the browser that it is bound to.
        logins: How many login callbacks of this browser were handled.
        was_bound: It had the session, which was taken up elsewhere.
        is_stranger: Another Discord user logged in there; it is nothing but a browser that was refused.
    """

    session: Session
    logins: int = 0
    was_bound: bool = False
    is_stranger: bool = False

    @property
    def may_log_in(self) -> bool:
        """Whether a login here may still take the session up."""
        return self.session.status in _UNDER_WAY and not self.is_stranger


class OtherBrowsers:
    """Reads and changes them. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def offer(self, session: Session, token_hash: bytes) -> None:
        """Store the token by which another browser may be opened to take a session up.

        A browser that waits for one has no cookie of it: what it passes on is one for all, and no more than it has.
        """
        sql = "UPDATE sessions SET hand_off_hash = ? WHERE id = ? AND (cookie_hash IS ? OR ? IS NULL)"
        values = [token_hash, session.session_id, session.cookie_hash, session.cookie_hash]
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())

    async def add(self, token_hash: bytes, cookie_hash: bytes, now: datetime, *, limit: int) -> OtherBrowser | None:
        """Let a browser wait for a login, by either link of a session that another browser has.

        The newest `limit` of them wait: anybody who has the link can open it, and must not shut out the right one.
        None: there is no such session under way, or it knows no login.
        """

        def work(db: Database) -> OtherBrowser | None:
            sql = f"""
                SELECT {COLUMNS} FROM sessions
                WHERE (token_hash = :token OR hand_off_hash = :token) AND expires_at > :now
                  AND way = :oauth AND status IN (:bound, :ready)
            """
            bound, ready = _UNDER_WAY
            values = {"token": token_hash, "now": seconds(now)}
            row = first(db, sql, {**values, "oauth": ProofMethod.OAUTH, "bound": bound, "ready": ready})
            if row is None:
                return None
            session = to_session(row)
            db.table("other_browsers").insert({"cookie_hash": cookie_hash, "session_id": session.session_id})
            oldest = """
                DELETE FROM other_browsers WHERE rowid IN (
                    SELECT rowid FROM other_browsers WHERE session_id = ? AND was_bound = 0
                    ORDER BY rowid DESC LIMIT -1 OFFSET ?
                )
            """
            db.execute(oldest, [session.session_id, limit])
            return OtherBrowser(session)

        return await self._writer.transaction(work)

    async def by_cookie(
        self, cookie_hash: bytes, now: datetime, *, token_hash: bytes | None = None
    ) -> OtherBrowser | None:
        """What a browser waits for, or has lost; with a token, only where it may go on by that.

        Who was refused and opens the link once more may have changed the account: they wait like any other.
        """
        sql = f"""
            SELECT other_browsers.logins, was_bound, is_stranger, token_hash, hand_off_hash, {_of_sessions(COLUMNS)}
            FROM other_browsers JOIN sessions ON sessions.id = session_id
            WHERE other_browsers.cookie_hash = ? AND expires_at > ?
        """
        row = await self._writer.run(lambda db: first(db, sql, [cookie_hash, seconds(now)]))
        if row is None:
            return None
        logins, was_bound, is_stranger, *tokens = row[:5]
        if token_hash is not None and (token_hash not in tokens or is_stranger):
            return None
        return OtherBrowser(to_session(row[5:]), logins, bool(was_bound), bool(is_stranger))

    async def use_login(self, cookie_hash: bytes, other: OtherBrowser, now: datetime) -> bool:
        """Use up one callback of Discord's login in that browser; False when it was used, or the session is over."""
        sql = """
            UPDATE other_browsers SET logins = logins + 1
            WHERE cookie_hash = ? AND logins = ? AND is_stranger = 0 AND EXISTS (
                SELECT 1 FROM sessions WHERE id = session_id AND status IN (?, ?) AND expires_at > ?
            )
            RETURNING logins
        """
        values = [cookie_hash, other.logins, *_UNDER_WAY, seconds(now)]
        return await self._writer.transaction(lambda db: first(db, sql, values)) is not None

    async def refuse(self, cookie_hash: bytes) -> None:
        """Let a browser in which another Discord user logged in wait no longer."""
        sql = "UPDATE other_browsers SET is_stranger = 1 WHERE cookie_hash = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [cookie_hash]).fetchall())

    async def take_up(self, session: Session, cookie_hash: bytes, fresh_hash: bytes, now: datetime) -> bool:
        """Bind a session to the browser in which the right person logged in, and to no other any more.

        The browser before keeps its cookie, with which it may do nothing but log in itself. What was to be signed there
        is void. False: the session is not under way any more.
        """

        def work(db: Database) -> bool:
            sql = "SELECT cookie_hash, logins FROM sessions WHERE id = ? AND expires_at > ?"
            before = first(db, sql, [session.session_id, seconds(now)])
            if before is None:
                return False
            its = {"id": session.session_id}
            ready = SessionStatus.READY
            moved = (
                move(db, "id = :id", its, from_status=each, to_status=ready, cookie_hash=fresh_hash)
                for each in _UNDER_WAY
            )
            if not any(moved):
                return False
            db.execute("DELETE FROM other_browsers WHERE cookie_hash = ?", [cookie_hash])
            db.table("other_browsers").insert(
                {
                    "cookie_hash": before[0],
                    "session_id": session.session_id,
                    "logins": before[1],
                    "was_bound": 1,
                }
            )
            void = "UPDATE challenges SET used_at = ? WHERE session_id = ? AND used_at IS NULL"
            db.execute(void, [seconds(now), session.session_id])
            return True

        return await self._writer.transaction(work)


def seen_there(other: OtherBrowser) -> Session:
    """The session as that browser may see it: one that waits for a login, or is over; not what came of it."""
    session = replace(other.session, cookie_hash=None)
    if other.is_stranger:
        return replace(session, status=SessionStatus.DEAD, reason=EndReason.OTHER_USER)
    if session.status is SessionStatus.DEAD:
        was_relayed = session.reason is EndReason.OTHER_USER
        return replace(session, reason=EndReason.RELAYED) if was_relayed else session
    if not other.may_log_in:
        return replace(session, status=SessionStatus.DEAD, reason=EndReason.USED)
    return replace(session, status=SessionStatus.BOUND, logins=other.logins, reason=EndReason.NONE)


def _of_sessions(columns: str) -> str:
    return ", ".join(f"sessions.{column}" for column in columns.split(", "))
