"""The verification page and wallets: which are found, what they answer, and what is done about it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.web.page_browser import ICON, Visitor, visiting, wallet
from tests.web.page_server import OWNER, TEXT, make_state

OTHER = "0x51aB9D0000000000000000000000000000c0FFee"


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody who has logged in; which wallets they have is for the test to say."""
    async with visiting(browser) as visitor:
        visitor.server.state = make_state("wallet")
        yield visitor


def wallets_shown(visitor: Visitor) -> Any:
    """The buttons of the wallets found."""
    return visitor.page.locator(".wallets button")


async def test_what_a_wallet_says_of_itself_stays_text(visitor: Visitor) -> None:
    names = ["<img src=x onerror=alert(1)>", "Fox\u202etellaW\u202c", "W" * 300, ""]
    icons = [
        "javascript:alert(1)",
        "https://evil.example/pixel.png",
        "data:text/html,<script>",
        ICON,
    ]
    await visitor.has(
        *(wallet(uuid=str(n), name=name, icon=icon) for n, (name, icon) in enumerate(zip(names, icons, strict=True)))
    )
    await visitor.opens()
    await expect(wallets_shown(visitor)).to_have_text(
        [names[0], "FoxtellaW", "W" * 31 + "…", "A wallet without a name"]
    )
    assert await visitor.page.locator(".wallets img").evaluate_all("(all) => all.map((one) => one.src)") == [icons[3]]


async def test_a_wallet_that_announces_itself_twice_is_listed_once(visitor: Visitor) -> None:
    await visitor.has(wallet(), wallet(name="An impostor with its id"), wallet(uuid="2", name="Rabbit"))
    await visitor.opens()
    await expect(wallets_shown(visitor)).to_have_text(["Fox Wallet", "Rabbit"])


async def test_a_wallet_of_the_old_kind_is_offered_when_there_is_no_other(visitor: Visitor) -> None:
    await visitor.has(wallet(isOld=True))
    await visitor.opens()
    await expect(wallets_shown(visitor)).to_have_text(["This browser's wallet"])
    await visitor.presses("This browser's wallet")
    await visitor.reads("Read it, then sign")


async def test_a_wallet_of_the_old_kind_is_offered_beside_others(visitor: Visitor) -> None:
    await visitor.has(wallet(isOld=True), wallet())
    await visitor.opens()
    await expect(wallets_shown(visitor)).to_have_text(["Fox Wallet", "This browser's wallet"])
    await expect(visitor.page.get_by_text("No wallet found")).to_be_hidden()


async def test_without_a_wallet_the_page_says_what_to_do_and_looks_again(visitor: Visitor) -> None:
    await visitor.has(wallet())
    await visitor.page.add_init_script(
        "addEventListener('eip6963:announceProvider', (e) => e.stopImmediatePropagation())"
    )
    await visitor.opens()
    await visitor.sees("No wallet found in this browser.")
    await visitor.sees(
        "Is your wallet an app on a phone, or in another browser? Go on there; you log in to Discord there too."
    )
    await expect(visitor.page.get_by_role("button", name="Look again")).to_be_visible()
    await visitor.page.evaluate("window.ethereum = {request: () => Promise.reject(new Error('locked'))}")
    await visitor.presses("Look again")
    await expect(wallets_shown(visitor)).to_have_text(["This browser's wallet"])


async def test_the_owner_is_chosen_among_several_addresses(visitor: Visitor) -> None:
    checksummed = "0x" + OWNER[2:].upper()
    await visitor.has(wallet(addresses=[OTHER, checksummed]))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")
    assert visitor.server.calls("challenge")[0].body == {"address": OWNER}
    assert visitor.asked_of_wallet[-1] == ("personal_sign", ["0x" + TEXT.encode().hex(), checksummed])


async def test_without_an_account_to_prove_the_selected_address_is_taken(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet", account="", owner="")
    await visitor.has(wallet(addresses=[OTHER, OWNER]))
    await visitor.opens()
    await visitor.sees("The address that you connect")
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")
    assert visitor.server.calls("challenge")[0].body == {"address": OTHER.lower()}


async def test_another_address_is_asked_about_before_anything_is_sent(visitor: Visitor) -> None:
    await visitor.has(wallet(addresses=[OTHER]))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.reads("That is another address")
    await visitor.sees(
        "You connected 0x51aB…FFee, the account belongs to 0xdf23…8b19. Choose that address in your wallet — "
        "or go on if 0x51aB…FFee is the key of your smart wallet."
    )
    await visitor.sees(OTHER)
    await visitor.sees(OWNER)
    assert visitor.server.calls("challenge") == []
    await visitor.page.evaluate(f"window.wallets[0].addresses = ['{OWNER}']")
    await visitor.presses("I chose it, look again")
    await visitor.reads("Read it, then sign")
    assert visitor.server.calls("challenge")[0].body == {"address": OWNER}


async def test_the_key_of_a_smart_wallet_may_go_on(visitor: Visitor) -> None:
    await visitor.has(wallet(addresses=[OTHER]))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Go on with 0x51aB…FFee")
    await visitor.reads("Read it, then sign")
    assert visitor.server.calls("challenge")[0].body == {"address": OTHER.lower()}


DECLINED = "You declined in your wallet. Nothing was linked. You can try again."
PENDING = "Your wallet has a question open already. Open the wallet, answer it there, then try again."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ({"code": 4001, "message": "User rejected the request."}, DECLINED),
        ({"code": -32603, "message": "x", "data": {"originalError": {"code": 4001}}}, DECLINED),
        ({"code": -32002, "message": "Already processing eth_requestAccounts."}, PENDING),
        (
            {"code": -32603, "message": "Internal\n\u202eerror <b>" + "x" * 300},
            "Nothing was linked. Your wallet said: “Internal error <b>" + "x" * 121 + "…”",
        ),
        ({"code": -1, "message": ""}, "Your wallet did not answer. Nothing was linked. Try again."),
    ],
    ids=["declined", "declined-within", "pending", "other", "silent"],
)
@pytest.mark.parametrize("method", ["eth_requestAccounts", "personal_sign"])
async def test_a_wallet_that_refuses_is_explained_and_can_be_asked_again(
    visitor: Visitor, method: str, error: dict[str, Any], sentence: str
) -> None:
    await visitor.has(wallet(fail={method: error}))
    await visitor.opens()
    button = "Fox Wallet"
    if method == "personal_sign":
        await visitor.presses(button)
        button = "Sign in wallet"
    await visitor.presses(button)
    await visitor.shows_alert(sentence)
    assert visitor.server.calls("submit") == []
    await visitor.page.evaluate("window.wallets[0].fail = {}")
    await visitor.presses(button)
    await visitor.reads("Linked" if method == "personal_sign" else "Read it, then sign")
    await visitor.shows_alert("")


@pytest.mark.parametrize("addresses", [[], None, ["not an address"], [7]])
async def test_a_wallet_without_an_address_is_explained(visitor: Visitor, addresses: Any) -> None:
    await visitor.has(wallet(addresses=addresses))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.shows_alert(
        "Your wallet gave no Ethereum address. Unlock it, choose an address for this page, and try again."
    )


@pytest.mark.parametrize("signature", [None, "", "0x123", {"r": 1}, {}, [], 7, True, "a signature"])
async def test_what_is_no_signature_is_not_sent(visitor: Visitor, signature: Any) -> None:
    await visitor.has(wallet(signature=signature))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.shows_alert("Your wallet gave no signature. Try again, or choose another wallet.")
    assert visitor.server.calls("submit") == []


async def test_waiting_for_a_wallet_that_never_answers_can_be_stopped(visitor: Visitor) -> None:
    await visitor.has(wallet(never=["personal_sign"]))
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await expect(visitor.page.get_by_role("status")).to_have_text("Open your wallet and answer there.")
    await visitor.presses("Stop waiting")
    await visitor.shows_alert("You stopped waiting for the wallet. Nothing was linked. You can try again.")
    await expect(visitor.page.get_by_role("button", name="Stop waiting")).to_have_count(0)
    await visitor.page.evaluate("window.wallets[0].never = []")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")


async def test_a_text_that_has_expired_is_fetched_again_and_never_signed(visitor: Visitor) -> None:
    visitor.server.text_seconds = 2
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.sees("The text has run out.")
    visitor.server.text_seconds = 300
    visitor.server.text = "A fresh text"
    await visitor.presses("Get a fresh text")
    await expect(visitor.page.locator("pre")).to_have_text("A fresh text")
    assert [method for method, _ in visitor.asked_of_wallet] == ["eth_requestAccounts"]
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")


async def test_a_clock_that_is_wrong_by_an_hour_changes_nothing(visitor: Visitor) -> None:
    await visitor.page.add_init_script("const was = Date.now; Date.now = () => was() + 3_600_000")
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await expect(visitor.page.get_by_role("timer")).to_have_text(re.compile(r"The text is good for (5:0[01]|4:5\d)\."))


async def test_every_letter_of_the_text_reaches_the_wallet(visitor: Visitor) -> None:
    visitor.server.text = "naïve 𝕋essera\n\nend"
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.presses("Sign in wallet")
    await visitor.reads("Linked")
    assert visitor.asked_of_wallet[-1] == ("personal_sign", ["0x" + "naïve 𝕋essera\n\nend".encode().hex(), OWNER])
