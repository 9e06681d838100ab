"""What the page is sent at each step, to the letter: nothing more than the step needs, and all of that."""

from __future__ import annotations

import asyncio
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.linking import cookie_secrets
from bot.linking.outcome import Outcome, Result
from bot.links import Link, Person
from bot.links.proofs import ProofMethod
from bot.store.pseudonyms import pseudonyms
from bot.store.rows import to_account
from tests.sandbox_client import SandboxClient
from tests.web.harness import GUILD, Browser, PageHarness, open_page
from tests.web.wire import at_wallet

ACCOUNT = "loopring:10001"
LOGGER = "bot.linking.verification"


async def address(harness: PageHarness) -> str:
    """The owner of the account that is proven here, as the bot writes it."""
    return (await harness.address("10001")).lower()


async def opened(harness: PageHarness, username: str = "ada") -> Browser:
    """A browser with the link of a proof of that account."""
    link = Link(to_account(ACCOUNT), await address(harness), "", is_main=False, linked_at=harness.now)
    browser = harness.browser()
    await browser.open((await harness.begin(username, link)).url)
    return browser


async def at_signing(harness: PageHarness, username: str = "ada") -> Browser:
    """The same, logged in."""
    browser = await opened(harness, username)
    assert await browser.log_in(str((await harness.person(username)).user_id)) == "/v#in"
    return browser


def state(browser: Browser, step: str, **shown: Any) -> dict[str, Any]:
    """A state with nothing in it but what is given, and what every step has."""
    nothing: dict[str, Any] = {
        "step": step,
        "csrf": "" if step == "dead" else cookie_secrets.csrf_token(browser.cookie),
        "authorize_url": "",
        "user": None,
        "expected": None,
        "guild": "",
        "account": "",
        "owner": "",
        "linked": None,
        "code": "",
        "until": "",
        "expires_at": at(browser.harness, minutes=10),
        "reason": "",
    }
    return nothing | shown


def at(harness: PageHarness, **later: float) -> str:
    """A moment as the page writes it."""
    return (harness.now + timedelta(**later)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def session_ids(harness: PageHarness) -> list[str]:
    """The sessions that are under way."""
    sql = "SELECT id FROM sessions WHERE status <> 'dead'"
    return [row[0] for row in await harness.store.writer.run(lambda db: db.execute(sql).fetchall())]


async def shown(harness: PageHarness, username: str = "ada") -> dict[str, Any]:
    """What is shown of a proof of that account once its person is known."""
    person = await harness.person(username)
    user = {"id": str(person.user_id), "name": username, "avatar_url": person.avatar_url}
    return {"user": user, "guild": "The Mosaic Society", "account": ACCOUNT, "owner": await harness.address("10001")}


async def test_before_the_login_nobody_is_named(harness: PageHarness) -> None:
    browser = await opened(harness)
    url = browser.state["authorize_url"]
    assert browser.state == state(browser, "login", authorize_url=url)
    assert url.startswith(f"{harness.sandbox.url}/oauth2/authorize?")
    query = parse_qs(urlsplit(url).query)
    verifier = cookie_secrets.pkce_verifier(browser.cookie, 0)
    assert query["state"] == [cookie_secrets.oauth_state(browser.cookie, 0)]
    assert query["code_challenge"] == [cookie_secrets.pkce_challenge(verifier)]


async def test_after_the_login_the_page_says_who_proves_what(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    assert browser.state == state(browser, "wallet", **await shown(harness))


async def test_without_an_account_the_page_names_none(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    assert browser.state == state(browser, "wallet", **await shown(harness) | {"account": "", "owner": ""})


async def test_a_text_comes_with_its_name_and_its_end(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    reply = await browser.post("challenge", {"address": await address(harness)})
    assert reply.body == {
        "challenge_id": reply.body["challenge_id"],
        "text": reply.body["text"],
        "meaning": "",  # the reader's language is the text's own
        "expires_at": at(harness, minutes=5),
    }
    assert re.fullmatch(r"[\w-]{16}", reply.body["challenge_id"])
    ada = await harness.person("ada")
    [session_id] = await session_ids(harness)
    host = urlsplit(harness.url).netloc
    assert re.sub(r"Nonce: \w{22}\n", "Nonce: …\n", reply.body["text"]) == (
        f"{host} wants you to sign in with your Ethereum account:\n{await harness.address('10001')}\n\n"
        f"I am Discord user ada (ID {ada.user_id}). Link this wallet to my account in server ID {GUILD}. "
        f"Stop if that is not you. No cost, moves nothing.\n\nURI: {harness.url}/v\nVersion: 1\nChain ID: 1\n"
        f"Nonce: …\nIssued At: {at(harness)}\nExpiration Time: {at(harness, minutes=5)}\nRequest ID: {session_id}\n"
        "Resources:\n- urn:loopring:account:10001"
    )


async def test_a_text_never_outlives_its_session(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    end = at(harness, minutes=10)
    harness.pass_time(timedelta(minutes=8))
    assert (await browser.post("challenge", {"address": await address(harness)})).body["expires_at"] == end


async def test_once_it_is_done_the_page_says_what_was_linked(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    linked = {"address": await harness.address("10001"), "accounts": [ACCOUNT]}
    expected = state(browser, "done", **await shown(harness), linked=linked)
    assert (await browser.sign("10001")).body == expected
    assert (await browser.reload()).body == expected


async def test_an_account_that_was_found_by_its_address_is_named_once_it_is_linked(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    linked = {"address": await harness.address("10001"), "accounts": [ACCOUNT]}
    expected = state(browser, "done", **await shown(harness), linked=linked)
    assert (await browser.sign("10001")).body == expected
    assert (await browser.reload()).body == expected


async def test_what_another_member_has_says_when_it_moves(harness: PageHarness) -> None:
    await (await at_signing(harness)).sign("10001")
    harness.pass_time(timedelta(minutes=1))
    browser = await at_signing(harness, "hana")
    expected = state(browser, "contest", **await shown(harness, "hana"), until=at(harness, hours=24))
    assert (await browser.sign("10001")).body == expected
    harness.pass_time(timedelta(minutes=1))
    assert (await browser.reload()).body == expected


async def test_cancelling_ends_the_session_and_the_page_shows_nothing_any_more(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    before = browser.cookie
    dead = state(browser, "dead", reason="cancelled")
    reply = await browser.post("cancel")
    assert (reply.body, "Set-Cookie" in reply.headers) == (dead, False)
    assert (await browser.reload()).body == dead
    assert browser.cookie == before


async def test_a_stranger_who_logs_in_is_shown_nothing(harness: PageHarness) -> None:
    browser = await opened(harness)
    assert await browser.log_in(str((await harness.person("hana")).user_id)) == "/v"
    assert browser.state == state(browser, "dead", reason="other_user")


async def test_a_link_that_was_replaced_is_dead_without_a_reason(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    await harness.begin("ada")
    assert (await browser.reload()).body == state(browser, "dead")


async def test_without_a_login_the_page_says_who_ran_the_command(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        browser = await opened(harness)
        known = await shown(harness) | {"user": None, "expected": {"name": "ada"}}
        assert browser.state == state(browser, "wallet", **known)
        signed = (await browser.sign("10001")).body
        assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", signed["code"])
        code = {"code": signed["code"], "expires_at": at(harness, minutes=5)}
        assert signed == state(browser, "code", **known | code)
        assert (await browser.reload()).body == state(browser, "code", **known | code | {"code": ""})


async def test_the_cookie_is_for_this_page_alone_and_for_a_quarter_of_an_hour(harness: PageHarness) -> None:
    browser = harness.browser()
    reply = await browser.open((await harness.begin("ada")).url)
    name, *attributes = reply.headers["Set-Cookie"].split("; ")
    assert name == f"__Host-vs={browser.cookie}"
    assert sorted(attributes) == ["HttpOnly", "Max-Age=900", "Path=/", "SameSite=Lax", "Secure"]
    reloaded = await browser.reload()
    assert reloaded.headers["Set-Cookie"] == reply.headers["Set-Cookie"]
    location = await browser.authorize(str((await harness.person("ada")).user_id))
    async with browser.session.get(location, allow_redirects=False) as response:
        name, *attributes = response.headers["Set-Cookie"].split("; ")
        assert response.headers["Location"] == "/v#in"
    assert sorted(attributes) == ["HttpOnly", "Max-Age=900", "Path=/", "SameSite=Lax", "Secure"]
    assert name == f"__Host-vs={browser.cookie}" != reply.headers["Set-Cookie"].split("; ")[0]


async def test_a_relayed_link_is_recorded_and_logged_with_both_members(
    harness: PageHarness, caplog: pytest.LogCaptureFixture
) -> None:
    ada, hana = await harness.person("ada"), await harness.person("hana")
    with caplog.at_level(logging.WARNING, LOGGER):
        for relays in (1, 2, 3):
            browser = await opened(harness)
            [session_id] = await session_ids(harness)
            waiting = asyncio.create_task(harness.verification.outcomes.wait(session_id, 10))
            await browser.follow(await browser.authorize(str(hana.user_id)))
            assert await waiting == Outcome(Result.RELAYED, relays=relays)
    noted = await harness.store.writer.run(
        lambda db: db.execute("SELECT actor, subject FROM audit WHERE verb = 'relay'").fetchall()
    )
    pseudonym = pseudonyms("a token")
    assert noted == 3 * [(pseudonym(ada.user_id), pseudonym(hana.user_id))]
    assert [record.getMessage() for record in caplog.records if record.name == LOGGER] == [
        *(f"verify: another user opened the link of {pseudonym(ada.user_id).hex()} ({n} in a day)" for n in (1, 2, 3)),
        f"verify: {pseudonym(ada.user_id).hex()} cannot verify for a day",
    ]


async def test_a_login_of_another_browser_is_logged(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> None:
    browser = await opened(harness)
    location = await browser.authorize(str((await harness.person("ada")).user_id))
    with caplog.at_level(logging.WARNING, LOGGER):
        assert await (await opened(harness, "hana")).follow(location) == "/v#problem=failed"
    said = [record.getMessage() for record in caplog.records if record.name == LOGGER]
    assert said == ["verify: a login callback reached a browser that did not start it"]


async def test_a_person_of_whom_nothing_is_known_is_shown_by_id(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        started = await harness.verification.start_proof(Person(7), None, "", None, ProofMethod.CODE)
        browser = harness.browser()
        await browser.open(started.url)
        assert browser.state == state(browser, "wallet", expected={"name": ""})
        text = (await browser.post("challenge", {"address": await harness.address("10001")})).body["text"]
        assert "\nI am Discord user ID 7. Link this wallet to my account. Stop if" in text


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("start", {}),
        ("start", {"token": 5}),
        ("challenge", {"challenge_id": "x", "signature": "0x"}),
        ("challenge", {"address": None}),
        ("submit", {"signature": "0x"}),
        ("submit", {"challenge_id": "x"}),
        ("submit", {"challenge_id": 1, "signature": "0x"}),
        ("submit", {"challenge_id": "x", "signature": ["0x"]}),
    ],
)
async def test_no_step_is_taken_without_all_that_it_needs(
    harness: PageHarness, name: str, body: dict[str, Any]
) -> None:
    browser = await at_signing(harness)
    before = browser.state
    reply = await browser.post(name, body)
    assert (reply.status, reply.error) == (400, "input")
    assert (await browser.reload()).body == before


async def test_a_session_over_its_limit_reads_when_to_try_again(harness: PageHarness) -> None:
    browser = await at_signing(harness)
    for _ in range(10):
        assert (await browser.post("challenge", {"address": "x"})).status == 400
    reply = await browser.post("challenge", {"address": "x"})
    assert (reply.status, reply.error) == (429, "rate")
    assert reply.sentence == "Too many requests. Try again in a minute."
    assert 1 <= int(reply.headers["Retry-After"]) <= 60


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("state", {}),
        ("challenge", {"address": "x"}),
        ("submit", {"challenge_id": "x", "signature": "x"}),
        ("cancel", {}),
    ],
)
@pytest.mark.parametrize("cookie", ["", "XXXX", "x" * 43])
async def test_without_a_session_no_step_is_taken(
    harness: PageHarness, name: str, body: dict[str, str], cookie: str
) -> None:
    headers = {"Cookie": f"__Host-vs={cookie}"} if cookie else {}
    reply = await harness.browser().post(
        name, body, headers=headers | {"X-Tessera-CSRF": cookie_secrets.csrf_token("x" * 43)}
    )
    assert (reply.status, reply.error) == (401, "session")
