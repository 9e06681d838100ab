"""What members must be told although they did not ask, and what has to be done from time to time.

Every half minute contests that are due are ended, and news go out as direct messages. Whoever takes none gets their
news below the answer to their next command. A notice is noted as told after it was sent: killed in between, the bot
says it twice, and never not at all. Every hour what was kept for long enough is forgotten.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking.link_embeds import notification_embed
from bot.errors import TesseraError
from bot.linking import Linking
from bot.links import Notification
from bot.ui.client import Bot

log = logging.getLogger(__name__)

_PURGE_SECONDS = 3600.0
# A message takes ten embeds.
_AT_ONCE = 10
# No such person, or one who takes no direct messages: asking again only counts against the bot.
_FINAL = frozenset({400, 403, 404})
_FAILURES = (TesseraError, discord.DiscordException, aiohttp.ClientError, OSError)


class NotificationsCog(commands.Cog, name="Notices"):
    """Tells, settles and forgets.

    Args:
        bot: The client.
        linking: What to tell, settle and forget.
        every: Seconds between two rounds.
    """

    def __init__(self, bot: Bot, linking: Linking, *, every: float = 30.0) -> None:
        self._bot = bot
        self._contests = linking.contests
        self._privacy = linking.privacy
        self._every = every
        self._task: asyncio.Task[None] | None = None
        # One at a time tells: else a direct message and the answer to a command could both bring the same.
        self._telling = asyncio.Lock()
        self._pending: frozenset[int] = frozenset()  # users with news, as of the last round
        self._purged_at: float | None = None

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Begin with the first READY: before it Discord takes no messages."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="notices")

    async def cog_unload(self) -> None:
        """End with the client."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self.round()
            except _FAILURES as error:
                log.warning("notices: this round failed: %s", error)
            except Exception:
                log.exception("notices: this round failed unexpectedly")  # and the next one may not
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        """Tell, settle, and forget, once.

        Raises:
            TesseraError: the store failed; the next round does what is left.
        """
        async with self._telling:
            for notice in await self._contests.notices():
                if not notice.tried:
                    await self._send(notice)
            self._pending = frozenset(notice.user_id for notice in await self._contests.notices())
        await self._contests.settle()
        now = asyncio.get_running_loop().time()
        if self._purged_at is None or now - self._purged_at >= _PURGE_SECONDS:
            await self._privacy.purge()
            self._purged_at = now

    async def _send(self, notice: Notification) -> None:
        """Send one direct message."""
        try:
            channel = await self._bot.create_dm(discord.Object(notice.user_id))
            await channel.send(embed=notification_embed(notice))
        except discord.HTTPException as error:
            log.info("notices: a direct message is refused: HTTP %d, code %d", error.status, error.code)
            if error.status in _FINAL:
                await self._contests.told(notice, refused=True)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("notices: a direct message cannot be sent now: %s", type(error).__name__)
        else:
            await self._contests.told(notice)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: discord.Interaction[Bot], command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Bring news below an answer, to whoever cannot be written to."""
        del command
        if interaction.user.id not in self._pending:
            return
        try:
            async with self._telling:
                await self._follow_up(interaction, (await self._contests.notices(interaction.user.id))[:_AT_ONCE])
        except _FAILURES as error:
            log.warning("notices: news are not told below an answer: %s", error)

    async def _follow_up(self, interaction: discord.Interaction[Bot], notices: Sequence[Notification]) -> None:
        if notices:
            await interaction.followup.send(embeds=list(map(notification_embed, notices)), ephemeral=True)
        for notice in notices:
            await self._contests.told(notice)
