"""What a long answer shows, as `bot.ui.paginator` asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import discord

from bot.ui.page_items import Choice


class PageSource(Protocol):
    """Pages to show. Data and appearance are the source's; the paginator only turns the pages."""

    def page_count(self) -> int:
        """How many pages, at least 1."""

    def embeds(self, page: int) -> list[discord.Embed]:
        """What page `page` (from 0) shows."""

    def choices(self, page: int) -> Sequence[Choice]:
        """What can be opened from that page, at most 25."""

    async def open(self, value: str) -> PageSource:
        """The pages behind a choice.

        Raises:
            TesseraError: shown to the person who chose.
        """

    def must_ask(self) -> bool:
        """Whether `ask_again` asks anybody, so that a press has to be acknowledged before it."""

    async def ask_again(self) -> PageSource:
        """The same pages, if they may still be shown; asked at every press.

        Raises:
            WithdrawnError: they may not: the answer is replaced by the sentence.
            TesseraError: that cannot be found out now: shown to the person who pressed, and nothing else is.
        """

    def tabs(self) -> Sequence[Choice]:
        """Other views of the same, at most five, shown side by side."""

    def tab(self) -> str:
        """The value of the tab that this is."""

    async def switch(self, value: str) -> PageSource:
        """The pages of another tab.

        Raises:
            TesseraError: shown to the person who pressed.
        """
