"""Going on in another browser, against the real handlers: who may, what they see before, and what is left behind."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.errors import SessionError
from bot.linking.contest_rules import policy
from bot.links import ProofKind
from bot.links.proofs import MAX_BROWSERS, ProofMethod, Session, VerifiedSignature
from bot.store.linking.proof_writer import ProofWriter
from bot.store.linking.refusal import Refusal
from tests.sandbox_client import SandboxClient
from tests.web.harness import CONTEST, Browser, PageHarness, open_page
from tests.web.relay.play import part
from tests.web.wire import at_wallet


async def user_of(harness: PageHarness, username: str) -> str:
    """Somebody's id."""
    return str((await harness.person(username)).user_id)


async def handed(browser: Browser) -> str:
    """The link that a page gives for another browser."""
    return str((await browser.post("handoff")).body["url"])


async def taken_up(harness: PageHarness) -> tuple[Session, str, Browser]:
    """A session as the browser before read it, its link for another browser, and the one that has taken it up."""
    first, second = await at_wallet(harness), harness.browser()
    lost, url = await harness.verification.session(first.cookie), await handed(first)
    await second.open(url)
    await second.log_in(await user_of(harness, "ada"))
    return lost, url, second


async def test_a_link_that_was_opened_is_not_spent_and_goes_on_where_its_person_logs_in(harness: PageHarness) -> None:
    url = (await harness.begin("ada")).url
    first, second = harness.browser(), harness.browser()
    await first.open(url)
    assert (await second.open(url)).body["step"] == "login"
    assert (await first.reload()).body["step"] == "login"  # opening it elsewhere takes nothing
    await second.log_in(await user_of(harness, "ada"))
    assert second.state["step"] == "wallet"
    assert (await first.reload()).body["step"] == "elsewhere"
    assert (await second.sign("10001")).body["step"] == "done"


async def test_until_the_login_elsewhere_the_bound_browser_goes_on_and_the_other_may_do_nothing(
    harness: PageHarness,
) -> None:
    first, second = await at_wallet(harness), harness.browser()
    await second.open(await handed(first))
    shown = second.state
    assert (shown["step"], shown["user"], shown["guild"], shown["account"]) == ("login", None, "", "")
    address = await harness.address("10001")
    text = (await first.post("challenge", {"address": address})).body
    signature = await harness.signature(text["text"], address)
    signed = {"challenge_id": text["challenge_id"], "signature": signature}
    for name, body in (("challenge", {"address": address}), ("submit", signed), ("cancel", {})):
        assert (await second.post(name, body)).error == "session"
    assert (await first.post("submit", signed)).body["step"] == "done"
    # And a browser in which nobody logged in only learns that it is over.
    after = (await second.reload()).body
    assert (after["step"], after["user"], after["linked"], after["reason"]) == ("dead", None, None, "used")


async def test_from_a_browser_without_a_wallet_that_waits_it_goes_on_in_the_wallet(
    harness: PageHarness,
) -> None:
    desktop, camera, wallet = harness.browser(), harness.browser(), harness.browser()
    await desktop.open((await harness.begin("ada")).url)
    shown = await handed(desktop)
    await camera.open(shown)
    assert await handed(camera) == shown
    await wallet.open(await handed(camera))
    await wallet.log_in(await user_of(harness, "ada"))
    assert [(await each.reload()).body["step"] for each in (desktop, camera)] == ["elsewhere", "login"]
    assert (await wallet.sign("10001")).body["step"] == "done"


async def test_only_the_browser_of_a_stranger_hears_that_the_link_is_another_persons(harness: PageHarness) -> None:
    url, browsers = (await harness.begin("ada")).url, [harness.browser() for _ in range(3)]
    for each in browsers:
        await each.open(url)
    await browsers[1].log_in(await user_of(harness, "hana"))
    seen = [(await each.reload()).body for each in browsers]
    assert [(each["step"], each["reason"]) for each in seen] == [
        ("dead", "relayed"),
        ("dead", "other_user"),
        ("dead", "relayed"),
    ]


async def test_where_a_stranger_had_the_session_itself_the_others_hear_that_somebody_else_logged_in(
    harness: PageHarness,
) -> None:
    url, stranger, maker = (await harness.begin("ada")).url, harness.browser(), harness.browser()
    for each in (stranger, maker):
        await each.open(url)
    await stranger.log_in(await user_of(harness, "hana"))
    assert [(await each.reload()).body["reason"] for each in (stranger, maker)] == ["other_user", "relayed"]


async def test_what_was_to_be_signed_in_the_browser_before_is_void(harness: PageHarness) -> None:
    first, second = await at_wallet(harness), harness.browser()
    session = await harness.verification.session(first.cookie)
    text = await harness.verification.challenge(session, await harness.address("10001"))
    await second.open(await handed(first))
    await second.log_in(await user_of(harness, "ada"))
    for each in (session, await harness.verification.session(second.cookie)):
        assert await harness.store.sessions.consume(each, text.challenge_id, harness.now) is None
    for name, body in (("challenge", {"address": text.signer}), ("cancel", {}), ("handoff", {})):
        assert (await first.post(name, body)).error == "session"
    assert (await second.sign("10001")).body["step"] == "done"
    assert (await first.reload()).body["authorize_url"] == ""


async def test_the_browser_before_takes_it_back_by_a_login_of_its_own(harness: PageHarness) -> None:
    first, second = await at_wallet(harness), harness.browser()
    await second.open(await handed(first))
    await second.log_in(await user_of(harness, "ada"))
    await first.reload()
    assert await first.log_in(await user_of(harness, "ada")) == "/v#in"
    assert first.state["step"] == "wallet"
    assert (await second.reload()).body["step"] == "elsewhere"


async def test_a_stranger_who_logs_in_elsewhere_ends_nothing_of_hers(harness: PageHarness) -> None:
    first, second = await at_wallet(harness), harness.browser()
    await second.open(await handed(first))
    await second.log_in(await user_of(harness, "hana"))
    assert (second.state["step"], second.state["reason"], second.state["user"]) == ("dead", "other_user", None)
    assert await harness.events("relay") == 0
    assert (await first.sign("10001")).body["step"] == "done"


@pytest.mark.parametrize(("is_logged_in", "relays"), [(False, 1), (True, 0)])
async def test_of_eight_strangers_at_once_one_counts_at_most(
    harness: PageHarness, *, is_logged_in: bool, relays: int
) -> None:
    # Each is somebody else: to revoke one token ends all that its user has at that application.
    people = await harness.sandbox.get("/_client/people")
    strangers = [each["id"] for each in people if each["username"] != "ada"][:MAX_BROWSERS]
    url, first = (await harness.begin("ada")).url, harness.browser()
    await first.open(url)
    if is_logged_in:
        await first.log_in(await user_of(harness, "ada"))
    callbacks = []
    for stranger in strangers:
        each = harness.browser()
        await each.open(url)
        location = await each.authorize(stranger)
        callbacks.append((each.cookie, part(location, "state"), part(location, "code")))
    finish = harness.verification.finish_login
    await asyncio.gather(*(finish(cookie, state=state, code=code, denied=False) for cookie, state, code in callbacks))
    assert len(callbacks) > 1
    assert await harness.events("relay") == relays


async def test_a_request_on_its_way_when_the_session_went_on_elsewhere_changes_nothing(harness: PageHarness) -> None:
    lost, url, second = await taken_up(harness)
    assert await handed(second) == url
    assert (await second.open(url)).body["step"] == "wallet"
    address = await harness.address("10001")
    with pytest.raises(SessionError):
        await harness.verification.challenge(lost, address)
    await harness.verification.cancel(lost)
    assert (await second.sign("10001")).body["step"] == "done"


async def test_a_browser_that_lost_the_session_uses_up_no_text_of_the_one_that_has_it(harness: PageHarness) -> None:
    lost, _, second = await taken_up(harness)
    now_its = await harness.verification.session(second.cookie)
    text = await harness.verification.challenge(now_its, await harness.address("10001"))
    assert await harness.store.sessions.consume(lost, text.challenge_id, harness.now) is None
    assert await harness.store.sessions.consume(now_its, text.challenge_id, harness.now) == text


async def test_a_browser_that_lost_the_session_puts_no_link_in_place_of_the_one_that_is_shown(
    harness: PageHarness,
) -> None:
    lost, url, _ = await taken_up(harness)
    await harness.store.other_browsers.offer(lost, b"of the lost browser")
    assert (await harness.browser().open(url)).body["step"] == "login"


async def test_a_signature_that_was_being_verified_when_the_session_went_on_elsewhere_links_nothing(
    harness: PageHarness,
) -> None:
    lost, _, second = await taken_up(harness)
    owner = await harness.address("10001")
    signed = VerifiedSignature(owner, ("loopring:10001",), ProofKind.KEY, b"of its text")
    terms = policy(harness.now, CONTEST)
    writer = ProofWriter(harness.store.writer, harness.linking.pseudonym)
    assert await writer.finish(lost, signed, harness.now, terms) is Refusal.OVER
    assert await harness.accounts("ada") == {}
    assert (await second.sign("10001")).body["step"] == "done"


async def test_a_code_that_was_shown_before_the_login_is_good_after_it(harness: PageHarness) -> None:
    first, waiting = harness.browser(), harness.browser()
    await first.open((await harness.begin("ada")).url)
    shown = await handed(first)
    await waiting.open(shown)
    ada = await user_of(harness, "ada")
    await first.log_in(ada)
    assert await handed(first) == shown
    assert (await first.open(shown)).body["step"] == "wallet"  # and it takes nothing from the browser that has it
    cookie = waiting.cookie
    assert (await waiting.open(shown)).body["step"] == "login"
    assert waiting.cookie == cookie  # one that waits already takes no second place
    await waiting.log_in(ada)
    assert waiting.state["step"] == "wallet"
    assert (await harness.browser().open(shown)).body["step"] == "login"


async def test_who_logged_in_as_somebody_else_may_open_the_link_again_and_log_in_as_themselves(
    harness: PageHarness,
) -> None:
    first, second = await at_wallet(harness), harness.browser()
    url = await handed(first)
    await second.open(url)
    await second.log_in(await user_of(harness, "hana"))
    assert second.state["step"] == "dead"
    assert (await second.open(url)).body["step"] == "login"
    await second.log_in(await user_of(harness, "ada"))
    assert second.state["step"] == "wallet"


async def test_a_stranger_who_logs_in_when_it_is_done_learns_nothing_and_is_not_counted(harness: PageHarness) -> None:
    first, second = await at_wallet(harness), harness.browser()
    await second.open(await handed(first))
    location = await second.authorize(await user_of(harness, "hana"))
    assert (await first.sign("10001")).body["step"] == "done"
    assert await second.follow(location) == "/v#problem=expired"
    shown = (await second.reload()).body
    assert (shown["step"], shown["reason"], shown["user"], shown["linked"]) == ("dead", "used", None, None)
    assert (await first.reload()).body["step"] == "done"
    assert await harness.events("relay") == 0


async def test_strangers_who_open_the_link_do_not_drive_out_the_browser_before(harness: PageHarness) -> None:
    first, second = await at_wallet(harness), harness.browser()
    url = await handed(first)
    await second.open(url)
    ada = await user_of(harness, "ada")
    await second.log_in(ada)
    for _ in range(MAX_BROWSERS + 1):
        await harness.browser().open(url)
    assert (await first.reload()).body["step"] == "elsewhere"
    await first.log_in(ada)
    assert first.state["step"] == "wallet"


async def test_a_login_of_another_waiting_browser_is_none_of_this_one(harness: PageHarness) -> None:
    first, second, third = await at_wallet(harness), harness.browser(), harness.browser()
    url = await handed(first)
    await second.open(url)
    await third.open(url)
    assert second.cookie != third.cookie
    location = await second.authorize(await user_of(harness, "ada"))
    assert await third.follow(location) == "/v#problem=failed"
    assert await second.follow(location) == "/v#in"
    assert await second.follow(location) == "/v#problem=expired"  # once


async def test_a_login_of_a_waiting_browser_is_handled_once_also_when_it_arrives_twice_at_a_time(
    harness: PageHarness,
) -> None:
    first, second = await at_wallet(harness), harness.browser()
    await second.open(await handed(first))
    location = await second.authorize(await user_of(harness, "ada"))
    state, code, finish = part(location, "state"), part(location, "code"), harness.verification.finish_login
    both = (finish(second.cookie, state=state, code=code, denied=False) for _ in range(2))
    assert sorted(each.problem for each in await asyncio.gather(*both)) == ["", "expired"]


async def test_the_link_for_another_browser_is_good_for_nothing_once_the_session_is_over(harness: PageHarness) -> None:
    first = await at_wallet(harness)
    url = await handed(first)
    assert await handed(first) == url
    assert urlsplit(url).fragment.removeprefix("t=") != first.cookie
    harness.pass_time(timedelta(minutes=10))
    assert (await harness.browser().open(url)).error == "session"


async def test_only_so_many_browsers_wait_for_a_session(harness: PageHarness) -> None:
    url = (await harness.begin("ada")).url
    await harness.browser().open(url)
    browsers = [harness.browser() for _ in range(MAX_BROWSERS)]
    assert [(await each.open(url)).error for each in browsers] == [""] * MAX_BROWSERS
    newest = harness.browser()
    assert (await newest.open(url)).error == ""
    assert [(await each.reload()).error for each in (*browsers[:2], newest)] == ["session", "", ""]


async def test_without_a_login_nobody_can_show_who_they_are_and_a_link_is_spent(
    sandbox: SandboxClient, tmp_path: Path
) -> None:
    async with open_page(sandbox, tmp_path, method=ProofMethod.CODE) as harness:
        first = harness.browser()
        url = (await harness.begin("ada")).url
        await first.open(url)
        assert (await first.post("handoff")).error == "session"
        assert (await harness.browser().open(url)).error == "session"
