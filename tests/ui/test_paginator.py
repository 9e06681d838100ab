"""A press on a long answer is acknowledged before anybody is asked whether the pages may still be shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.errors import InputError, WithdrawnError
from bot.messages import Message
from bot.ui.client import Bot
from bot.ui.page_items import Choice
from bot.ui.paginator import Paginator
from tests.cogs.gates.live_bot import live_bot

_GONE = Message("They share nothing any more.")
_NO_TAB = Message("There are no tabs.")


@dataclass
class SlowPages:
    """Three pages about somebody else; whether they may be shown is answered when the test says so."""

    may_be_shown: bool = True
    asks: bool = True
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0

    def page_count(self) -> int:
        """Three."""
        return 3

    def embeds(self, page: int) -> list[discord.Embed]:
        """The number of the page."""
        return [discord.Embed(title=f"Page {page + 1}")]

    def choices(self, _page: int) -> Sequence[Choice]:
        """The page itself."""
        return [Choice("again", "Again")]

    async def open(self, _value: str) -> SlowPages:
        """The same."""
        return self

    def must_ask(self) -> bool:
        """At every press, or never."""
        return self.asks

    async def ask_again(self) -> SlowPages:
        """Wait for the test."""
        self.asked += 1
        await self.answers.wait()
        if not self.may_be_shown:
            raise WithdrawnError(_GONE)
        return self

    def tabs(self) -> Sequence[Choice]:
        """None."""
        return ()

    def tab(self) -> str:
        """None."""
        return ""

    async def switch(self, _value: str) -> SlowPages:
        """There is none."""
        raise InputError(_NO_TAB)


class PagesCog(commands.Cog):
    """`/pages`."""

    def __init__(self, pages: SlowPages) -> None:
        self._pages = pages

    @app_commands.command(name="pages", description="Three pages")
    async def pages(self, interaction: discord.Interaction[Bot]) -> None:
        """Show them."""
        await interaction.client.acknowledge(interaction, ephemeral=True, thinking=True)
        live = interaction.client.live_answers
        await Paginator(
            self._pages, interaction, expires=600, host=interaction.client, live=live, select_placeholder="Open"
        ).show()


@pytest.mark.parametrize("action", ["next", "open"])
async def test_a_press_is_acknowledged_however_long_the_question_takes(action: str) -> None:
    pages = SlowPages()
    async with live_bot(PagesCog(pages)) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("pages")
        values = ["again"] if action == "open" else []
        pressed = await ada.press(answer, action, *values, wait="acknowledged")
        assert (pressed["state"], pages.asked) == ("deferred", 1)
        pages.answers.set()
        shown = await live.sandbox.answer(pressed["id"])
        assert shown.embeds[0]["title"] == ("Page 2" if action == "next" else "Page 1")


async def test_a_page_that_is_asked_for_by_its_number_is_shown_after_the_question() -> None:
    pages = SlowPages()
    async with live_bot(PagesCog(pages)) as live:
        ada = await live.sandbox.person("ada")
        opened = await ada.press(await ada.run("pages"), "jump")
        assert pages.asked == 0  # a modal shows nothing
        pages.answers.set()
        assert (await ada.submit(opened, page="3")).embeds[0]["title"] == "Page 3"
        assert pages.asked == 1


async def test_an_answer_that_may_be_shown_no_longer_is_replaced_after_the_acknowledgement() -> None:
    pages = SlowPages(may_be_shown=False)
    async with live_bot(PagesCog(pages)) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("pages")
        pressed = await ada.press(answer, "next", wait="acknowledged")
        pages.answers.set()
        shown = await live.sandbox.answer(pressed["id"])
        assert (shown.embeds[0]["description"], shown.components()) == ("They share nothing any more.", [])


async def test_a_page_number_that_is_sent_after_another_answer_took_the_message_changes_nothing() -> None:
    async with live_bot(PagesCog(SlowPages(asks=False))) as live:
        ada = await live.sandbox.person("ada")
        answer = await ada.run("pages")
        opened = await ada.press(answer, "jump")
        live.bot.live_answers.replaced(int(answer["id"]))
        await ada.submit(opened, page="3")
        shown = await live.sandbox.current(answer)
        assert shown.embeds[0]["title"] == "Page 1"
        assert shown.components()
