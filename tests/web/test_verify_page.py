"""Members prove an account on the page: the steps as they are meant, and each once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from bot.linking.outcome import Ending
from bot.linking.proof_methods import Way
from tests.sandbox_client import Stage
from tests.web.harness import Stand, open_stand

ADA_ACCOUNT = "loopring:10001"


async def user_id(stand: Stand, username: str) -> str:
    """Somebody's id, as Discord's page has it."""
    return str((await stand.person(username)).user_id)


async def test_whoever_ran_the_command_logs_in_signs_and_is_linked(stand: Stand) -> None:
    begun = await stand.begin("ada")
    waiting = asyncio.create_task(stand.verification.outcomes.wait(begun.session.session_id, 10))
    browser = stand.browser()
    await browser.open(begun.url)
    assert (browser.state["step"], browser.state["user"], browser.state["guild"]) == ("login", None, "")
    assert await browser.log_in(await user_id(stand, "ada")) == "/v"
    assert browser.state["step"] == "wallet"
    assert browser.state["user"]["name"] == "ada"
    done = await browser.sign("10001")
    assert done.body["step"] == "done"
    address = await stand.address("10001")  # as wallets show it
    assert done.body["linked"] == {"address": address, "accounts": [ADA_ACCOUNT]}
    assert await stand.accounts("ada") == {ADA_ACCOUNT: True}
    outcome = await waiting
    assert outcome is not None
    assert (outcome.ending, outcome.owner, outcome.accounts) == (Ending.LINKED, address.lower(), (ADA_ACCOUNT,))


async def test_without_a_login_the_code_of_the_page_is_typed_back(stage: Stage, tmp_path: Path) -> None:
    async with open_stand(stage, tmp_path, way=Way.CODE) as stand:
        browser = stand.browser()
        await browser.open((await stand.begin("ada")).url)
        assert (browser.state["step"], browser.state["expected"]) == ("wallet", {"name": "ada"})
        signed = await browser.sign("10001")
        assert signed.body["step"] == "code"
        assert await stand.accounts("ada") == {}
        assert (await browser.reload()).body["code"] == ""
        ada = int(await user_id(stand, "ada"))
        outcome = await stand.verification.enter_code(ada, f" {signed.body['code'].lower()} ")
        assert outcome.ending is Ending.LINKED
        assert await stand.accounts("ada") == {ADA_ACCOUNT: True}


async def test_a_reload_and_the_back_button_change_nothing(stand: Stand) -> None:
    begun = await stand.begin("ada")
    browser = stand.browser()
    await browser.open(begun.url)
    url = browser.state["authorize_url"]
    await browser.open(begun.url)
    await browser.reload()
    assert browser.state["authorize_url"] == url
    await browser.log_in(await user_id(stand, "ada"))
    assert (await browser.reload()).body["step"] == "wallet"
    await browser.sign("10001")
    assert (await browser.reload()).body["step"] == "done"
    assert await stand.accounts("ada") == {ADA_ACCOUNT: True}


async def test_looking_at_the_link_uses_nothing_up(stand: Stand) -> None:
    begun = await stand.begin("ada")
    scanner = stand.browser()
    for path in ("/v", "/v/page.js", "/oauth/cb", "/oauth/cb?code=1&state=2"):
        async with scanner.session.get(stand.url + path, allow_redirects=False) as response:
            assert response.status in (200, 303)
            assert "__Host-vs" not in response.cookies
    assert (await stand.browser().open(begun.url)).status == 200


async def test_of_sixteen_browsers_one_gets_the_link(stand: Stand) -> None:
    begun = await stand.begin("ada")
    replies = await asyncio.gather(*(stand.browser().open(begun.url) for _ in range(16)))
    assert sorted(reply.status for reply in replies) == [200] + 15 * [401]
    assert len({reply.sentence for reply in replies if reply.status == 401}) == 1


async def test_of_sixteen_submits_one_wins(stand: Stand) -> None:
    browser = stand.browser()
    await browser.open((await stand.begin("ada")).url)
    await browser.log_in(await user_id(stand, "ada"))
    signer = await stand.address("10001")
    challenge = (await browser.post("challenge", {"address": signer})).body
    body = {"challenge_id": challenge["challenge_id"], "signature": await stand.signature(challenge["text"], signer)}
    # Beneath the page's own limit of ten a minute, which would hide the race.
    session = await stand.verification.session(browser.cookie)
    submits = (stand.verification.submit(session, body["challenge_id"], body["signature"]) for _ in range(16))
    outcomes = await asyncio.gather(*submits, return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 1
    assert await stand.events("link") == 1
    assert (await browser.post("submit", body)).error == "session"


async def test_unknown_used_and_expired_look_alike(stand: Stand) -> None:
    begun = await stand.begin("ada")
    await stand.browser().open(begun.url)
    used = await stand.browser().open(begun.url)
    unknown = await stand.browser().open(stand.url + "/v#t=" + "x" * 43)
    fresh = await stand.begin("hana")
    stand.pass_time(timedelta(minutes=10))
    expired = await stand.browser().open(fresh.url)
    foreign = await stand.browser().reload()
    replies = [used, unknown, expired, foreign]
    assert {reply.status for reply in replies} == {401}
    assert len({str(reply.body) for reply in replies}) == 1


async def test_a_new_command_ends_the_link_before_it(stand: Stand) -> None:
    first = await stand.begin("ada")
    await stand.begin("ada")
    assert (await stand.browser().open(first.url)).error == "session"


async def test_the_sixth_command_of_an_hour_is_refused(stand: Stand) -> None:
    for _ in range(5):
        await stand.begin("ada")
    with pytest.raises(Exception, match="within an hour"):
        await stand.begin("ada")
    stand.pass_time(timedelta(hours=1))
    await stand.begin("ada")
