"""The browser with a wallet: what its proxy passes on, and the wallet in Chromium on a page with a strict policy."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, expect
from yarl import URL

from sandbox.app import make_app
from sandbox.app_keys import WALLET_EXTENSION, WORLD
from sandbox.browser import open_browser
from sandbox.browser.extension import WalletExtension
from sandbox.community import load_world
from sandbox.signing import address_of, personal_digest, signer_of
from tests.sandbox.serving import RunningSandbox, serving

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# A page whose styles would break anything that is not isolated from them.
PAGE = """<!doctype html>
<html lang="en"><head lang="en"><meta charset="utf-8"><title>Verify</title>
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/v/page.css"></head><body><h1>Verify</h1><button id="own">Own</button></body></html>
"""
STYLES = "button, select, h2 { display: none !important } #own { display: block !important }"
SCRIPT = b'<script src="/_wallet/wallet.js" type="module"></script>'
ANNOUNCED = """() => {
  globalThis.found = [];
  addEventListener("eip6963:announceProvider", ({ detail }) => globalThis.found.push(detail));
  dispatchEvent(new Event("eip6963:requestProvider"));
  return globalThis.found.map(({ info }) => info);
}"""
ASK = """async ([n, method, params]) => {
  try { return { result: await globalThis.found[n].provider.request({ method, params }) } }
  catch (error) { return { code: error.code, message: error.message } }
}"""


@dataclass
class BotServer:
    """A stand-in for the bot's web server: records requests, and answers a few paths."""

    url: str = ""
    requests: list[tuple[str, str, list[tuple[str, str]], bytes]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((request.method, request.raw_path, list(request.headers.items()), await request.read()))
        headers = {"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff", "Server": ""}
        match request.path:
            case "/v":
                return web.Response(text=PAGE, content_type="text/html", headers=headers)
            case "/v/page.css":
                return web.Response(text=STYLES, content_type="text/css", headers=headers)
            case "/bare":
                return web.Response(text="<p>no head</p>", content_type="text/html")
            case "/oauth/cb":
                return web.Response(status=303, headers={"Location": "/v"})
            case "/v/start":
                response = web.json_response({"html": "<head></head>"}, status=201, headers=headers)
                response.headers.add("Set-Cookie", "__Host-vs=one; Path=/; Secure; HttpOnly; SameSite=Lax")
                response.headers.add("Set-Cookie", "other=two; Path=/")
                return response
        return web.Response(status=404, text="nothing\n", headers=headers)

    @property
    def last_headers(self) -> dict[str, str]:
        """The headers of the last request, names in lower case."""
        return {name.lower(): value for name, value in self.requests[-1][2]}


@asynccontextmanager
async def open_bot_server() -> AsyncIterator[BotServer]:
    bot, app = BotServer(), web.Application()
    app.router.add_route("*", "/{path:.*}", bot.answer)
    server = TestServer(app)
    await server.start_server()
    bot.url = str(server.make_url("")).rstrip("/")
    yield bot
    await server.close()


@dataclass
class BrowserHarness:
    """The proxy in front of a bot, with the sandbox that the wallet belongs to."""

    bot: BotServer
    sandbox: RunningSandbox
    url: str
    session: aiohttp.ClientSession


@pytest.fixture(scope="module")
async def module_harness() -> AsyncIterator[BrowserHarness]:
    app = make_app(load_world())
    async with (
        open_bot_server() as bot,
        serving(app=app) as sandbox,
        open_browser(app[WALLET_EXTENSION], bot.url) as port,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        yield BrowserHarness(bot, sandbox, f"http://localhost:{port}", session)


@pytest.fixture
async def harness(module_harness: BrowserHarness) -> BrowserHarness:
    module_harness.bot.requests.clear()
    await module_harness.sandbox.post("/_sandbox/reset")
    return module_harness


async def test_a_request_reaches_the_bot_as_it_was_sent(harness: BrowserHarness) -> None:
    path = "/v/start?a=%2F&b=%C3%BC&a=%20"
    headers = {
        "Cookie": "__Host-vs=abc; x=y",
        "Content-Type": "application/json",
        "Origin": harness.url,
        "X-Tessera-CSRF": "token",
        "X-Forwarded-For": "203.0.113.9",
    }
    await harness.session.post(URL(harness.url + path, encoded=True), data=b'{"token": "x"}', headers=headers)
    method, raw_path, _, body = harness.bot.requests[-1]
    assert (method, raw_path, body) == ("POST", path, b'{"token": "x"}')
    got = harness.bot.last_headers
    for name in ("Cookie", "Content-Type", "Origin", "X-Tessera-CSRF"):
        assert got[name.lower()] == headers[name]
    assert got["host"] == harness.url.removeprefix("http://") == got["x-forwarded-host"]
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["x-forwarded-proto"] == "http"


async def test_an_answer_is_returned_as_the_bot_sent_it(harness: BrowserHarness) -> None:
    async with harness.session.post(f"{harness.url}/v/start") as response:
        assert response.status == 201
        assert await response.json() == {"html": "<head></head>"}
        cookies = response.headers.getall("Set-Cookie")
        assert [cookie.partition("=")[0] for cookie in cookies] == ["__Host-vs", "other"]
        assert "HttpOnly" in cookies[0]
        assert response.headers["Content-Security-Policy"] == POLICY
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    async with harness.session.get(f"{harness.url}/nowhere") as response:
        assert (response.status, await response.text()) == (404, "nothing\n")
    async with harness.session.get(f"{harness.url}/oauth/cb?code=1", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/v")
    async with harness.session.head(f"{harness.url}/v/page.css") as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_a_page_gets_the_wallet_s_script_and_nothing_else(harness: BrowserHarness) -> None:
    async with harness.session.get(f"{harness.url}/v", headers={"Accept-Encoding": "gzip"}) as response:
        page = await response.read()
    assert page == PAGE.encode().replace(b'<head lang="en">', b'<head lang="en">' + SCRIPT)
    assert "accept-encoding" not in harness.bot.last_headers
    async with harness.session.get(f"{harness.url}/bare") as response:
        assert await response.read() == b"<p>no head</p>"


async def test_a_bot_that_is_not_there_is_a_bad_gateway() -> None:
    extension = WalletExtension(load_world())
    async with open_bot_server() as bot:
        url = bot.url
    async with open_browser(extension, url) as port, aiohttp.ClientSession() as session:
        async with session.get(f"http://127.0.0.1:{port}/v") as response:
            assert response.status == 502
        async with session.get(f"http://127.0.0.1:{port}/_wallet/wallet.js") as response:
            assert (response.status, response.content_type) == (200, "text/javascript")


@pytest.mark.parametrize("name", ["__init__.py", "..%2fproxy.py", "", "nothing.js"])
async def test_the_wallet_has_its_own_files_alone(harness: BrowserHarness, name: str) -> None:
    async with harness.session.get(f"{harness.url}/_wallet/{name}") as response:
        assert response.status == 404


async def test_the_wallet_signs_for_its_accounts_alone(harness: BrowserHarness) -> None:
    body = {"address": "0x" + "1" * 40, "message": "0x00"}
    async with harness.session.post(f"{harness.url}/_wallet/sign", json=body) as response:
        assert response.status == 404


@dataclass
class WalletPage:
    """The page in Chromium, with the wallets it found."""

    page: Page
    wallets: list[dict[str, str]]

    def ask(self, method: str, *params: Any, wallet: int = 0) -> asyncio.Task[dict[str, Any]]:
        """A call of the page to a wallet; it waits for the person."""
        return asyncio.create_task(self.page.evaluate(ASK, [wallet, method, list(params)]))

    async def press(self, button: str) -> None:
        await self.page.get_by_test_id(f"wallet-{button}").click()

    async def connect(self, address: str) -> None:
        """Connect the first wallet with an account."""
        pending = self.ask("eth_requestAccounts")
        await self.page.get_by_test_id("wallet-account").select_option(address)
        await self.press("confirm")
        assert await pending == {"result": [address]}


@pytest.fixture
async def wallet_page(harness: BrowserHarness, browser: Browser) -> AsyncIterator[WalletPage]:
    """The page, freshly opened; what its policy forbids, or its scripts complain of, fails the test."""
    page = await browser.new_page(viewport={"width": 1000, "height": 760})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    await page.goto(f"{harness.url}/v")
    yield WalletPage(page, await page.evaluate(ANNOUNCED))
    await page.close()
    assert complaints == []


def text_for(url: str, address: str) -> str:
    host = url.removeprefix("http://")
    return f"{host} wants you to sign in with your Ethereum account:\n{address}\n\nI am ada. <b>ok</b> ☕\n\nNonce: 1"


def as_hex(text: str) -> str:
    return "0x" + text.encode().hex()


async def calls(harness: BrowserHarness) -> list[dict[str, Any]]:
    wallet_calls: list[dict[str, Any]] = (await harness.sandbox.get("/_sandbox/wallet_calls"))[1]
    return wallet_calls


async def test_two_wallets_are_announced_as_eip_6963_says(wallet_page: WalletPage) -> None:
    assert [wallet["name"] for wallet in wallet_page.wallets] == ["Test wallet", "Other wallet"]
    for wallet in wallet_page.wallets:
        assert sorted(wallet) == ["icon", "name", "rdns", "uuid"]
        assert wallet["icon"].startswith("data:image/svg+xml,")
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", wallet["uuid"])
    frozen = "() => globalThis.found.every((one) => Object.isFrozen(one) && Object.isFrozen(one.info))"
    assert await wallet_page.page.evaluate(frozen)
    assert await wallet_page.page.evaluate("() => typeof window.ethereum") == "undefined"


async def test_a_person_connects_and_signs_and_the_signature_is_theirs(
    harness: BrowserHarness, wallet_page: WalletPage
) -> None:
    ada = harness.sandbox.world.accounts[10001].owner
    assert await wallet_page.ask("eth_accounts") == {"result": []}
    await wallet_page.connect(ada)
    assert await wallet_page.ask("eth_accounts") == {"result": [ada]}
    assert await wallet_page.ask("eth_chainId") == {"result": "0x1"}
    text = text_for(harness.url, ada)
    pending = wallet_page.ask("personal_sign", as_hex(text), ada.lower())
    await expect(wallet_page.page.get_by_test_id("wallet-text")).to_have_text(text)
    await expect(wallet_page.page.get_by_test_id("wallet-check")).to_have_class("check fine")
    await wallet_page.press("confirm")
    signature = (await pending)["result"]
    assert signer_of(personal_digest(text.encode()), bytes.fromhex(signature[2:])) == ada
    assert await wallet_page.page.get_by_test_id("wallet").count() == 0
    assert [call["method"] for call in await calls(harness)] == [
        "eth_accounts",
        "eth_requestAccounts",
        "eth_accounts",
        "eth_chainId",
        "personal_sign",
    ]
    assert {call["origin"] for call in await calls(harness)} == {harness.url}


async def test_a_smart_wallet_is_signed_for_by_its_owner_s_key(
    harness: BrowserHarness, wallet_page: WalletPage
) -> None:
    contract = harness.sandbox.world.accounts[10021].owner
    await wallet_page.connect(contract)
    pending = wallet_page.ask("personal_sign", "0x6869", contract)
    await wallet_page.press("confirm")
    signature = bytes.fromhex((await pending)["result"][2:])
    assert signer_of(personal_digest(b"hi"), signature) == address_of("10021") != contract


async def test_every_key_can_be_chosen_once(harness: BrowserHarness, wallet_page: WalletPage) -> None:
    pending = wallet_page.ask("eth_requestAccounts", wallet=1)
    await expect(
        wallet_page.page.get_by_role("heading", name="Other wallet wants to connect to this site")
    ).to_be_visible()
    options = wallet_page.page.get_by_test_id("wallet-account").locator("option")
    values = await options.evaluate_all("(options) => options.map((option) => option.value)")
    assert len(values) == len(set(values))
    world = harness.sandbox.app[WORLD]
    for account in (10001, 10021, 10027, 10028):
        assert world.accounts[account].owner in values
    assert {address_of("10028"), address_of("10029"), address_of("10029 before")} <= set(values)
    await wallet_page.press("reject")
    assert (await pending)["code"] == 4001


@pytest.mark.parametrize("way", ["reject", "Escape"])
async def test_a_rejection_is_an_error_4001(harness: BrowserHarness, wallet_page: WalletPage, way: str) -> None:
    ada = harness.sandbox.world.accounts[10001].owner
    await wallet_page.connect(ada)
    pending = wallet_page.ask("personal_sign", "0x6869", ada)
    await expect(wallet_page.page.get_by_test_id("wallet-text")).to_be_focused()
    if way == "Escape":
        await wallet_page.page.keyboard.press("Escape")
    else:
        await wallet_page.press(way)
    assert await pending == {"code": 4001, "message": "User rejected the request."}


@pytest.mark.parametrize(
    ("first", "second", "kind", "words"),
    [
        (
            "evil.example wants you to sign in with your Ethereum account:",
            "",
            "danger",
            "This text is for evil.example",
        ),
        ("{host} wants you to sign in with your Ethereum account:", "0x" + "1" * 40, "danger", "for another account"),
        ("Claim your prize", "", "unknown", "does not say which site"),
    ],
)
async def test_the_wallet_warns_of_what_does_not_fit(
    harness: BrowserHarness, wallet_page: WalletPage, first: str, second: str, kind: str, words: str
) -> None:
    ada = harness.sandbox.world.accounts[10001].owner
    await wallet_page.connect(ada)
    text = f"{first.format(host=harness.url.removeprefix('http://'))}\n{second or ada}\n"
    pending = wallet_page.ask("personal_sign", as_hex(text), ada)
    check = wallet_page.page.get_by_test_id("wallet-check")
    await expect(check).to_have_class(f"check {kind}")
    await expect(check).to_contain_text(words)
    await wallet_page.press("reject")
    await pending


@pytest.mark.parametrize(
    "method", ["eth_sign", "eth_signTypedData_v4", "eth_sendTransaction", "wallet_addEthereumChain"]
)
async def test_other_methods_are_refused_and_recorded(
    harness: BrowserHarness, wallet_page: WalletPage, method: str
) -> None:
    assert (await wallet_page.ask(method, "0x1", "0x2"))["code"] == 4200
    assert await calls(harness) == [{"method": method, "params": ["0x1", "0x2"], "origin": harness.url}]
    await harness.sandbox.post("/_sandbox/reset")
    assert await calls(harness) == []


async def test_a_wrong_call_of_a_page_is_an_error(harness: BrowserHarness, wallet_page: WalletPage) -> None:
    ada = harness.sandbox.world.accounts[10001].owner
    assert (await wallet_page.ask("personal_sign", "0x6869", ada))["code"] == 4100
    await wallet_page.connect(ada)
    assert (await wallet_page.ask("personal_sign", ada, "hi"))["code"] == -32602
    assert (await wallet_page.ask("personal_sign", "0x6869", address_of("10002")))["code"] == 4100
    pending = wallet_page.ask("eth_requestAccounts")
    await expect(wallet_page.page.get_by_test_id("wallet-confirm")).to_be_visible()
    assert (await wallet_page.ask("eth_requestAccounts"))["code"] == -32002
    await wallet_page.press("reject")
    await pending


async def test_the_dialog_keeps_the_focus_and_fits_a_phone(harness: BrowserHarness, wallet_page: WalletPage) -> None:
    ada = harness.sandbox.world.accounts[10001].owner
    await wallet_page.page.set_viewport_size({"width": 390, "height": 700})
    await wallet_page.connect(ada)
    pending = wallet_page.ask("personal_sign", as_hex(text_for(harness.url, ada) + "\nlong " * 80), ada)
    confirm = wallet_page.page.get_by_test_id("wallet-confirm")
    await expect(confirm).to_be_in_viewport(ratio=1)
    for _ in range(8):
        await wallet_page.page.keyboard.press("Tab")
        assert await wallet_page.page.evaluate("() => document.activeElement.id") != "own"
    width = await wallet_page.page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 390
    await wallet_page.press("confirm")
    assert "result" in await pending


async def test_a_host_cookie_of_the_bot_is_stored_on_localhost(
    harness: BrowserHarness, wallet_page: WalletPage
) -> None:
    await wallet_page.page.evaluate("() => fetch('/v/start', { method: 'POST' })")
    await wallet_page.page.evaluate("() => fetch('/v')")
    assert "__Host-vs=one" in harness.bot.last_headers["cookie"]
