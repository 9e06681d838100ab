"""Long work says how far it is, seldom, and ends when the person who waits presses Cancel."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.holders.progress_panel import ProgressPanel
from bot.messages import Message
from bot.ui.client import Bot
from tests.cogs.gates.live_bot import live_bot

TITLE = Message("Counting")
MINUTE = 60.0


class WorkCog(commands.Cog):
    """`/work`: acknowledged, and then a test is at work."""

    panel: ProgressPanel
    now = 0.0

    @app_commands.command(name="work", description="Something long")
    async def work(self, interaction: discord.Interaction[Bot]) -> None:
        """Begin."""
        bot = interaction.client
        await bot.acknowledge(interaction, ephemeral=True, thinking=True)
        self.panel = ProgressPanel(interaction, TITLE(), expires=600, host=bot, timer=lambda: self.now)
        await self.panel.report(1, 9)
        self.now += 3
        await self.panel.report(5, 9)


async def test_quick_work_shows_nothing_and_long_work_how_far_it_is() -> None:
    cog = WorkCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("work")
        assert answer.embeds[0]["description"] == "5 of 9 so far."
        await cog.panel.report(6, 9)  # just after: Discord is not asked again
        assert (await live.sandbox.current(answer)).embeds[0]["description"] == "5 of 9 so far."
        cog.now += 3
        await cog.panel.report(1_200)
        assert (await live.sandbox.current(answer)).embeds[0]["description"] == "1,200 so far."
        assert not cog.panel.is_cancelled


async def test_cancel_is_answered_and_the_work_hears_it() -> None:
    cog = WorkCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        pressed = await ada.press(await ada.run("work"), "cancel-work")
        assert cog.panel.is_cancelled
        assert "shows what it has by then" in pressed.text
        assert pressed.component("cancel-work")["disabled"]
        cog.now += 3
        await cog.panel.report(7, 9)  # what was under way: the answer stays
        assert "shows what it has by then" in (await live.sandbox.current(pressed)).text


async def test_what_takes_longer_than_an_answer_can_be_edited_ends() -> None:
    cog = WorkCog()
    async with live_bot(cog) as live:
        await (await live.sandbox.person("ada")).run("work")
        cog.now += 13 * MINUTE
        await cog.panel.report(8, 9)
        assert cog.panel.is_cancelled


async def test_work_goes_on_where_discord_takes_no_progress() -> None:
    cog = WorkCog()
    async with live_bot(cog) as live:
        await (await live.sandbox.person("ada")).run("work")
        await live.fault("status", "/messages/@original", status=400, times=None)
        cog.now += 3
        await cog.panel.report(8, 9)
        assert not cog.panel.is_cancelled
