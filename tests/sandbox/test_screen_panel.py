"""The drawer "Behind the scenes" over a whole sandbox: an NFT is moved to Ethereum, and the traffic shows who asks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.chromium import open_chromium
from tests.sandbox.serving import RunningSandbox, serving

# What of the panel is wider than its place and can be scrolled to; names that are cut with an ellipsis cannot.
SCROLLS_SIDEWAYS = """() => [document.getElementById("panel"), ...document.querySelectorAll("#panel *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1)
  .filter((one) => ["auto", "scroll"].includes(getComputedStyle(one).overflowX))
  .map((one) => one.className || one.id)"""


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


@pytest.fixture
async def page(sandbox: RunningSandbox) -> AsyncIterator[Page]:
    async with open_chromium() as browser:
        page = await browser.new_page(locale="en-US", viewport={"width": 1440, "height": 900})
        await page.goto(sandbox.address)
        await page.get_by_test_id("toggle-panel").click()
        yield page


async def test_an_nft_is_withdrawn_and_a_sentence_says_so(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("withdraw-collection").fill("96")
    await page.get_by_test_id("switch-withdraw").click()
    await expect(page.get_by_test_id("switch-status")).to_contain_text("1 copy of Ochre Courtyard went from")
    assert sum(sandbox.world.accounts[10001].holdings[96].values()) == 8
    await page.get_by_test_id("withdraw-account").fill("10003")
    await page.get_by_test_id("switch-withdraw").click()
    await expect(page.get_by_test_id("switch-status")).to_contain_text("Account 10003 holds nothing of collection 96.")


async def test_requests_to_blockscout_have_a_filter_of_their_own(sandbox: RunningSandbox, page: Page) -> None:
    await sandbox.details(10001)
    await sandbox.get("/blockscout/1/api/v2/search/check-redirect", key=None, q="ada.loopring.eth")
    await page.get_by_test_id("tab-traffic").click()
    await page.get_by_label("Service").select_option("blockscout")
    rows = page.get_by_test_id("traffic").locator("li")
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("/1/api/v2/search/check-redirect?q=ada.loopring.eth")


async def test_time_is_moved_and_what_is_dated_follows(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("tab-switches").click()
    state = page.get_by_test_id("time")
    await expect(state).to_have_text("Not ahead.")
    await page.get_by_test_id("time-month").click()
    await expect(page.get_by_test_id("switch-status")).to_have_text("Time: +30 days.")
    await expect(state).to_have_text("Ahead by 30 d.")
    await page.get_by_test_id("time-hour").click()
    await expect(state).to_contain_text("on its way to 30 d 1 h.")
    await expect(state).to_have_text("Ahead by 30 d 1 h.", timeout=30_000)
    shown = await page.evaluate(
        """async () => {
            const { moment, relative } = await import("/screen/markdown/timestamps.js");
            const present = new Date(Date.now() + (30 * 24 + 1) * 3600 * 1000);
            return [moment(present.toISOString()).slice(0, 5), relative(present), relative(new Date())];
        }"""
    )
    assert shown == ["Today", "now", "30 days ago"]
    await sandbox.post("/_sandbox/clock", {"hours": 8800, "at_once": True})
    await page.get_by_test_id("time-month").click()
    await expect(page.get_by_test_id("switch-status")).to_contain_text("Time: Time can be 400 days ahead at most")


async def test_a_switch_names_the_account_to_see_it_on(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("switch-fail").click()
    await expect(page.get_by_test_id("faults")).to_have_text("loopring: status for 10020, 2 more")
    assert (await sandbox.details(10001))[0] == 200
    assert [(await sandbox.details(10020))[0] for _ in range(3)] == [503, 503, 200]
    await page.get_by_test_id("try-chain-fail").click()
    await expect(page.get_by_test_id("composer")).to_be_focused()


@pytest.mark.parametrize("width", [360, 820, 1440])
async def test_the_panel_never_scrolls_sideways(page: Page, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    for tab in ("log", "traffic", "switches", "trade"):
        await page.get_by_test_id(f"tab-{tab}").click()
        wide = await page.evaluate(SCROLLS_SIDEWAYS)
        assert wide == [], tab


async def test_languages_are_chosen_for_the_person_and_for_the_server(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("language-user").select_option("de")
    await expect(page.get_by_test_id("switch-status")).to_have_text("My Discord: Deutsch.")
    await page.get_by_test_id("language-guild").select_option("ja")
    await expect(page.get_by_test_id("switch-status")).to_have_text("This server: 日本語.")
    assert {user.locale for user in sandbox.world.users.values()} == {"de", "en-US"}
    assert "ja" in {guild.locale for guild in sandbox.world.guilds.values()}
    await page.reload()
    await expect(page.get_by_test_id("language-user")).to_have_value("de")
