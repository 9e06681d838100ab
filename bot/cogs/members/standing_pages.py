"""How a member stands, as pages to turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cogs.members import standing_embeds
from bot.cogs.members.standing_embeds import Standing
from bot.errors import InputError
from bot.messages import Message
from bot.ui.embeds import fit
from bot.ui.page_items import Choice

_NOTHING_TO_OPEN = Message("There is nothing to open here.")


@dataclass(frozen=True, slots=True)
class StandingPages:
    """A standing, with an embed above the first page where something was just done."""

    standing: Standing
    above: discord.Embed | None = None

    def page_count(self) -> int:
        """How many pages, at least 1."""
        return standing_embeds.page_count(self.standing)

    def embeds(self, page: int) -> list[discord.Embed]:
        """What a page shows."""
        shown = [standing_embeds.standing_embed(self.standing, page)]
        return fit([self.above, *shown] if self.above and not page else shown)

    def choices(self, page: int) -> Sequence[Choice]:
        """Nothing can be opened."""
        del page
        return ()

    async def open(self, value: str) -> StandingPages:
        """Nothing can be opened.

        Raises:
            InputError: always; no menu offers it.
        """
        del value
        raise InputError(_NOTHING_TO_OPEN)

    def must_ask(self) -> bool:
        """Not: it was made for the person who turns its pages."""
        return False

    async def ask_again(self) -> StandingPages:
        """The same: it was made for the person who turns its pages."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """There is one view."""
        return ()

    def tab(self) -> str:
        """Its name."""
        return ""

    async def switch(self, value: str) -> StandingPages:
        """There is one view."""
        del value
        return self
