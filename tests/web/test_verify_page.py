"""Members prove an account on the page: the steps as they are meant, and each once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.linking.outcome import Result
from bot.links.proofs import MAX_BROWSERS, ProofMethod
from tests.sandbox_client import SandboxClient
from tests.web.harness import PageHarness, open_page

ADA_ACCOUNT = "loopring:10001"


async def user_id(harness: PageHarness, username: str) -> str:
    """Somebody's id, as Discord's page has it."""
    return str((await harness.person(username)).user_id)


async def test_the_member_who_ran_the_command_logs_in_signs_and_is_linked(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    waiting = asyncio.create_task(harness.verification.outcomes.wait(started.session.session_id, 10))
    browser = harness.browser()
    await browser.open(started.url)
    assert (browser.state["step"], browser.state["user"], browser.state["guild"]) == ("login", None, "")
    assert await browser.log_in(await user_id(harness, "ada")) == "/v#in"
    assert browser.state["step"] == "wallet"
    assert browser.state["user"]["name"] == "ada"
    done = await browser.sign("10001")
    assert done.body["step"] == "done"
    address = await harness.address("10001")  # as wallets show it
    assert done.body["linked"] == {"address": address, "accounts": [ADA_ACCOUNT]}
    assert await harness.accounts("ada") == {ADA_ACCOUNT: True}
    outcome = await waiting
    assert outcome is not None
    assert (outcome.result, outcome.owner, outcome.accounts) == (Result.LINKED, address.lower(), (ADA_ACCOUNT,))


async def test_without_a_login_the_code_of_the_page_is_typed_back(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        browser = harness.browser()
        await browser.open((await harness.begin("ada")).url)
        assert (browser.state["step"], browser.state["expected"]) == ("wallet", {"name": "ada"})
        signed = await browser.sign("10001")
        assert signed.body["step"] == "code"
        assert await harness.accounts("ada") == {}
        assert (await browser.reload()).body["code"] == ""
        ada = int(await user_id(harness, "ada"))
        outcome = await harness.verification.enter_code(ada, f" {signed.body['code'].lower()} ")
        assert outcome.result is Result.LINKED
        assert await harness.accounts("ada") == {ADA_ACCOUNT: True}


async def test_a_reload_and_the_back_button_change_nothing(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    browser = harness.browser()
    await browser.open(started.url)
    url = browser.state["authorize_url"]
    await browser.open(started.url)
    await browser.reload()
    assert browser.state["authorize_url"] == url
    await browser.log_in(await user_id(harness, "ada"))
    assert (await browser.reload()).body["step"] == "wallet"
    await browser.sign("10001")
    assert (await browser.reload()).body["step"] == "done"
    assert await harness.accounts("ada") == {ADA_ACCOUNT: True}


async def test_opening_the_page_uses_nothing_up(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    scanner = harness.browser()
    for path in ("/v", "/v/page.js", "/oauth/cb", "/oauth/cb?code=1&state=2"):
        async with scanner.session.get(harness.url + path, allow_redirects=False) as response:
            assert response.status in (200, 303)
            assert "__Host-vs" not in response.cookies
    assert (await harness.browser().open(started.url)).status == 200


async def test_of_sixteen_browsers_one_gets_the_link(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    browsers = [harness.browser() for _ in range(16)]
    replies = await asyncio.gather(*(browser.open(started.url) for browser in browsers))
    # The others may wait for a login, as many as there is room for, and nothing else.
    assert [reply.status for reply in replies] == 16 * [200]
    sql = "SELECT (SELECT count(*) FROM sessions WHERE cookie_hash IS NOT NULL), count(*) FROM other_browsers"
    assert await harness.store.writer.run(lambda db: db.execute(sql).fetchone()) == (1, MAX_BROWSERS)


async def test_of_sixteen_submits_one_wins(harness: PageHarness) -> None:
    browser = harness.browser()
    await browser.open((await harness.begin("ada")).url)
    await browser.log_in(await user_id(harness, "ada"))
    signer = await harness.address("10001")
    challenge = (await browser.post("challenge", {"address": signer})).body
    body = {"challenge_id": challenge["challenge_id"], "signature": await harness.signature(challenge["text"], signer)}
    # Beneath the page's own limit of ten a minute, which would hide the race.
    session = await harness.verification.session(browser.cookie)
    submits = (harness.verification.submit(session, body["challenge_id"], body["signature"]) for _ in range(16))
    outcomes = await asyncio.gather(*submits, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert await harness.events("link") == 1
    assert (await browser.post("submit", body)).error == "session"


async def test_unknown_used_and_expired_look_alike(harness: PageHarness) -> None:
    started = await harness.begin("ada")
    opened = harness.browser()
    await opened.open(started.url)
    await opened.post("cancel")
    used = await harness.browser().open(started.url)
    unknown = await harness.browser().open(harness.url + "/v#t=" + "x" * 43)
    fresh = await harness.begin("hana")
    harness.pass_time(timedelta(minutes=10))
    expired = await harness.browser().open(fresh.url)
    foreign = await harness.browser().reload()
    replies = [used, unknown, expired, foreign]
    assert {reply.status for reply in replies} == {401}
    assert len({str(reply.body) for reply in replies}) == 1


async def test_a_new_command_ends_the_link_before_it(harness: PageHarness) -> None:
    first = await harness.begin("ada")
    await harness.begin("ada")
    assert (await harness.browser().open(first.url)).error == "session"


async def test_the_sixth_command_of_an_hour_is_refused(harness: PageHarness) -> None:
    for _ in range(5):
        await harness.begin("ada")
    with pytest.raises(Exception, match="within an hour"):
        await harness.begin("ada")
    harness.pass_time(timedelta(hours=1))
    await harness.begin("ada")
