"""The one View behind every long answer: pages to turn, things to open, a way back.

Who may press: only the person who asked. When it dies: after `expires` seconds without a press its buttons are
disabled. What if it breaks: the person is told, privately. After a restart: buttons of an earlier process are told
apart by `RUN` in their ids, and answered by `bot.client` with a word on what to do.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import discord

from bot.errors import InputError

log = logging.getLogger(__name__)

ID_PREFIX = "tessera"
# Tells the buttons of this process from those of an earlier one, whose views are gone.
RUN = secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something on a page that can be opened; texts are safe and short already (limits: 100 each)."""

    value: str
    label: str
    description: str = ""


class PageSource(Protocol):
    """Pages to show. Both data and looks are the source's; the paginator only turns them."""

    def page_count(self) -> int:
        """How many pages, at least 1."""

    def embeds(self, page: int) -> list[discord.Embed]:
        """What page `page` (from 0) shows."""

    def choices(self, page: int) -> Sequence[Choice]:
        """What can be opened from that page, at most 25."""

    async def open(self, value: str) -> PageSource:
        """The pages behind a choice.

        Raises:
            TesseraError: told to the person who chose.
        """


class Host(Protocol):
    """What a paginator needs of the client."""

    async def admit(self, interaction: discord.Interaction[Any]) -> bool:
        """Whether a press may be handled now; a refusal is told to the person."""

    async def answer_error(self, interaction: discord.Interaction[Any], error: Exception) -> None:
        """Turn an exception into words for the person; never raises."""


class Paginator(discord.ui.View):
    """Shows a `PageSource` and whatever is opened from it.

    Args:
        source: The pages.
        interaction: Of the command, answered or deferred already.
        expires: Seconds without a press until the buttons are disabled; below the 15 minutes that a token lives.
        host: Asked before each press, and told what goes wrong in it.
        select_placeholder: Words on the menu.
    """

    def __init__(
        self,
        source: PageSource,
        interaction: discord.Interaction[Any],
        *,
        expires: float,
        host: Host,
        select_placeholder: str,
    ) -> None:
        super().__init__(timeout=expires)
        self._stack: list[tuple[PageSource, int]] = [(source, 0)]
        self._asker = interaction.user
        self._latest = interaction  # each press brings a token that lives fifteen more minutes
        self._host = host
        self._select_placeholder = select_placeholder
        self._expired = False

    @property
    def page(self) -> int:
        """The page shown, from 0."""
        return self._stack[-1][1]

    async def show(self) -> None:
        """Put the current page into the message."""
        self._lay_out()
        source, page = self._stack[-1]
        view = self if self.children else None
        await self._latest.edit_original_response(content=None, embeds=source.embeds(page), view=view)

    async def replace(self, source: PageSource) -> None:
        """New data for the list that was asked for: shown at once, unless something is opened from it."""
        _, page = self._stack[0]
        self._stack[0] = (source, min(page, source.page_count() - 1))
        if len(self._stack) == 1 and not self._expired:
            await self.show()

    async def turn(self, interaction: discord.Interaction[Any], page: int) -> None:
        """Answer a press by showing another page of the same source."""
        source, _ = self._stack[-1]
        self._stack[-1] = (source, max(0, min(page, source.page_count() - 1)))
        await self._answer(interaction)

    async def open(self, interaction: discord.Interaction[Any], value: str) -> None:
        """Answer a choice by showing what is behind it."""
        await interaction.response.defer()  # what is behind it may have to be fetched
        depth = len(self._stack)
        source, _ = self._stack[-1]
        opened = await source.open(value)
        if len(self._stack) == depth:  # not opened, or left, by another press meanwhile
            self._stack.append((opened, 0))
        self._latest = interaction
        await self.show()

    async def back(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press by showing the list that something was opened from."""
        if len(self._stack) > 1:
            self._stack.pop()
        await self._answer(interaction)

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        self._latest = interaction
        self._lay_out()
        source, page = self._stack[-1]
        await interaction.response.edit_message(embeds=source.embeds(page), view=self)

    def _lay_out(self) -> None:
        """The buttons and the menu that the current page needs."""
        self.clear_items()
        source, page = self._stack[-1]
        last = source.page_count() - 1
        if last > 0:
            self.add_item(_Turn("first", "⏮", 0, disabled=page == 0))
            self.add_item(_Turn("previous", "◀", page - 1, disabled=page == 0))
            self.add_item(_Jump(page + 1, last + 1))
            self.add_item(_Turn("next", "▶", page + 1, disabled=page == last))
            self.add_item(_Turn("last", "⏭", last, disabled=page == last))
        if choices := source.choices(page):
            self.add_item(_Open(choices, self._select_placeholder))
        if len(self._stack) > 1:
            self.add_item(_Back())

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Only the person who asked may press."""
        if interaction.user.id == self._asker.id:
            return await self._host.admit(interaction)
        await interaction.response.send_message(
            "These buttons belong to whoever asked. Use the command yourself for buttons of your own.", ephemeral=True
        )
        return False

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        """Tell the person."""
        log.debug("%s failed", item)
        await self._host.answer_error(interaction, error)

    async def on_timeout(self) -> None:
        """Disable everything, so that no press goes unanswered."""
        self._expired = True
        for item in self.children:
            item.disabled = True  # type: ignore[attr-defined] # buttons and menus, which all can be
        if self.children:
            try:
                await self._latest.edit_original_response(view=self)
            except discord.HTTPException as error:
                log.info("buttons stay as they are: %s", error)  # the message was dismissed, or the token is spent


def _custom_id(action: str) -> str:
    return f"{ID_PREFIX}:{RUN}:{action}"


class _Turn(discord.ui.Button[Paginator]):
    def __init__(self, action: str, emoji: str, page: int, *, disabled: bool) -> None:
        super().__init__(emoji=emoji, custom_id=_custom_id(action), disabled=disabled, row=0)
        self._page = page

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view  # noqa: S101 - a pressed item has its view
        await self.view.turn(interaction, self._page)


class _Jump(discord.ui.Button[Paginator]):
    def __init__(self, number: int, count: int) -> None:
        super().__init__(label=f"{number} / {count}", custom_id=_custom_id("jump"), row=0)
        self._count = count

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view  # noqa: S101 - a pressed item has its view
        await interaction.response.send_modal(_JumpModal(self.view, self._count))


class _JumpModal(discord.ui.Modal, title="Go to a page"):
    def __init__(self, paginator: Paginator, count: int) -> None:
        super().__init__(custom_id=_custom_id("jump-to"))
        self._paginator = paginator
        self._count = count
        self._number: discord.ui.TextInput[Any] = discord.ui.TextInput(
            label=f"Page, from 1 to {count}", custom_id="page", max_length=10, placeholder=str(count)
        )
        self.add_item(self._number)

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        text = self._number.value.strip()
        if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= self._count:
            raise InputError(f"There is no such page: use a number from 1 to {self._count}.")
        await self._paginator.turn(interaction, int(text) - 1)

    async def on_error(  # type: ignore[override] # discord.py's own Modal drops the item in the same way
        self, interaction: discord.Interaction[Any], error: Exception
    ) -> None:
        await self._paginator.on_error(interaction, error, self._number)


class _Open(discord.ui.Select[Paginator]):
    def __init__(self, choices: Sequence[Choice], placeholder: str) -> None:
        options = [
            discord.SelectOption(label=choice.label, value=choice.value, description=choice.description or None)
            for choice in choices
        ]
        super().__init__(custom_id=_custom_id("open"), placeholder=placeholder, options=options, row=1)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view  # noqa: S101 - a chosen item has its view
        await self.view.open(interaction, self.values[0])


class _Back(discord.ui.Button[Paginator]):
    def __init__(self) -> None:
        super().__init__(label="Back to the list", emoji="↩", custom_id=_custom_id("back"), row=2)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        assert self.view  # noqa: S101 - a pressed item has its view
        await self.view.back(interaction)
