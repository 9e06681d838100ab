"""A page on another subdomain writes cookies, so that a member's browser proves in the attacker's session.

Mallory has logged in at `verify.example.test` herself, knows her own cookie, and controls `evil.example.test`. Whatever
her script sets in Ada's Chromium: Ada's page never shows Mallory's session, as a signature there would be Mallory's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.chromium import open_chromium
from tests.sandbox_client import open_sandbox
from tests.web.harness import PageHarness, open_page
from tests.web.https import serving_https

SITE, EVIL = "verify.example.test", "evil.example.test"
COOKIE = "__Host-vs"
SCOPE = "domain=example.test; path=/; secure"
MOST_OF_A_DOMAIN = 180  # cookies that Chromium keeps of one domain and all its subdomains
_STATE = """
fetch("/v/state", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"})
    .then(async (answer) => ({status: answer.status, ...await answer.json()}))
"""
_visitor_addresses = (f"10.1.{number // 250}.{number % 250 + 1}" for number in count())


@dataclass
class Person:
    """Somebody with a browser of their own, at the page."""

    name: str
    user: str
    context: BrowserContext
    page: Page
    harness: PageHarness

    async def state(self) -> dict[str, Any]:
        """What the page learns of its session when it is loaded, as its own script asks."""
        # Another address each time: how often one address may ask is the subject of other tests.
        await self.context.set_extra_http_headers({"X-Forwarded-For": next(_visitor_addresses)})
        await self.page.goto(f"https://{SITE}/v")
        return dict(await self.page.evaluate(_STATE))

    async def cookies(self) -> dict[str, str]:
        """What this browser sends to the page."""
        return {each["name"]: each["value"] for each in await self.context.cookies(f"https://{SITE}/v/state")}

    async def log_in(self) -> None:
        """Run `/verify`, open the link, and log in to Discord."""
        await self.page.goto("about:blank")  # from `/v`, only the fragment would change
        await self.page.goto((await self.harness.begin(self.name)).url)
        await expect(self.page.locator("h2")).to_have_text("Log in with Discord")
        asked = {"url": (await self.state())["authorize_url"], "user": self.user, "approve": True}
        await self.page.goto((await self.harness.sandbox.post("/_client/authorize", asked))["location"])
        await expect(self.page.locator("h2")).to_have_text("Choose your wallet")

    async def visit_evil(self, cookies: Sequence[str]) -> None:
        """Visit the other subdomain, whose script writes these."""
        await self.page.goto(f"https://{EVIL}/")
        await self.page.evaluate("cookies => { for (const cookie of cookies) document.cookie = cookie; }", cookies)

    async def forget_siblings(self) -> None:
        """Delete what the other subdomain has set for both."""
        await self.context.clear_cookies(domain=".example.test")


@dataclass
class Stage:
    """Mallory, logged in; Ada in two browsers, in one of which she is logged in."""

    harness: PageHarness
    browser: Browser
    people: dict[str, Person]

    async def person(self, name: str) -> Person:
        """Somebody with a browser that was never here."""
        context = await self.browser.new_context(ignore_https_errors=True)
        page = await context.new_page()
        page.set_default_timeout(10_000)
        user = str((await self.harness.person(name)).user_id)
        return Person(name, user, context, page, self.harness)


@asynccontextmanager
async def _serving_evil(folder: Path) -> AsyncIterator[int]:
    """An empty page on the other subdomain; its script is what a test runs there."""

    async def blank(_request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>A game</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", blank)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with serving_https(EVIL, folder, runner.addresses[0][1]) as port:
            yield port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _open_stage(folder: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(open_sandbox())
        await sandbox.post("/_client/oauth", {"redirect_uris": [f"https://{SITE}/oauth/cb"]})
        harness = await stack.enter_async_context(open_page(sandbox, folder, public_url=f"https://{SITE}"))
        site = await stack.enter_async_context(serving_https(SITE, folder, harness.port))
        evil = await stack.enter_async_context(_serving_evil(folder))
        rules = f"MAP {SITE}:443 127.0.0.1:{site}, MAP {EVIL}:443 127.0.0.1:{evil}"
        browser = await stack.enter_async_context(open_chromium(f"--host-resolver-rules={rules}"))
        stage = Stage(harness, browser, {})
        stage.people |= {
            "mallory": await stage.person("brunowaves"),
            "a stranger": await stage.person("ada"),
            "a member": await stage.person("ada"),
        }
        await stage.people["mallory"].log_in()
        await stage.people["a member"].log_in()
        yield stage


@pytest.fixture(scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with _open_stage(tmp_path_factory.mktemp("siblings")) as stage:
        yield stage


Write = Callable[[str], list[str]]
# What her script writes, of her own session's cookie.
ACCEPTED: list[Any] = [
    pytest.param(lambda own: [f"a=b {COOKIE}={own}; {SCOPE}"], id="behind a blank"),
    pytest.param(lambda own: [f'a="b" {COOKIE}={own}; {SCOPE}'], id="behind quotes"),
    pytest.param(lambda own: [f"a=b, {COOKIE}={own}; {SCOPE}"], id="behind a comma"),
    pytest.param(lambda own: [f'a="; {SCOPE}', f'z=" {COOKIE}={own}; {SCOPE}'], id="between open quotes"),
    pytest.param(lambda own: [f"a=b {COOKIE}={own}; domain=example.test; path=/v; secure"], id="before the page's own"),
    pytest.param(lambda own: [f"a={COOKIE}={own}; {SCOPE}"], id="as another's value"),
    pytest.param(lambda own: [f"x{COOKIE}={own}; {SCOPE}"], id="under a name that ends like it"),
]
REFUSED: list[Any] = [
    pytest.param(lambda own: [f"{COOKIE}={own}; {SCOPE}"], id="under the page's name"),
    pytest.param(lambda own: [f"{COOKIE}={own}; path=/; secure"], id="under the page's name, for itself"),
    pytest.param(lambda own: [f"\t {COOKIE} \t=\t {own}; {SCOPE}"], id="under the page's name, between blanks"),
    pytest.param(lambda own: [f"{COOKIE.upper()}={own}; {SCOPE}"], id="under its name in upper case"),
    pytest.param(lambda own: [f"={COOKIE}={own}; {SCOPE}"], id="without a name, as the page's own"),
    pytest.param(lambda own: [f"=b {COOKIE}={own}; {SCOPE}"], id="without a name, behind a blank"),
    pytest.param(lambda own: [f"a=b\t{COOKIE}={own}; {SCOPE}"], id="behind a tab"),
]


@pytest.mark.parametrize("who", ["a stranger", "a member"])
@pytest.mark.parametrize("write", ACCEPTED)
async def test_nobody_is_in_the_session_of_who_wrote_a_cookie_for_both_subdomains(
    stage: Stage, who: str, write: Write
) -> None:
    ada = stage.people[who]
    await ada.forget_siblings()
    own = await ada.cookies()
    await _toss(stage, ada, write)
    assert len(await ada.cookies()) > len(own)  # the browser sends it
    await _stays(stage, ada, own)


@pytest.mark.parametrize("who", ["a stranger", "a member"])
@pytest.mark.parametrize("write", REFUSED)
async def test_nobody_is_in_the_session_of_a_cookie_that_browsers_refuse_by_now(
    stage: Stage, who: str, write: Write
) -> None:
    ada = stage.people[who]
    await ada.forget_siblings()
    own = await ada.cookies()
    await _toss(stage, ada, write)
    assert (await ada.cookies()).get(COOKIE) == own.get(COOKIE)
    await _stays(stage, ada, own)


async def _toss(stage: Stage, ada: Person, write: Write) -> None:
    await ada.visit_evil(write((await stage.people["mallory"].cookies())[COOKIE]))


async def _stays(stage: Stage, ada: Person, own: dict[str, str]) -> None:
    """Ada is at the page as who she was before, and so is Mallory."""
    mallory = stage.people["mallory"]
    state = await ada.state()
    assert state["status"] == (200 if own else 401)
    assert state.get("user", {}).get("id") == (ada.user if own else None)
    await expect(ada.page.locator("h2")).to_have_text("Choose your wallet" if own else "This link has ended")
    await expect(ada.page.get_by_text(mallory.name)).to_have_count(0)
    await ada.forget_siblings()
    assert await ada.cookies() == own
    assert (await mallory.state())["user"]["id"] == mallory.user


async def test_who_floods_the_jar_can_only_end_the_session(stage: Stage) -> None:
    """So many cookies that the browser drops the page's own: then there is none, and Ada can start again."""
    ada, mallory = await stage.person("ada"), stage.people["mallory"]
    await ada.log_in()
    forged = f"a=b {COOKIE}={(await mallory.cookies())[COOKIE]}; {SCOPE}"
    for visit in range(20):  # which ones the browser drops, and when, is its own matter
        await ada.visit_evil([f"a{visit}x{number}=b; {SCOPE}" for number in range(MOST_OF_A_DOMAIN)] + [forged])
        if COOKIE not in (await ada.cookies()):
            break
    assert (await ada.cookies()).keys() >= {"a"}
    assert COOKIE not in (await ada.cookies())
    assert (await ada.state())["status"] == 401
    await expect(ada.page.locator("h2")).to_have_text("This link has ended")
    await ada.log_in()
    assert (await ada.state())["user"]["id"] == ada.user
    await ada.context.close()
