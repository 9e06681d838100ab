"""How far long work is, with **Cancel**: shown only where it takes a while, and edited seldom enough for Discord.

It never stays: the answer takes its place, or the error in which the work ends (`bot.ui.waiting_notice.say`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
import discord

from bot.messages import Message, Words
from bot.ui import sending, waiting_notice
from bot.ui.embeds import done_embed
from bot.ui.panel import ActionButton, Host, Panel

log = logging.getLogger(__name__)

_OF_ALL = Message("{done:,} of {total:,} so far.")
_SO_FAR = Message("{done:,} so far.")
_ENDING = Message("Cancelled: it ends after what is under way, and shows what it has by then.")
_CANCEL = Message("Cancel")
# Quick work shows nothing in between; and Discord allows five edits in five seconds.
_EDIT_SECONDS = 2.0
# The token that edits the message is valid for fifteen minutes: what is there by then is shown.
_MOST_SECONDS = 12 * 60.0


class ProgressPanel(Panel):
    """Says how far it is, during an `async with`; implements `bot.sync.holder_progress.Progress`.

    Args:
        interaction: Deferred; its answer is edited.
        title: What is done.
        expires: As for every panel.
        host: Likewise.
        timer: Monotonic time in seconds.

    Attributes:
        is_cancelled: The person pressed **Cancel**, or it takes longer than the answer can be edited.
    """

    def __init__(
        self,
        interaction: discord.Interaction[Any],
        title: Words,
        *,
        expires: float,
        host: Host,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(interaction, expires=expires, host=host)
        self.is_cancelled = False
        self._title = title
        self._timer = timer
        self._began_at = self._shown_at = timer()
        self._answering = asyncio.Lock()
        self.lay_out([ActionButton("cancel-work", _CANCEL().render(), self._cancel)])

    async def __aenter__(self) -> Self:
        """The work begins."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """The work is over: a press that is being answered is answered first, else that would replace the result."""
        async with self._answering:
            self.stop()

    async def report(self, done: int, total: int | None = None) -> None:
        """Show how far it is, if it was not shown just now."""
        now = self._timer()
        if now - self._began_at > _MOST_SECONDS:
            self.is_cancelled = True
        if self.is_cancelled or now - self._shown_at < _EDIT_SECONDS:
            return
        self._shown_at = now
        words = _SO_FAR(done=done) if total is None else _OF_ALL(done=done, total=total)
        try:
            embed = done_embed(self._title.render(), words.render())
            await waiting_notice.say(self._latest, embed, view=self)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("progress is not shown: %s", type(error).__name__)  # the work goes on all the same

    async def _cancel(self, interaction: discord.Interaction[Any]) -> None:
        async with self._answering:
            if self.is_finished():  # meanwhile: what was found is being shown
                await self._host.acknowledge(interaction)
                return
            self.is_cancelled = True
            self.disable()
            embed = done_embed(self._title.render(), _ENDING().render())
            await sending.edit_pressed(interaction, content=None, embed=embed, view=self)
