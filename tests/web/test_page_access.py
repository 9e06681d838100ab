"""The verification page for everybody: keyboard, narrow screens, both colour schemes, no script. Leaves screenshots."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Browser, ViewportSize, expect

from tests.chromium import ARTIFACTS, open_chromium
from tests.web.page_browser import Visitor, visiting, wallet
from tests.web.page_checks import axe_violations, faults_of
from tests.web.page_server import OWNER, TOKEN, PageServer, codeless, login_state, make_state

OTHER = "0x51ab9d0000000000000000000000000000c0ffee"
LONG = "W" * 32
CHAIN_ACCOUNT = "eip155:8453:" + OWNER
DESKTOP: ViewportSize = {"width": 1280, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 568}  # also what 1280 pixels are at a zoom of 400 %


async def show(visitor: Visitor, state: dict[str, Any], *wallets: dict[str, Any]) -> None:
    """Open the page at a state."""
    visitor.server.state = state
    await visitor.has(*wallets)
    await visitor.opens()


async def login(visitor: Visitor) -> None:
    await visitor.opens()
    await visitor.reads("Log in with Discord")


async def choosing(visitor: Visitor) -> None:
    rabbit = wallet(uuid="2", name="A Rabbit With A Very Long Name Indeed And More", icon="")
    await show(visitor, make_state("wallet"), wallet(), rabbit)
    await expect(visitor.page.locator(".wallets button")).to_have_count(2)


async def unseen(visitor: Visitor) -> None:
    state = codeless(guild="The Mosaic Society", account=CHAIN_ACCOUNT, expected={"name": LONG})
    await show(visitor, state, wallet())
    await expect(visitor.page.locator(".wallets button")).to_have_count(1)


async def none(visitor: Visitor) -> None:
    await show(visitor, make_state("wallet", user={"id": "1" * 19, "name": LONG, "avatar_url": ""}, guild="M" * 100))
    await expect(visitor.page.get_by_text("No wallet found in this browser.")).to_be_visible()


async def other(visitor: Visitor) -> None:
    await show(visitor, make_state("wallet"), wallet(addresses=[OTHER]))
    await visitor.presses("Fox Wallet")
    await visitor.reads("That is another address")


async def reading(visitor: Visitor) -> None:
    await show(visitor, make_state("wallet"), wallet())
    await visitor.presses("Fox Wallet")
    await visitor.reads("Read it, then sign")


async def waiting(visitor: Visitor) -> None:
    await show(visitor, make_state("wallet"), wallet(never=["eth_requestAccounts"]), wallet(uuid="2", name="Rabbit"))
    await visitor.presses("Fox Wallet")
    await expect(visitor.page.get_by_role("button", name="Stop waiting")).to_be_visible()


async def limited(visitor: Visitor) -> None:
    visitor.server.refuse("challenge", 429, "rate", "Too many tries from here. Wait a little.", retry_after=40)
    await show(visitor, make_state("wallet"), wallet())
    await visitor.presses("Fox Wallet")
    await visitor.shows_alert("Too many tries from here. Wait a little.")


async def code(visitor: Visitor) -> None:
    await show(visitor, codeless("code", code="ABCD-2345"))
    await visitor.reads("Type this code in Discord")


async def done(visitor: Visitor) -> None:
    linked = {"address": OWNER, "accounts": ["loopring:10001", CHAIN_ACCOUNT, "eip155:1:" + OWNER]}
    await show(visitor, make_state("done", linked=linked))
    await visitor.page.get_by_text("Show all of it").click()


async def contest(visitor: Visitor) -> None:
    await show(visitor, make_state("contest", until="2026-11-26T10:00:00Z"))
    await visitor.reads("Your signature is right, but another member's came first")


async def frozen(visitor: Visitor) -> None:
    await show(visitor, make_state("frozen"))
    await visitor.reads("Your signature is right, but the operator must decide")


async def stranger(visitor: Visitor) -> None:
    await show(visitor, make_state("dead", reason="other_user", csrf=""))
    await visitor.reads("This link is not yours")


async def over(visitor: Visitor) -> None:
    await visitor.opens("#t=unknown")
    await visitor.reads("This link has ended")


async def ways(visitor: Visitor) -> None:
    await show(visitor, make_state("wallet"))
    await visitor.presses("Open it in my wallet")
    await expect(visitor.page.get_by_alt_text("QR code of the link")).to_be_visible()


async def away(visitor: Visitor) -> None:
    await show(visitor, make_state("elsewhere", user=None, authorize_url="/discord"))
    await visitor.reads("It goes on in your other browser")


View = Callable[[Visitor], Awaitable[None]]
VIEWS: list[View] = [
    *(login, choosing, unseen, none, other, reading, waiting, limited, code, done, contest, frozen, stranger, over),
    *(ways, away),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.__name__)
async def test_every_view_can_be_read_by_everybody(browser: Browser, view: View, scheme: Any) -> None:
    async with visiting(browser, color_scheme=scheme, reduced_motion="reduce", viewport=NARROW) as visitor:
        await view(visitor)
        assert await faults_of(visitor.page) == []
        for size, name in ((PHONE, "phone"), (DESKTOP, "desktop")):
            await visitor.page.set_viewport_size(size)
            assert await faults_of(visitor.page) == []
            await visitor.shoot(f"{VIEWS.index(view) + 1:02}-{view.__name__}-{name}-{scheme}")
        assert await visitor.page.evaluate("document.getAnimations().length") == 0
        for size in (DESKTOP, PHONE):
            await visitor.page.set_viewport_size(size)
            assert await axe_violations(visitor.page) == []


async def test_the_checks_find_what_they_are_for(visitor: Visitor) -> None:
    await login(visitor)
    await visitor.page.evaluate("""() => {
        const main = document.querySelector("main");
        const pale = document.createElement("h5");
        pale.textContent = "pale";
        pale.style.color = "#bbb";
        const wide = document.createElement("p");
        wide.style.width = "3000px";
        wide.textContent = "wide";
        main.append(pale, wide, document.createElement("button"), new Image());
        main.style.overflow = "visible";
    }""")
    faults = "\n".join(await faults_of(visitor.page))
    for kind in ("contrast", "headings skip", "no name", "without alt", "scrolls sideways", "styles or handlers"):
        assert kind in faults


async def test_the_whole_way_by_keyboard(visitor: Visitor) -> None:
    async def focused() -> str:
        text: str = await visitor.page.evaluate("document.activeElement.textContent")
        return text

    async def tab_to(label: str) -> None:
        passed = []
        for _ in range(8):
            await visitor.page.keyboard.press("Tab")
            passed.append(await focused())
            if passed[-1] == label:
                outline = await visitor.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid"
                return
        pytest.fail(f"{label} is not reached: {passed}")

    await visitor.has(wallet(fail={"personal_sign": {"code": 4001, "message": "User rejected the request."}}))
    await visitor.opens()
    await visitor.reads("Choose your wallet")  # by itself
    visitor.server.state = login_state()
    await visitor.page.reload()
    await visitor.reads("Log in with Discord")
    await tab_to("Log in with Discord")
    await visitor.page.keyboard.press("Enter")
    await visitor.reads("Choose your wallet")
    await tab_to("0xdf23…8b19Show all of it")
    await visitor.page.keyboard.press("Space")
    await expect(visitor.page.locator(".whole")).to_have_text(OWNER)
    await expect(visitor.page.locator(".whole")).to_be_visible()
    await tab_to("Fox Wallet")
    await visitor.page.keyboard.press("Space")
    await visitor.reads("Read it, then sign")
    await visitor.shows_alert("You declined in your wallet. Nothing was linked. You can try again.")
    await visitor.page.evaluate("window.wallets[0].fail = {}")
    await tab_to("Sign in wallet")
    await visitor.page.keyboard.press("Enter")
    await visitor.reads("Linked")


async def test_a_picture_comes_from_discord_and_an_initial_stands_in_for_it(visitor: Visitor) -> None:
    url = "https://cdn.discordapp.com/avatars/1/a.png"
    user = {"id": "1", "name": "alice_01", "avatar_url": url}
    mark = (ARTIFACTS.parent / "docs" / "images" / "collection-light.png").read_bytes()
    await visitor.page.route("https://cdn.discordapp.com/**", lambda route: route.fulfill(body=mark))
    await show(visitor, make_state("wallet", user=user))
    await expect(visitor.page.locator("img.avatar")).to_have_attribute("src", url)
    await visitor.page.unroute("https://cdn.discordapp.com/**")
    await visitor.page.route("https://cdn.discordapp.com/**", lambda route: route.abort())
    visitor.server.state["user"] = user | {"avatar_url": url + "?2"}
    await visitor.page.reload()
    await expect(visitor.page.locator(".avatar.initial")).to_have_text("A")
    visitor.server.state["user"] = user | {"avatar_url": "https://elsewhere.example/a.png"}
    await visitor.page.reload()
    await expect(visitor.page.locator(".avatar.initial")).to_have_text("A")


async def test_without_scripts_one_sentence_says_what_is_missing() -> None:
    # The driver's own switch for this leaves <noscript> unparsed, and its locators need scripts: so the browser's
    # switch, and its accessibility tree.
    async with (
        open_chromium("--blink-settings=scriptEnabled=false") as scriptless,
        PageServer().serving() as server,
        await scriptless.new_context() as context,
    ):
        page = await context.new_page()
        await page.goto(f"{server.url}/v#t={TOKEN}")
        tree = await (await context.new_cdp_session(page)).send("Accessibility.getFullAXTree")
    text = " ".join(node["name"]["value"] for node in tree["nodes"] if node["role"]["value"] == "StaticText")
    assert "This page needs JavaScript to connect to your wallet. Allow it for this site, then reload." in text
    assert "One moment" not in text


async def test_the_page_says_which_address_it_is(visitor: Visitor) -> None:
    await login(visitor)
    promise = "Our direct messages never hold a link, and never ask you to sign there."
    sentence = f"We only ever use {visitor.server.url}. {promise}"
    await expect(visitor.page.get_by_role("contentinfo")).to_have_text(sentence)
