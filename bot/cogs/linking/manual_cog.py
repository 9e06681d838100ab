"""`/link-manual`: a moderator vouches that an account is a member's, where the operator allows that.

/link-manual member account
    For members who may manage the server, which is checked again when it runs: servers can give any command to anyone.
    It is recorded who did it, the link is marked as such, and the member is notified how to remove it.
"""

from __future__ import annotations

import logging

import aiohttp
import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking import link_embeds
from bot.errors import InputError
from bot.linking import Linking
from bot.links import Link
from bot.messages import Message
from bot.ui.client import Bot

log = logging.getLogger(__name__)

_MODERATORS_ONLY = Message(
    "Only members who may manage this server can link accounts by hand. Prove yours with `/verify`."
)
_MEMBERS_ONLY = Message("Accounts can only be linked to people who are in this server, not to bots.")


class ManualCog(commands.Cog, name="Manual"):
    """Links without a signature."""

    def __init__(self, bot: Bot, linking: Linking) -> None:
        self._bot = bot
        self._accounts = linking.accounts

    @app_commands.command(name="link-manual", description="Link an account to a member without a signature")
    @app_commands.describe(
        member="The member whose account it is", account="An id (10001), an address (0x…), a name (vitalik.eth)"
    )
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def link_manual(
        self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member, account: str
    ) -> None:
        """Link an account to a member."""
        if not interaction.permissions.manage_guild:
            raise InputError(_MODERATORS_ONLY)
        if member.bot or not isinstance(member, discord.Member):
            raise InputError(_MEMBERS_ONLY)
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        moderator, guild_id = interaction.user.id, member.guild.id
        link = await self._accounts.link_manually(member.id, account, moderator_id=moderator, guild_id=guild_id)
        notified = await self._notify(member, link, interaction.guild.name if interaction.guild else "")
        await interaction.edit_original_response(
            embed=link_embeds.manual_embed(link, member.display_name, notified=notified)
        )

    async def _notify(self, member: discord.Member, link: Link, guild_name: str) -> bool:
        """Whether the member was notified of it."""
        try:
            channel = await self._bot.create_dm(member)
            await channel.send(embed=link_embeds.linked_by_hand_embed(link, guild_name or ""))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("a member could not be notified of a link by hand: %s", error)
            return False
        return True
