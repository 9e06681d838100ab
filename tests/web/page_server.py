"""A scripted server of the verification page: the paths, the cookie and the policy that it is made for, and no proofs.

What it answers is set by the test; its requests are recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

import bot.web
from bot.web.hand_off import hand_off_links
from bot.web.page_words import KNOWN, PAGE, PageWords, language_for

Json = dict[str, Any]

STATIC = Path(bot.web.__file__).parent / "static"
WORDS = PageWords(
    (STATIC / "page.html").read_text(encoding="utf-8"),
    [script.read_text(encoding="utf-8") for script in STATIC.glob("*.js")],
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
TOKEN = "tok_5f0c2b9e7d1a4c68b3e2f1"
OWNER = "0xdf23a1c94b7e60528f1d3c6ba9e0472158cd8b19"
TEXT = f"""\
verify.example.org wants you to sign in with your Ethereum account:
{OWNER}

I am Discord user alice_01 (ID 123456789012345678). Link this wallet to my account in server ID 98765. \
Stop if that is not you. No cost, moves nothing.

URI: https://verify.example.org/v
Version: 1
Chain ID: 1
Nonce: 4kQz81mTnB0xYw7LrVdE2s
Issued At: 2026-11-22T06:40:00Z
Expiration Time: 2026-11-22T06:45:00Z
Request ID: 7f3a
Resources:
- urn:loopring:account:10001"""


def soon(seconds: float = 300) -> str:
    """A time to come, as the server writes it."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_state(step: str, **changes: Any) -> Json:
    """A State with every key, as after a login where the step has one."""
    return {
        "step": step,
        "csrf": "csrf-1",
        "user": {"id": "123456789012345678", "name": "alice_01", "avatar_url": ""},
        "expected": None,
        "guild": "The Mosaic Society",
        "account": "loopring:10001",
        "owner": OWNER,
        "linked": None,
        "code": "",
        "until": "",
        "expires_at": soon(600),
        "reason": "",
        "authorize_url": "",
    } | changes


def login_state() -> Json:
    """Before the login; the way to it leads through this server's own stand-in for Discord."""
    return make_state("login", user=None, authorize_url="/discord")


def codeless(step: str = "wallet", **changes: Any) -> Json:
    """A State of a bot without a client secret: nobody logs in."""
    return make_state(step, **({"user": None, "expected": {"name": "alice_01"}} | changes))


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    url: str
    headers: dict[str, str]
    body: Json | None


class PageServer:
    """What is answered and what was asked. `state` is where the session stands."""

    def __init__(self) -> None:
        self.url = ""
        self.state: Json = login_state()
        self.submitted: Json = make_state("done", linked={"address": OWNER, "accounts": ["loopring:10001"]})
        self.returns = "/v#in"  # where Discord's stand-in leads back to
        self.login: Json = make_state("wallet")
        self.text = TEXT
        self.meaning = ""
        self.text_seconds = 300.0
        self.asked: list[Asked] = []
        self._refusals: dict[str, list[web.Response]] = {}
        self._gates: dict[str, asyncio.Event] = {}

    def refuse(
        self, name: str, status: int, code: str, message: str = "No.", *, retry_after: int = 0, times: int = 1
    ) -> None:
        """Answer the next calls of a name with an error."""
        headers = HEADERS | ({"Retry-After": str(retry_after)} if retry_after else {})
        for _ in range(times):
            body = {"error": {"code": code, "message": message}}
            self._refusals.setdefault(name, []).append(web.json_response(body, status=status, headers=headers))

    def hold(self, name: str) -> asyncio.Event:
        """Let calls of a name wait until the event is set."""
        return self._gates.setdefault(name, asyncio.Event())

    def calls(self, name: str) -> list[Asked]:
        """What was asked of one of the POST paths."""
        return [each for each in self.asked if each.url == f"/v/{name}"]

    async def _post(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body: Json = await request.json()
        self.asked.append(Asked("POST", request.path_qs, dict(request.headers), body))
        if gate := self._gates.get(name):
            await gate.wait()
        if waiting := self._refusals.get(name):
            return waiting.pop(0)
        is_known = body.get("token") == TOKEN if name == "start" else "__Host-vs" in request.cookies
        if not is_known:
            error = {"error": {"code": "session", "message": "This link is not valid any more."}}
            return web.json_response(error, status=401, headers=HEADERS)
        response = web.json_response(self._answer(name), headers=HEADERS)
        if name == "start":
            response.set_cookie("__Host-vs", "cookie-1", path="/", secure=True, httponly=True, samesite="Lax")
        return response

    def _answer(self, name: str) -> Json:
        if name == "challenge":
            return {
                "challenge_id": "ch-1",
                "text": self.text,
                "meaning": self.meaning,
                "expires_at": soon(self.text_seconds),
            }
        if name == "handoff":
            return hand_off_links("https://verify.example.org", "tok_of_the_other_browser")
        if name == "submit":
            self.state = self.submitted | {"code": ""}
            return self.submitted
        if name == "cancel":
            self.state = make_state("dead", reason="cancelled", csrf="")
        absolute = self.state["authorize_url"] and self.url + self.state["authorize_url"]
        return self.state | {"authorize_url": absolute}

    async def _file(self, request: web.Request) -> web.Response:
        self.asked.append(Asked("GET", request.path_qs, dict(request.headers), None))
        path = STATIC / request.match_info.get("name", "page.html")
        if not path.is_file():
            raise web.HTTPNotFound(headers=HEADERS)
        body = path.read_bytes()
        if path.name in ("page.html", "known.js"):
            language = language_for(request.headers["Accept-Language"])
            body = WORDS.content(PAGE if path.name == "page.html" else KNOWN, language)
        return web.Response(body=body, content_type=TYPES[path.suffix], charset="utf-8", headers=HEADERS)

    async def _discord(self, request: web.Request) -> web.Response:
        self.asked.append(Asked("GET", request.path_qs, dict(request.headers), None))
        if self.returns == "/v#in":
            self.state = self.login
        raise web.HTTPSeeOther(self.returns)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PageServer]:
        """Serve on a free port of the loopback until the block ends."""
        app = web.Application()
        app.router.add_get("/v", self._file)
        app.router.add_get("/v/{name}", self._file)
        app.router.add_post("/v/{name}", self._post)
        app.router.add_get("/discord", self._discord)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            yield self
        finally:
            for gate in self._gates.values():
                gate.set()
            await runner.cleanup()
