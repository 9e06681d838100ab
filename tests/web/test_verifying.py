"""A signature that is being verified comes to its end, however long that takes and although its sender goes away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.linking.outcome import Outcome, Result
from bot.links.proofs import ProofMethod
from tests.linking.verifiers import owner
from tests.sandbox_client import SandboxClient
from tests.web.harness import Browser, PageHarness, open_page
from tests.web.wire import ask, at_wallet, scripted, serving_page

# A smart wallet: only its contract can verify it, and so a node has to be asked.
WALLET = "10021"
SLOW = 0.6


async def slow_node(harness: PageHarness) -> None:
    """Let the next question to the node take a while."""
    await harness.sandbox.fault("slow", "/ethereum/", service="ethereum", times=1, seconds=SLOW)


async def signed(harness: PageHarness, browser: Browser) -> dict[str, str]:
    """What the page sends once the wallet has signed."""
    challenge = (await browser.post("challenge", {"address": owner(int(WALLET))})).body
    signature = await harness.signature(challenge["text"], await harness.address(WALLET))
    return {"challenge_id": challenge["challenge_id"], "signature": signature}


async def started(harness: PageHarness, browser: Browser) -> tuple[dict[str, str], asyncio.Task[Outcome | None]]:
    """A signature to be sent, and who waits in Discord for what becomes of it."""
    session = await harness.verification.session(browser.cookie)
    waiting = asyncio.create_task(harness.verification.outcomes.wait(session.session_id, 10))
    body = await signed(harness, browser)
    await slow_node(harness)
    return body, waiting


async def is_linked(harness: PageHarness, waiting: asyncio.Task[Outcome | None]) -> None:
    """See that the proof came to its end, and was reported in Discord."""
    outcome = await waiting
    assert outcome is not None
    assert outcome.result is Result.LINKED
    assert await harness.accounts("ada") == {f"loopring:{WALLET}": True}


async def test_a_member_whose_browser_goes_away_is_linked_all_the_same(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    body, waiting = await started(harness, browser)
    session = await harness.verification.session(browser.cookie)
    submit = harness.verification.submit(session, body["challenge_id"], body["signature"])
    sending = asyncio.create_task(submit)
    await harness.sandbox.until_asked("/ethereum/")
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    assert await harness.accounts("ada") == {}  # not yet
    await is_linked(harness, waiting)


async def test_closing_waits_for_what_is_being_verified(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    body, waiting = await started(harness, browser)
    session = await harness.verification.session(browser.cookie)
    sending = asyncio.create_task(harness.verification.submit(session, body["challenge_id"], body["signature"]))
    await harness.sandbox.until_asked("/ethereum/")
    sending.cancel()
    await harness.verification.close()
    assert await harness.accounts("ada") == {f"loopring:{WALLET}": True}
    await is_linked(harness, waiting)


async def test_the_page_shows_the_result_although_its_session_is_over_by_then(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    body, waiting = await started(harness, browser)
    sending = asyncio.create_task(browser.post("submit", body))
    await harness.sandbox.until_asked("/ethereum/")
    harness.pass_time(timedelta(minutes=11))
    reply = await sending
    assert (reply.status, reply.body["step"]) == (200, "done")
    assert reply.body["linked"]["accounts"] == [f"loopring:{WALLET}"]
    await is_linked(harness, waiting)
    assert (await browser.reload()).error == "session"


async def test_so_does_the_page_with_a_code(sandbox: SandboxClient, tmp_path: Path) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        browser = harness.browser()
        await browser.open((await harness.begin("ada")).url)
        body = await signed(harness, browser)
        await slow_node(harness)
        sending = asyncio.create_task(browser.post("submit", body))
        await sandbox.until_asked("/ethereum/")
        harness.pass_time(timedelta(minutes=11))
        reply = await sending
    assert (reply.status, reply.body["step"]) == (200, "code")
    assert len(reply.body["code"]) == len("ABCD-2345")
    assert reply.body["expires_at"] == (harness.now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_a_contest_is_shown_with_its_end_although_the_session_is_over_by_then(harness: PageHarness) -> None:
    hana = await at_wallet(harness, "hana")
    assert (await hana.post("submit", await signed(harness, hana))).body["step"] == "done"
    browser = await at_wallet(harness)
    body, waiting = await started(harness, browser)
    sending = asyncio.create_task(browser.post("submit", body))
    await harness.sandbox.until_asked("/ethereum/")
    harness.pass_time(timedelta(minutes=11))
    reply = await sending
    assert (reply.status, reply.body["step"]) == (200, "contest")
    assert reply.body["until"] == (harness.now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ")
    outcome = await waiting
    assert outcome is not None
    assert outcome.result is Result.CONTESTED


async def test_a_request_that_takes_too_long_is_answered_with_try_again_later(
    harness: PageHarness,
) -> None:
    browser = await at_wallet(harness)
    body, waiting = await started(harness, browser)
    own: Any = {
        "Cookie": f"__Host-vs={browser.cookie}",
        "X_Tessera_CSRF": browser.state["csrf"],
    }
    async with serving_page(harness, request_seconds=SLOW / 2) as url:
        sent = b'{"challenge_id": "%s", "signature": "%s"}' % (
            body["challenge_id"].encode(),
            body["signature"].encode(),
        )
        answer = await ask(url, scripted(url, "submit", sent, **own))
        assert (answer.status, answer.error) == (503, "later")
        await is_linked(harness, waiting)
    assert (await browser.reload()).body["step"] == "done"
