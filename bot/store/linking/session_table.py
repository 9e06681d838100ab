"""Verifications in progress: who started one, its status, and the texts that were issued to be signed.

What may happen only once is one conditional UPDATE … RETURNING: of sixteen concurrent attempts exactly one finds its
row (security: checking first and changing afterwards would let all of them through).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import orjson
from sqlite_utils import Database

from bot.links.proofs import (
    EndReason,
    IssuedChallenge,
    ProofMethod,
    Session,
    SessionStatus,
    opened_status,
)
from bot.store.audit import count, record, was_repeated
from bot.store.linking.refusal import Refusal, StartLimit, StartRefused
from bot.store.linking.session_moves import COLUMNS, move, to_session
from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer

_CHALLENGE_COLUMNS = "id, signer, owner, accounts, nonce, text, expires_at"


@dataclass(frozen=True, slots=True)
class StartLimits:
    """How often verifications may be started.

    Attributes:
        by_person: Maximum by one person within `person_span`.
        person_span: See there.
        in_guild: Maximum in one server within `guild_span`.
        guild_span: See there.
        relays: A person who had so many links opened by others within `relay_span` may start none for as long.
        relay_span: See there.
    """

    by_person: int
    person_span: timedelta
    in_guild: int
    guild_span: timedelta
    relays: int
    relay_span: timedelta


class Sessions:
    """Reads and changes verifications. Every method raises `StoreError` when SQLite fails; nothing is half-saved."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def create(
        self, session: Session, token_hash: bytes, now: datetime, *, actor: bytes, limits: StartLimits
    ) -> StartRefused | None:
        """Start a verification, which ends an earlier one of the same person; or return the limit that prevents it."""

        def work(db: Database) -> StartRefused | None:
            if refused := _refusal(db, session, now, actor, limits):
                return refused
            mine = {"user_id": session.person.user_id}
            move(db, "user_id = :user_id", mine, to_status=SessionStatus.DEAD, reason=EndReason.REPLACED)
            db.table("sessions").insert(
                {
                    "id": session.session_id,
                    "token_hash": token_hash,
                    "way": session.method,
                    "status": session.status,
                    "user_id": session.person.user_id,
                    "username": session.person.name,
                    "avatar_url": session.person.avatar_url,
                    "guild_id": session.guild_id,
                    "guild_name": session.guild_name,
                    "account": session.account,
                    "owner": session.owner,
                    "name": session.name,
                    "created_at": seconds(now),
                    "expires_at": seconds(session.expires_at),
                }
            )
            record(db, now, actor, "verify")
            return None

        return await self._writer.transaction(work)

    async def bind(self, token_hash: bytes, cookie_hash: bytes, now: datetime) -> Session | None:
        """Bind a session to the first browser that brings its token; a token is accepted once."""

        def work(db: Database) -> Session | None:
            condition = "token_hash = :token_hash AND expires_at > :now"
            values = {"token_hash": token_hash, "now": seconds(now)}
            row = first(db, f"SELECT way FROM sessions WHERE {condition}", values)
            if row is None:
                return None
            to = opened_status(ProofMethod(row[0]))
            return move(db, condition, values, from_status=SessionStatus.OPEN, to_status=to, cookie_hash=cookie_hash)

        return await self._writer.transaction(work)

    async def by_token(self, token_hash: bytes, cookie_hash: bytes, now: datetime) -> Session | None:
        """The session of either of its links, for the browser that it is bound to."""
        return await self._read(
            "(token_hash = :token OR hand_off_hash = :token) AND cookie_hash = :cookie_hash AND expires_at > :now",
            {"token": token_hash, "cookie_hash": cookie_hash, "now": seconds(now)},
        )

    async def by_cookie(self, cookie_hash: bytes, now: datetime) -> Session | None:
        """The session of a browser, in any status."""
        values = {"cookie_hash": cookie_hash, "now": seconds(now)}
        return await self._read("cookie_hash = :cookie_hash AND expires_at > :now", values)

    async def of_user(self, user_id: int, method: ProofMethod, now: datetime) -> Session | None:
        """A person's verification in progress, by one method."""
        condition = """
            user_id = :user_id AND way = :method AND status NOT IN (:done, :dead) AND expires_at > :now
            ORDER BY created_at DESC, id LIMIT 1
        """
        ended = {"done": SessionStatus.DONE, "dead": SessionStatus.DEAD}
        return await self._read(condition, {"user_id": user_id, "method": method, "now": seconds(now), **ended})

    async def use_login(self, session: Session, now: datetime) -> bool:
        """Use up one callback of Discord's login; False when it was used, or the session waits for no login."""
        sql = """
            UPDATE sessions SET logins = logins + 1
            WHERE id = ? AND logins = ? AND status = ? AND expires_at > ? RETURNING id
        """
        values = [session.session_id, session.logins, SessionStatus.BOUND, seconds(now)]
        return await self._writer.transaction(lambda db: first(db, sql, values)) is not None

    async def accept_login(self, session: Session, cookie_hash: bytes, now: datetime) -> bool:
        """The right person logged in: wallets may be connected, under a new cookie. False: it waits for no login."""
        values = {"id": session.session_id, "now": seconds(now)}
        accepted = await self._writer.transaction(
            lambda db: move(
                db,
                "id = :id AND expires_at > :now",
                values,
                from_status=SessionStatus.BOUND,
                to_status=SessionStatus.READY,
                cookie_hash=cookie_hash,
            )
        )
        return accepted is not None

    async def save_owner(self, session: Session, owner: str) -> None:
        """Store the owner of the account to be proven, as it was confirmed: in whatever browser, as sources said it."""
        sql = "UPDATE sessions SET owner = ? WHERE id = ?"
        await self._writer.transaction(lambda db: db.execute(sql, [owner, session.session_id]).fetchall())

    async def cancel(self, session: Session) -> bool:
        """End a session at the request of the browser that has it; a finished one stays as it is. False: not ended."""
        condition, its = (
            "id = :id AND cookie_hash IS :cookie",
            {"id": session.session_id, "cookie": session.cookie_hash},
        )
        ended = await self._writer.transaction(
            lambda db: move(db, condition, its, to_status=SessionStatus.DEAD, reason=EndReason.CANCELLED)
        )
        return ended is not None

    async def end_relayed(
        self, session: Session, now: datetime, *, actor: bytes, subject: bytes, span: timedelta
    ) -> int | None:
        """End a session that another Discord user opened; how often that happened to its maker within a span.

        None: it does not wait for a login any more, so that nothing ended, and nothing is counted against its maker.

        Args:
            session: The session, as the browser of that login sees it.
            now: The present.
            actor: Pseudonym of the person who made the link.
            subject: Pseudonym of the person who logged in with it.
            span: How far back is counted.
        """

        def work(db: Database) -> int | None:
            condition, its = "id = :id AND expires_at > :now", {"id": session.session_id, "now": seconds(now)}
            # Once its maker has logged in, it is theirs: no login of somebody else's ends it.
            bound, dead = SessionStatus.BOUND, SessionStatus.DEAD
            reason = EndReason.OTHER_USER if session.cookie_hash else EndReason.RELAYED
            if move(db, condition, its, from_status=bound, to_status=dead, reason=reason) is None:
                return None
            record(db, now, actor, "relay", subject)
            return count(db, actor, "relay", now - span)

        return await self._writer.transaction(work)

    async def issue(
        self, session: Session, challenge: IssuedChallenge, now: datetime, *, limit: int
    ) -> Literal[Refusal.OVER, Refusal.TEXTS] | None:
        """Issue a text to be signed; earlier ones become void.

        Refused: the session is over or in another browser now, or has had `limit` texts.
        """

        def work(db: Database) -> Literal[Refusal.OVER, Refusal.TEXTS] | None:
            condition = "id = ? AND cookie_hash IS ? AND status = ? AND expires_at > ?"
            values = [session.session_id, session.cookie_hash, SessionStatus.READY, seconds(now)]
            sql = f"UPDATE sessions SET challenges = challenges + 1 WHERE {condition} AND challenges < ? RETURNING id"
            if first(db, sql, [*values, limit]) is None:
                is_open = first(db, f"SELECT 1 FROM sessions WHERE {condition}", values) is not None
                return Refusal.TEXTS if is_open else Refusal.OVER
            void = "UPDATE challenges SET used_at = ? WHERE session_id = ? AND used_at IS NULL"
            db.execute(void, [seconds(now), session.session_id])
            db.table("challenges").insert(
                {
                    "id": challenge.challenge_id,
                    "session_id": session.session_id,
                    "signer": challenge.signer,
                    "owner": challenge.owner,
                    "accounts": orjson.dumps(challenge.accounts).decode(),
                    "nonce": challenge.nonce,
                    "text": challenge.text,
                    "expires_at": seconds(challenge.expires_at),
                }
            )
            return None

        return await self._writer.transaction(work)

    async def consume(self, session: Session, challenge_id: str, now: datetime) -> IssuedChallenge | None:
        """Use up a text before its signature is verified; None when it was used, expired, or another's."""
        sql = f"""
            UPDATE challenges SET used_at = :now
            WHERE id = :id AND session_id = :session_id AND used_at IS NULL AND expires_at > :now
              AND session_id IN (
                SELECT id FROM sessions WHERE status = :ready AND expires_at > :now AND cookie_hash IS :cookie
              )
            RETURNING {_CHALLENGE_COLUMNS}
        """
        values = {
            "id": challenge_id,
            "session_id": session.session_id,
            "cookie": session.cookie_hash,
            "now": seconds(now),
            "ready": SessionStatus.READY,
        }
        row = await self._writer.transaction(lambda db: first(db, sql, values))
        return _to_challenge(row) if row else None

    async def purge(self, before: datetime) -> None:
        """Delete verifications that ended before a moment."""
        sql = "DELETE FROM sessions WHERE expires_at < ?"
        await self._writer.transaction(lambda db: db.execute(sql, [seconds(before)]).fetchall())

    async def _read(self, condition: str, values: Mapping[str, Any]) -> Session | None:
        sql = f"SELECT {COLUMNS} FROM sessions WHERE {condition}"
        row = await self._writer.run(lambda db: first(db, sql, values))
        return to_session(row) if row else None


def _refusal(db: Database, session: Session, now: datetime, actor: bytes, limits: StartLimits) -> StartRefused | None:
    if was_repeated(db, actor, "relay", limits.relays, limits.relay_span, now):
        return StartRefused(StartLimit.RELAYS)
    sql = "SELECT at FROM audit WHERE actor = ? AND verb = 'verify' AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?"
    if last := first(db, sql, [actor, seconds(now - limits.person_span), limits.by_person - 1]):
        return StartRefused(StartLimit.PERSON, moment(last[0]) + limits.person_span)
    sql = "SELECT count(*) FROM sessions WHERE guild_id = ? AND created_at > ?"
    in_guild = first(db, sql, [session.guild_id, seconds(now - limits.guild_span)]) or (0,)
    return StartRefused(StartLimit.GUILD) if in_guild[0] >= limits.in_guild else None


def _to_challenge(row: Sequence[Any]) -> IssuedChallenge:
    challenge_id, signer, owner, accounts, nonce, text, expires_at = row
    return IssuedChallenge(
        challenge_id=challenge_id,
        signer=signer,
        owner=owner,
        accounts=tuple(orjson.loads(accounts)),
        nonce=nonce,
        text=text,
        expires_at=moment(expires_at),
    )
