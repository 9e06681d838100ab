"""The page as a moderator and members use it: roles that change while one looks, holdings, outages, menus and files."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any, cast

import discord
import pytest
from discord import app_commands, ui
from playwright.async_api import Page, Route, expect

from tests.chromium import open_chromium
from tests.sandbox.discord_client import DiscordHarness, online
from tests.sandbox.serving import RunningSandbox, serving

Interaction = discord.Interaction[Any]
SOCIETY = 910000000000000000
WHALE, LIGHTKEEPER = SOCIETY + 5, SOCIETY + 6
ADA, HANA, ROSALIND = 920001048583001117, 920008388664008936, 920018874494020106


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        yield served


@pytest.fixture
async def page(sandbox: RunningSandbox) -> AsyncIterator[Page]:
    async with open_chromium() as browser:
        page = await browser.new_page(locale="en-US", viewport={"width": 1440, "height": 900})
        await page.goto(sandbox.address)
        await expect(page.get_by_test_id(f"member-{ADA}")).to_be_visible()
        yield page


async def become(page: Page, user: int) -> None:
    await page.get_by_test_id("person-chooser").click()
    await page.get_by_test_id(f"person-{user}").click()
    await expect(page.get_by_test_id(f"person-{user}")).to_have_count(0)


async def test_a_role_that_is_given_is_seen_at_once_in_the_list_and_on_the_card(
    sandbox: RunningSandbox, page: Page
) -> None:
    roles = page.get_by_test_id(f"roles-{HANA}")
    await expect(roles.locator(".dot")).to_have_count(0)
    await page.get_by_test_id(f"member-{HANA}").click()
    await expect(page.get_by_test_id("person-card").get_by_test_id("role")).to_have_count(0)
    body = {"guild": SOCIETY, "user": HANA, "role": LIGHTKEEPER}
    await sandbox.post("/_sandbox/roles", {**body, "action": "give"})
    await expect(roles).to_have_text("Lightkeeper")
    await expect(page.get_by_test_id("person-card").get_by_test_id("role")).to_have_text("Lightkeeper")
    await sandbox.post("/_sandbox/roles", {**body, "action": "take"})
    await expect(roles.locator(".dot")).to_have_count(0)
    await expect(page.get_by_test_id("person-card")).to_contain_text("No roles")


async def test_who_owns_and_who_moderates_is_shown_where_one_chooses_who_to_be(page: Page) -> None:
    await expect(page.locator("#me").get_by_test_id("standing")).to_have_text("admin")
    await page.get_by_test_id("person-chooser").click()
    await expect(page.get_by_test_id(f"person-{ROSALIND}").get_by_test_id("standing")).to_have_text("owner")
    await expect(page.get_by_test_id(f"person-{HANA}").get_by_test_id("standing")).to_have_count(0)


async def test_what_i_hold_is_sold_given_away_and_bought(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-trade").click()
    status, sell = page.get_by_test_id("trade-status"), page.get_by_test_id("sell-254")
    await sell.click()
    await expect(status).to_contain_text("Harbour Lights went from 10001 to elsewhere.")
    await expect(sell).to_have_count(0)
    await page.get_by_label("Give Tesserae to").fill("10002")
    await page.get_by_test_id("give-96").click()
    await expect(status).to_contain_text("Tesserae went from 10001 to 10002.")
    await page.get_by_test_id("trade-shop").select_option("254")
    await page.get_by_test_id("trade-buy").click()
    await expect(status).to_contain_text("1 copy of 1 NFT of Harbour Lights went from elsewhere to 10001.")
    await expect(sell).to_be_visible()
    assert sum(sandbox.world.accounts[10001].holdings[254].values()) == 1


async def test_my_roles_are_seen_beside_what_i_hold(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-trade").click()
    roles = page.get_by_test_id("trade-roles").get_by_test_id("role")
    await expect(roles).to_have_text(["Curator", "Lightkeeper", "Mosaicist"])
    await sandbox.post("/_sandbox/roles", {"guild": SOCIETY, "user": ADA, "role": LIGHTKEEPER, "action": "take"})
    await expect(roles).to_have_text(["Curator", "Mosaicist"])


async def test_an_outage_is_seen_until_it_is_turned_off(sandbox: RunningSandbox, page: Page) -> None:
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-switches").click()
    switch, warning = page.get_by_test_id("switch-blank-loopring"), page.get_by_test_id("outages")
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "true")
    await expect(warning).to_have_text("Loopring is blank.")
    assert (await sandbox.details(10001))[1] == {"collections": [], "totalNum": 0}
    await switch.click()
    await expect(switch).to_have_attribute("aria-checked", "false")
    await page.get_by_test_id("outage-account").fill("10002")
    await switch.click()
    await expect(warning).to_have_text("Loopring is blank for 10002.")
    assert (await sandbox.details(10001))[1]["totalNum"] > 0
    assert (await sandbox.details(10002))[1]["totalNum"] == 0
    await switch.click()
    await expect(warning).to_be_hidden()
    assert (await sandbox.details(10001))[1]["totalNum"] > 0


async def test_loopring_that_is_gone_for_good_is_down_and_leads_to_what_its_archive_says(
    sandbox: RunningSandbox, page: Page
) -> None:
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("switch-gone-loopring").click()
    await expect(page.get_by_test_id("outages")).to_have_text("Loopring is gone for good.")
    # Here is no bot of the sandbox's own, which would forget now what it read.
    await expect(page.get_by_test_id("switch-status")).to_contain_text("cannot restart it")
    assert (await sandbox.details(10001))[0] == 503
    await page.get_by_test_id("try-gone-loopring").click()
    await expect(page.get_by_test_id("composer")).to_be_focused()


async def test_what_was_turned_is_said_although_the_page_is_drawn_again_meanwhile(
    sandbox: RunningSandbox, page: Page
) -> None:
    """Starting the bot again takes longer than until the page asks which switches are on."""
    warning, status = page.get_by_test_id("outages"), page.get_by_test_id("switch-status")

    async def restarted(route: Route) -> None:
        await expect(warning).to_have_text("Loopring is gone for good.")
        await route.fulfill(json={})

    await page.route("**/_sandbox/bot/restart", restarted)
    await page.get_by_test_id("toggle-panel").click()
    await page.get_by_test_id("tab-switches").click()
    await page.get_by_test_id("switch-gone-loopring").click()
    await expect(status).to_have_text("Loopring is gone for good: on.")
    await page.get_by_test_id("switch-gone-loopring").click()
    await expect(status).to_have_text("Loopring is gone for good: over.")
    assert (await sandbox.details(10001))[0] == 200


class ImportModal(ui.Modal, title="Import gates"):
    """A role, a choice and a file, each in a label."""

    role = ui.Label(text="Role", component=ui.RoleSelect[ui.Modal](custom_id="role"))
    mode = ui.Label(
        text="Mode",
        component=ui.RadioGroup[ui.Modal](
            custom_id="mode", options=[discord.RadioGroupOption(label=each, value=each) for each in ("add", "replace")]
        ),
    )
    file = ui.Label(text="File", component=ui.FileUpload[ui.Modal](custom_id="file"))

    async def on_submit(self, interaction: Interaction) -> None:
        """Send back what came, as a file."""
        role, mode, file = self.role.component, self.mode.component, self.file.component
        assert isinstance(role, ui.RoleSelect)
        assert isinstance(mode, ui.RadioGroup)
        assert isinstance(file, ui.FileUpload)
        text = f"{role.values[0].name} {mode.value} {(await file.values[0].read()).decode()}"
        export = discord.File(io.BytesIO(text.encode()), "export.csv")
        await interaction.response.send_message("Imported.", file=export, ephemeral=True)


def register(tree: app_commands.CommandTree[Any]) -> None:
    @tree.context_menu(name="Show roles")
    async def show(interaction: Interaction, member: discord.Member) -> None:
        await interaction.response.send_message(f"About {member.display_name}", ephemeral=True)

    @tree.context_menu(name="Import for")
    @app_commands.default_permissions(manage_roles=True)
    async def bring(interaction: Interaction, member: discord.Member) -> None:
        del member
        await interaction.response.send_modal(ImportModal())

    @tree.command(description="Reads a file")
    async def read(interaction: Interaction, file: discord.Attachment) -> None:
        await interaction.response.send_message(f"{file.filename} has {(await file.read()).decode()}", ephemeral=True)


async def test_a_members_menu_has_what_i_may_use_and_a_modal_takes_a_file(sandbox: RunningSandbox, page: Page) -> None:
    async with online(cast("DiscordHarness", sandbox), register):
        await page.get_by_test_id(f"member-{HANA}").click(button="right")
        items = page.get_by_test_id("context-command")
        await expect(items).to_have_count(2)
        await items.filter(has_text="Import for").click()
        await page.get_by_test_id("select").click()
        await page.get_by_test_id("select-option").filter(has_text="Whale").click()
        await page.get_by_label("replace").check()
        await page.get_by_test_id("modal-file").set_input_files(
            {"name": "gates.csv", "mimeType": "text/csv", "buffer": b"role,rule"}
        )
        await page.get_by_test_id("modal-submit").click()
        link = page.get_by_test_id("file")
        await expect(link).to_have_text("export.csv")
        async with page.expect_download() as downloading:
            await link.click()
        assert (await (await downloading.value).path()).read_text() == "Whale replace role,rule"

        await become(page, HANA)
        await page.get_by_test_id(f"member-{ADA}").click(button="right")
        await expect(items).to_have_count(1)
        await items.click()
        await expect(page.get_by_text("About Ada")).to_be_visible()


async def test_a_file_is_attached_to_a_command(sandbox: RunningSandbox, page: Page) -> None:
    async with online(cast("DiscordHarness", sandbox), register):
        composer = page.get_by_test_id("composer")
        await composer.fill("/read ")
        async with page.expect_file_chooser() as choosing:
            await page.get_by_text("Choose a file…").click()
        await (await choosing.value).set_files({"name": "gates.yaml", "mimeType": "text/yaml", "buffer": b"gates: []"})
        await expect(page.get_by_test_id("file-input")).to_have_count(0)
        await composer.press("Enter")
        await expect(page.get_by_text("gates.yaml has gates: []")).to_be_visible()
