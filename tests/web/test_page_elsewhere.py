"""The verification page where the wallet is elsewhere: links into wallets, the QR code, and going on there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.web.page_browser import Visitor, visiting, wallet
from tests.web.page_server import TEXT, TOKEN, codeless, login_state, make_state

PHONE = {"width": 390, "height": 844}
HERE = "https://verify.example.org/v"
TOKEN_THERE = "tok_of_the_other_browser"


@pytest.fixture
async def visitor(browser: Browser) -> AsyncIterator[Visitor]:
    """Somebody on a phone, in a browser without a wallet."""
    async with visiting(browser, viewport=PHONE) as visitor:
        yield visitor


async def ways(visitor: Visitor) -> dict[str, str]:
    """The links into wallets, once they are asked for."""
    await visitor.sees("No wallet found in this browser.")
    assert visitor.server.calls("handoff") == []
    await visitor.presses("Open it in my wallet")
    links = visitor.page.locator(".apps a")
    await expect(links).to_have_count(5)
    return {await link.inner_text(): await link.get_attribute("href") or "" for link in await links.all()}


@pytest.mark.parametrize("state", [login_state(), make_state("wallet")], ids=["before the login", "after it"])
async def test_without_a_wallet_the_page_opens_inside_five_wallets_by_their_documented_links(
    visitor: Visitor, state: dict[str, object]
) -> None:
    visitor.server.state = state
    await visitor.opens()
    links = await ways(visitor)
    # Before the login the page names nobody, and nothing of theirs.
    shown = await visitor.page.inner_text("body")
    named = {part for part in ("alice_01", "10001", "The Mosaic Society") if part in shown}
    assert bool(named) == (state["step"] == "wallet"), named
    there = f"{HERE}?t={TOKEN_THERE}"
    assert links.keys() == {"MetaMask", "Coinbase Wallet", "Trust Wallet", "Rainbow", "OKX Wallet"}
    assert links["MetaMask"] == f"https://link.metamask.io/dapp/{there.removeprefix('https://')}"
    assert parse_qs(urlsplit(links["Coinbase Wallet"]).query) == {"cb_url": [there]}
    assert parse_qs(urlsplit(links["Trust Wallet"]).query) == {"coin_id": ["60"], "url": [there]}
    assert parse_qs(urlsplit(links["Rainbow"]).query) == {"url": [there]}
    (inner,) = parse_qs(urlsplit(links["OKX Wallet"]).query)["deeplink"]
    assert unquote(inner) == f"okx://wallet/dapp/url?dappUrl={there}"
    await visitor.shoot(f"elsewhere-{state['step']}")


async def test_the_link_can_be_copied_and_has_its_token_where_no_server_sees_it(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet")
    await visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await visitor.opens()
    await ways(visitor)
    await visitor.presses("Copy link")
    await expect(visitor.page.get_by_role("status")).to_have_text("Copied.")
    assert await visitor.page.evaluate("navigator.clipboard.readText()") == f"{HERE}#t={TOKEN_THERE}"
    code = visitor.page.get_by_alt_text("QR code of the link")
    assert await code.evaluate("(image) => image.complete && image.naturalWidth > 100")


async def test_where_an_app_gives_the_page_no_clipboard_the_link_is_selected(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet")
    await visitor.installs("navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed'));")
    await visitor.opens()
    await ways(visitor)
    await visitor.presses("Copy link")
    await expect(visitor.page.get_by_role("status")).to_have_text(
        "The link is selected: copy it with your keyboard or menu."
    )
    assert await visitor.page.evaluate("getSelection().toString()") == f"{HERE}#t={TOKEN_THERE}"


async def test_without_a_login_nobody_can_go_on_elsewhere_and_the_page_says_what_to_do(visitor: Visitor) -> None:
    visitor.server.state = codeless()
    await visitor.opens()
    await visitor.sees("Run /verify again, and open its link in your wallet's browser")
    await expect(visitor.page.get_by_role("button", name="Open it in my wallet")).to_have_count(0)


async def test_a_page_that_was_taken_up_elsewhere_says_so_by_itself(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet")
    await visitor.page.clock.install()
    await visitor.opens()
    await visitor.page.clock.run_for(1_000)  # wallets announce themselves within that time
    await ways(visitor)
    asked_before = len(visitor.server.calls("state"))
    visitor.server.state = make_state("elsewhere", user=None, authorize_url="/discord")
    await visitor.page.clock.fast_forward(19_000)
    assert len(visitor.server.calls("state")) == asked_before
    await visitor.page.clock.fast_forward(1_000)
    await visitor.reads("It goes on in your other browser")
    await expect(visitor.page.get_by_role("link", name="Go on here instead")).to_be_visible()
    visitor.server.state = make_state("elsewhere", user=None)
    await visitor.page.reload()
    await visitor.reads("It ended in your other browser")


async def test_who_returns_from_their_wallet_sees_at_once_that_it_goes_on_there(visitor: Visitor) -> None:
    visitor.server.state = make_state("wallet")
    await visitor.page.clock.install()
    await visitor.opens()
    await visitor.page.clock.run_for(1_000)
    await ways(visitor)
    visitor.server.state = make_state("elsewhere", user=None, authorize_url="/discord")
    await visitor.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await visitor.reads("It goes on in your other browser")


@pytest.mark.parametrize(
    ("is_phone", "first"),
    [(True, "On this phone: open it in"), (False, "From a computer: scan it with your phone")],
    ids=["phone", "computer"],
)
async def test_the_way_that_fits_the_machine_stands_first(browser: Browser, is_phone: bool, first: str) -> None:  # noqa: FBT001 - a parameter of the test
    async with visiting(browser, viewport=PHONE, has_touch=is_phone, is_mobile=is_phone) as visitor:
        visitor.server.state = make_state("wallet")
        await visitor.opens()
        await ways(visitor)
        assert await visitor.page.locator(".ways h3").first.inner_text() == first


async def test_a_link_that_lost_its_fragment_in_a_wallet_opens_all_the_same_and_leaves_the_address_bar(
    visitor: Visitor,
) -> None:
    await visitor.page.goto(f"{visitor.server.url}/v?t={TOKEN}")
    await visitor.reads("Log in with Discord")
    assert visitor.page.url == f"{visitor.server.url}/v"
    assert visitor.server.calls("start")[0].body == {"token": TOKEN}
    assert not any("Referer" in asked.headers for asked in visitor.server.asked)


@pytest.mark.parametrize("length", [1, 3], ids=["the usual text", "a long text"])
async def test_sign_is_always_in_sight_and_no_box_scrolls_inside_a_scroll(visitor: Visitor, length: int) -> None:
    visitor.server.state, visitor.server.text = make_state("wallet"), "\n".join([TEXT] * length)
    await visitor.has(wallet())
    await visitor.opens()
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")
    inside = "() => [...document.querySelectorAll('main *')].filter((one) => one.scrollHeight > one.clientHeight + 1"
    inside += " && /auto|scroll/.test(getComputedStyle(one).overflowY)).map((one) => one.tagName)"
    assert await visitor.page.evaluate(inside) == []
    height = await visitor.page.evaluate("document.documentElement.scrollHeight")
    for top in range(0, height, 200):
        await visitor.page.evaluate(f"scrollTo(0, {top})")
        box = await visitor.page.get_by_role("button", name="Sign in wallet").bounding_box()
        assert box
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE["height"]
    await visitor.page.evaluate("scrollTo(0, 0)")
    await visitor.page.screenshot(path="artifacts/verify-sign-in-sight.png")


async def test_in_an_old_wallets_browser_without_third_party_cookies_the_whole_proof_works(visitor: Visitor) -> None:
    await visitor.has(wallet(isOld=True))
    # `chrome://settings/cookies`, as the wallets' and Discord's own browsers have it.
    session = await visitor.page.context.new_cdp_session(visitor.page)
    controls = {"enableThirdPartyCookieRestriction": True, "disableThirdPartyCookieMetadata": True}
    await session.send("Network.enable")
    await session.send("Network.setCookieControls", controls | {"disableThirdPartyCookieHeuristics": True})
    await visitor.opens()
    await visitor.reads("Choose your wallet")  # by the login, there and back
    await visitor.presses("This browser's wallet")
    await visitor.reads("Linked")
    assert [method for method, _ in visitor.asked_of_wallet] == ["eth_requestAccounts", "personal_sign"]
