"""Direct messages and long texts on the demo's page, over a whole sandbox with a stock client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest
from discord import ui
from playwright.async_api import Browser, Page, expect

from sandbox.app_keys import DISCORD
from tests.sandbox.discord_client import DiscordHarness, ThrowawayBot, online
from tests.sandbox.serving import serving
from tests.sandbox.test_discord_dms import ObjectionView, link_button, register


@dataclass
class DirectMessagePage:
    """A page, a bot, and the first two people: the page begins as the first."""

    page: Page
    bot: ThrowawayBot
    first: int
    second: int

    async def write(self, user: int, content: str, view: ui.View = discord.utils.MISSING) -> discord.Message:
        """The bot writes to somebody."""
        return await (await self.bot.fetch_user(user)).send(content, view=view)

    async def switch_to(self, user: int) -> None:
        """Switch to another person."""
        await self.page.get_by_test_id("person-chooser").click()
        await self.page.get_by_test_id(f"person-{user}").click()


@pytest.fixture
async def dm_page(browser: Browser) -> AsyncIterator[DirectMessagePage]:
    async with serving() as served:
        on = DiscordHarness(served.app[DISCORD], served.address, served.session)
        people = await on.get("/people")
        async with online(on, register) as bot:
            page = await browser.new_page(locale="en-US", viewport={"width": 1280, "height": 860})
            complaints: list[str] = []
            page.on("pageerror", lambda error: complaints.append(str(error)))
            await page.goto(served.address)
            await expect(page.get_by_test_id("person-chooser")).to_be_visible()
            yield DirectMessagePage(page, bot, int(people[0]["id"]), int(people[1]["id"]))
            await page.close()
            assert complaints == []


async def test_a_direct_message_is_announced_and_read(dm_page: DirectMessagePage) -> None:
    page = dm_page.page
    await expect(page.get_by_test_id("home-unread")).to_have_count(0)
    sent = await dm_page.write(dm_page.first, "Somebody claims your account.", link_button())
    await expect(page.get_by_test_id("home-unread")).to_be_visible()
    await page.get_by_test_id("home").click()
    message = page.get_by_test_id("message")
    await expect(message).to_contain_text("Somebody claims your account.")
    await expect(message.get_by_test_id("button")).to_have_attribute("href", "https://verify.example/v")
    await expect(page.get_by_test_id("home-unread")).to_have_count(0)
    await expect(page.get_by_test_id("composer")).to_be_disabled()
    await sent.edit(content="It is settled.")
    await expect(message).to_contain_text("It is settled.")
    await page.reload()
    await expect(page.get_by_test_id("composer")).to_be_enabled()
    await expect(page.get_by_test_id("home-unread")).to_have_count(0)


async def test_what_arrived_for_another_person_is_still_unread(dm_page: DirectMessagePage) -> None:
    page = dm_page.page
    await dm_page.write(dm_page.second, "For the second.")
    await page.get_by_test_id("home").click()
    await expect(page.get_by_text("Nobody has written to you yet.")).to_be_visible()
    await dm_page.switch_to(dm_page.second)
    await expect(page.get_by_test_id("message")).to_contain_text("For the second.")
    await dm_page.switch_to(dm_page.first)
    await expect(page.get_by_test_id("message")).to_have_count(0)
    await dm_page.write(dm_page.first, "For the first.")
    await expect(page.get_by_test_id("message")).to_contain_text("For the first.")


async def test_a_button_of_a_direct_message_opens_a_form_for_a_long_text(dm_page: DirectMessagePage) -> None:
    page = dm_page.page
    await dm_page.write(dm_page.first, "Yours?", ObjectionView())
    await page.get_by_test_id("home").click()
    await page.locator('[data-custom-id="paste"]').click()
    modal = page.get_by_test_id("modal")
    box = modal.locator('textarea[data-custom-id="signature"]')
    await box.fill("line\n" * 800)
    await expect(box).to_have_attribute("maxlength", "4000")
    await modal.get_by_test_id("modal-submit").click()
    await expect(page.get_by_test_id("message").last).to_contain_text("4000 800")
    await expect(page.get_by_test_id("message").last.get_by_test_id("ephemeral")).to_be_visible()


async def test_a_hidden_message_of_a_command_opens_a_form_too(dm_page: DirectMessagePage) -> None:
    page = dm_page.page
    for command in ("/verify", "/paste"):
        await page.get_by_test_id("composer").click()
        await page.keyboard.type(command)
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        if command == "/verify":
            await page.locator('[data-custom-id="paste"]').click()
        modal = page.get_by_test_id("modal")
        await modal.locator("textarea").fill("0x" + "ab" * 65)
        await modal.get_by_test_id("modal-submit").click()
        await expect(modal).to_have_count(0)
        await expect(page.get_by_test_id("message").last).to_contain_text("132 0")


async def test_direct_messages_fit_a_phone(dm_page: DirectMessagePage) -> None:
    page = dm_page.page
    await page.set_viewport_size({"width": 390, "height": 844})
    sent = await dm_page.write(dm_page.first, "Somebody claims your account. " * 12, link_button())
    await expect(page.get_by_test_id("nav-unread")).to_be_visible()
    await page.get_by_test_id("open-nav").click()
    await page.get_by_test_id("home").click()
    await page.get_by_test_id(f"dm-{sent.channel.id}").click()
    await expect(page.get_by_test_id("message")).to_be_visible()
    await expect(page.get_by_test_id("toggle-members")).to_have_count(0)
    await expect(page.get_by_test_id("nav-unread")).to_have_count(0)
    overflow = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow == 0
