"""What members see who ask more questions at once than are worked on: that this one waits, instead of "thinking…".

A notice is part of its interaction: the first page, or the error, ends it before it is shown.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

import aiohttp
import discord

from bot.messages import Message
from bot.ui import sending
from bot.ui.embeds import BRAND
from bot.ui.in_place import all_see_thinking, do_all_see_thinking

log = logging.getLogger(__name__)

_WAITING = Message("⏳ You have {count} questions under way. This one is answered after those before it.")
# A refusal comes at once, and so do most answers; edits for each question of a burst would make others wait for them.
_AFTER_SECONDS = 2.0
_KEY = "waiting notice"
_SAID = "what is being done"


class WaitingNotices:
    """Counts the questions of each member that have no answer yet.

    Args:
        at_once: How many of one member are worked on at the same time.
    """

    def __init__(self, *, at_once: int) -> None:
        self._at_once = at_once
        self._open: Counter[int] = Counter()

    def start(self, interaction: discord.Interaction[Any], deferring: asyncio.Task[None]) -> None:
        """Count a question from here to its answer, or to the end of this task; say so if it has to wait."""
        user_id = interaction.user.id
        self._open[user_id] += 1
        count = self._open[user_id]
        notice = interaction.extras[_KEY] = _Notice(lambda: self._close(user_id))
        if count > self._at_once:
            notice.start(interaction, deferring, count)
        if command := asyncio.current_task():
            command.add_done_callback(lambda _: notice.drop())

    def _close(self, user_id: int) -> None:
        self._open[user_id] -= 1
        if not self._open[user_id]:
            del self._open[user_id]


class _Notice:
    def __init__(self, close: Callable[[], None]) -> None:
        self._close: Callable[[], None] | None = close
        self._showing: asyncio.Task[None] | None = None
        self._sent = False

    def start(self, interaction: discord.Interaction[Any], deferring: asyncio.Task[None], count: int) -> None:
        self._showing = asyncio.create_task(self._show(interaction, deferring, count), name="waiting notice")

    async def _show(self, interaction: discord.Interaction[Any], deferring: asyncio.Task[None], count: int) -> None:
        await asyncio.wait([deferring])
        if deferring.cancelled() or deferring.exception():
            return  # what went wrong is said, and there is no "thinking…" to replace
        await asyncio.sleep(_AFTER_SECONDS)
        self._sent = True
        do_all_see = do_all_see_thinking(interaction)
        embed = discord.Embed(description=_WAITING(count=count).render(), colour=BRAND)
        try:
            await sending.edit_answer(interaction, embed=embed)
            all_see_thinking(interaction, is_so=do_all_see)  # it is no part of the answer
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("a question waits, which could not be shown: %s", type(error).__name__)

    async def end(self) -> bool:
        self.drop()
        if self._showing is None:
            return False
        await asyncio.wait([self._showing])
        return self._sent

    def drop(self) -> None:
        """Count it no more, and do not begin to show it."""
        self.close()
        if self._showing and not self._sent:
            self._showing.cancel()

    def close(self) -> None:
        if self._close:
            self._close()
            self._close = None


async def say(
    interaction: discord.Interaction[Any], embed: discord.Embed, *, view: discord.ui.View | None = None
) -> None:
    """Show what is being done in the answer, with no buttons but those of `view`, until something takes its place.

    That is the answer, or the error that the work ends in: whatever is shown by this stays in no case.

    Raises:
        discord.HTTPException: Discord refuses it.
    """
    interaction.extras[_SAID] = True
    do_all_see = do_all_see_thinking(interaction)
    await sending.edit_answer(interaction, content=None, embed=embed, view=view, attachments=[])
    all_see_thinking(interaction, is_so=do_all_see)  # it is no part of the answer


async def end(interaction: discord.Interaction[Any]) -> bool:
    """Count it no more; whether a notice stands in the answer, to be replaced by an edit."""
    notice: _Notice | None = interaction.extras.pop(_KEY, None)
    is_said = interaction.extras.pop(_SAID, False)
    return (await notice.end() if notice else False) or is_said
