"""What the return from Discord's login must withstand: twice, by another, without a cookie, a Discord that fails."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import yarl

from bot.linking.steps import LoginResult
from tests.web.harness import Browser, PageHarness
from tests.web.relay.play import USERS, WALLETS, callback, part
from tests.web.relay.steps import MALLORY, PEOPLE, WHALE


async def at_login(harness: PageHarness, person: str = WHALE) -> tuple[Browser, str]:
    """A browser that waits for Discord's login, and whose."""
    browser = harness.browser()
    await browser.open((await harness.begin(USERS[person])).url)
    return browser, str((await harness.person(USERS[person])).user_id)


def with_cookie(harness: PageHarness, cookie: str) -> Browser:
    """Another browser, with a cookie that somebody took from the first."""
    browser = harness.browser()
    browser.session.cookie_jar.update_cookies({"__Host-vs": cookie}, yarl.URL(harness.url))
    return browser


async def call_back_sixteen_times(harness: PageHarness, browser: Browser, user: str) -> list[LoginResult]:
    """Each with a code of its own, so that Discord refuses none; beneath HTTP, so that all look before any takes."""
    locations = [await browser.authorize(user) for _ in range(16)]
    finish_login, cookie = harness.verification.finish_login, browser.cookie
    codes = [(part(each, "code"), part(each, "state")) for each in locations]
    returns = (finish_login(cookie, code=code, state=state, denied=False) for code, state in codes)
    return await asyncio.gather(*returns)


async def test_of_sixteen_callbacks_of_one_login_one_is_accepted(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    returned = await call_back_sixteen_times(harness, browser, ada)
    let_in = [each for each in returned if each.cookie]
    assert [each.problem for each in returned if each not in let_in] == ["expired"] * 15
    assert (await with_cookie(harness, let_in[0].cookie).reload()).body["step"] == "wallet"
    assert len((await harness.sandbox.get("/_client/oauth"))["grants"]) == 1


async def test_of_sixteen_callbacks_of_a_stranger_one_is_counted(harness: PageHarness) -> None:
    browser, _ = await at_login(harness, MALLORY)
    returned = await call_back_sixteen_times(harness, browser, str((await harness.person(USERS[WHALE])).user_id))
    assert sorted(each.problem for each in returned) == ["", *["expired"] * 15]
    assert await harness.events("relay") == 1


async def test_the_same_callback_sixteen_times_is_accepted_once(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    location = await browser.authorize(ada)
    landed = await asyncio.gather(*(browser.follow(location) for _ in range(16)))
    # Those behind come while the login is looked up, or find its state gone by.
    assert landed.count("/v#in") == 1
    assert set(landed) <= {"/v#in", "/v#problem=expired", "/v#problem=failed"}
    assert (await browser.reload()).body["step"] == "wallet"


async def test_after_cancel_at_discord_the_same_link_goes_on_with_another_state(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    page = browser.state["authorize_url"]
    assert await browser.follow(await browser.authorize(ada, approve=False)) == "/v#problem=denied"
    assert await browser.follow(await browser.authorize(ada, url=page)) == "/v#problem=failed"
    assert (await browser.reload()).body["step"] == "login"
    new_code, used_state = part(await browser.authorize(ada), "code"), part(page, "state")
    assert await browser.follow(callback(harness, new_code, used_state)) == "/v#problem=failed"
    assert await browser.log_in(ada) == "/v#in"
    assert browser.state["step"] == "wallet"


@pytest.mark.parametrize("path", ["oauth2/token", "users/@me"])
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 500}, {"kind": "garbage"}, {"kind": "html"}], ids=str)
async def test_a_login_that_discord_breaks_can_be_made_again(
    harness: PageHarness, path: str, fault: dict[str, Any]
) -> None:
    browser, ada = await at_login(harness)
    location = await browser.authorize(ada)
    await harness.sandbox.fault(path=path, service="discord", times=1, **fault)
    assert await browser.follow(location) == "/v#problem=failed"
    assert (await browser.reload()).body["step"] == "login"
    assert (await harness.sandbox.get("/_client/oauth"))["tokens_alive"] == 0
    # The code again, as if it were of the login that the page offers now.
    again = callback(harness, part(location, "code"), part(browser.state["authorize_url"], "state"))
    assert await browser.follow(again) == "/v#problem=failed"
    await browser.reload()
    assert await browser.log_in(ada) == "/v#in"
    assert browser.state["step"] == "wallet"


@pytest.mark.parametrize("path", ["oauth2/token", "users/@me"])
async def test_a_login_follows_no_redirect_with_its_secrets(harness: PageHarness, path: str) -> None:
    browser, ada = await at_login(harness)
    location = await browser.authorize(ada)
    elsewhere = {"Location": f"{harness.sandbox.url}/loopring/elsewhere"}
    await harness.sandbox.fault("status", path, service="discord", status=307, headers=elsewhere, times=1)
    assert await browser.follow(location) == "/v#problem=failed"
    assert await harness.sandbox.requests("elsewhere") == []


async def test_discord_asks_for_consent_at_every_login_so_that_nobody_is_logged_in_unseen(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    assert part(browser.state["authorize_url"], "prompt") == "consent"
    assert part(browser.state["authorize_url"], "scope") == "identify"
    assert part(browser.state["authorize_url"], "code_challenge_method") == "S256"
    await browser.log_in(ada)
    again, _ = await at_login(harness)
    assert part(again.state["authorize_url"], "prompt") == "consent"


async def test_a_token_that_cannot_be_revoked_locks_nobody_out(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    await harness.sandbox.fault("status", "oauth2/token/revoke", service="discord", status=500)
    await browser.log_in(ada)
    assert browser.state["step"] == "wallet"


@pytest.mark.parametrize("meanwhile", ["a new command", "the end of its time"])
async def test_a_slow_login_is_over_when_its_link_is(harness: PageHarness, meanwhile: str) -> None:
    browser, ada = await at_login(harness)
    location = await browser.authorize(ada)
    await harness.sandbox.fault("slow", "users/@me", service="discord", seconds=0.3, times=1)
    returning = asyncio.create_task(browser.follow(location))
    await harness.sandbox.until_asked("users/@me")
    if meanwhile == "a new command":
        await harness.begin(USERS[WHALE])
    else:
        harness.pass_time(timedelta(minutes=10))
    assert await returning == "/v#problem=expired"
    assert (await harness.sandbox.get("/_client/oauth"))["tokens_alive"] == 0


async def test_the_login_gives_a_new_cookie_and_the_old_one_is_worth_nothing(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    thief = with_cookie(harness, browser.cookie)
    assert (await thief.reload()).body["step"] == "login"
    await browser.log_in(ada)
    assert browser.cookie != thief.cookie
    for cookie in (thief.cookie, "x" * 43):
        other = with_cookie(harness, cookie)
        assert (await other.reload()).error == "session"
        assert (await other.sign(WALLETS[WHALE])).error in ("session", "csrf")
        assert await other.follow(f"{harness.url}/oauth/cb?code=1&state=2") == "/v#problem=expired"


async def test_another_tab_that_knows_the_page_from_before_the_login_changes_nothing(harness: PageHarness) -> None:
    browser, ada = await at_login(harness)
    before = {"X-Tessera-CSRF": browser.state["csrf"]}
    await browser.log_in(ada)
    assert (await browser.post("cancel", headers=before)).error == "csrf"
    # A link of Mallory's in another tab takes the cookie: the first tab cannot go on with hers unawares.
    mine = {"X-Tessera-CSRF": browser.state["csrf"]}
    await browser.open((await harness.begin(USERS[MALLORY])).url)
    address = {"address": await harness.address(WALLETS[WHALE])}
    assert (await browser.post("challenge", address, headers=mine)).error == "csrf"


async def test_a_text_is_of_one_session_and_so_is_its_signature(harness: PageHarness) -> None:
    texts, browsers = {}, {}
    for who in PEOPLE:
        browsers[who], user = await at_login(harness, who)
        await browsers[who].log_in(user)
        # Mallory may ask for a text that Whale's wallet would have to sign.
        signer = await harness.address(WALLETS[WHALE])
        texts[who] = (await browsers[who].post("challenge", {"address": signer})).body
    signed = await harness.signature(texts[WHALE]["text"], signer)
    stolen = {"challenge_id": texts[WHALE]["challenge_id"], "signature": signed}
    assert (await browsers[MALLORY].post("submit", stolen)).error == "session"
    mixed = {"challenge_id": texts[MALLORY]["challenge_id"], "signature": signed}
    assert (await browsers[MALLORY].post("submit", mixed)).error == "signature"
    # What she tried has not used up Whale's.
    assert (await browsers[WHALE].post("submit", stolen)).body["step"] == "done"
    assert await harness.accounts(USERS[MALLORY]) == {}
