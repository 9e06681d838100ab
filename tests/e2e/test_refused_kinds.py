"""Every kind of message is sent without the parts that Discord refuses, and with all others."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.draft import Parts
from bot.ui.panel import ActionButton
from tests.cogs.gates.live_bot import live_bot
from tests.sandbox_client import Person

BAD, GOOD = "https://refused.example/Fox.png?key=secret", "https://pictures.example/Fox.png"
# One message with what public reports name: pictures (roxbot#64, ZorakBot#162), icons of author and footer
# (DiscordPHP#1035, Ticket-Bot#98), the links of title and author (discord-api-docs#5837, bugsink#280), emoji of buttons
# and choices (discord.py-components#39, Crownicles#3110, Koishi#25), a link button (discord-buttons#42), and a choice
# whose value is used already (Ticket-Bot#346, Crownicles#3908).
EMOJI = "⏮"
CUSTOM_EMOJI = "<:fox:1277679484459290757>"


def refused() -> dict[str, Any]:
    """What the stand-in refuses, besides what it always does."""
    return {"urls": ["refused.example"], "emoji": [EMOJI, "1277679484459290757"], "values": ["again"]}


def embeds() -> list[discord.Embed]:
    """Two, each with something refused and something not."""
    one = discord.Embed(title="One", url=BAD, description="All words stay.", colour=0x123456).set_image(url=BAD)
    one.set_thumbnail(url=GOOD).set_author(name="Author", url=BAD, icon_url=BAD).set_footer(text="Foot", icon_url=BAD)
    return [one.add_field(name="Field", value="Value"), discord.Embed(title="Two").set_thumbnail(url=BAD)]


def view() -> discord.ui.View:
    """Buttons and a menu, likewise."""
    shown = discord.ui.View(timeout=60)
    for item in (
        discord.ui.Button[Any](emoji=EMOJI, custom_id="first"),
        discord.ui.Button[Any](label="Fox", emoji=CUSTOM_EMOJI, custom_id="fox"),
        discord.ui.Button[Any](label="Next", emoji="▶", custom_id="next"),
        discord.ui.Button[Any](label="There", url=BAD),
        discord.ui.Button[Any](label="Here", url=GOOD),
    ):
        item.row = 0
        shown.add_item(item)
    option = discord.SelectOption
    options = [
        option(label="First", value="1", emoji=EMOJI),
        option(label="Again", value="again"),
        option(label="Last", value="4", emoji="▶"),
    ]
    shown.add_item(discord.ui.Select[Any](custom_id="menu", options=options, row=1))
    return shown


def message(**more: Any) -> Parts:
    """The same each time."""
    parts: Any = {"embeds": embeds(), "view": view(), **more}
    return parts  # type: ignore[no-any-return]


Send = Callable[[discord.Interaction[Bot]], Awaitable[object]]


async def respond(interaction: discord.Interaction[Bot]) -> None:
    await sending.respond(interaction, **message())


async def edit_answer(interaction: discord.Interaction[Bot]) -> None:
    await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
    await sending.edit_answer(interaction, **message())


async def edit_answer_with_a_file(interaction: discord.Interaction[Bot]) -> None:
    await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
    file = discord.File(io.BytesIO(b"All of it."), filename="list.txt")
    await sending.edit_answer(interaction, **message(attachments=[file]))


async def follow_up(interaction: discord.Interaction[Bot]) -> None:
    await sending.respond(interaction, content="An answer")
    await sending.follow_up(interaction, **message(ephemeral=True))


async def post(interaction: discord.Interaction[Bot]) -> None:
    await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
    assert isinstance(interaction.channel, discord.TextChannel)
    await sending.post(interaction.client, interaction.channel, **message())
    await sending.edit_answer(interaction, content="Posted")


async def edit_post(interaction: discord.Interaction[Bot]) -> None:
    await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
    assert isinstance(interaction.channel, discord.TextChannel)
    posted = await sending.post(interaction.client, interaction.channel, content=None, embed=discord.Embed(title="Old"))
    await sending.edit_post(interaction.client, posted, **message())
    await sending.edit_answer(interaction, content="Changed")


async def write(interaction: discord.Interaction[Bot]) -> None:
    await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
    channel = await interaction.client.create_dm(discord.Object(interaction.user.id))
    await sending.post(interaction.client, channel, **message())
    await sending.edit_answer(interaction, content="Written")


class SendingCog(commands.Cog):
    """`/send`: one message, sent in one way; and a button that is answered by changing its message."""

    def __init__(self, send: Send) -> None:
        self._send = send

    @app_commands.command(name="send", description="Send it")
    async def send(self, interaction: discord.Interaction[Bot]) -> None:
        """Send it."""
        await self._send(interaction)


async def pressable(interaction: discord.Interaction[Bot]) -> None:
    """A message with a button, which changes it when pressed."""

    async def change(press: discord.Interaction[Any]) -> None:
        await sending.edit_pressed(press, **message())

    shown = discord.ui.View(timeout=60)
    shown.add_item(ActionButton("change", "Change", change))
    await sending.respond(interaction, content="Press it", view=shown)


def check(sent: dict[str, Any]) -> None:
    """All is there that was not refused, and nothing that was."""
    one, two = sent["embeds"]
    assert (one["title"], one["description"], one["color"]) == ("One", "All words stay.", 0x123456)
    assert (one["author"], one["footer"]) == ({"name": "Author"}, {"text": "Foot"})
    assert [(field["name"], field["value"]) for field in one["fields"]] == [("Field", "Value")]
    assert one["thumbnail"]["url"] == GOOD
    assert two["title"] == "Two"
    assert [key in embed for embed in (one, two) for key in ("image", "url")] == [False] * 4
    assert "thumbnail" not in two
    buttons, [menu] = (row["components"] for row in sent["components"])
    shown = [(item.get("label"), (item.get("emoji") or {}).get("name")) for item in buttons]
    assert shown == [(EMOJI, None), ("Fox", None), ("Next", "▶"), ("Here", None)]
    options = [(each["label"], each["value"], (each.get("emoji") or {}).get("name")) for each in menu["options"]]
    assert options == [("First", "1", None), ("Last", "4", "▶")]


async def shown_to(person: Person) -> dict[str, Any]:
    """The last message with embeds in the channel, once it is there; a follow-up comes after the answer."""
    async with asyncio.timeout(60):
        while not (seen := [each for each in await person.messages() if each["embeds"]]):  # noqa: ASYNC110 - as in the sandbox's client
            await asyncio.sleep(0.02)
    return seen[-1]


@pytest.mark.parametrize("send", [respond, edit_answer, edit_answer_with_a_file, follow_up, edit_post, post])
async def test_a_message_is_sent_without_what_is_refused(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    async with live_bot(SendingCog(send)) as live:
        await live.sandbox.control("refusals", **refused())
        ada = await live.sandbox.person("ada")
        answer = await ada.run("send")
        check(await shown_to(ada))
        if send is edit_answer_with_a_file:
            assert await live.sandbox.file(answer.message["attachments"][0]) == "All of it."
    lines = [record.getMessage() for record in caplog.records if "Discord refused" in record.getMessage()]
    assert len(lines) == 1
    assert "embeds.0.image.url of refused.example (URL_TYPE_INVALID_URL)" in lines[0]
    assert "secret" not in caplog.text


async def test_a_press_is_answered_without_what_is_refused() -> None:
    async with live_bot(SendingCog(pressable)) as live:
        await live.sandbox.control("refusals", **refused())
        ada = await live.sandbox.person("ada")
        answer = await ada.run("send")
        pressed = await ada.press(answer, "change")
        check(pressed.message)


async def test_a_direct_message_is_written_without_what_is_refused() -> None:
    async with live_bot(SendingCog(write)) as live:
        await live.sandbox.control("refusals", **refused())
        ada = await live.sandbox.person("ada")
        assert (await ada.run("send")).message["content"] == "Written"
        [written] = await ada.direct_messages()
        check(written)
