"""A member's menu → Apps → *Show collections*: what that member shares in this server, as `/collections member:`."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.holdings.collections_cog import Collections
from bot.ui.client import Bot


class MemberMenuCog(commands.Cog, name="Member menu"):
    """The entry of the menu, which is no command that a cog could declare."""

    def __init__(self, bot: Bot, collections: Collections) -> None:
        self._bot = bot
        self._collections = collections
        self._entry = app_commands.ContextMenu(name="Show collections", callback=self._show)
        app_commands.guild_only(self._entry)
        bot.tree.add_command(self._entry)

    async def cog_unload(self) -> None:
        """Take the entry out of the menu."""
        self._bot.tree.remove_command(self._entry.name, type=self._entry.type)

    async def _show(self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member) -> None:
        await self._collections.show(interaction, member=member)
