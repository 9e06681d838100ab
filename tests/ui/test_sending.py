"""Sending is tried a bounded number of times, and all sending goes through one module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.draft import Parts
from tests.cogs.gates.live_bot import LiveBot, live_bot

BOT = Path(__file__).parents[2] / "bot"
PICTURES = [f"https://refused.example/{n}.png" for n in range(8)]
_SENDS = {"send_message", "edit_message", "edit_original_response"}
_SENDS_WITH_PARTS = {"send", "edit"}


def sends_of(module: Path) -> Iterator[str]:
    """Where a module sends a message itself."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name, given = node.func.attr, {keyword.arg for keyword in node.keywords}
        if name in _SENDS or (name in _SENDS_WITH_PARTS and given & Parts.__annotations__.keys()):
            yield f"{module.relative_to(BOT)}:{node.lineno}: {name}"


def test_all_messages_go_out_through_one_module() -> None:
    others = [module for module in BOT.rglob("*.py") if module != BOT / "ui" / "sending.py"]
    assert [found for module in others for found in sends_of(module)] == []
    assert list(sends_of(BOT / "ui" / "sending.py"))  # so that this would be seen


class PicturesCog(commands.Cog):
    """`/pictures`: eight of them, all refused."""

    @app_commands.command(name="pictures", description="Eight pictures")
    async def pictures(self, interaction: discord.Interaction[Bot]) -> None:
        """Show them."""
        embeds = [discord.Embed(title=f"Picture {n}").set_image(url=url) for n, url in enumerate(PICTURES)]
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        await sending.edit_answer(interaction, embeds=embeds)


async def tries(live: LiveBot) -> int:
    """How often the answer was sent."""
    return len([each for each in await live.sent("/messages/@original") if each.startswith("PATCH")])


async def test_where_one_part_after_another_is_refused_all_pictures_are_left_out_after_a_few_tries() -> None:
    async with live_bot(PicturesCog()) as live:
        await live.sandbox.control("refusals", urls=["refused.example"], shape="first")
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert [embed["title"] for embed in answer.embeds] == [f"Picture {n}" for n in range(8)]
        assert not any("image" in embed for embed in answer.embeds)
        assert await tries(live) == 6


async def test_what_is_refused_in_every_form_is_tried_once_more_without_pictures() -> None:
    async with live_bot(PicturesCog()) as live:
        await live.sandbox.control("refusals", words=["Picture 3"])
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert "Discord does not accept this answer in the form in which Tessera sends it" in answer.text
        assert await tries(live) == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (403, {"message": "Missing Access", "code": 50001}),
        (400, {"message": "Cannot send an empty message", "code": 50006}),
        (404, {"message": "Unknown Webhook", "code": 10015}),
    ],
)
async def test_an_error_about_something_else_is_not_tried_again(status: int, body: dict[str, Any]) -> None:
    async with live_bot(PicturesCog()) as live:
        await live.fault("status", "/messages/@original", times=1, status=status, body=body)
        answer = await (await live.sandbox.person("ada")).run("pictures")
        assert "Something went wrong inside Tessera" in answer.text
        assert await tries(live) == 1
