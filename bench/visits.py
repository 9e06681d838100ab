"""Members who prove an account on the bot's page, by the requests that a browser sends, each of them timed.

The link comes from the answer to the real command, typed in the sandbox. The time of Discord's own page and of the
wallet is not the bot's, and is not in any figure.
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
from sandbox.discord.interactions import Interaction

PAGE = "/v"
FILES = tuple(path for path, _, _ in static_files() if path != PAGE)
# Start, state, challenge, submit; and the page, its files, and the return from the login.
WRITES = 4
REQUESTS = WRITES + 1 + len(FILES) + 1
OK, SEE_OTHER = 200, 303
LONGEST = 30.0  # seconds
# Of an unused network, reserved for benchmarks by RFC 2544.
VISITORS_NETWORK = "198.18"


class RefusedError(Exception):
    """A request was not answered as it should be: `kind: status`."""


def open_browsers() -> aiohttp.ClientSession:
    """For visits: each has its own cookies, which are not in the session."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=LONGEST))


class Pace:
    """Limits how many requests a second are started, in their order."""

    def __init__(self, per_second: float) -> None:
        self._interval = 1 / per_second
        self._next = time.perf_counter()

    async def turn(self) -> None:
        """Return when the next request may start."""
        now = time.perf_counter()
        mine = max(self._next, now)
        self._next = mine + self._interval
        await asyncio.sleep(mine - now)


@dataclass
class Book:
    """The results of all requests: milliseconds by kind, and the errors."""

    times: dict[str, list[float]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered as they should be."""
        return sum(map(len, self.times.values()))

    def note(self, kind: str, milliseconds: float) -> None:
        """Add one request."""
        self.times.setdefault(kind, []).append(milliseconds)


class Visit:
    """One member in one browser, from their link on.

    Args:
        sandbox: The sandbox, whose bot has a page.
        session: Without cookies; visitors share its connections, as they do behind a proxy.
        book: Where the measurements are recorded.
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
        self._sandbox = sandbox
        self._session = session
        self._book = book
        self._member = member
        self._account = account
        self._pace = pace
        self._token = self._cookie = self._location = self._signer = self._signature = ""
        self._state: dict[str, Any] = {}
        self._issued: dict[str, Any] = {}
        self.asked: Interaction | None = None  # the `/verify`
        self._address = f"{VISITORS_NETWORK}.{member // 250}.{member % 250 + 1}"

    async def begin(self) -> None:
        """Run `/verify`, remember the token of its link, and find the key of the account."""
        self._signer = (await self._sandbox.switch("sign", account=self._account, text="?"))["address"]
        # Each server may start thirty a minute.
        asked = self.asked = self._sandbox.type(self._member, "verify", {"account": self._account}, guild=self._member)
        await self._sandbox.answered([asked])
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
        """Send the token."""
        self._state = await self._post("start", token=self._token)

    async def authorize(self) -> None:
        """Accept on Discord's page. Not a request to the bot."""
        self._location = await self._sandbox.authorize(self._state["authorize_url"], self._member)

    async def finish_login(self) -> None:
        """Return from Discord's login, and ask for the state of the proof."""
        landed = await self._get("cb", self._location.removeprefix(self._sandbox.page_url), expected=SEE_OTHER)
        if landed != f"{PAGE}#in":
            raise RefusedError(f"cb: {landed}")
        self._state = await self._post("state")

    async def challenge(self) -> None:
        """Connect the wallet, and get the text."""
        self._issued = await self._post("challenge", address=self._signer)

    async def sign(self) -> None:
        """Sign the text. Not a request to the bot."""
        signed = await self._sandbox.switch("sign", account=self._account, text=self._issued["text"])
        self._signature = str(signed["signature"])

    async def submit(self) -> None:
        """Send the signature."""
        done = await self._post("submit", challenge_id=self._issued["challenge_id"], signature=self._signature)
        if done["step"] != "done":
            raise RefusedError(f"submit: {done['step']}")

    async def prove(self) -> bool:
        """All steps except the link. Returns whether it was finished; errors are in the book."""
        steps = (self.load, self.start, self.authorize, self.finish_login, self.challenge, self.sign, self.submit)
        try:
            for step in steps:
                await step()
        except (RefusedError, aiohttp.ClientError, TimeoutError) as error:
            self._book.errors.append(str(error) or type(error).__name__)
            return False
        return True

    async def _get(self, kind: str, path: str, expected: int = OK) -> str:
        """The location of a redirect; "" without one."""
        response, _ = await self._ask(kind, "GET", path, expected=expected)
        return response.headers.get("Location", "")

    async def _post(self, kind: str, **body: str) -> dict[str, Any]:
        headers = {"Origin": self._sandbox.page_url, CSRF: self._state.get("csrf", "")}
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
            method, self._sandbox.page_url + path, headers=sent, allow_redirects=False, **body
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
