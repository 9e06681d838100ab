"""The canary of proofs: however much is logged and whatever fails, no secret is in a log line or in the store's files.

Every way to prove is gone to its end, and everything that may fail on it fails.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yarl
from pydantic import SecretStr

from bot.config.settings import DiscordSettings, LinkingSettings, Settings
from bot.errors import InputError, ProofError, SessionError, UndecidedError
from bot.linking.ethereum import Nodes
from bot.linking.oauth import DiscordLogin
from bot.linking.outcome import Outcome, Result
from bot.linking.steps import LoginResult
from bot.links.proofs import ProofMethod
from tests.sandbox_client import SandboxClient
from tests.web.canary import Canary, listening
from tests.web.harness import Browser, PageHarness, open_page
from tests.web.wire import ask, line_to, scripted


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Canary]:
    """Listens to the log, and looks through the folder of the store."""
    with listening(tmp_path) as canary:
        yield canary


def assert_silent(canary: Canary, *expected: str) -> None:
    """Nothing leaked that must not, though all of this was logged."""
    assert [words for words in expected if words not in canary.lines] == []
    assert canary.leaks() == []


async def opened(harness: PageHarness, canary: Canary, username: str) -> Browser:
    """Somebody's link, opened in a browser."""
    started = await harness.begin(username)
    canary.hide("token", started.url.partition("#t=")[2])
    browser = harness.browser()
    await browser.open(started.url)
    canary.browser(browser)
    return browser


async def logged_in(harness: PageHarness, canary: Canary, browser: Browser, username: str) -> str:
    """Come back from Discord's login as somebody; where the page was sent."""
    location = await browser.authorize(str((await harness.person(username)).user_id))
    canary.hide("OAuth code", yarl.URL(location).query["code"])
    landed = await browser.follow(location)
    await browser.reload()
    if browser.state["step"] != "dead":
        canary.browser(browser)
    return landed


async def proven(harness: PageHarness, canary: Canary, browser: Browser, address: str, **how: str) -> Any:
    """A text signed and sent; the reply."""
    challenge = (await browser.post("challenge", {"address": address})).body
    canary.hush("text", challenge["text"].splitlines()[3])
    canary.hush("nonce", challenge["text"].partition("Nonce: ")[2][:22])
    canary.hush("name of the text", challenge["challenge_id"])
    signature = await harness.signature(how.get("text", challenge["text"]), address)
    canary.signature(signature)
    return await browser.post("submit", {"challenge_id": challenge["challenge_id"], "signature": signature})


async def hide_access_tokens(sandbox: SandboxClient, canary: Canary) -> int:
    """The tokens that Discord gave out."""
    exchanges = (await sandbox.get("/_sandbox/traffic", service="discord"))["exchanges"]
    answers = [each["response"] for each in exchanges if each["path"].endswith("/oauth2/token")]
    tokens = [answer for answer in answers if isinstance(answer, dict) and "access_token" in answer]
    for answer in tokens:
        canary.hide("access token", answer["access_token"])
        canary.hide("refresh token", answer["refresh_token"])
    return len(tokens)


async def test_a_leaked_secret_is_found(harness: PageHarness, canary: Canary) -> None:
    canary.hide("token", "written-to-the-log")
    logging.getLogger("bot.web").debug("GET /v?t=%s", "written-to-the-log")
    canary.signature("0x" + 65 * "c4")
    assert canary.leaks() == ["token 1 in the log"]
    sql = "INSERT INTO audit (at, actor, verb, subject) VALUES (1, x'00', 'link', ?)"
    await harness.store.writer.transaction(lambda db: db.execute(sql, [32 * b"\xc4"]))
    assert [leak.partition(" ")[0] for leak in canary.leaks()[1:]] == ["signature", "signature"]


async def test_with_a_login_no_secret_leaks(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path) as harness:
        browser = await opened(harness, canary, "ada")
        assert await logged_in(harness, canary, browser, "ada") == "/v#in"
        assert (await proven(harness, canary, browser, await harness.address("10001"))).body["step"] == "done"
        again = await opened(harness, canary, "hana")
        await logged_in(harness, canary, again, "hana")
        assert (await proven(harness, canary, again, await harness.address("10001"))).body["step"] == "contest"
        assert await hide_access_tokens(sandbox, canary) == 2
        assert_silent(canary, "web: POST submit: 200", "web: GET oauth-cb: 303")


async def test_with_a_code_no_secret_leaks(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        browser = await opened(harness, canary, "ada")
        reply = await proven(harness, canary, browser, await harness.address("10001"))
        canary.hide("typed code", reply.body["code"])
        canary.hide("typed code", reply.body["code"].replace("-", ""))
        ada = (await harness.person("ada")).user_id
        with pytest.raises(InputError):
            await harness.verification.enter_code(ada, "ZZZZ-ZZZZ")
        outcome = await harness.verification.enter_code(ada, reply.body["code"])
        assert outcome.result is Result.LINKED
        assert_silent(canary, "web: POST submit: 200")


async def test_with_a_pasted_signature_no_secret_leaks(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.PASTE) as harness:
        session = (await harness.begin("ada")).session
        address = await harness.address("10001")
        for text, ending in (("another", None), ("", Result.LINKED)):
            issued = await harness.verification.challenge(session, address)
            canary.hush("nonce", issued.nonce)
            signature = await harness.signature(text or issued.text, address)
            canary.signature(signature)
            if ending is None:
                with pytest.raises(ProofError):
                    await harness.verification.submit(session, issued.challenge_id, signature)
            else:
                assert (await harness.verification.submit(session, issued.challenge_id, signature)).result is ending
            with pytest.raises(SessionError):
                await harness.verification.submit(session, issued.challenge_id, signature)
        assert_silent(canary)


# What goes wrong at Discord's login, and where the page is sent then.
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("oauth2/token", {"kind": "status", "status": 500}, "/v#problem=failed"),
    ("oauth2/token", {"kind": "status", "status": 401, "body": {"error": "invalid_client"}}, "/v#problem=failed"),
    ("oauth2/token", {"kind": "reset"}, "/v#problem=failed"),
    ("oauth2/token", {"kind": "html"}, "/v#problem=failed"),
    ("oauth2/token", {"kind": "garbage"}, "/v#problem=failed"),
    ("users/@me", {"kind": "status", "status": 500}, "/v#problem=failed"),
    ("users/@me", {"kind": "torn"}, "/v#problem=failed"),
    ("users/@me", {"kind": "html"}, "/v#problem=failed"),
    ("token/revoke", {"kind": "reset"}, "/v#in"),
    ("token/revoke", {"kind": "html"}, "/v#in"),
]


async def test_however_the_login_fails_no_secret_leaks(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path) as harness:
        for path, fault, landing in FAULTS:
            browser = await opened(harness, canary, "ada")
            await sandbox.post("/_sandbox/faults", {"service": "discord", "path": path, "times": 1} | fault)
            assert await logged_in(harness, canary, browser, "ada") == landing, (path, fault)
            harness.pass_time(timedelta(hours=1))
        await hide_access_tokens(sandbox, canary)
        await sandbox.reset()
        assert_silent(
            canary, "oauth: /oauth2/token: HTTP 500", "oauth: /users/@me: ", "oauth: a token could not be revoked"
        )


async def test_wrong_input_leaks_no_secret(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path) as harness:
        lured = await opened(harness, canary, "ada")
        await logged_in(harness, canary, lured, "hana")
        assert lured.state["reason"] == "other_user"
        browser = await opened(harness, canary, "hana")
        foreign = await lured.session.get(f"{harness.url}/oauth/cb?code=x&state=y", allow_redirects=False)
        assert foreign.headers["Location"] == "/v#problem=expired"
        swapped = yarl.URL(await browser.authorize(str((await harness.person("hana")).user_id)))
        canary.hide("OAuth code", swapped.query["code"])
        assert await browser.follow(str(swapped.update_query(state="x" * 43))) == "/v#problem=failed"
        assert await logged_in(harness, canary, browser, "hana") == "/v#in"
        reply = await proven(harness, canary, browser, await harness.address("10001"), text="another")
        assert reply.error == "signature"
        own = {"Cookie": f"__Host-vs={browser.cookie}", "X_Tessera_CSRF": browser.state["csrf"]}
        for name, body in (("submit", b"{"), ("cancel", b"[]"), ("challenge", b'{"address": "0x1"}')):
            assert (await ask(harness.url, scripted(harness.url, name, body, **own))).status == 400
            assert (await ask(harness.url, scripted(harness.url, name, body, **own | {"Origin": "x"}))).status == 403
        # Heads that are no requests, with all that a browser sends in them.
        for broken in ("X: \x00", "X: " + 20_000 * "x", "X Y: z"):
            async with line_to(harness.url) as line:
                content = scripted(harness.url, "cancel", b"{}", **own, Referer=harness.url)
                await line.send(content.replace(b"\r\n\r\n", f"\r\n{broken}\r\n\r\n".encode()))
                assert (await line.answer()).status == 400
        assert_silent(canary, "another user opened the link", "did not start it", "web: POST submit: 400")


async def smart_wallet(sandbox: SandboxClient, account: str) -> str:
    """The address of a smart wallet that owns an account."""
    wallets = await sandbox.get("/_sandbox/wallets")
    return str(next(each["address"] for each in wallets if each["account"] == account))


async def test_however_a_node_fails_no_secret_leaks(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path, nodes=2) as harness:
        wallet = await smart_wallet(sandbox, "10021")
        for switch in ({"mode": "error"}, {"mode": "wrong_chain"}, {"mode": "lying_code", "node": "b"}):
            browser = await opened(harness, canary, "ines.m")
            await logged_in(harness, canary, browser, "ines.m")
            await sandbox.post("/_sandbox/ethereum", {"mode": "honest"})
            await sandbox.post("/_sandbox/ethereum", switch)
            reply = await proven(harness, canary, browser, wallet)
            assert (reply.status, reply.error) == (503, "later")
        assert_silent(canary, "ethereum: node 1: ", "ethereum: node 2: ", "ethereum: the nodes disagree on ")


NODE_FAULTS: list[dict[str, Any]] = [
    {"kind": "status", "status": 401, "body": "no such key"},
    {"kind": "reset"},
    {"kind": "html"},
    {"kind": "torn"},
    {"kind": "huge"},
    {"kind": "redirect", "location": "http://127.0.0.1:1/?key=canary-9f13-rpc"},
]


async def test_a_key_in_the_url_of_a_node_does_not_leak(sandbox: SandboxClient, tmp_path: Path, canary: Canary) -> None:
    async with open_page(sandbox, tmp_path), aiohttp.ClientSession() as session:
        url = f"{sandbox.url}/ethereum/1?key=canary-9f13-rpc"
        canary.hide("key of the node", "canary-9f13-rpc")
        canary.hide("address of the node", url)
        closed = Nodes(session, ["http://127.0.0.1:1/canary-9f13-rpc"])
        nodes = Nodes(session, [url])
        for fault in NODE_FAULTS:
            await sandbox.post("/_sandbox/faults", {"service": "ethereum", "path": "", "times": 1} | fault)
            with pytest.raises(UndecidedError) as raised:
                await nodes.check()
            assert "canary" not in str(raised.value)
        with pytest.raises(UndecidedError):
            await closed.check()
        assert "canary" not in repr(nodes)
        await nodes.check()
        assert_silent(canary, "ethereum: node 1: eth_getCode: ClientConnectorError")


async def test_the_repr_of_no_object_leaks_a_secret(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    token = started.url.partition("#t=")[2]
    results = Outcome(Result.SIGNED, code="canary-code"), LoginResult(cookie="canary-cookie")
    browser = harness.browser()
    await browser.open(started.url)
    session = await harness.verification.session(browser.cookie)
    settings = Settings(
        discord=DiscordSettings(token=SecretStr("canary-token"), client_secret=SecretStr("canary-secret")),
        linking=LinkingSettings(rpc_url=SecretStr("https://node.example/canary-rpc")),
    )
    async with aiohttp.ClientSession() as client:
        login = DiscordLogin(client, settings.discord, redirect_uri=f"{harness.url}/oauth/cb", client_id=lambda: 1)
        things = [harness.verification, session, started, *results, settings, settings.linking, settings.discord, login]
        printed: list[Callable[[object], str]] = [repr, str]
        shown = " ".join(form(thing) for thing in things for form in printed)
    shown += settings.model_dump_json() + str(settings.model_dump())
    assert token not in shown
    assert browser.cookie not in shown
    assert "canary" not in shown
