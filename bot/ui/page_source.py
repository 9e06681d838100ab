"""What a long answer shows, as `bot.ui.paginator` asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Searchable(Protocol):
    """Pages of a list in which something can be found by its name."""

    def find(self, text: str) -> PageSource:
        """The pages of what fits.

        Raises:
            InputError: nothing does.
        """


@runtime_checkable
class StartsLater(Protocol):
    """Pages of which another than the first is shown at the beginning."""

    first_shown: int


@runtime_checkable
class Sequel(Protocol):
    """Pages that were opened from a list, and are followed by others of it."""

    def following(self) -> Choice | None:
        """What can be opened in their place, from the same list; None: it was the last."""


@runtime_checkable
class Linked(Protocol):
    """Pages with links to somewhere else."""

    def links(self, page: int) -> Sequence[Choice]:
        """At most five; `value` is the URL."""


@runtime_checkable
class Opening(Protocol):
    """Pages whose menu has words of its own."""

    @property
    def placeholder(self) -> str:
        """The text on the menu."""
