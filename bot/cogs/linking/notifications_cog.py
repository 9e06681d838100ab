"""Notifications to members about their accounts, sent as direct messages.

One message about an address in a day: what happens after it waits for the next one. Anyone who accepts none, or runs a
command meanwhile, gets them below the answer to their next command. A notification is recorded as delivered after
it was sent: if the bot is killed in between, it is sent twice, but never lost.
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

from bot.cogs.linking.notification_embeds import notification_embed
from bot.errors import TesseraError
from bot.linking import Linking
from bot.links import Notification
from bot.ui import sending
from bot.ui.client import Bot

log = logging.getLogger(__name__)

# The most that Discord allows in a message.
_MAX_EMBEDS = 10
# No such person, or one who accepts no direct messages: trying again only counts against the bot.
_FINAL = frozenset({400, 403, 404})
_FAILURES = (TesseraError, discord.DiscordException, aiohttp.ClientError, OSError)


class NotificationsCog(commands.Cog, name="Notifications"):
    """Delivers notifications.

    Args:
        bot: The client.
        linking: Where the notifications are.
    """

    def __init__(self, bot: Bot, linking: Linking) -> None:
        self._bot = bot
        self._notifications = linking.notifications
        # One delivery at a time: otherwise a direct message and the answer to a command could both deliver the same.
        self._delivering = asyncio.Lock()
        self._waiting: frozenset[int] = frozenset()  # users who were not notified by the last round

    async def deliver(self) -> None:
        """Send what was not sent yet, once; the bot must be ready.

        Raises:
            TesseraError: the store failed; the next call does what is left.
        """
        async with self._delivering:
            for message in await self._notifications.messages():
                await self._send(message[:_MAX_EMBEDS])
            pending = await self._notifications.pending()
            self._waiting = frozenset(notification.user_id for notification in pending)

    async def _send(self, notifications: Sequence[Notification]) -> None:
        """Send one direct message: what one member must know about one address."""
        try:
            user_id = notifications[0].user_id
            channel = await self._bot.create_dm(discord.Object(user_id))
            with await self._bot.readers.for_member(user_id, None):
                embeds = list(map(notification_embed, notifications))
            await sending.post(self._bot, channel, embeds=embeds)
        except discord.HTTPException as error:
            log.info("notifications: a direct message is refused: HTTP %d, code %d", error.status, error.code)
            if error.status in _FINAL:
                for notification in notifications:
                    await self._notifications.mark_notified(notification, refused=True)
        except (aiohttp.ClientError, OSError) as error:
            log.warning("notifications: a direct message cannot be sent now: %s", type(error).__name__)
        else:
            for notification in notifications:
                await self._notifications.mark_notified(notification, by_message=True)

    @commands.Cog.listener()
    async def on_app_command_completion(
        self, interaction: discord.Interaction[Bot], command: app_commands.Command[Any, ..., Any]
    ) -> None:
        """Notify anyone who accepts no direct messages below the answer to a command."""
        del command
        if interaction.user.id not in self._waiting:
            return
        try:
            async with self._delivering:
                pending = await self._notifications.pending(interaction.user.id)
                await self._follow_up(interaction, pending[:_MAX_EMBEDS])
        except _FAILURES as error:
            log.warning("notifications: not delivered below an answer: %s", error)

    async def _follow_up(self, interaction: discord.Interaction[Bot], notifications: Sequence[Notification]) -> None:
        if notifications:
            await sending.follow_up(interaction, embeds=list(map(notification_embed, notifications)), ephemeral=True)
        for notification in notifications:
            await self._notifications.mark_notified(notification)
