"""`/roles` and `/refresh`: which roles a member has and can get in this server, and why; for their eyes alone.

/roles
    Each role with ✔, ✘ or ?, the numbers, how current they are, and what is retained until when. From what is stored:
    it asks no source, so it works with all of them down.
/refresh
    Reads the member's accounts now, makes the changes that are due, and says what has changed. Once a minute.
Both are also buttons of the lasting message (`/panel`).
"""

from __future__ import annotations

import asyncio
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking.welcome_card import Welcome
from bot.cogs.members.difference_words import read_now
from bot.cogs.members.refreshing import Refreshing, own_membership
from bot.cogs.members.standing_embeds import Standing
from bot.cogs.members.standing_pages import StandingPages
from bot.links import Membership
from bot.messages import Message
from bot.ui import waiting_notice
from bot.ui.client import Bot
from bot.ui.embeds import BRAND
from bot.ui.invocation import Invocation
from bot.ui.lasting_buttons import refresh_buttons
from bot.ui.paginator import Paginator

# Most readings take less: an edit that shows for a moment is only noise.
_PROGRESS_SECONDS = 2.0
_REFRESH = Invocation("refresh")
_READING = Message("Reading…")
_BEING_READ = Message(
    "Your accounts are being read. Sources answer only so many questions a second, so this can take a while."
)


class RolesCog(commands.Cog, name="Roles"):
    """A member's own roles.

    Args:
        bot: The client.
        refreshing: Reads how members stand.
        expires: Seconds without a press until buttons are disabled.
        welcome: Its buttons are below the answer to somebody who has proven nothing here.
    """

    def __init__(self, bot: Bot, refreshing: Refreshing, *, expires: float, welcome: Welcome | None = None) -> None:
        self._bot = bot
        self._refreshing = refreshing
        self._expires = expires
        self._welcome = welcome or Welcome()

    @app_commands.command(name="roles", description="Which roles you have and can get here, and what is missing")
    @app_commands.guild_only()
    async def roles(self, interaction: discord.Interaction[Bot]) -> None:
        """Show how the caller stands."""
        await self.show_roles(interaction)

    @app_commands.command(name="refresh", description="Read your accounts now, and get the roles that they earn")
    @app_commands.guild_only()
    async def refresh(self, interaction: discord.Interaction[Bot]) -> None:
        """Read the caller's accounts, and show what has changed."""
        await self.show_refreshed(interaction)

    async def show_roles(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command or a press of the lasting message."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        standing = await self._refreshing.stored(own_membership(interaction))
        await self._show(interaction, StandingPages(standing))

    async def show_refreshed(self, interaction: discord.Interaction[Any]) -> None:
        """Answer a command or a press of the lasting message."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        standing = await self._read(interaction, own_membership(interaction))
        await self._show(interaction, StandingPages(standing, read_now(standing)))

    async def _read(self, interaction: discord.Interaction[Any], member: Membership) -> Standing:
        """Read, and say so where it takes longer than a moment."""
        reading = asyncio.create_task(self._refreshing.read(member))
        try:
            done, _ = await asyncio.wait({reading}, timeout=_PROGRESS_SECONDS)
            if not done:
                embed = discord.Embed(title=_READING().render(), description=_BEING_READ().render(), colour=BRAND)
                await waiting_notice.say(interaction, embed)
            return await reading
        finally:
            reading.cancel()

    async def _show(self, interaction: discord.Interaction[Any], pages: StandingPages) -> None:
        begin = () if pages.standing.report.accounts else self._welcome.buttons(interaction, row=3)
        paginator = Paginator(
            pages,
            interaction,
            expires=self._expires,
            host=self._bot,
            live=self._bot.live_answers,
            actions=[*begin, *refresh_buttons(interaction, _REFRESH, row=3)],
        )
        await paginator.show()
