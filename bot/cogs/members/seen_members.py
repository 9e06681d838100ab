"""Passes on to sync whom Discord named as a member of a server in an interaction: the only place that does.

Without a privileged intent this is how it becomes known who is a member, and since when. It never delays anything: what
was seen is collected, and stored a moment later, when the interaction has been acknowledged. Nobody is remembered here
as stored: a proof in another server, a contest that is won or data that are deleted change whether they are.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import discord

from bot.cogs.linking.memberships import membership_of
from bot.errors import TesseraError
from bot.links import Membership

log = logging.getLogger(__name__)

Seen = Callable[[int, int, datetime], Awaitable[None]]

# Longer than an acknowledgement takes, shorter than anybody waits for a role.
_SECONDS = 1.0


class SeenMembers:
    """Collects who was seen.

    Args:
        seen: Stores it; cheap where it is stored already.
        delay: Seconds after which what was collected is stored: many presses within them are one.
    """

    def __init__(self, seen: Seen, *, delay: float = _SECONDS) -> None:
        self._seen = seen
        self._delay = delay
        self._waiting: set[Membership] = set()
        self._storing: asyncio.Task[None] | None = None

    def notice(self, interaction: discord.Interaction[Any]) -> None:
        """Remember who sent an interaction, if Discord named them as a member; returns at once."""
        member = membership_of(interaction, interaction.user)
        if member is None or interaction.user.bot:
            return
        self._waiting.add(member)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store(), name="seen members")

    async def close(self) -> None:
        """Stop; whom this leaves out is seen again at their next interaction."""
        if self._storing:
            self._storing.cancel()
            await asyncio.gather(self._storing, return_exceptions=True)

    async def _store(self) -> None:
        await asyncio.sleep(self._delay)
        while self._waiting:
            member = self._waiting.pop()
            try:
                await self._seen(member.guild_id, member.user_id, member.joined_at)
            except TesseraError as error:
                log.warning("members: who was seen is not stored now: %s", error.sentence)
