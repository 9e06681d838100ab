"""`/webhooks`: what happens to roles in a server, sent to its own tools, signed and in order.

For members with Manage Server alone: what is sent leaves Discord. It is asked again at every command. Adding, replacing
a secret and removing are said in the log channel, and are in the audit table.

/webhooks add url            an https address; the answer has its secret, this once
/webhooks list               state, last delivery, what waits, the last error as a sentence
/webhooks test webhook       a signed request that is no event, and what became of it
/webhooks rotate webhook     another secret; for a day the old one signs as well
/webhooks pause webhook      nothing is sent; what happens is retained
/webhooks resume webhook     goes on where it stopped
/webhooks replay webhook from   sends everything again from that number on
/webhooks remove webhook     ends it
"""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.cogs.servers.admin_rights import guild_of, require_manage_server
from bot.cogs.webhooks import webhook_embeds
from bot.ui import sending
from bot.ui.client import Bot
from bot.webhooks.delivery.webhooks import Webhooks

_WHICH = "Its number, as /webhooks list has it"
_MOST = 2**53 - 1  # of Discord's integers
Number = app_commands.Range[int, 1, _MOST]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class WebhooksCog(
    commands.GroupCog, name="Webhooks", group_name="webhooks", group_description="What your own tools are sent"
):
    """A server's webhooks.

    Args:
        bot: The client.
        webhooks: Changes them.
    """

    def __init__(self, bot: Bot, webhooks: Webhooks) -> None:
        self._bot = bot
        self._webhooks = webhooks

    @app_commands.command(name="add", description="Send what happens to roles here to an address of yours")
    @app_commands.describe(url="Such as https://example.org/tessera; only you see it here")
    async def add(self, interaction: discord.Interaction[Bot], url: str) -> None:
        """Add an endpoint, and show its secret."""
        guild_id = await self._guild_id(interaction)
        added = await self._webhooks.add(guild_id, url, by=interaction.user.id)
        await sending.edit_answer(interaction, embed=webhook_embeds.secret_embed(added, is_new=True))

    @app_commands.command(name="list", description="The webhooks of this server, and how delivery to each goes")
    async def list(self, interaction: discord.Interaction[Bot]) -> None:
        """Show all endpoints."""
        standings = await self._webhooks.standings(await self._guild_id(interaction))
        embed = webhook_embeds.list_embed(standings, are_on=self._webhooks.are_on)
        await sending.edit_answer(interaction, embed=embed)

    @app_commands.command(name="test", description="Send a signed test, and say what became of it")
    @app_commands.describe(webhook=_WHICH)
    async def test(self, interaction: discord.Interaction[Bot], webhook: Number) -> None:
        """Send a test."""
        endpoint, attempt = await self._webhooks.test(await self._guild_id(interaction), webhook)
        await sending.edit_answer(interaction, embed=webhook_embeds.tested_embed(endpoint, attempt))

    @app_commands.command(name="rotate", description="Replace a webhook's secret; for a day the old one signs as well")
    @app_commands.describe(webhook=_WHICH)
    async def rotate(self, interaction: discord.Interaction[Bot], webhook: Number) -> None:
        """Replace a secret, and show the new one."""
        guild_id = await self._guild_id(interaction)
        changed = await self._webhooks.rotate(guild_id, webhook, by=interaction.user.id)
        await sending.edit_answer(interaction, embed=webhook_embeds.secret_embed(changed, is_new=False))

    @app_commands.command(name="pause", description="Send nothing to a webhook for now; what happens is retained")
    @app_commands.describe(webhook=_WHICH)
    async def pause(self, interaction: discord.Interaction[Bot], webhook: Number) -> None:
        """Pause an endpoint."""
        endpoint = await self._webhooks.pause(await self._guild_id(interaction), webhook)
        await sending.edit_answer(interaction, embed=webhook_embeds.paused_embed(endpoint))

    @app_commands.command(name="resume", description="Go on where a webhook was paused or gave up")
    @app_commands.describe(webhook=_WHICH)
    async def resume(self, interaction: discord.Interaction[Bot], webhook: Number) -> None:
        """Let an endpoint go on."""
        endpoint = await self._webhooks.resume(await self._guild_id(interaction), webhook)
        await sending.edit_answer(interaction, embed=webhook_embeds.resumed_embed(endpoint))

    @app_commands.command(name="replay", description="Send everything again from a number on, with the same ids")
    @app_commands.describe(webhook=_WHICH, first="The sequence number to begin with")
    @app_commands.rename(first="from")
    async def replay(self, interaction: discord.Interaction[Bot], webhook: Number, first: Number) -> None:
        """Send events again."""
        endpoint, count = await self._webhooks.replay(await self._guild_id(interaction), webhook, first)
        await sending.edit_answer(interaction, embed=webhook_embeds.replayed_embed(endpoint, count))

    @app_commands.command(name="remove", description="End a webhook: nothing is sent there any more")
    @app_commands.describe(webhook=_WHICH)
    async def remove(self, interaction: discord.Interaction[Bot], webhook: Number) -> None:
        """Remove an endpoint."""
        guild_id = await self._guild_id(interaction)
        endpoint = await self._webhooks.remove(guild_id, webhook, by=interaction.user.id)
        await sending.edit_answer(interaction, embed=webhook_embeds.removed_embed(endpoint))

    async def _guild_id(self, interaction: discord.Interaction[Any]) -> int:
        """Answer Discord first; then the server, where the person may do this.

        Raises:
            InputError: they may not, or it is in no server.
        """
        await self._bot.acknowledge(interaction, ephemeral=True, thinking=True)
        guild = guild_of(interaction)
        require_manage_server(interaction)
        return guild.id
