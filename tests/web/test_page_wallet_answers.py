"""What wallets answer beside addresses and signatures, as public reports have it, and what the page makes of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.web.page_browser import SIGNATURE, Visitor, visiting, wallet
from tests.web.page_server import OWNER, make_state

DECLINED = "You declined in your wallet. Nothing was linked. You can try again."
PENDING = "Your wallet has a question open already. Open the wallet, answer it there, then try again."
LOCKED = "Your wallet is locked. Open it, unlock it, then try again."
NOT_ALLOWED = (
    "Your wallet does not let this page use that address. Choose it for this page in your wallet, then try again."
)
CANNOT_SIGN = "That wallet cannot sign a text (personal_sign). Choose another wallet, or another account in it."
CANNOT_CONNECT = "That wallet cannot give its address to a page. Choose another wallet."
DISCONNECTED = (
    "Your wallet has no connection to Ethereum. Open it, choose Ethereum there, then try again, or reload this page."
)
GONE = "Your wallet was updated or restarted meanwhile. Reload this page, then try again."
NO_ANSWER = (
    "Your wallet did not answer for two minutes. Nothing was linked. Open it by its icon or its app, unlock it, answer "
    "or close what it asks there, and try again. If it shows nothing, reload this page or choose another wallet."
)


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody who has logged in; what their wallet answers is for the test to say."""
    async with visiting(browser) as visitor:
        visitor.server.state = make_state("wallet")
        yield visitor


REFUSALS = [
    pytest.param({"code": "4001", "message": ""}, DECLINED, id="EIP-1193: its code as text"),
    pytest.param("User rejected the request", DECLINED, id="a text instead of an error"),
    pytest.param(
        {"code": -32603, "message": "MetaMask Tx Signature: User denied message signature."}, DECLINED, id="words"
    ),
    pytest.param({"code": 5000, "message": "User rejected."}, DECLINED, id="WalletConnect: 5000"),
    pytest.param({"message": "x", "error": {"code": 4001}}, DECLINED, id="ethers: within error"),
    pytest.param(
        {"code": -32603, "message": "Request of type 'wallet_requestPermissions' already pending for origin"},
        PENDING,
        id="metamask-extension#10584",
    ),
    pytest.param(
        {"code": -32002, "message": "Already processing eth_requestAccounts. Please wait."},
        PENDING,
        id="metamask-extension#10085",
    ),
    pytest.param({"code": -32603, "message": "Wallet is locked"}, LOCKED, id="rLogin#228"),
    pytest.param(
        {"code": 4100, "message": "The requested account and/or method has not been authorized by the user."},
        NOT_ALLOWED,
        id="EIP-1193: 4100",
    ),
    pytest.param({"code": 4900, "message": "The Provider is disconnected from all chains."}, DISCONNECTED, id="4900"),
    pytest.param({"code": 4901, "message": ""}, DISCONNECTED, id="EIP-1193: 4901"),
    pytest.param(
        {"code": -32603, "message": "MetaMask: Disconnected from MetaMask background. Page reload required."},
        GONE,
        id="MetaMask's messages: a reload",
    ),
    pytest.param({"message": "Extension context invalidated."}, GONE, id="Chrome: an extension that was updated"),
    pytest.param(
        {"code": -32603, "message": "account not found"},
        "Nothing was linked. Your wallet said: “account not found”",
        id="what is known to nobody",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), REFUSALS)
async def test_a_refusal_is_put_into_words_and_the_button_works_again(
    visitor: Visitor, error: Any, sentence: str
) -> None:
    await visitor.has(wallet(fail={"personal_sign": error}))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.shows_alert(sentence)
    await visitor.page.evaluate("window.wallets[0].fail = {}")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")


@pytest.mark.parametrize("code", [4200, -32601, -32004])
async def test_a_wallet_that_cannot_do_it_is_told_from_one_that_will_not(visitor: Visitor, code: int) -> None:
    await visitor.has(wallet(fail={"eth_requestAccounts": {"code": code, "message": "no"}}))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.shows_alert(CANNOT_CONNECT)
    refusal = json.dumps({"code": code, "message": "The method personal_sign is not supported"})
    await visitor.page.evaluate(f"window.wallets[0].fail = {{personal_sign: {refusal}}}")
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.shows_alert(CANNOT_SIGN)


BARE = SIGNATURE.removeprefix("0x")
R, S = "0x" + "5a" * 32, "0x" + "3b" * 32


@pytest.mark.parametrize(
    ("answer", "sent"),
    [
        pytest.param(BARE, SIGNATURE, id="oisy-wallet#130: without 0x"),
        pytest.param("0X" + BARE.upper(), "0x" + BARE.upper(), id="0X and upper case"),
        pytest.param(f" {SIGNATURE}\n", SIGNATURE, id="blanks around"),
        pytest.param("0x", "0x", id="safe-apps-sdk#237: 0x, signed on chain"),
        pytest.param({"id": 1, "jsonrpc": "2.0", "result": SIGNATURE}, SIGNATURE, id="the whole JSON-RPC response"),
        pytest.param({"signature": SIGNATURE, "publicKey": "0x04"}, SIGNATURE, id="an object with it"),
        pytest.param(
            {"r": R, "s": S, "v": 28}, json.dumps({"r": R, "s": S, "v": "28"}, separators=(",", ":")), id="its parts"
        ),
        pytest.param(
            {"r": R, "s": S, "yParity": 0}, json.dumps({"r": R, "s": S, "v": "0"}, separators=(",", ":")), id="a parity"
        ),
    ],
)
async def test_a_signature_is_taken_in_any_shape(visitor: Visitor, answer: Any, sent: str) -> None:
    await visitor.has(wallet(signature=answer))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")
    assert visitor.server.calls("submit")[0].body == {"challenge_id": "ch-1", "signature": sent}


async def test_a_signature_longer_than_is_read_is_not_sent(visitor: Visitor) -> None:
    await visitor.has(wallet(signature="0x" + "5a" * 16_385))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.shows_alert("Your wallet gave a signature that is too long to be read here. Choose another wallet.")
    await visitor.page.evaluate(f"window.wallets[0].signature = '0x{'5a' * 16_384}'")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["0x" + OWNER[2:].upper()], id="upper case"),
        pytest.param(["0X" + OWNER[2:]], id="0X"),
        pytest.param({"jsonrpc": "2.0", "id": 1, "result": [OWNER]}, id="the whole JSON-RPC response"),
        pytest.param([None, 7, "eip155:1:x", OWNER], id="among what is none"),
    ],
)
async def test_an_address_is_taken_in_any_shape(visitor: Visitor, addresses: Any) -> None:
    await visitor.has(wallet(addresses=addresses))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")
    assert visitor.server.calls("challenge")[0].body == {"address": OWNER}


@pytest.mark.parametrize(
    ("method", "button", "then"),
    [
        pytest.param("eth_requestAccounts", "Fox Wallet", "Read it, then sign", id="metamask-extension#11231"),
        pytest.param("personal_sign", "Sign in wallet", "Linked", id="and at the signature"),
    ],
)
async def test_a_wallet_that_never_answers_is_given_up(visitor: Visitor, method: str, button: str, then: str) -> None:
    await visitor.page.clock.install()
    await visitor.has(wallet(never=[method]))
    await visitor.opens()
    await visitor.page.clock.run_for(1_000)
    if method == "personal_sign":
        await visitor.presses("Fox Wallet")
    await visitor.presses(button)
    await visitor.sees("Open your wallet and answer there.")
    await visitor.page.clock.run_for(21_000)
    await visitor.sees("Your wallet has not answered yet. Its window may be behind this one")
    await visitor.page.clock.run_for(100_000)
    await visitor.shows_alert(NO_ANSWER)
    await expect(visitor.page.get_by_role("button", name="Stop waiting")).to_have_count(0)
    await visitor.page.evaluate("window.wallets[0].never = []")
    await visitor.presses(button)
    await visitor.reads(then)


async def test_a_signature_that_comes_late_can_still_be_sent(visitor: Visitor) -> None:
    await visitor.page.clock.install()
    await visitor.has(wallet(never=["personal_sign"]))
    await visitor.opens()
    await visitor.page.clock.run_for(1_000)
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.sees("Open your wallet and answer there.")
    await visitor.page.clock.run_for(121_000)
    await visitor.shows_alert(NO_ANSWER)
    await visitor.page.evaluate("window.wallets[0].answerNow(window.wallets[0].signature)")
    await visitor.presses("Send the signature")
    await visitor.reads("Linked")
    assert [method for method, _ in visitor.asked_of_wallet].count("personal_sign") == 1
