"""The demo's page in Chromium: a command typed, a page turned, a collection opened, as a visitor does it.

Screenshots are left in `artifacts/`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.chromium import ARTIFACTS
from tests.sandbox_client import SandboxClient


@pytest.fixture
async def page(sandbox: SandboxClient, browser: Browser) -> AsyncIterator[Page]:
    """The demo's page, freshly opened; whatever its scripts complain of fails the test."""
    page = await browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme="dark")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(sandbox.url)
    yield page
    await page.close()
    assert complaints == []


async def shoot(page: Page, name: str) -> None:
    """Save a screenshot."""
    await page.screenshot(path=ARTIFACTS / f"{name}.png")


async def pictures_are_there(message: Locator) -> None:
    """Every picture of a message has arrived and can be seen."""
    pictures = message.get_by_test_id("embed").locator("img")
    await expect(pictures.first).to_be_visible()
    for number in range(await pictures.count()):
        seen = "async (image) => { await image.decode(); return image.naturalWidth }"
        assert await pictures.nth(number).evaluate(seen) > 0


async def type_command(page: Page, text: str) -> None:
    """Type a command as one would in Discord."""
    await page.get_by_test_id("composer").click()
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_a_visitor_types_the_command_turns_a_page_and_opens_a_collection(page: Page) -> None:
    await page.get_by_test_id("composer").click()
    await page.keyboard.type("/")
    await expect(page.get_by_test_id("picker-item").filter(has_text="/collections")).to_have_count(1)
    await shoot(page, "1-picker")
    await page.get_by_test_id("composer").fill("")

    await type_command(page, "/collections 10001")
    message = page.get_by_test_id("message").last
    embeds = message.get_by_test_id("embed")
    await expect(embeds).to_have_count(6)
    await expect(embeds.nth(0)).to_contain_text("30 collections")
    await expect(embeds.nth(0)).to_contain_text("0x90e7…8a71")
    await expect(embeds.nth(1)).to_contain_text("Harbour Lights")
    await expect(embeds.nth(1)).to_contain_text("12 different NFTs")
    await expect(message.get_by_test_id("ephemeral")).to_be_visible()
    pictures = embeds.locator("img")
    await expect(pictures).to_have_count(6)  # the header's banner, and an avatar on each card
    for number in range(6):
        width = await pictures.nth(number).evaluate(
            "async (image) => { await image.decode(); return image.naturalWidth }"
        )
        assert width > 0
    await shoot(page, "2-first-page")

    await message.locator('[data-custom-id$=":next"]').click()
    await expect(message.locator('[data-custom-id$=":jump"]')).to_contain_text("2 / 6")
    await expect(embeds.nth(1)).not_to_contain_text("Harbour Lights")
    await shoot(page, "3-second-page")

    await message.locator('[data-custom-id$=":previous"]').click()
    await expect(embeds.nth(1)).to_contain_text("Harbour Lights")
    await message.locator('[data-custom-id$=":open"]').click()
    await page.get_by_test_id("select-option").first.click()
    await expect(embeds.nth(0)).to_contain_text("Held")
    await expect(embeds.nth(0)).to_contain_text("12 different NFTs")
    await expect(embeds).to_have_count(2)  # the NFTs are one gallery
    await shoot(page, "4-collection")

    await message.locator('[data-custom-id$=":back"]').click()
    await expect(embeds).to_have_count(6)


async def test_whole_messages_for_the_readme(page: Page) -> None:
    await page.set_viewport_size({"width": 1000, "height": 1700})
    await type_command(page, "/collections 10001")
    message = page.get_by_test_id("message").last
    await expect(message.get_by_test_id("embed").first).to_contain_text("Owner")
    await pictures_are_there(message)
    await message.screenshot(path=ARTIFACTS / "message-collections.png")
    await message.locator('[data-custom-id$=":open"]').click()
    await page.get_by_test_id("select-option").nth(1).click()
    await expect(message.get_by_test_id("embed").first).to_contain_text("Held")
    await pictures_are_there(message)
    await message.screenshot(path=ARTIFACTS / "message-collection.png")


async def test_a_page_is_jumped_to_by_its_number(page: Page) -> None:
    await type_command(page, "/collections 10001")
    message = page.get_by_test_id("message").last
    await message.locator('[data-custom-id$=":jump"]').click()
    modal = page.get_by_test_id("modal")
    await modal.locator('[data-custom-id="page"]').fill("4")
    await shoot(page, "5-jump")
    await modal.get_by_test_id("modal-submit").click()
    await expect(message.locator('[data-custom-id$=":jump"]')).to_contain_text("4 / 6")


async def test_a_fault_and_a_mistake_read_as_clear_sentences(page: Page, sandbox: SandboxClient) -> None:
    await type_command(page, "/collections abc")
    await expect(page.get_by_test_id("message").last).to_contain_text("is not an account")
    await sandbox.fault("html", times=3)
    account = await sandbox.new_account(collections=3)
    await type_command(page, f"/collections {account}")
    await expect(page.get_by_test_id("message").last).to_contain_text("Loopring sent an answer that cannot be used")
    await shoot(page, "6-errors")


async def test_the_page_works_on_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await type_command(page, "/collections 10001")
    await expect(page.get_by_test_id("embed").first).to_be_visible()
    await shoot(page, "7-phone")
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0


async def test_a_switch_does_what_it_says_to_the_account_it_names(sandbox: SandboxClient, page: Page) -> None:
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("switch-fail").click()
    await expect(page.get_by_test_id("faults")).to_have_text("loopring: status for 10020, 2 more")
    await page.get_by_test_id("try-fail").click()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("message").last.get_by_test_id("embed").first).to_contain_text("2 different")
    assert await sandbox.get("/_sandbox/faults") == []  # both were met
