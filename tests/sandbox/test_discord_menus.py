"""Commands in the menus of members and messages, and files that people attach, with a stock client."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands, ui

from tests.sandbox.discord_client import ADA, BEN, CHANNEL, GUILD, LOW_ROLE, Json, harness, online

Interaction = discord.Interaction[Any]


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
        """Show what came."""
        assert isinstance(self.role.component, ui.RoleSelect)
        assert isinstance(self.mode.component, ui.RadioGroup)
        assert isinstance(self.file.component, ui.FileUpload)
        text = (await self.file.component.values[0].read()).decode()
        chosen = self.role.component.values[0].name
        await interaction.response.send_message(f"{chosen}, {self.mode.component.value}: {text}", ephemeral=True)


def register(tree: app_commands.CommandTree[Any]) -> None:
    @tree.context_menu(name="Show holdings")
    async def of_member(interaction: Interaction, member: discord.Member) -> None:
        held = ", ".join(role.name for role in member.roles)
        await interaction.response.send_message(f"{member.display_name}: {held}", ephemeral=True)

    @tree.context_menu(name="Report")
    async def of_message(interaction: Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"about: {message.content}", ephemeral=True)

    @tree.context_menu(name="Moderate")
    @app_commands.default_permissions(manage_roles=True)
    async def moderate(interaction: Interaction, user: discord.User) -> None:
        await interaction.response.send_message(user.name, ephemeral=True)

    @tree.command(description="Reads a file")
    async def read(interaction: Interaction, file: discord.Attachment) -> None:
        await interaction.response.send_message(f"{file.filename}: {(await file.read()).decode()}")

    @tree.command(description="Opens the modal")
    async def opens(interaction: Interaction) -> None:
        await interaction.response.send_modal(ImportModal())


def menu(name: str, target: str, kind: int, user: int = ADA) -> Json:
    place = {"user": str(user), "guild": str(GUILD), "channel": str(CHANNEL)}
    return {**place, "name": name, "type": kind, "target": target}


async def test_a_command_of_a_members_menu_gets_that_member() -> None:
    async with harness() as on, online(on, register):
        on.guild.members[BEN].roles = [LOW_ROLE]
        _, sent = await on.post("/commands", menu("Show holdings", str(BEN), 2))
        outcome = await on.get(f"/interactions/{sent['interaction']}", wait="answered", timeout=60)
        assert outcome["message"]["content"] == "Ben: @everyone, Holder"


async def test_a_command_of_a_messages_menu_gets_that_message() -> None:
    async with harness() as on, online(on, register):
        _, posted = await on.rest("POST", f"/channels/{CHANNEL}/messages", {"content": "hello"})
        _, sent = await on.post("/commands", menu("Report", posted["id"], 3))
        outcome = await on.get(f"/interactions/{sent['interaction']}", wait="answered", timeout=60)
        assert outcome["message"]["content"] == "about: hello"


async def test_a_menu_has_what_its_person_may_use() -> None:
    async with harness() as on, online(on, register):
        assert (await on.post("/commands", menu("Moderate", str(ADA), 2)))[0] == 202
        status, refused = await on.post("/commands", menu("Moderate", str(ADA), 2, user=BEN))
        assert (status, refused["error"]) == (400, "there is no Moderate in this menu")
        assert (await on.post("/commands", menu("Report", str(ADA), 2)))[0] == 400


async def test_a_file_is_attached_to_a_command() -> None:
    async with harness() as on, online(on, register):
        outcome = await on.type("read", file={"filename": "gates.yaml", "text": "gates: []"})
        assert outcome["message"]["content"] == "gates.yaml: gates: []"
        place = {"user": str(BEN), "guild": str(GUILD), "channel": str(CHANNEL)}
        status, refused = await on.post("/commands", {**place, "name": "read", "options": {"file": "gates.yaml"}})
        assert (status, refused["error"]) == (400, "a file has a filename and a text")


async def test_a_modal_takes_a_role_a_choice_and_a_file() -> None:
    async with harness() as on, online(on, register):
        opened = await on.type("opens")
        values: Json = {"role": [str(LOW_ROLE)], "mode": "replace", "file": [{"filename": "a.csv", "text": "a,b"}]}
        outcome = await on.submit(opened, **values)
        assert outcome["message"]["content"] == "Holder, replace: a,b"
        body = {"user": str(BEN), "interaction": opened["id"], "values": values | {"file": []}}
        status, refused = await on.post("/modals", body)
        assert (status, refused["error"]) == (400, "File: choose 1 to 1 files")
