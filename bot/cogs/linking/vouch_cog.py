"""`/vouch` and `/unvouch`: a moderator says that an account is a member's, where the operator allows that.

/vouch member account
    For members who may manage the server, which is checked again when it runs: servers can give any command to anyone.
    The member is asked, and it counts in this server once they confirm. Every reason against it but the typed text is
    one refusal, so that nobody learns who owns what.
/unvouch member account
    Takes it back, and does not say whether there was anything.
"""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking import vouch_embeds
from bot.cogs.linking.memberships import scope_of
from bot.cogs.linking.vouch_messages_cog import VouchMessagesCog
from bot.errors import InputError
from bot.linking import Linking
from bot.links import InGuild
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot

_MODERATORS_ONLY = Message("Only members who may manage this server can vouch for others. Prove yours with `/verify`.")
_MEMBERS_ONLY = Message("Accounts can only be vouched for people who are in this server, not for bots.")

_ACCOUNT = "An id (10001), an address (0x…), a name (vitalik.eth)"


class VouchCog(commands.Cog, name="Vouching"):
    """Accounts without a signature.

    Args:
        bot: The client.
        linking: Records what is vouched for.
        messages: Asks the members.
    """

    def __init__(self, bot: Bot, linking: Linking, messages: VouchMessagesCog) -> None:
        self._bot = bot
        self._vouching = linking.vouching
        self._messages = messages

    @app_commands.command(name="vouch", description="Say that an account is a member's; they are asked to confirm")
    @app_commands.describe(member="The member whose account it is", account=_ACCOUNT)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def vouch(
        self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member, account: str
    ) -> None:
        """Vouch for an account of a member, who is then asked."""
        if not interaction.permissions.manage_guild:
            raise InputError(_MODERATORS_ONLY)
        scope = scope_of(interaction, member)
        if member.bot or not isinstance(scope, InGuild):
            raise InputError(_MEMBERS_ONLY)
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        found = await self._vouching.ask(member.id, scope, account, moderator_id=interaction.user.id)
        await sending.edit_answer(interaction, embed=vouch_embeds.asked_embed(found, member.display_name))
        # After the answer, which so says nothing about who accepts direct messages.
        await self._messages.deliver_now()

    @app_commands.command(name="unvouch", description="Take back what a moderator of this server vouched for")
    @app_commands.describe(member="The member whose account it was", account=_ACCOUNT)
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def unvouch(
        self, interaction: discord.Interaction[Bot], member: discord.User | discord.Member, account: str
    ) -> None:
        """Take it back; for people who have left the server, too."""
        if not interaction.permissions.manage_guild or interaction.guild_id is None:
            raise InputError(_MODERATORS_ONLY)
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        found = await self._vouching.withdraw(
            member.id, interaction.guild_id, account, moderator_id=interaction.user.id
        )
        await sending.edit_answer(interaction, embed=vouch_embeds.withdrawn_embed(found, member.display_name))
