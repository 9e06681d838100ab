"""The verification page when the server says no, or nothing: what is said, and what can be done next."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.page_browser import Visitor, to_the_text
from tests.web.page_server import make_state

GONE = "This link is not valid any more. Run /verify in Discord for a new one."


async def test_a_link_that_is_over_says_so(visitor: Visitor) -> None:
    await visitor.opens("#t=unknown")
    await visitor.reads("This link has ended")
    await visitor.sees(GONE)
    await visitor.shows_alert("")


async def test_a_session_that_ends_meanwhile_says_so(signer: Visitor) -> None:
    await signer.opens()
    signer.server.refuse("challenge", 401, "session")
    signer.server.refuse("state", 401, "session")
    await signer.presses("Fox Wallet")
    await signer.sees(GONE)


async def test_a_page_that_another_tab_left_behind_catches_up(signer: Visitor) -> None:
    await signer.opens()
    signer.server.refuse("challenge", 403, "csrf", "This page was out of date. Try again.")
    signer.server.state = make_state("wallet", csrf="csrf-2")
    await signer.presses("Fox Wallet")
    await signer.shows_alert("This page was out of date. Try again.")
    await signer.presses("Fox Wallet")
    await signer.reads("Read it, then sign")
    assert signer.server.calls("challenge")[-1].headers["X-Tessera-CSRF"] == "csrf-2"


@pytest.mark.parametrize(
    ("step", "heading"), [("done", "Linked"), ("contest", None), ("frozen", None), ("elsewhere", None), ("dead", None)]
)
async def test_what_another_tab_has_ended_is_no_error_of_this_one(
    signer: Visitor, step: str, heading: str | None
) -> None:
    await signer.opens()
    signer.server.refuse("challenge", 401, "session", GONE)
    linked = {"address": "0x" + "1" * 40, "accounts": ["loopring:10001"]} if step == "done" else None
    signer.server.state = make_state(step, linked=linked)
    await signer.presses("Fox Wallet")
    await expect(signer.page.locator("h2")).not_to_have_text("Choose your wallet")
    if heading:
        await signer.reads(heading)
    await signer.shows_alert("")


async def test_a_bad_signature_leads_back_to_the_wallets(signer: Visitor) -> None:
    sentence = "The signature is not by the owner of the account. Choose its owner's address and sign again."
    signer.server.refuse("submit", 400, "signature", sentence)
    await to_the_text(signer)
    await signer.presses("Sign in wallet")
    await signer.reads("Choose your wallet")
    await signer.shows_alert(sentence)
    await signer.presses("Fox Wallet")
    await signer.reads("Read it, then sign")
    await signer.shows_alert("")


async def test_what_is_typed_in_discord_is_set_apart(signer: Visitor) -> None:
    signer.server.refuse("challenge", 400, "input", "This page has another address. Run `/verify` for a <b>link</b>.")
    await signer.opens()
    await signer.presses("Fox Wallet")
    await signer.shows_alert("This page has another address. Run /verify for a <b>link</b>.")
    await expect(signer.page.locator("#alert code")).to_have_text("/verify")


@pytest.mark.parametrize(("status", "code"), [(400, "input"), (429, "too_many"), (413, "large")])
async def test_the_servers_own_sentence_is_shown(signer: Visitor, status: int, code: str) -> None:
    signer.server.refuse("challenge", status, code, "A <b>sentence</b> of the server.")
    await signer.opens()
    await signer.presses("Fox Wallet")
    await signer.shows_alert("A <b>sentence</b> of the server.")
    await expect(signer.page.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.mark.parametrize("code", ["rate", "too_many"])
async def test_too_many_calls_count_down_and_go_on_with_the_signature_made(signer: Visitor, code: str) -> None:
    signer.server.refuse("submit", 429, code, "Too many tries.", retry_after=2)
    await to_the_text(signer)
    await signer.presses("Sign in wallet")
    await signer.shows_alert("Too many tries.")
    again = signer.page.get_by_role("button", name="Try again")
    await expect(again).to_have_attribute("aria-disabled", "true")
    await expect(signer.page.locator("#remedy [role=timer]")).to_have_text(
        re.compile(r"You can try again in 0:0[123]\.")
    )
    await expect(signer.page.locator("#remedy [role=timer]")).to_have_text("You can try again now.")
    await again.click()
    await signer.reads("Linked")
    assert [method for method, _ in signer.asked_of_wallet].count("personal_sign") == 1


async def test_a_source_that_cannot_be_asked_is_asked_again(signer: Visitor) -> None:
    signer.server.refuse("challenge", 503, "later", "Ethereum cannot be asked right now. Try again in a minute.")
    await signer.opens()
    await signer.presses("Fox Wallet")
    await signer.shows_alert("Ethereum cannot be asked right now. Try again in a minute.")
    await signer.presses("Try again")
    await signer.reads("Read it, then sign")


@pytest.mark.parametrize("failure", ["lost", "html"])
async def test_a_lost_connection_keeps_the_token_and_offers_another_try(signer: Visitor, failure: str) -> None:
    asked = 0

    async def fail(route: Any) -> None:
        nonlocal asked
        asked += 1
        await (route.abort() if failure == "lost" else route.fulfill(status=502, body="<h1>Bad gateway</h1>"))

    await signer.page.route("**/v/start", fail)
    await signer.opens()
    await signer.shows_alert("Cannot reach the server. Try again.")
    await signer.page.get_by_role("button", name="Try again").focus()
    await signer.page.keyboard.press("Enter")
    async with asyncio.timeout(30):
        while asked < 2:  # noqa: ASYNC110 - the second try is the browser's; until it ends, no other begins
            await asyncio.sleep(0)
    await signer.shows_alert("Cannot reach the server. Try again.")
    await expect(signer.page.get_by_role("button", name="Try again")).to_be_focused()
    await signer.page.unroute("**/v/start")
    await signer.page.keyboard.press("Enter")
    await signer.reads("Choose your wallet")
    await signer.shows_alert("")


async def test_an_impatient_visitor_sends_nothing_twice(signer: Visitor) -> None:
    gate = signer.server.hold("submit")
    await to_the_text(signer)
    button = signer.page.get_by_role("button", name="Sign in wallet")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await button.click()
    await button.click()
    await signer.page.get_by_role("button", name="Back").click(force=True)
    gate.set()
    await signer.reads("Linked")
    assert len(signer.server.calls("submit")) == 1
