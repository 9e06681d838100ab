"""The one View behind every long answer: pages to turn, things to open or to find, a way back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import discord

from bot.errors import WithdrawnError
from bot.ui import sending, waiting_notice
from bot.ui.embeds import error_embed
from bot.ui.in_place import place_of
from bot.ui.live_answers import LiveAnswers
from bot.ui.page_controls import Acts, PageControls
from bot.ui.page_items import JumpModal
from bot.ui.page_source import PageSource, Searchable, StartsLater
from bot.ui.panel import Host, Panel, is_press_of
from bot.ui.pressed import origin_of

log = logging.getLogger(__name__)

# discord.py retries a 5xx, but on Linux not a broken connection (its errno check knows 54 and 10054 only).
_EDIT_ATTEMPTS = 3
# Message, webhook and token are gone: somebody deleted the answer, or fifteen minutes are over.
_GONE = frozenset({10008, 10015, 50027})


class Paginator(Panel):
    """Shows a `PageSource` and whatever is opened from it.

    Args:
        source: The pages.
        interaction: Of the command, answered or deferred already.
        expires: Seconds without a press until the buttons are disabled.
        host: Accepts each press, and answers its errors.
        live: Counts it among the answers that can be pressed.
        select_placeholder: The text on the menu.
        actions: What can be pressed besides, on every page.
        require: Raises `InputError` for a person who may not see it any more; asked at each press.
    """

    def __init__(
        self,
        source: PageSource,
        interaction: discord.Interaction[Any],
        *,
        expires: float,
        host: Host,
        live: LiveAnswers,
        select_placeholder: str = "",
        actions: Sequence[discord.ui.Item[Any]] = (),
        require: Callable[[discord.Interaction[Any]], Awaitable[object]] | None = None,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        # A refreshed answer stands in the message of the one before it, which ends by this.
        self.origin = origin_of(interaction) if place_of(interaction) else interaction.id
        self._live = live
        self._ended = False
        self._stack: list[tuple[PageSource, int]] = [(source, 0)]
        self._presses = 0
        self._withdrawn: discord.Embed | None = None
        self.gone = self._gave_way = False
        acts = Acts(self.turn, self.open, self.switch, self.back, self.go_on, self._ask_page)
        self._controls = PageControls(self, acts, shown=self._shown, placeholder=select_placeholder, actions=actions)
        self._require = require

    def _shown(self) -> tuple[int, int]:
        """The page shown, from 0, and the last one."""
        source, page = self._stack[-1]
        return page, source.page_count() - 1

    async def _ask_page(self, interaction: discord.Interaction[Any]) -> None:
        source, _ = self._stack[-1]
        search = self.search if isinstance(source, Searchable) else None
        await interaction.response.send_modal(JumpModal(self, source.page_count(), self.turn, search))

    async def start(self, source: PageSource) -> None:
        """Show these pages, and none before them.

        Raises:
            discord.HTTPException: as `show`.
        """
        self._stack = [(source, 0)]
        await self.show()

    async def show(self) -> None:
        """Put the current page into the message; nothing, once it was withdrawn.

        Raises:
            discord.HTTPException: Discord refuses, or cannot be reached.
        """
        if self._withdrawn or self._gave_way:
            return
        await waiting_notice.end(self._latest)
        await self._edit()
        if self._withdrawn:  # meanwhile: the page may have come after the sentence
            await self._edit()

    async def _edit(self) -> None:
        for attempt in range(1, _EDIT_ATTEMPTS + 1):
            try:
                await sending.edit_answer(self._latest, content=None, embeds=self._embeds(), view=self._layout())
            except (aiohttp.ClientError, OSError):
                if attempt == _EDIT_ATTEMPTS:
                    raise
                await asyncio.sleep(0.2 * attempt)
            else:
                return

    def shows(self, source: PageSource) -> bool:
        """Whether the list is still this one, and not another tab."""
        return self._stack[0][0].tab() == source.tab()

    def renew(self, source: PageSource) -> None:
        """As `replace`, for what need not be shown before the next press."""
        _, page = self._stack[0]
        self._stack[0] = (source, min(page, source.page_count() - 1))

    async def replace(self, source: PageSource) -> None:
        """New data for the list that was asked for: shown at once, unless something is opened from it.

        A page that Discord does not accept now is skipped: the next one may arrive. `gone` is set when the message no
        longer exists.
        """
        self.renew(source)
        if len(self._stack) > 1:
            return
        try:
            await self.show()
        except discord.HTTPException as error:
            self.gone = error.code in _GONE
            log.info("a page was not shown: %s", error)
        except (aiohttp.ClientError, OSError) as error:
            log.info("a page was not shown: %s", type(error).__name__)

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:
        """Only the person who asked may press, or send a modal; and only what may still be shown is shown.

        The press that opens the modal shows nothing, and opens none once it is acknowledged; sending that one is asked.
        """
        if not await super().interaction_check(interaction):
            return False
        listed = self._stack[0][0]
        if not (self._require or listed.must_ask()) or is_press_of(interaction, "jump"):
            return True
        await self._acknowledge(interaction)  # neither Discord nor the store is certain to answer within three seconds
        if self._require:
            await self._require(interaction)
        asked = await listed.ask_again()
        source, page = self._stack[0]
        if source is listed:  # else newer data came, or another tab, which was asked for itself
            self._stack[0] = (asked, page)
        return True

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any]
    ) -> None:
        """Answer the person."""
        if not isinstance(error, WithdrawnError):
            await super().on_error(interaction, error, item)
            return
        try:
            await self.withdraw(error, interaction)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as problem:
            await super().on_error(interaction, problem, item)

    async def withdraw(self, error: WithdrawnError, press: discord.Interaction[Any] | None = None) -> None:
        """Replace the answer by a sentence, and accept no more presses; `press` is what it answers, if anything.

        Whatever else is under way for this answer shows nothing any more.

        Raises:
            discord.HTTPException: Discord refuses, or cannot be reached.
        """
        self.gone = True
        self._withdrawn = embed = error_embed(error)
        self._live.forget(self)
        self.end()
        await waiting_notice.end(self._latest)
        if press and not press.response.is_done():
            await sending.edit_pressed(press, content=None, embed=embed, view=None)
        else:
            await sending.edit_answer(press or self._latest, content=None, embed=embed, view=None)

    def end(self) -> None:
        """Accept no more presses; what is still to be shown is shown without buttons."""
        self._ended = True
        self.stop()

    def give_way(self) -> None:
        """Show nothing more, and accept no presses: another answer stands in the message."""
        self.gone = self._gave_way = True
        self.end()

    async def on_timeout(self) -> None:
        """Disable everything, and no longer count among the live answers."""
        self._live.forget(self)
        await super().on_timeout()

    async def turn(self, interaction: discord.Interaction[Any], page: int) -> None:
        """Answer a press by showing another page of the same source."""
        source, _ = self._stack[-1]
        self._stack[-1] = (source, max(0, min(page, source.page_count() - 1)))
        await self._answer(interaction)

    async def open(self, interaction: discord.Interaction[Any], value: str) -> None:
        """Answer a choice by opening it."""
        await self._acknowledge(interaction)  # it may have to be fetched
        press = self._count_press()
        opened = await self._stack[-1][0].open(value)
        if press == self._presses:
            self._stack.append((opened, _first_page(opened)))
            self._latest = interaction
            await self.show()

    async def go_on(self, interaction: discord.Interaction[Any], value: str) -> None:
        """Answer a press by showing what follows in the list, in place of what was opened from it."""
        if len(self._stack) == 1:
            await self._answer(interaction)
            return
        await self._acknowledge(interaction)
        press = self._count_press()
        opened = await self._stack[-2][0].open(value)
        if press == self._presses:
            self._stack[-1] = (opened, _first_page(opened))
            self._latest = interaction
            await self.show()

    async def search(self, interaction: discord.Interaction[Any], text: str) -> None:
        """Answer a search by showing what fits."""
        source, _ = self._stack[-1]
        if isinstance(source, Searchable):
            self._stack.append((source.find(text), 0))
        await self._answer(interaction)

    async def switch(self, interaction: discord.Interaction[Any], value: str) -> None:
        """Answer a press by showing another tab of the list."""
        await self._acknowledge(interaction)
        press = self._count_press()
        switched = await self._stack[0][0].switch(value)
        if press == self._presses:
            self._stack = [(switched, 0)]
            self._latest = interaction
            await self.show()

    async def back(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a press by showing the list that something was opened from."""
        if len(self._stack) > 1:
            self._stack.pop()
        await self._answer(interaction)

    def _count_press(self) -> int:
        """The number of a press: its result is shown only if no later press was made meanwhile."""
        self._presses += 1
        return self._presses

    async def _answer(self, interaction: discord.Interaction[Any]) -> None:
        if self._gave_way:  # a modal that was opened before may be sent after
            await self._acknowledge(interaction)
            return
        self._count_press()
        self._latest = interaction
        if interaction.response.is_done():
            await self.show()
        else:
            await sending.edit_pressed(interaction, embeds=self._embeds(), view=self._layout())

    async def _acknowledge(self, interaction: discord.Interaction[Any]) -> None:
        if not interaction.response.is_done():
            await self._host.acknowledge(interaction)

    def _embeds(self) -> list[discord.Embed]:
        if self._withdrawn:
            return [self._withdrawn]
        source, page = self._stack[-1]
        return source.embeds(page)

    def _layout(self) -> Paginator | None:
        """This view with the items that the current page needs; None when it needs none, or has ended."""
        if self._ended:
            return None
        source, page = self._stack[-1]
        self._controls.lay_out(source, page, is_opened=len(self._stack) > 1)
        if self._expired:
            self.disable()
        else:
            self.restart_timer()
            if self.children:
                self._live.use(self)
        return self if self.children else None


def _first_page(source: PageSource) -> int:
    return source.first_shown if isinstance(source, StartsLater) else 0
