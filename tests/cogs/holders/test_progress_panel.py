"""Long work says how far it is, seldom, and ends when the person who waits presses Cancel."""

from __future__ import annotations

import asyncio

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.cogs.holders.progress_panel import ProgressPanel
from bot.errors import InputError
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot
from tests.cogs.gates.live_bot import LiveBot, live_bot
from tests.sandbox_client import Answer

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


async def until(live: LiveBot, answer: Answer, words: str) -> Answer:
    """An answer once it says something."""
    async with asyncio.timeout(60):
        while words not in answer.text + str(answer.embeds):
            await asyncio.sleep(0.02)
            answer = await live.sandbox.current(answer)
    return answer


class EndingCog(commands.Cog):
    """`/work`: shows how far it is, waits until a test lets it end, and shows what it found.

    Attributes:
        ends: Set by a test.
        error: The work ends in it; None: it ends well.
        is_late: The error comes after the work, as where its reader may not see the result any more.
    """

    panel: ProgressPanel
    error: Exception | None = None
    is_late = False
    now = 0.0

    def __init__(self) -> None:
        self.ends = asyncio.Event()

    @app_commands.command(name="work", description="Something long")
    async def work(self, interaction: discord.Interaction[Bot]) -> None:
        """Begin, and end."""
        bot = interaction.client
        await bot.acknowledge(interaction, ephemeral=True, thinking=True)
        self.panel = ProgressPanel(interaction, TITLE(), expires=600, host=bot, timer=lambda: self.now)
        async with self.panel as progress:
            self.now += 3
            await progress.report(5, 9)
            while not (self.ends.is_set() or progress.is_cancelled):  # noqa: ASYNC110 - as work looks at it
                await asyncio.sleep(0.01)
            if self.error and not self.is_late:
                raise self.error
        if self.error:
            raise self.error
        await sending.edit_answer(interaction, content=None, embed=discord.Embed(title="Found"), view=None)


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(
    ("error", "words"), [(InputError(Message("You may not.")), "You may not."), (OSError(), "Something went wrong")]
)
async def test_an_error_takes_the_place_of_the_progress(error: Exception, words: str, is_late: bool) -> None:  # noqa: FBT001 - of a table
    """Nothing that looks alive stays, whose button nobody would answer."""
    cog = EndingCog()
    cog.error, cog.is_late = error, is_late
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("work")
        assert answer.embeds[0]["description"] == "5 of 9 so far."
        cog.ends.set()
        ended = await until(live, answer, words)
        assert "cancel-work" not in str(ended.message["components"])
        assert len(await ada.messages()) == 1


async def test_a_press_of_cancel_whose_answer_is_slow_does_not_replace_the_result() -> None:
    cog = EndingCog()
    async with live_bot(cog) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("work")
        await live.fault("slow", "/callback", times=1, seconds=0.5)
        await ada.press(answer, "cancel-work")
        assert cog.panel.is_cancelled
        ended = await until(live, answer, "Found")
        assert not ended.message["components"]


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
