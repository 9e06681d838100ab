"""Addresses and signatures that are none, wrong or too late: one sentence, the text is used up, and nothing saved."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.holdings import Account
from bot.links import Link
from tests.web.harness import Browser, PageHarness, Reply
from tests.web.wire import at_wallet, unharmed

OVER = "This link is not valid any more. Run `/verify` in Discord for a new one."
NO_ADDRESS = "That is not an Ethereum address: an address is 0x and 40 hex digits."
NO_SIGNATURE = (
    "That is not a signature: your wallet gave something else than 0x and 128 or more hex digits. Nothing was linked. "
    "Try again, or choose another wallet."
)
TOO_SHORT = (
    "That is too short for a signature: your wallet gave 126 of at least 128 hex digits. Nothing was linked. Try "
    "again, or choose another wallet."
)
ODD = (
    "The signature that your wallet gave has an odd number of digits, so one is missing. Nothing was linked. Try "
    "again, or choose another wallet."
)
TOO_LONG = (
    "That is too long for a signature: your wallet gave 32770 hex digits, and 32768 is the most that is read here. "
    "Nothing was linked. Choose another wallet."
)
STRANGER = "0x" + "5e" * 20


@pytest.fixture(autouse=True)
async def _unharmed(harness: PageHarness, caplog: pytest.LogCaptureFixture) -> AsyncIterator[None]:
    async with unharmed(harness, caplog):
        yield


def error_of(reply: Reply) -> tuple[int, str, str]:
    """Status, code and sentence."""
    return reply.status, reply.error, reply.sentence


async def test_a_session_that_ended_takes_no_address_and_no_signature(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    csrf = browser.state["csrf"]
    assert (await browser.post("cancel")).body["step"] == "dead"
    for name, body in (
        ("challenge", {"address": await harness.address("10001")}),
        ("submit", {"challenge_id": "x", "signature": "0x" + "1b" * 65}),
    ):
        assert error_of(await browser.post(name, body, headers={"X-Tessera-CSRF": csrf})) == (401, "session", OVER)


ADDRESSES = [
    ("", NO_ADDRESS),
    ("vitalik.eth", NO_ADDRESS),
    ("10001", NO_ADDRESS),
    ("loopring:10001", NO_ADDRESS),
    ("0x" + "1" * 39, NO_ADDRESS),
    ("0x" + "1" * 41, NO_ADDRESS),
    ("1" * 40, NO_ADDRESS),
    ("0X" + "1" * 40, NO_ADDRESS),
    ("0x" + "g" * 40, NO_ADDRESS),
    ("0x" + "\u0661" * 40, NO_ADDRESS),
    ("0x" + "1" * 40 + "\x00", NO_ADDRESS),
    ("0x" + "1" * 40 + "\u200b", NO_ADDRESS),
    ("eip155:1:0x" + "1" * 40, NO_ADDRESS),
    ("x" * 4000, NO_ADDRESS),
    ("0x" + "0" * 40, "The zero address belongs to nobody: use the address of your own wallet."),
    (
        "0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2a",
        "The address that your wallet gave has a wrong checksum. Try again, or choose another wallet.",
    ),
    (STRANGER, "0x5e5e…5e5e has no account here. Connect the address that owns yours."),
]


@pytest.mark.parametrize(("address", "sentence"), ADDRESSES)
async def test_an_invalid_address_or_one_without_an_account_is_reported(
    harness: PageHarness, address: str, sentence: str
) -> None:
    browser = await at_wallet(harness)
    assert error_of(await browser.post("challenge", {"address": address})) == (400, "input", sentence)
    # It cost no text: all five are still there.
    for _ in range(5):
        assert (await browser.post("challenge", {"address": await harness.address("10001")})).status == 200


async def test_with_loopring_down_it_is_later_and_no_text_is_spent(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    await harness.sandbox.fault("status", path="", status=503)
    address = await harness.address("10001")
    reply = await browser.post("challenge", {"address": address})
    assert (reply.status, reply.error) == (503, "later")
    await harness.sandbox.post("/_sandbox/reset", {})
    # Others than the one that failed just now, which is not asked about again so soon.
    for account in range(10002, 10007):
        assert (await browser.post("challenge", {"address": await harness.address(str(account))})).status == 200


async def test_the_account_of_another_network_is_proven_by_its_own_address_alone(harness: PageHarness) -> None:
    address = await harness.address("10002")
    owner = address.lower()
    link = Link(Account("eip155:1", owner), owner, "", is_main=True, linked_at=harness.now)
    browser = harness.browser()
    await browser.open((await harness.begin("ada", link)).url)
    await browser.log_in(str((await harness.person("ada")).user_id))
    reply = await browser.sign("10001")  # whose text names the other as its smart wallet
    assert (reply.status, reply.error) == (400, "signature")
    assert address in reply.sentence


async def signed(
    harness: PageHarness, browser: Browser, *, style: str = "personal", text: str = "", by: str = "10001"
) -> Any:
    """A text for the address of 10001, and a signature by some key of that text or of another."""
    challenge = (await browser.post("challenge", {"address": await harness.address("10001")})).body
    signature = await harness.signature(text or challenge["text"], await harness.address(by), style=style)
    return {"challenge_id": challenge["challenge_id"], "signature": signature}


CHANGES: list[Any] = [
    pytest.param(lambda _: "", NO_SIGNATURE, id="nothing"),
    pytest.param(lambda _: "0x", "", id="0x"),
    pytest.param(lambda s: s[:-4], TOO_SHORT, id="63 bytes"),
    pytest.param(lambda s: s[:-1], ODD, id="half a byte"),
    pytest.param(lambda s: s.replace("0x", "0x0x"), NO_SIGNATURE, id="0x twice"),
    pytest.param(lambda s: s[:60] + "zz" + s[62:], NO_SIGNATURE, id="no hex"),
    pytest.param(lambda s: s[:60] + "\u0661\u0661" + s[62:], NO_SIGNATURE, id="digits of another script"),
    pytest.param(lambda s: s + "\x00", NO_SIGNATURE, id="NUL behind"),
    pytest.param(lambda _: "0x" + 8000 * "1", "", id="4 kB, as of a passkey"),
    pytest.param(lambda _: "0x" + 32768 * "1", "", id="16 kB"),
    pytest.param(lambda _: "0x" + 32770 * "1", TOO_LONG, id="more than 16 kB"),
    pytest.param(lambda s: s + "00", "", id="66 bytes ending 00"),
    pytest.param(lambda s: s + "01", "", id="66 bytes ending 01"),
    pytest.param(lambda s: s + "04", "", id="66 bytes ending 04"),
    pytest.param(lambda s: s + "0202", "", id="67 bytes"),
    pytest.param(lambda s: s[:-2] + "02", "", id="v of 2"),
    pytest.param(lambda s: s[:-2] + "1d", "", id="v of 29"),
    pytest.param(lambda s: s[:-2] + "25", "", id="v of a transaction"),
    pytest.param(lambda s: s[:-2] + {"1b": "1c", "1c": "1b"}[s[-2:]], "", id="the other v"),
    pytest.param(lambda s: "0x" + 64 * "0" + s[66:], "", id="r of 0"),
    pytest.param(lambda s: s[:66] + 64 * "0" + s[-2:], "", id="s of 0"),
    pytest.param(lambda s: "0x" + 64 * "f" + s[66:], "", id="r too large"),
    pytest.param(lambda _: "0x" + 130 * "0", "", id="zeros"),
    pytest.param(lambda s: "0x" + s[66:130] + s[2:66] + s[-2:], "", id="r and s swapped"),
]


@pytest.mark.parametrize(("change", "sentence"), CHANGES)
async def test_a_signature_that_is_none_uses_its_text_up(
    harness: PageHarness, change: Callable[[str], str], sentence: str
) -> None:
    browser = await at_wallet(harness)
    right = await signed(harness, browser)
    reply = await browser.post("submit", right | {"signature": change(right["signature"])})
    assert (reply.status, reply.error) == (400, "input" if sentence else "signature")
    assert reply.sentence == sentence or (not sentence and reply.sentence)
    assert error_of(await browser.post("submit", right)) == (401, "session", OVER)


async def test_only_a_signature_may_be_longer_than_the_other_bodies(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    for name, fields in (
        ("challenge", {"address": "0x" + 5000 * "1"}),
        ("start", {"token": 5000 * "x"}),
        ("submit", {"challenge_id": "x", "signature": "0x" + 33_400 * "1"}),
    ):
        answer = await browser.post(name, fields)
        assert (answer.status, answer.error) == (413, "large")


async def test_a_body_in_chunks_is_not_longer_either(harness: PageHarness) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"token": "' + 3000 * b"x"
        yield 3000 * b"x" + b'"}'

    headers = {"Origin": harness.url, "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{harness.url}/v/start", data=chunks(), headers=headers) as answer,
    ):
        assert answer.status == 413


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"text": "another text"}, id="of another text"),
        pytest.param({"by": "10002"}, id="by another key"),
        pytest.param({"style": "high_s"}, id="mirrored"),
    ],
)
async def test_a_signature_that_proves_something_else_uses_its_text_up(
    harness: PageHarness, how: dict[str, str]
) -> None:
    browser = await at_wallet(harness)
    wrong = await signed(harness, browser, **how)
    reply = await browser.post("submit", wrong)
    assert (reply.status, reply.error) == (400, "signature")
    assert error_of(await browser.post("submit", wrong)) == (401, "session", OVER)


async def test_a_text_of_before_or_of_somebody_else_is_not_there(harness: PageHarness) -> None:
    browser, other = await at_wallet(harness), await at_wallet(harness, "hana")
    earlier, latest = await signed(harness, browser), await signed(harness, browser)
    for wrong in (earlier, await signed(harness, other), latest | {"challenge_id": "x" * 4000}):
        assert error_of(await browser.post("submit", wrong)) == (401, "session", OVER)
    mixed = latest | {"signature": earlier["signature"]}
    assert (await browser.post("submit", mixed)).error == "signature"


async def test_time_ends_a_text_and_then_the_session(harness: PageHarness) -> None:
    browser = await at_wallet(harness)
    right = await signed(harness, browser)
    harness.pass_time(timedelta(minutes=5))
    assert error_of(await browser.post("submit", right)) == (401, "session", OVER)
    right = await signed(harness, browser)
    harness.pass_time(timedelta(minutes=5))
    assert error_of(await browser.post("submit", right)) == (401, "session", OVER)
    assert error_of(await browser.reload()) == (401, "session", OVER)
