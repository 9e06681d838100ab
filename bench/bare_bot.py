"""A bot of discord.py and nothing else, to compare ours with: it defers each interaction, and that is all.

All options of discord.py that cost time or memory are as in `bot.ui.client`. It imports nothing of the bot.
"""

from __future__ import annotations

import logging
import os
import sys

import discord
import yarl
from discord import app_commands


class BareBot(discord.Client):
    """Has `/collections` with the one option that bursts use."""

    def __init__(self) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=0.25,
        )
        self._tree = app_commands.CommandTree(self)
        self._tree.add_command(_collections)

    async def setup_hook(self) -> None:
        """Register the command."""
        await self._tree.sync()

    async def on_ready(self) -> None:
        """Log the line that `bench.bot_process` waits for."""
        logging.getLogger(__name__).warning("ready as %s", self.user)


@app_commands.command(name="collections", description="Defers, and is never answered")
async def _collections(interaction: discord.Interaction[BareBot], account: str) -> None:
    del account
    await interaction.response.defer(ephemeral=True, thinking=True)


def main() -> None:
    """Run until a signal comes; the arguments are the addresses of Discord's API and of its gateway."""
    api_url, gateway_url = sys.argv[1:]
    discord.http.Route.BASE = api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    BareBot().run(os.environ["DISCORD_TOKEN"], log_level=logging.WARNING)


if __name__ == "__main__":
    main()
