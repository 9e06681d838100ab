"""`/privacy export` and `/privacy delete`: all data about a member, exported to them or deleted at their request.

Neither asks a source.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.linking import link_embeds
from bot.cogs.linking.export_file import export_file
from bot.cogs.members.role_follow_up import RoleFollowUp
from bot.linking import Linking, privacy
from bot.messages import Message
from bot.ui import sending
from bot.ui.client import Bot
from bot.ui.confirm_view import ConfirmView
from bot.ui.embeds import done_embed

_YOUR_DATA = Message("Your data")
_IN_FILE = Message("Everything that is stored about you is in the file. Only you see this message.")
_IN_PACKED_FILE = Message(
    "Everything that is stored about you is in the file. It is large, so it is packed: unpack it with a program for "
    "`.gz` files. Only you see this message."
)
_DELETE_ALL = Message("Delete everything")
_DELETED = Message("Deleted")
_IS_DELETED = Message(
    "Your data is deleted, with {count:,} linked account.", "Your data is deleted, with {count:,} linked accounts."
)


class PrivacyCog(
    commands.GroupCog, name="Privacy", group_name="privacy", group_description="What Tessera knows about you"
):
    """A member's own data."""

    def __init__(
        self,
        bot: Bot,
        linking: Linking,
        *,
        backups: timedelta | None,
        expires: float,
        follow_up: RoleFollowUp | None = None,
    ) -> None:
        self._bot = bot
        self._linking = linking
        self._backups = backups
        self._expires = expires
        self._follow_up = follow_up

    @app_commands.command(
        name="export", description="Everything that Tessera knows about you, as a file that only you see"
    )
    async def export(self, interaction: discord.Interaction[Bot]) -> None:
        """Export the data as a file."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        linking = self._linking
        exported = await privacy.export(linking.store, interaction.user.id, linking.pseudonym, linking.clock())
        name, content = await asyncio.to_thread(export_file, exported, interaction.filesize_limit)
        words = (_IN_PACKED_FILE if name.endswith(".gz") else _IN_FILE)()
        file = discord.File(io.BytesIO(content), filename=name)
        embed = done_embed(_YOUR_DATA().render(), words.render())
        await sending.edit_answer(interaction, embed=embed, attachments=[file])

    @app_commands.command(name="delete", description="Delete everything about you")
    async def delete(self, interaction: discord.Interaction[Bot]) -> None:
        """Ask, then delete."""
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        user_id = interaction.user.id
        cost = await self._follow_up.cost_of(user_id, None) if self._follow_up else ()
        embed = link_embeds.delete_embed(len(await self._linking.store.links.of(user_id)), self._backups, cost)
        confirmation = ConfirmView(
            interaction, _DELETE_ALL().render(), self._delete, expires=self._expires, host=self._bot
        )
        await sending.edit_answer(interaction, embed=embed, view=confirmation)

    async def _delete(self, press: discord.Interaction[Bot]) -> discord.Embed:
        """Roles first: which of them came from Tessera is part of what is deleted."""
        linking, user_id = self._linking, press.user.id
        count = len(links := await linking.store.links.of(user_id))
        taken: Sequence[str] = ()
        if self._follow_up:
            for link in links:
                await linking.accounts.remove_any(user_id, link.account)
            taken = await self._follow_up.take_now(user_id)
        await privacy.delete(linking.store, user_id, linking.pseudonym, linking.clock())
        words = _IS_DELETED(count=count).render()
        return done_embed(_DELETED().render(), link_embeds.with_taken(words, taken))
