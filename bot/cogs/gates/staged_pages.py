"""The removals that wait for a person, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.cogs.gates import sync_embeds
from bot.errors import InputError
from bot.messages import Message
from bot.sync.results import Staged
from bot.ui import embeds
from bot.ui.page_items import Choice

_FOOTER = Message("/sync approve takes them, /sync discard leaves them for a day")
_NOT_OPENABLE = Message("There is nothing to open in this list.")


@dataclass(frozen=True)
class StagedPages:
    """Pages of ten; they are as they were when they were asked for."""

    staged: Sequence[Staged]

    def page_count(self) -> int:
        """At least one."""
        return max(1, -(-len(self.staged) // sync_embeds.STAGED_A_PAGE))

    def embeds(self, page: int) -> list[discord.Embed]:
        """Ten removals with their reasons."""
        start = page * sync_embeds.STAGED_A_PAGE
        lines = sync_embeds.staged_lines(self.staged[start : start + sync_embeds.STAGED_A_PAGE])
        title = sync_embeds.to_decide_words(len(self.staged))
        embed = discord.Embed(title=title, description="\n".join(lines), colour=embeds.CAUTION)
        return embeds.fit([embed.set_footer(text=_FOOTER().render())])

    def choices(self, _page: int) -> Sequence[Choice]:
        """None."""
        return ()

    async def open(self, _value: str) -> StagedPages:
        """There is nothing to open.

        Raises:
            InputError: always.
        """
        raise InputError(_NOT_OPENABLE)

    def must_ask(self) -> bool:
        """Nobody: an admin saw the list already."""
        return False

    async def ask_again(self) -> StagedPages:
        """The same."""
        return self

    def tabs(self) -> Sequence[Choice]:
        """None."""
        return ()

    def tab(self) -> str:
        """None."""
        return ""

    async def switch(self, _value: str) -> StagedPages:
        """There are no tabs.

        Raises:
            InputError: always.
        """
        raise InputError(_NOT_OPENABLE)
