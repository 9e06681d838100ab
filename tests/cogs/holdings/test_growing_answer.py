"""An answer that is read no longer does not say that it is still being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from bot.cogs.holdings.growing_answer import show_growing
from bot.cogs.holdings.pages import HoldingsPages
from bot.errors import StoreError
from bot.holdings import LOOPRING, Account, Collection, Holding, Holdings, Order, Owner
from bot.lookup.lookup import Lookup
from bot.messages import Message
from bot.sources.askers import Asker
from bot.store import Store
from bot.ui.client import Bot
from bot.ui.paginator import Paginator
from tests.cogs.gates.live_bot import live_bot
from tests.loopring_source import open_source
from tests.sandbox_client import open_sandbox

SOMEONE = Asker.member(1)
FULL = Message("The disk is full.")


class ReadingCog(commands.Cog):
    """`/read`: shows one collection of five, and then it breaks off.

    Args:
        lookup: Knows the owner.
        error: It breaks off by this.
    """

    def __init__(self, lookup: Lookup, error: Exception) -> None:
        self._lookup = lookup
        self._error = error

    @app_commands.command(name="read", description="A list that breaks off")
    async def read(self, interaction: discord.Interaction[Bot]) -> None:
        """Show it."""
        bot = interaction.client
        await bot.acknowledge(interaction, ephemeral=True, thinking=True)
        none = Holdings(Account(LOOPRING, "10001"), discord.utils.utcnow())
        pages = HoldingsPages(self._lookup, SOMEONE, none, Owner(), (), Order.KINDS, reading=True)
        paginator = Paginator(pages, interaction, expires=600, host=bot, live=bot.live_answers)
        await show_growing(paginator, pages, self._updates(), self._lookup, set())

    async def _updates(self) -> AsyncIterator[Holdings]:
        row = Holding(Collection(LOOPRING, "254", name="Harbour Lights"), 12)
        yield Holdings(Account(LOOPRING, "10001"), discord.utils.utcnow(), (row,), total=5)
        raise self._error


@pytest.mark.parametrize(
    ("make", "why"),
    [(lambda: StoreError(FULL), "The disk is full"), (RuntimeError, "press again in a while")],
    ids=["an error", "a defect"],
)
async def test_what_breaks_off_keeps_what_arrived_and_is_said_to_be_read_no_longer(
    make: Callable[[], Exception], why: str
) -> None:
    store = await Store.open(None)
    async with open_sandbox() as loopring, open_source(loopring) as source:
        cog = ReadingCog(Lookup([source], store, cache_for=timedelta(0)), make())
        async with live_bot(cog) as live:
            ada = await live.sandbox.person("ada")
            await ada.run("read")
            async with asyncio.timeout(60):
                while len(messages := await ada.messages()) < 2:  # noqa: ASYNC110 - the state is another program's
                    await asyncio.sleep(0.02)
            shown, error = (str(message["embeds"]) for message in messages)
            assert "Harbour Lights" in shown
            assert why in shown
            assert "so far" not in shown
            assert "Harbour Lights" not in error
    await store.close()
