"""Verifications under way: who began one, how far it is, and the texts that were handed out to be signed.

Whatever may happen once is one conditional UPDATE … RETURNING: of sixteen that try at the same time exactly one finds
its row (security: to look first and change afterwards lets all of them through).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlite_utils import Database

from bot.errors import LimitError
from bot.links import Person
from bot.store.audit import count, note, was_repeated
from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer

MOST_CHALLENGES = 5
_A_USER_AN_HOUR = 5
_A_GUILD_A_MINUTE = 30
# Links that others opened: after so many in a day, whoever made them can make no more.
RELAYS = 3
RELAY_SPAN = timedelta(hours=24)

_COLUMNS = (
    "id, way, status, reason, user_id, username, avatar_url, guild_id, guild_name, account, owner, logins, expires_at"
)


@dataclass(frozen=True, slots=True)
class Session:
    """One verification, as it stands. `account` is `network:id`, or "" for whichever address is connected."""

    session_id: str
    way: str
    status: str
    reason: str
    person: Person
    guild_id: int | None
    guild_name: str
    account: str
    owner: str
    logins: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedChallenge:
    """A text that was handed out to be signed: by `signer`, about the address `owner` and its accounts."""

    challenge_id: str
    signer: str
    owner: str
    accounts: tuple[str, ...]
    nonce: str
    text: str
    expires_at: datetime


class Sessions:
    """Reads and moves verifications. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def create(self, session: Session, token_hash: bytes, now: datetime, *, actor: bytes) -> None:
        """Begin a verification; an earlier one of the same person ends.

        Raises:
            LimitError: too many by this person or in this server, or this person is locked out.
        """

        def work(db: Database) -> None:
            _check_limits(db, session, now, actor)
            db.execute(
                "UPDATE sessions SET status = 'dead', reason = 'replaced' WHERE user_id = ? AND status <> 'done'",
                [session.person.user_id],
            )
            db.execute(
                """
                INSERT INTO sessions (id, token_hash, way, status, user_id, username, avatar_url, guild_id,
                                      guild_name, account, owner, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(session.session_id, token_hash, session.way, session.status, session.person.user_id),
                    *(session.person.name, session.person.avatar_url, session.guild_id, session.guild_name),
                    *(session.account, session.owner, seconds(now), seconds(session.expires_at)),
                ],
            )
            note(db, now, actor, "verify")

        await self._writer.transaction(work)

    async def bind(self, token_hash: bytes, cookie_hash: bytes, now: datetime) -> Session | None:
        """Give a session to the browser that brings its token first; nobody gets it twice."""
        sql = f"""
            UPDATE sessions SET cookie_hash = ?, status = CASE way WHEN 'oauth' THEN 'bound' ELSE 'ready' END
            WHERE token_hash = ? AND status = 'open' AND expires_at > ? RETURNING {_COLUMNS}
        """
        return await self._change(sql, [cookie_hash, token_hash, seconds(now)])

    async def by_token(self, token_hash: bytes, cookie_hash: bytes, now: datetime) -> Session | None:
        """The session of a token, for the browser that it was given to."""
        sql = f"SELECT {_COLUMNS} FROM sessions WHERE token_hash = ? AND cookie_hash = ? AND expires_at > ?"
        return await self._read(sql, [token_hash, cookie_hash, seconds(now)])

    async def by_cookie(self, cookie_hash: bytes, now: datetime) -> Session | None:
        """The session of a browser, however far it is."""
        sql = f"SELECT {_COLUMNS} FROM sessions WHERE cookie_hash = ? AND expires_at > ?"
        return await self._read(sql, [cookie_hash, seconds(now)])

    async def of_user(self, user_id: int, way: str, now: datetime) -> Session | None:
        """The verification that a person has under way, of one way."""
        sql = f"""
            SELECT {_COLUMNS} FROM sessions
            WHERE user_id = ? AND way = ? AND status NOT IN ('done', 'dead') AND expires_at > ?
            ORDER BY created_at DESC, id LIMIT 1
        """
        return await self._read(sql, [user_id, way, seconds(now)])

    async def take_login(self, session: Session, now: datetime) -> bool:
        """Use up one return from Discord's login; False when it was used, or the session is no longer there for it."""
        sql = f"""
            UPDATE sessions SET logins = logins + 1
            WHERE id = ? AND logins = ? AND status = 'bound' AND expires_at > ? RETURNING {_COLUMNS}
        """
        return await self._change(sql, [session.session_id, session.logins, seconds(now)]) is not None

    async def admit(self, session: Session, cookie_hash: bytes, now: datetime) -> bool:
        """The right person logged in: wallets may be connected, under a new cookie."""
        sql = f"""
            UPDATE sessions SET status = 'ready', cookie_hash = ?
            WHERE id = ? AND status = 'bound' AND expires_at > ? RETURNING {_COLUMNS}
        """
        return await self._change(sql, [cookie_hash, session.session_id, seconds(now)]) is not None

    async def learn_owner(self, session: Session, owner: str) -> None:
        """Note the address of the account that is to be proven."""
        sql = "UPDATE sessions SET owner = ? WHERE id = ? AND owner = ''"
        await self._writer.transaction(lambda db: db.execute(sql, [owner, session.session_id]).fetchall())

    async def cancel(self, session: Session) -> None:
        """End a session by the wish of whoever has it open."""
        sql = "UPDATE sessions SET status = 'dead', reason = 'cancelled' WHERE id = ? AND status <> 'done'"
        await self._writer.transaction(lambda db: db.execute(sql, [session.session_id]).fetchall())

    async def kill_relayed(self, session: Session, now: datetime, *, actor: bytes, subject: bytes) -> int:
        """End a session that another Discord user opened; how often that happened to its maker lately.

        Args:
            session: The session.
            now: The present.
            actor: Pseudonym of who made the link.
            subject: Pseudonym of who logged in with it.
        """

        def work(db: Database) -> int:
            sql = "UPDATE sessions SET status = 'dead', reason = 'other_user' WHERE id = ? AND status = 'bound'"
            db.execute(sql, [session.session_id])
            note(db, now, actor, "relay", subject)
            return count(db, actor, "relay", now - RELAY_SPAN)

        return await self._writer.transaction(work)

    async def issue(self, session: Session, issued: IssuedChallenge, now: datetime) -> None:
        """Hand out a text to be signed; the one before it is void.

        Raises:
            LimitError: this session has had as many as one may have.
        """

        def work(db: Database) -> None:
            sql = """
                UPDATE sessions SET challenges = challenges + 1
                WHERE id = ? AND status = 'ready' AND challenges < ? RETURNING id
            """
            if first(db, sql, [session.session_id, MOST_CHALLENGES]) is None:
                raise LimitError("Too many tries with this link. Run `/verify` in Discord for a new one.")
            void = "UPDATE challenges SET used_at = ? WHERE session_id = ? AND used_at IS NULL"
            db.execute(void, [seconds(now), session.session_id])
            db.execute(
                """
                INSERT INTO challenges (id, session_id, signer, owner, accounts, nonce, text, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(issued.challenge_id, session.session_id, issued.signer, issued.owner),
                    *(orjson.dumps(issued.accounts).decode(), issued.nonce, issued.text, seconds(issued.expires_at)),
                ],
            )

        await self._writer.transaction(work)

    async def consume(self, session: Session, challenge_id: str, now: datetime) -> IssuedChallenge | None:
        """Take a text back before its signature is looked at; None when it was used, is over, or another session's."""
        sql = f"""
            UPDATE challenges SET used_at = ?
            WHERE id = ? AND session_id = ? AND used_at IS NULL AND expires_at > ?
              AND session_id IN (SELECT id FROM sessions WHERE status = 'ready' AND expires_at > ?)
            RETURNING {_CHALLENGE_COLUMNS}
        """
        at = seconds(now)
        values = [at, challenge_id, session.session_id, at, at]
        row = await self._writer.transaction(lambda db: first(db, sql, values))
        return _to_challenge(row) if row else None

    async def purge(self, before: datetime) -> None:
        """Forget verifications that ended before a moment."""
        sql = "DELETE FROM sessions WHERE expires_at < ?"
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(before)]).fetchall())

    async def _change(self, sql: str, values: Sequence[Any]) -> Session | None:
        row = await self._writer.transaction(lambda db: first(db, sql, values))
        return _to_session(row) if row else None

    async def _read(self, sql: str, values: Sequence[Any]) -> Session | None:
        row = await self._writer.run(lambda db: first(db, sql, values))
        return _to_session(row) if row else None


_CHALLENGE_COLUMNS = "id, signer, owner, accounts, nonce, text, expires_at"


def _check_limits(db: Database, session: Session, now: datetime, actor: bytes) -> None:
    if was_repeated(db, actor, "relay", RELAYS, RELAY_SPAN, now):
        raise LimitError("Others opened links that you made, too often: you cannot verify for a day. Ask a moderator.")
    sql = "SELECT at FROM audit WHERE actor = ? AND verb = 'verify' AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
    hour_ago = now - timedelta(hours=1)
    if fifth := first(db, sql, [actor, seconds(hour_ago), _A_USER_AN_HOUR - 1]):
        minutes = math.ceil((fifth[0] - seconds(hour_ago)) / 60)
        wait = f"{minutes} minute{'' if minutes == 1 else 's'}"
        raise LimitError(f"You began {_A_USER_AN_HOUR} verifications within an hour. Try again in {wait}.")
    sql = "SELECT count(*) FROM sessions WHERE guild_id = ? AND created_at > ?"
    in_guild = first(db, sql, [session.guild_id, seconds(now - timedelta(minutes=1))]) or (0,)
    if in_guild[0] >= _A_GUILD_A_MINUTE:
        raise LimitError("Too many people of this server verify right now. Try again in a minute.", retry_after=60)


def _to_session(row: Sequence[Any]) -> Session:
    session_id, way, status, reason, user_id, name, avatar, guild_id, guild, account, owner, logins, expires = row
    person = Person(user_id, name, avatar)
    return Session(*(session_id, way, status, reason, person, guild_id, guild, account, owner, logins), moment(expires))


def _to_challenge(row: Sequence[Any]) -> IssuedChallenge:
    challenge_id, signer, owner, accounts, nonce, text, expires = row
    return IssuedChallenge(challenge_id, signer, owner, tuple(orjson.loads(accounts)), nonce, text, moment(expires))
