"""Members who prove an account on the bot's page, by the requests that a browser sends, each of them timed.

A link is made by the real command, typed in the sandbox, and read from its answer. What Discord's own page and the
wallet take is not the bot's time, and is not in any figure.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bench.sandbox import BenchSandbox
from bot.web.static import static_files
from bot.web.verify_page import COOKIE, CSRF

PAGE = "/v"
FILES = tuple(path for path, _, _ in static_files() if path != PAGE)
# Start, state, challenge, submit; and the page, its files, and the return from the login.
WRITES = 4
REQUESTS = WRITES + 1 + len(FILES) + 1
OK, SEE_OTHER = 200, 303
LONGEST = 30.0  # seconds
# Of a network that nobody is in: RFC 2544's, for benchmarks.
VISITORS_NETWORK = "198.18"


class RefusedError(Exception):
    """A request was not answered as it should be: `kind: status`."""


def open_browsers() -> aiohttp.ClientSession:
    """For visits: cookies are theirs and not the session's."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=LONGEST))


class Pace:
    """Lets so many requests a second begin, in the order in which they come."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = time.perf_counter()

    async def turn(self) -> None:
        """Return when it is this one's turn."""
        now = time.perf_counter()
        mine = max(self._next, now)
        self._next = mine + self._interval
        await asyncio.sleep(mine - now)


@dataclass
class Book:
    """What became of all requests: milliseconds by kind, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered as they should be."""
        return sum(map(len, self.times.values()))

    def note(self, kind: str, milliseconds: float) -> None:
        """Write one down."""
        self.times.setdefault(kind, []).append(milliseconds)


class Visit:
    """One member in one browser, from their link on.

    Args:
        sandbox: The sandbox, whose bot has a page.
        session: Keeps no cookies; visitors share its connections, as they do behind a proxy.
        book: Where what is measured is written down.
        member: Of the crowd.
        account: Whose key the member has.
        pace: When requests may begin; None at once.
    """

    def __init__(
        self,
        sandbox: BenchSandbox,
        session: aiohttp.ClientSession,
        book: Book,
        *,
        member: int,
        account: str,
        pace: Pace | None = None,
    ) -> None:
        self._stand = sandbox
        self._session = session
        self._book = book
        self._member = member
        self._account = account
        self._pace = pace
        self._token = self._cookie = self._location = self._signer = self._signature = ""
        self._state: dict[str, Any] = {}
        self._issued: dict[str, Any] = {}
        self._address = f"{VISITORS_NETWORK}.{member // 250}.{member % 250 + 1}"

    async def begin(self) -> None:
        """Run `/verify`, and keep the token of the link; and look which key the account has."""
        self._signer = (await self._stand.switch("sign", account=self._account, text="?"))["address"]
        # Servers may begin thirty a minute each.
        asked = self._stand.type(self._member, "verify", {"account": self._account}, guild=self._member)
        await self._stand.answered([asked])
        message = asked.for_client()["message"]
        buttons = [item for row in message["components"] for item in row["components"]] if message else []
        link = next((button["url"] for button in buttons if button.get("url")), "")
        if not link:
            raise RefusedError(f"/verify: {message and message['embeds']}")
        self._token = urlsplit(link).fragment.removeprefix("t=")

    async def load(self) -> None:
        """Load the page and all its files."""
        await self._get("page", PAGE)
        for path in FILES:
            await self._get("file", path)

    async def start(self) -> None:
        """Bring the token."""
        self._state = await self._post("start", token=self._token)

    async def authorize(self) -> None:
        """Say yes on Discord's page. Not a request to the bot."""
        self._location = await self._stand.authorize(self._state["authorize_url"], self._member)

    async def finish_login(self) -> None:
        """Return from Discord's login, and ask how far the proof is."""
        landed = await self._get("cb", self._location.removeprefix(self._stand.page_url), expected=SEE_OTHER)
        if landed != PAGE:
            raise RefusedError(f"cb: {landed}")
        self._state = await self._post("state")

    async def challenge(self) -> None:
        """Connect the wallet, and get the text."""
        self._issued = await self._post("challenge", address=self._signer)

    async def sign(self) -> None:
        """Sign the text. Not a request to the bot."""
        signed = await self._stand.switch("sign", account=self._account, text=self._issued["text"])
        self._signature = str(signed["signature"])

    async def submit(self) -> None:
        """Send the signature."""
        done = await self._post("submit", challenge_id=self._issued["challenge_id"], signature=self._signature)
        if done["step"] != "done":
            raise RefusedError(f"submit: {done['step']}")

    async def prove(self) -> bool:
        """All of it, the link excepted. Returns whether it came to its end; why not stands in the book."""
        steps = (self.load, self.start, self.authorize, self.finish_login, self.challenge, self.sign, self.submit)
        try:
            for step in steps:
                await step()
        except (RefusedError, aiohttp.ClientError, TimeoutError) as error:
            self._book.errors.append(str(error) or type(error).__name__)
            return False
        return True

    async def _get(self, kind: str, path: str, expected: int = OK) -> str:
        """Where it leads, "" for nowhere."""
        response, _ = await self._ask(kind, "GET", path, expected=expected)
        return response.headers.get("Location", "")

    async def _post(self, kind: str, **body: str) -> dict[str, Any]:
        headers = {"Origin": self._stand.page_url, CSRF: self._state.get("csrf", "")}
        _, answer = await self._ask(kind, "POST", f"/v/{kind}", json=body, headers=headers)
        found: dict[str, Any] = answer
        return found

    async def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        *,
        expected: int = OK,
        headers: dict[str, str] | None = None,
        **body: Any,
    ) -> tuple[aiohttp.ClientResponse, Any]:
        sent = {"X-Forwarded-For": self._address, **(headers or {})}
        if self._cookie:
            sent["Cookie"] = f"{COOKIE}={self._cookie}"
        if self._pace:
            await self._pace.turn()
        began = time.perf_counter()
        async with self._session.request(
            method, self._stand.page_url + path, headers=sent, allow_redirects=False, **body
        ) as response:
            content = await response.read()
            took = (time.perf_counter() - began) * 1000
            if response.status != expected:
                raise RefusedError(f"{kind}: {response.status}")
            self._book.note(kind, took)
            if COOKIE in response.cookies:
                self._cookie = response.cookies[COOKIE].value
            is_json = response.content_type == "application/json"
            return response, (await response.json() if content and is_json else None)
