"""Which browser a session is in. One is bound to it; others may wait, and take it up by the right person's login.

    bound ◀── bind: the first that opens the link           waits ◀── bind: any later one, by either link
      │                                                        │
      └── loses it, and may only log in itself ◀── accept_login: who ran the command has logged in there

A page that finds no wallet gives its person a link for the browser that has one. Anybody may open such a link: it shows
a login and nothing else, and what the bound browser has goes on there until the right person has logged in elsewhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import SessionError
from bot.linking import cookie_secrets
from bot.linking.cookie_secrets import hash_secret
from bot.linking.refusal_errors import SESSION_OVER
from bot.links.proofs import MAX_BROWSERS, EndReason, ProofMethod, Session, SessionStatus
from bot.store import Store
from bot.store.linking.browser_table import OtherBrowser, seen_there
from bot.store.pseudonyms import Pseudonym


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser at the page: the session as it sees it, and how a login there is taken."""

    session: Session
    use_login: Callable[[], Awaitable[bool]]
    accept_login: Callable[[str], Awaitable[bool]]
    refuse_login: Callable[[], Awaitable[None]]


class Browsers:
    """Finds the session of a browser.

    Args:
        store: Holds the sessions, and the browsers.
        clock: Returns the present as an aware datetime.
        pseudonym: Makes the keyed hashes of the audit log.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], pseudonym: Pseudonym) -> None:
        self._sessions = store.sessions
        self._others = store.other_browsers
        self._clock = clock
        self._pseudonym = pseudonym

    async def bind(self, token: str, cookie: str) -> tuple[Session, str]:
        """The session of a link as this browser may see it, and the browser's cookie.

        Raises:
            SessionError: unknown, used or expired.
        """
        now, token_hash = self._clock(), hash_secret(token)
        if cookie:
            if known := await self._sessions.by_token(token_hash, hash_secret(cookie), now):
                return known, cookie
            if other := await self._others.by_cookie(hash_secret(cookie), now, token_hash=token_hash):
                return _as_seen(other), cookie
        fresh = cookie_secrets.new_secret()
        if session := await self._sessions.bind(token_hash, hash_secret(fresh), now):
            return session, fresh
        added = await self._others.add(token_hash, hash_secret(fresh), now, limit=MAX_BROWSERS)
        if added is None:
            raise SessionError(SESSION_OVER)
        return _as_seen(added), fresh

    async def bound(self, cookie: str) -> Session:
        """The session that is bound to a browser, in any status.

        Raises:
            SessionError: unknown or expired.
        """
        session = await self._sessions.by_cookie(hash_secret(cookie), self._clock()) if cookie else None
        if session is None:
            raise SessionError(SESSION_OVER)
        return session

    async def seen_from(self, cookie: str) -> Session:
        """The session as a browser may see it.

        Raises:
            SessionError: unknown or expired.
        """
        visit = await self.visit(cookie)
        if visit is None:
            raise SessionError(SESSION_OVER)
        return visit.session

    async def hand_off(self, session: Session) -> str:
        """The token by which another browser may wait for a session; one for as long as it lasts.

        A code that somebody is scanning must stay good while cookies change with each login.

        Raises:
            SessionError: the session is not under way, knows no login, or went on elsewhere.
        """
        is_under_way = session.status in (SessionStatus.BOUND, SessionStatus.READY)
        if session.method is not ProofMethod.OAUTH or not is_under_way or session.reason is EndReason.ELSEWHERE:
            raise SessionError(SESSION_OVER)
        token = cookie_secrets.hand_off_token(self._pseudonym(f"hand off {session.session_id}"))
        await self._others.offer(session, hash_secret(token))
        return token

    async def visit(self, cookie: str) -> Visit | None:
        """What a browser has, by its cookie; None: nothing."""
        if not cookie:
            return None
        now, cookie_hash = self._clock(), hash_secret(cookie)
        if session := await self._sessions.by_cookie(cookie_hash, now):
            bound = session
            return Visit(
                bound,
                lambda: self._sessions.use_login(bound, now),
                lambda fresh: self._sessions.accept_login(bound, hash_secret(fresh), self._clock()),
                lambda: self._others.refuse(cookie_hash),
            )
        if other := await self._others.by_cookie(cookie_hash, now):
            waiting = other
            return Visit(
                _as_seen(waiting),
                lambda: self._others.use_login(cookie_hash, waiting, now),
                lambda fresh: self._others.take_up(waiting.session, cookie_hash, hash_secret(fresh), self._clock()),
                lambda: self._others.refuse(cookie_hash),
            )
        return None


def _as_seen(other: OtherBrowser) -> Session:
    session = seen_there(other)
    is_elsewhere = other.was_bound and not other.is_stranger and other.session.status is not SessionStatus.DEAD
    return replace(session, reason=EndReason.ELSEWHERE) if is_elsewhere else session
