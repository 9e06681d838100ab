"""The page on which members prove that a wallet is theirs, and the JSON that its script asks for.

A GET changes nothing: programs that open links before people do (Discord's preview, a scanner) use nothing up. The
one exception is the callback of Discord's login, which only works in the browser that started it. Changes are made by a
POST of JSON from this page itself: checked by its `Origin`, by `Sec-Fetch-Site` where a browser sends that, and, once
there is a session, by a header that only this page's script can know.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from aiohttp import web

from bot.errors import LimitError, SessionError, StoreError, UnavailableError
from bot.linking import cookie_secrets
from bot.linking.outcome import Outcome
from bot.linking.refusal_errors import SESSION_OVER
from bot.linking.steps import session_after
from bot.linking.verification import Verification
from bot.links.proofs import EndReason, ProofMethod, Session, SessionStatus
from bot.messages import Message, reader_language
from bot.signing.challenge import shown_name
from bot.signing.pasted import MAX_BYTES
from bot.signing.signature import checksummed
from bot.signing.statement_words import statement_for_reader
from bot.web.cookies import read_cookie
from bot.web.hand_off import hand_off_links
from bot.web.limits import SessionLimits
from bot.web.page_words import KNOWN, PAGE, PageWords
from bot.web.static import static_files

_TOO_MANY = Message("Too many requests. Try again in a minute.")

COOKIE = "__Host-vs"
CSRF = "X-Tessera-CSRF"
SUBMIT = "/v/submit"
# A token, an address, or a name of a challenge.
MAX_BODY = 4096 + 512
# The longest signature that is read, in hex, and the rest of its body.
MAX_SIGNATURE_BODY = 2 * MAX_BYTES + 512
_COOKIE_SECONDS = 15 * 60
# Nobody needs longer for a few hundred bytes, except on purpose.
_BODY_SECONDS = 10.0

# What `bot.linking.cookie_secrets` makes. Anything else belongs to no session; some of it could not even be hashed.
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")

_STEPS = {
    SessionStatus.BOUND: "login",
    SessionStatus.READY: "wallet",
    SessionStatus.SIGNED: "code",
    SessionStatus.DONE: "done",
    SessionStatus.DEAD: "dead",
}
# Where a session ended otherwise than its status alone says.
_ENDS = {EndReason.CONTESTED: "contest", EndReason.FROZEN: "frozen", EndReason.ELSEWHERE: "elsewhere"}
_SHOWN_REASONS = (EndReason.OTHER_USER, EndReason.RELAYED, EndReason.CANCELLED, EndReason.USED)


class VerifyPage:
    """Its routes.

    Args:
        verification: Does the work.
        public_url: The page's origin.
        body_seconds: How long the body of a request may take to come.
    """

    def __init__(self, verification: Verification, public_url: str, *, body_seconds: float = _BODY_SECONDS) -> None:
        self._verification = verification
        self._origin = public_url
        self._body_seconds = body_seconds
        self._sessions = SessionLimits()

    def add_routes(self, app: web.Application) -> None:
        """Serve the page, its files, and what its script asks for."""
        files = static_files()
        scripts = [content.decode() for _, content, media in files if media == "text/javascript"]
        words = PageWords(next(content.decode() for path, content, _ in files if path == PAGE), scripts)
        for path, content, media in files:
            handler = _words_handler(words, path, media) if path in (PAGE, KNOWN) else _file_handler(content, media)
            app.router.add_get(path, handler, name=path.strip("/").replace("/", "-"))
        app.router.add_get("/oauth/cb", self.finish_login, name="oauth-cb")
        for name, handler in (
            ("start", self.start),
            ("state", self.state),
            ("challenge", self.challenge),
            ("submit", self.submit),
            ("cancel", self.cancel),
            ("handoff", self.hand_off),
        ):
            app.router.add_post(f"/v/{name}", handler, name=name)

    async def start(self, request: web.Request) -> web.Response:
        """Bind the link's token to this browser."""
        body = await self._body(request, "token")
        session, cookie = await self._verification.bind_browser(body["token"], _cookie(request))
        return await self._answer(session, cookie)

    async def state(self, request: web.Request) -> web.Response:
        """The status of this browser's session."""
        await self._body(request)
        cookie = _cookie(request)
        return await self._answer(await self._verification.browsers.seen_from(cookie), cookie)

    async def finish_login(self, request: web.Request) -> web.StreamResponse:
        """The OAuth callback of Discord's login."""
        query = request.query
        try:
            result = await self._verification.finish_login(
                _cookie(request),
                state=_valid_secret(query.get("state", "")),
                code=query.get("code", ""),
                denied="error" in query,
            )
        except (UnavailableError, StoreError):  # a person waits for a page, not for JSON
            return _redirect("/v#problem=failed")
        # The page asks the chosen wallet at once only where it was reached by a login, which it reads here.
        after = f"/v#problem={result.problem}" if result.problem else "/v#in" if result.cookie else "/v"
        response = _redirect(after)
        if result.cookie:
            _set_cookie(response, result.cookie)
        return response

    async def challenge(self, request: web.Request) -> web.Response:
        """The text that the connected address is to sign."""
        body = await self._body(request, "address")
        session, _ = await self._session(request)
        challenge = await self._verification.challenge(session, body["address"])
        person = session.person
        return _json(
            {
                "challenge_id": challenge.challenge_id,
                "text": challenge.text,
                "meaning": statement_for_reader(person.user_id, shown_name(person.name), session.guild_id),
                "expires_at": _format_time(challenge.expires_at),
            }
        )

    async def submit(self, request: web.Request) -> web.Response:
        """The signature of that text."""
        body = await self._body(request, "challenge_id", "signature", most=MAX_SIGNATURE_BODY)
        session, cookie = await self._session(request)
        outcome = await self._verification.submit(session, body["challenge_id"], body["signature"])
        return await self._answer(session_after(session, outcome), cookie, outcome)

    async def cancel(self, request: web.Request) -> web.Response:
        """The person says "not me": the session ends."""
        await self._body(request)
        session, cookie = await self._session(request)
        await self._verification.cancel(session)
        return await self._answer(await self._verification.session(cookie), cookie)

    async def hand_off(self, request: web.Request) -> web.Response:
        """A link for another browser, which takes the session up once its person has logged in there.

        A browser that only waits gives it, too: a phone's camera opens one that has no wallet either.
        """
        await self._body(request)
        browsers = self._verification.browsers
        session, _ = await self._session(request, browsers.seen_from)
        token = await browsers.hand_off(session)
        return _json(hand_off_links(self._origin, token))

    async def _session(
        self, request: web.Request, find: Callable[[str], Awaitable[Session]] | None = None
    ) -> tuple[Session, str]:
        """The session of a request that changes something, and its cookie; by default the one that is bound to it."""
        cookie = _cookie(request)
        if not cookie:
            raise SessionError(SESSION_OVER)
        if not cookie_secrets.secrets_match(
            _valid_secret(request.headers.get(CSRF, "")), cookie_secrets.csrf_token(cookie)
        ):
            raise web.HTTPForbidden
        session = await (find or self._verification.session)(cookie)
        # Looked up before it is counted: anybody can invent cookies, and must not use up the limit of all sessions.
        if wait := self._sessions.take(cookie_secrets.hash_secret(cookie)):
            raise LimitError(_TOO_MANY, retry_after=wait)
        return session, cookie

    async def _body(self, request: web.Request, *names: str, most: int = MAX_BODY) -> Mapping[str, str]:
        """The strings of a JSON object, sent by this page itself."""
        if request.content_type != "application/json":
            raise web.HTTPUnsupportedMediaType
        same_site = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
        if request.headers.get("Origin") != self._origin or not same_site:
            raise web.HTTPForbidden
        try:
            async with asyncio.timeout(self._body_seconds):
                sent = await request.read()
            if len(sent) > most:  # in chunks, of which no header says how many
                raise web.HTTPRequestEntityTooLarge(most, len(sent))
            body = orjson.loads(sent)
        except (orjson.JSONDecodeError, web.RequestPayloadError, ConnectionError) as error:
            raise web.HTTPBadRequest from error
        except TimeoutError as error:
            raise web.HTTPRequestTimeout from error
        if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in names):
            raise web.HTTPBadRequest
        return body

    async def _answer(self, session: Session, cookie: str, outcome: Outcome | None = None) -> web.Response:
        until = outcome.until if outcome else None
        if session.reason is EndReason.CONTESTED and until is None:
            until = await self._verification.contested_until(session)
        response = _json(self._state(session, cookie, outcome.code if outcome else "", until))
        if session.status is not SessionStatus.DEAD:
            _set_cookie(response, cookie)
        return response

    def _state(self, session: Session, cookie: str, code: str, until: datetime | None) -> dict[str, Any]:
        """What the page's script shows; before the login it does not name the person who made the link."""
        step = _ENDS.get(session.reason) or _STEPS.get(session.status, "dead")
        with_login = session.method is ProofMethod.OAUTH
        shown = step not in ("login", "elsewhere", "dead")
        person = session.person
        user = {"id": str(person.user_id), "name": person.name, "avatar_url": person.avatar_url}
        return {
            "step": step,
            "csrf": "" if step == "dead" else cookie_secrets.csrf_token(cookie),
            "authorize_url": self._verification.authorize_url(session, cookie),
            "user": user if with_login and shown else None,
            "expected": {"name": person.name} if not with_login and shown else None,
            "guild": session.guild_name if shown else "",
            "account": session.account if shown else "",
            "owner": _checksummed(session.owner) if shown else "",
            "linked": {"address": _checksummed(session.owner), "accounts": [session.account]}
            if step == "done"
            else None,
            "code": code,
            "until": _format_time(until) if until and step == "contest" else "",
            "expires_at": _format_time(session.expires_at),
            "reason": session.reason if session.reason in _SHOWN_REASONS else "",
        }


def _cookie(request: web.Request) -> str:
    """Of this browser's session, "" for none."""
    return _valid_secret(read_cookie(request.headers.getall("Cookie", ()), COOKIE))


def _valid_secret(text: str) -> str:
    return text if _SECRET.fullmatch(text) else ""


def _file_handler(content: bytes, media: str) -> Any:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(body=content, content_type=media, charset="utf-8")

    return serve


def _words_handler(words: PageWords, path: str, media: str) -> Any:
    async def serve(_request: web.Request) -> web.Response:
        content = words.content(path, reader_language())
        headers = {"Content-Language": reader_language().tag, "Vary": "Accept-Language"}
        return web.Response(body=content, content_type=media, charset="utf-8", headers=headers)

    return serve


def _json(body: Mapping[str, Any]) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


def _redirect(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})


def _set_cookie(response: web.Response, cookie: str) -> None:
    response.set_cookie(COOKIE, cookie, max_age=_COOKIE_SECONDS, path="/", secure=True, httponly=True, samesite="Lax")


def _checksummed(address: str) -> str:
    """An address as wallets show it, as people compare the two."""
    return checksummed(address) if address else ""


def _format_time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
