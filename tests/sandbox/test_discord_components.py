"""Buttons, menus, modals and suggestions between a stock client and a person."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui

from tests.sandbox.discord_client import ADA, BEN, CHANNEL, GUILD, LOW_ROLE, STRANGER, DiscordHarness, harness, online

Interaction = discord.Interaction[Any]
Tree = app_commands.CommandTree[Any]


class CounterView(ui.View):
    """A counter, something that thinks, a menu and a role menu."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @ui.button(label="More", custom_id="more")
    async def more(self, interaction: Interaction, button: ui.Button[CounterView]) -> None:
        """Edit in place."""
        self.count += 1
        button.label = f"More ({self.count})"
        await interaction.response.edit_message(content=f"count {self.count}", view=self)

    @ui.button(label="Slow", custom_id="slow")
    async def slow(self, interaction: Interaction, button: ui.Button[CounterView]) -> None:
        """Defer the update, then edit."""
        del button
        await interaction.response.defer()
        await interaction.edit_original_response(content="done slowly")

    @ui.button(label="Off", custom_id="off", disabled=True)
    async def off(self, interaction: Interaction, button: ui.Button[CounterView]) -> None:
        """Never pressed."""

    @ui.select(
        custom_id="color", options=[discord.SelectOption(label="Red", value="red"), discord.SelectOption(label="Blue")]
    )
    async def color(self, interaction: Interaction, select: ui.Select[CounterView]) -> None:
        """A new message."""
        await interaction.response.send_message(f"you chose {select.values[0]}", ephemeral=True)

    @ui.select(cls=ui.RoleSelect, custom_id="role")
    async def role(self, interaction: Interaction, select: ui.RoleSelect[CounterView]) -> None:
        """Resolved values."""
        await interaction.response.send_message(f"role {select.values[0].name}")


class AccountModal(ui.Modal, title="Link an account"):
    """One input, in a label."""

    account = ui.Label(text="Account", component=ui.TextInput[ui.Modal](custom_id="account", max_length=8))

    async def on_submit(self, interaction: Interaction) -> None:
        """Show what came."""
        assert isinstance(self.account.component, ui.TextInput)
        await interaction.response.send_message(f"linked {self.account.component.value}")


def register(tree: Tree) -> None:
    @tree.command(description="Shows a panel")
    async def panel(interaction: Interaction, secret: bool = False) -> None:  # noqa: FBT001, FBT002 - an option
        await interaction.response.send_message("count 0", view=CounterView(), ephemeral=secret)

    @tree.command(description="Asks in a modal")
    async def link(interaction: Interaction) -> None:
        await interaction.response.send_modal(AccountModal())

    @tree.command(description="Finds")
    async def find(interaction: Interaction, word: str) -> None:
        await interaction.response.send_message(word)

    @find.autocomplete("word")
    async def suggest(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        del interaction
        return [app_commands.Choice(name=f"{current}-{n}", value=f"{current}{n}") for n in range(25)]


async def refusal(on: DiscordHarness, path: str, **body: Any) -> str:
    """The sentence of a refusal."""
    status, answer = await on.post(path, body)
    assert status == 400
    sentence: str = answer["error"]
    return sentence


async def test_a_button_edits_its_message() -> None:
    async with harness() as on, online(on, register):
        shown = (await on.type("panel"))["message"]
        outcome = await on.press(shown, "more", user=ADA)
        assert outcome["message"]["id"] == shown["id"]
        assert outcome["message"]["content"] == "count 1"
        assert outcome["message"]["components"][0]["components"][0]["label"] == "More (1)"
        assert len(await on.messages()) == 1


async def test_a_deferred_update_is_answered_by_its_edit() -> None:
    async with harness() as on, online(on, register):
        shown = (await on.type("panel"))["message"]
        outcome = await on.press(shown, "slow")
        assert outcome["state"] == "answered"
        assert outcome["message"]["content"] == "done slowly"
        assert outcome["message"]["id"] == shown["id"]


async def test_menus_carry_values_and_what_they_mean() -> None:
    async with harness() as on, online(on, register):
        shown = (await on.type("panel"))["message"]
        chosen = await on.press(shown, "color", values=["Blue"])
        assert chosen["message"]["content"] == "you chose Blue"
        assert chosen["message"]["message_reference"]["message_id"] == shown["id"]
        assert (await on.press(shown, "role", values=[str(LOW_ROLE)]))["message"]["content"] == "role Holder"
        wrong = {"user": str(BEN), "message": shown["id"], "custom_id": "color"}
        assert await refusal(on, "/components", **wrong, values=["Green"]) == "this is not on the menu"
        assert await refusal(on, "/components", **wrong, values=[]) == "choose 1"


async def test_what_is_not_there_cannot_be_pressed() -> None:
    async with harness() as on, online(on, register):
        shown = (await on.type("panel", secret=True))["message"]
        press = {"user": str(BEN), "message": shown["id"]}
        assert await refusal(on, "/components", **press, custom_id="off") == "this component is disabled"
        assert "no such component" in await refusal(on, "/components", **press, custom_id="none")
        stranger = {**press, "user": str(ADA), "custom_id": "more"}
        assert await refusal(on, "/components", **stranger) == "there is no such message"


async def test_somebody_outside_the_server_sees_and_presses_nothing() -> None:
    async with harness() as on, online(on, register):
        shown = (await on.type("panel"))["message"]
        press = {"user": str(STRANGER), "message": shown["id"], "custom_id": "more"}
        assert await refusal(on, "/components", **press) == "you are not in this server"
        assert "error" in await on.get("/messages", user=STRANGER, channel=CHANNEL)


async def test_a_modal_is_opened_filled_and_sent() -> None:
    async with harness() as on, online(on, register):
        opened = await on.type("link")
        assert opened["state"] == "modal"
        assert opened["modal"]["title"] == "Link an account"
        sent = await on.submit(opened, account="10001")
        assert sent["message"]["content"] == "linked 10001"
        answer = {"user": str(BEN), "interaction": opened["id"]}
        assert "1 to 8" in await refusal(on, "/modals", **answer, values={"account": "123456789"})
        assert "1 to 8" in await refusal(on, "/modals", **answer, values={})


async def test_suggestions_come_from_the_bot() -> None:
    async with harness() as on, online(on, register):
        body = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL), "name": "find", "focused": "word"}
        status, answer = await on.post("/autocomplete", {**body, "options": {"word": "ti"}})
        assert status == 200
        assert len(answer["choices"]) == 25
        assert answer["choices"][0] == {"name": "ti-0", "value": "ti0"}


async def test_the_newer_components_are_accepted_and_returned() -> None:
    def register_layout(tree: Tree) -> None:
        @tree.command(description="Shows a layout")
        async def layout(interaction: Interaction) -> None:
            view = ui.LayoutView()
            box = ui.Container[ui.LayoutView](ui.TextDisplay("## Tessera"), accent_color=0x112233)
            box.add_item(ui.Separator())
            box.add_item(ui.MediaGallery(discord.MediaGalleryItem("https://example.org/a.png")))
            view.add_item(box)
            await interaction.response.send_message(view=view)

    async with harness() as on, online(on, register_layout) as bot:
        message = (await on.type("layout"))["message"]
        assert bot.errors == []
        assert message["flags"] & 1 << 15
        [container] = message["components"]
        assert [child["type"] for child in container["components"]] == [10, 14, 12]
        assert container["components"][2]["items"][0]["description"] is None
