"""How a member stands, as pages to turn."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.cogs.members import standing_embeds
from bot.cogs.members.standing_embeds import Standing
from bot.ui.embeds import fit
from bot.ui.turning_pages import TurningPages


@dataclass(frozen=True, slots=True)
class StandingPages(TurningPages):
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
