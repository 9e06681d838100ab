"""Direct messages between a stock client and a person."""

from __future__ import annotations

import asyncio
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from sandbox.world import APPLICATION_ID
from tests.sandbox.discord_client import ADA, BEN, CHANNEL, STRANGER, DiscordHarness, Json, harness, online

Interaction = discord.Interaction[Any]
LONGEST = 4000  # characters that a text input takes at most


class PasteModal(ui.Modal, title="Paste a signature"):
    """A paragraph as long as there can be."""

    signature = ui.Label(
        text="Signature",
        component=ui.TextInput[ui.Modal](custom_id="signature", style=discord.TextStyle.paragraph, max_length=LONGEST),
    )

    async def on_submit(self, interaction: Interaction) -> None:
        """Show how much came."""
        assert isinstance(self.signature.component, ui.TextInput)
        value = self.signature.component.value
        await interaction.response.send_message(f"{len(value)} {value.count(chr(10))}", ephemeral=True)


class ObjectionView(ui.View):
    """What a holder of an account may do about a claim."""

    @ui.button(label="It is mine", custom_id="object")
    async def object_to(self, interaction: Interaction, button: ui.Button[ObjectionView]) -> None:
        """Edit in place."""
        del button
        where = (interaction.guild_id, interaction.context.dm_channel, interaction.user.id)
        await interaction.response.edit_message(content=f"objected {where}", view=None)

    @ui.button(label="Whisper", custom_id="whisper")
    async def whisper(self, interaction: Interaction, button: ui.Button[ObjectionView]) -> None:
        """A message of its own."""
        del button
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("psst")

    @ui.button(label="Paste", custom_id="paste")
    async def paste(self, interaction: Interaction, button: ui.Button[ObjectionView]) -> None:
        """Ask in a modal."""
        del button
        await interaction.response.send_modal(PasteModal())


def register(tree: app_commands.CommandTree[Any]) -> None:
    @tree.command(description="Offers a button that only one sees")
    async def verify(interaction: Interaction) -> None:
        await interaction.response.send_message("press", view=ObjectionView(), ephemeral=True)

    @tree.command(description="Asks at once")
    async def paste(interaction: Interaction) -> None:
        await interaction.response.send_modal(PasteModal())


def link_button() -> ui.View:
    view = ui.View()
    view.add_item(ui.Button(label="Open", url="https://verify.example/v"))
    return view


async def direct(on: DiscordHarness, user: int = BEN) -> list[Json]:
    """What a person finds in the direct messages."""
    [channel] = (await on.get("/state", user=user))["dms"]
    return await on.messages(user, int(channel["id"]))


async def test_a_message_reaches_one_person_and_nobody_else() -> None:
    async with harness() as on, online(on, register) as bot:
        ben = await bot.fetch_user(BEN)
        sent = await ben.send(embed=discord.Embed(title="Contest"), view=link_button())
        [seen] = await direct(on)
        assert (seen["id"], seen["guild_id"]) == (str(sent.id), None)
        assert seen["embeds"][0]["title"] == "Contest"
        assert seen["components"][0]["components"][0]["url"] == "https://verify.example/v"
        assert (await on.get("/state", user=ADA))["dms"] == []
        assert "error" in await on.get("/messages", user=ADA, channel=sent.channel.id)
        assert await on.messages(BEN, CHANNEL) == []


async def test_there_is_one_channel_for_a_person() -> None:
    async with harness() as on, online(on, register) as bot:
        first = await bot.create_dm(discord.Object(BEN))
        status, body = await on.rest("POST", "/users/@me/channels", {"recipient_id": str(BEN)})
        assert (status, body["id"], body["type"]) == (200, str(first.id), 1)
        assert [one["id"] for one in body["recipients"]] == [str(BEN)]
        assert (await on.rest("GET", f"/channels/{first.id}"))[1] == body
        assert (await on.get("/state", user=BEN))["dms"] == [], "nothing was written yet"


async def test_messages_are_edited_read_and_deleted_as_elsewhere() -> None:
    async with harness() as on, online(on, register) as bot:
        channel = await bot.create_dm(discord.Object(BEN))
        sent = await channel.send("one")
        await sent.edit(content="two")
        assert [message.content async for message in channel.history()] == ["two"]
        assert (await channel.fetch_message(sent.id)).content == "two"
        assert [message["content"] for message in await direct(on)] == ["two"]
        await sent.delete()
        assert (await on.get("/state", user=BEN))["dms"] == []


async def test_a_person_who_accepts_no_direct_messages_gets_none() -> None:
    async with harness() as on, online(on, register) as bot:
        channel = await bot.create_dm(discord.Object(BEN))
        assert (await on.post("/dms", {"user": str(BEN), "accepts": False}))[0] == 200
        with pytest.raises(discord.Forbidden) as refusal:
            await channel.send("hello")
        assert (refusal.value.code, refusal.value.text) == (50007, "Cannot send messages to this user")
        await on.post("/dms", {"user": str(BEN), "accepts": True})
        await channel.send("hello")
        assert len(await direct(on)) == 1


async def test_a_person_without_a_common_server_cannot_be_written_to() -> None:
    async with harness() as on, online(on, register) as bot:
        stranger = await bot.fetch_user(STRANGER)
        with pytest.raises(discord.Forbidden) as refusal:
            await stranger.send("hello")
        assert refusal.value.code == 50278


@pytest.mark.parametrize(
    ("recipient", "status", "code"),
    [("1", 400, 50033), ("nobody", 400, 50033), (None, 400, 50033), (str(APPLICATION_ID), 403, 50007)],
)
async def test_a_channel_is_opened_with_people_only(recipient: str | None, status: int, code: int) -> None:
    async with harness() as on:
        answered, body = await on.rest("POST", "/users/@me/channels", {"recipient_id": recipient})
        assert (answered, body["code"]) == (status, code)


async def test_the_setting_needs_a_known_user() -> None:
    async with harness() as on:
        for body in ({"user": "1", "accepts": False}, {"user": str(BEN), "accepts": "no"}, {"user": str(BEN)}):
            assert (await on.post("/dms", body))[0] == 400


async def test_a_bot_keeps_its_channels_over_a_reset() -> None:
    async with harness() as on, online(on, register) as bot:
        channel = await bot.create_dm(discord.Object(BEN))
        await channel.send("before")
        await on.post("/dms", {"user": str(BEN), "accepts": False})
        on.discord.reset()
        assert (await on.get("/state", user=BEN))["dms"] == []
        await channel.send("after")
        assert [message["content"] for message in await direct(on)] == ["after"]


async def test_what_was_fetched_counts_as_read() -> None:
    async with harness() as on, online(on, register) as bot:
        channel = await bot.create_dm(discord.Object(BEN))
        for content in ("one", "two"):
            await channel.send(content)
            [listed] = (await on.get("/state", user=BEN))["dms"]
            assert (listed["name"], listed["unread"]) == ("Tessera", True)
            await on.messages(BEN, channel.id)
            assert (await on.get("/state", user=BEN))["dms"][0]["unread"] is False


async def test_events_reach_only_the_person() -> None:
    async with harness() as on, online(on, register) as bot:
        url = on.address + "/_client/events"
        async with (
            on.session.ws_connect(url, params={"user": ADA}) as ada,
            on.session.ws_connect(url, params={"user": BEN}) as ben,
        ):
            await (await bot.create_dm(discord.Object(BEN))).send("for you")
            on.discord.publish({"type": "log", "line": "the last of it"})
            async with asyncio.timeout(60):
                event = await ben.receive_json()
                assert (event["type"], event["message"]["content"]) == ("message_create", "for you")
                assert (await ada.receive_json())["type"] == "log"


async def test_a_button_works_there_without_a_guild() -> None:
    async with harness() as on, online(on, register) as bot:
        sent = await (await bot.create_dm(discord.Object(BEN))).send("claimed", view=ObjectionView())
        [seen] = await direct(on)
        whispered = await on.press(seen, "whisper")
        assert (whispered["message"]["content"], whispered["message"]["ephemeral"]) == ("psst", True)
        assert await on.rest("GET", f"/channels/{sent.channel.id}/messages/{whispered['message']['id']}") == (
            404,
            {"message": "Unknown Message", "code": 10008},
        )
        outcome = await on.press(seen, "object")
        assert outcome["message"]["content"] == f"objected (None, True, {BEN})"
        assert bot.errors == []
        other = {"user": str(ADA), "message": seen["id"], "custom_id": "object"}
        assert await on.post("/components", other) == (400, {"error": "there is no such message"})


async def test_a_modal_opened_there_is_answered_there() -> None:
    async with harness() as on, online(on, register) as bot:
        await (await bot.create_dm(discord.Object(BEN))).send("claimed", view=ObjectionView())
        opened = await on.press((await direct(on))[0], "paste")
        assert opened["state"] == "modal"
        assert (await on.submit(opened, signature="0x12\n0x34"))["message"]["content"] == "9 1"


async def test_a_bot_with_the_intent_receives_its_own_messages() -> None:
    async with (
        harness() as on,
        online(on, register, intents=discord.Intents(guilds=True, dm_messages=True)) as bot,
    ):
        channel = await bot.create_dm(discord.Object(BEN))
        received = bot.wait_for("message", timeout=60)  # listens from here on
        sent = await channel.send("echo")
        message = await received
        assert (message.id, message.guild) == (sent.id, None)


async def test_a_paragraph_of_four_thousand_characters_passes_a_modal() -> None:
    async with harness() as on, online(on, register):
        hidden = (await on.type("verify"))["message"]
        assert hidden["ephemeral"]
        for opened in (await on.press(hidden, "paste"), await on.type("paste")):
            [label] = opened["modal"]["components"]
            assert (label["component"]["style"], label["component"]["max_length"]) == (2, LONGEST)
            text = "line\n" * (LONGEST // 5)
            assert (await on.submit(opened, signature=text))["message"]["content"] == "4000 800"
            longer = {"user": str(BEN), "interaction": opened["id"], "values": {"signature": text + "x"}}
            status, body = await on.post("/modals", longer)
            assert (status, body["error"]) == (400, "Signature must have 1 to 4000 characters")
