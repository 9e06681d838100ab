"""The page's real handlers over the sandbox, without a Discord client: what people do to them, step by step."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yarl
from pydantic import SecretStr

from bot.config.settings import DiscordSettings
from bot.config.source_tables import LoopringTable
from bot.config.web_table import WebSettings
from bot.linking import Linking, Verification
from bot.linking.ethereum import Nodes
from bot.linking.oauth import DiscordLogin
from bot.linking.signature_verifier import SignatureVerifier
from bot.linking.steps import ProofSetup, StartedProof
from bot.linking.upkeep import settle
from bot.links import NOWHERE, Link, Person
from bot.links.proofs import ProofMethod
from bot.lookup.lookup import Lookup
from bot.sources.chain import ChainedSource
from bot.sources.loopring import LoopringSource
from bot.sources.session import open_session
from bot.sources.source import Source
from bot.store import Store
from bot.store.pseudonyms import pseudonyms
from bot.web.server import start_server
from bot.web.verify_page import VerifyPage
from sandbox.world import API_KEY, APPLICATION_ID
from tests.new_store import open_new
from tests.process import free_port
from tests.sandbox_client import SandboxClient

CLIENT_SECRET = "sandbox.client.secret"
GUILD = 910000000000000000
CONTEST = timedelta(hours=24)
# Longer than that between two rounds is taken for an absence.
_A_ROUND = timedelta(minutes=5)


@dataclass
class Reply:
    """What a request was answered."""

    status: int
    body: Any
    headers: Any

    @property
    def error(self) -> str:
        """The code of the error, "" for none."""
        return str(self.body.get("error", {}).get("code", "")) if isinstance(self.body, dict) else ""

    @property
    def sentence(self) -> str:
        """What a person reads of it."""
        return str(self.body["error"]["message"])


class Browser:
    """One browser with its cookies, at the page."""

    def __init__(self, harness: PageHarness) -> None:
        self.harness = harness
        self.state: dict[str, Any] = {}
        # Browsers take a `Secure` cookie from their own machine without TLS, and so does this one.
        jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=yarl.URL(harness.url))
        self.session = aiohttp.ClientSession(cookie_jar=jar)
        # Cookies of a subdomain beside the page; aiohttp's client would quote them, and a browser does not.
        self.written_by_siblings: list[str] = []
        self._as_written = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

    @property
    def cookie(self) -> str:
        """Of the session, "" for none."""
        cookie = self.session.cookie_jar.filter_cookies(yarl.URL(self.harness.url)).get("__Host-vs")
        return cookie.value if cookie else ""

    def lose_cookie(self) -> None:
        """Forget the page's cookie, as a browser does that has too many of them."""
        self.session.cookie_jar.clear()

    async def close(self) -> None:
        """Close the browser."""
        await self.session.close()
        await self._as_written.close()

    @asynccontextmanager
    async def _request(
        self, method: str, url: str, *, headers: dict[str, str], **options: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """A request with the page's cookie, and with what siblings have written before it and behind it."""
        session, siblings = self.session, self.written_by_siblings
        if siblings:
            own = [f"__Host-vs={self.cookie}"] if self.cookie else []
            session, headers = self._as_written, {"Cookie": "; ".join([*siblings, *own, *siblings]), **headers}
        async with session.request(method, url, headers=headers, **options) as response:
            self.session.cookie_jar.update_cookies(response.cookies, yarl.URL(self.harness.url))
            yield response

    async def post(self, name: str, body: Any = None, *, headers: dict[str, str] | None = None) -> Reply:
        """POST as the page's script does; what `headers` names stands in place of the script's own."""
        sent = {"Origin": self.harness.url, "X-Tessera-CSRF": self.state.get("csrf", "")} | (headers or {})
        async with self._request("POST", f"{self.harness.url}/v/{name}", json=body or {}, headers=sent) as response:
            reply = Reply(response.status, await response.json(), response.headers)
        if reply.status == 200 and "step" in reply.body:
            self.state = reply.body
        return reply

    async def open(self, link: str) -> Reply:
        """Follow the link from Discord: the page takes the token from the fragment."""
        return await self.post("start", {"token": urlsplit(link).fragment.removeprefix("t=")})

    async def reload(self) -> Reply:
        """Load the page again."""
        return await self.post("state")

    async def authorize(self, user: str, *, approve: bool = True, url: str = "") -> str:
        """Press Authorize, or Cancel, at Discord as a user; where Discord sends the browser."""
        asked = {"url": url or self.state["authorize_url"], "user": user, "approve": approve}
        return str((await self.harness.sandbox.post("/_client/authorize", asked))["location"])

    async def follow(self, location: str) -> str:
        """Go where Discord sends; where the page sends next: "/v#in", "/v", or "/v#problem=…"."""
        async with self._request("GET", location, headers={}, allow_redirects=False) as response:
            assert response.status == 303, await response.text()
            return response.headers["Location"]

    async def log_in(self, user: str) -> str:
        """The whole login, and the page loaded again; where the page was sent."""
        landed = await self.follow(await self.authorize(user))
        await self.reload()
        return landed

    async def sign(self, account: str, *, address: str = "", style: str = "personal") -> Reply:
        """Connect the key of an account, sign what the page shows, and send the signature."""
        signer = address or await self.harness.address(account)
        challenge = await self.post("challenge", {"address": signer})
        if challenge.status != 200:
            return challenge
        signature = await self.harness.signature(challenge.body["text"], signer, style=style)
        return await self.post("submit", {"challenge_id": challenge.body["challenge_id"], "signature": signature})


@dataclass
class PageHarness:
    """The handlers, what they work on, and their visitors."""

    sandbox: SandboxClient
    store: Store
    linking: Linking
    url: str
    port: int
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    browsers: list[Browser] = field(default_factory=list)

    @property
    def verification(self) -> Verification:
        """Proofs under method."""
        return self.linking.verification

    def pass_time(self, span: timedelta) -> None:
        """Let time go by for the handlers, at once: as if the bot were away."""
        self.now += span

    async def run_for(self, span: timedelta) -> None:
        """Let time go by while contests are looked at every few minutes, as they are while the bot runs."""
        end = self.now + span
        while self.now < end:
            self.pass_time(min(_A_ROUND, end - self.now))
            await settle(self.store, self.linking.pseudonym, self.now)

    def browser(self) -> Browser:
        """A browser that was never here."""
        self.browsers.append(Browser(self))
        return self.browsers[-1]

    async def person(self, username: str) -> Person:
        """Somebody of the community."""
        people = await self.sandbox.get("/_client/people")
        found = next(each for each in people if each["username"] == username)
        return Person(int(found["id"]), username, "https://cdn.discordapp.com/embed/avatars/0.png")

    async def begin(
        self, username: str, link: Link | None = None, *, method: ProofMethod | None = None
    ) -> StartedProof:
        """Somebody runs `/verify`."""
        person = await self.person(username)
        return await self.verification.start_proof(
            person, GUILD, "The Mosaic Society", link, method or self.verification.method
        )

    async def address(self, account: str) -> str:
        """The address whose key an account's owner signs with."""
        return str((await self.sandbox.post("/_sandbox/sign", {"account": account, "text": "?"}))["address"])

    async def signature(self, text: str, address: str, *, style: str = "personal") -> str:
        """A text signed by the key behind an address."""
        asked = {"address": address, "text": text, "style": style}
        return str((await self.sandbox.post("/_sandbox/sign", asked))["signature"])

    async def accounts(self, username: str) -> dict[str, bool]:
        """What somebody has linked: account → proven."""
        user_id = (await self.person(username)).user_id
        proven = await self.linking.proven.of(user_id, NOWHERE)
        return {str(link.account): proven.of(link) is not None for link in await self.store.links.of(user_id)}

    async def events(self, verb: str) -> int:
        """How often something was recorded, by anybody."""
        sql = "SELECT count(*) FROM audit WHERE verb = ?"
        return int(await self.store.writer.run(lambda db: db.execute(sql, [verb]).fetchone()[0]))


@asynccontextmanager
async def open_page(
    sandbox: SandboxClient,
    folder: Path,
    *,
    method: ProofMethod = ProofMethod.OAUTH,
    nodes: int = 1,
    factories: tuple[str, ...] = (),
    public_url: str = "",
    fallback: Source | None = None,
) -> AsyncIterator[PageHarness]:
    """The page of a bot that has everything: a store of its own, Loopring, a login, and Ethereum nodes.

    Args:
        sandbox: Where the bot is pointed at.
        folder: For the store.
        method: How members prove.
        nodes: How many Ethereum nodes are asked, 0 to 2.
        factories: Those trusted with wallets that are not deployed.
        public_url: Where a proxy on this machine serves the page; "" where nothing is in front of it.
        fallback: Loopring's; closed with the page.
    """
    port = free_port()
    url = "" if method is ProofMethod.PASTE else public_url or f"http://127.0.0.1:{port}"
    store = await open_new(folder / "tessera.db")
    async with open_session() as session:
        settings = LoopringTable(
            name="loopring", base_url=f"{sandbox.url}/loopring", requests_per_second=1000, api_key=SecretStr(API_KEY)
        )
        loopring = LoopringSource(session, settings)
        source = ChainedSource(loopring, fallback) if fallback else loopring
        lookup = Lookup([source], store, cache_for=timedelta(0))
        discord = DiscordSettings(
            api_url=f"{sandbox.url}/api/v10",
            authorize_url=f"{sandbox.url}/oauth2/authorize",
            client_secret=SecretStr(CLIENT_SECRET),
        )
        login = DiscordLogin(session, discord, redirect_uri=f"{url}/oauth/cb", client_id=lambda: APPLICATION_ID)
        asked = [f"{sandbox.url}/ethereum/1", f"{sandbox.url}/ethereum/1/b"][:nodes]
        harness: PageHarness

        def clock() -> datetime:
            return harness.now

        linking = Linking.over(
            store,
            lookup,
            SignatureVerifier(Nodes(session, asked) if asked else None, lookup.wallets.counterfactual, factories),
            ProofSetup(method, url, login if method is ProofMethod.OAUTH else None),
            pseudonym=pseudonyms("a token"),
            clock=clock,
            contest_for=CONTEST,
            vouching=False,
        )
        harness = PageHarness(sandbox, store, linking, url, port)
        proxies = ["127.0.0.1/32"] if public_url else []
        web = WebSettings.model_validate({"port": port, "public_url": url, "trusted_proxies": proxies})
        server = await start_server(web, store, lambda: "ready", VerifyPage(linking.verification, url) if url else None)
        try:
            yield harness
        finally:
            for browser in harness.browsers:
                await browser.close()
            await server.close()
            await linking.verification.close()
            await lookup.close()
            await source.close()
            await store.close()
