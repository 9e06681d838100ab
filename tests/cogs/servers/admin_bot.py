"""A connected bot with the commands of admins alone, over a store in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import discord

from bot.app.background import Background
from bot.app.run import run_until
from bot.app.serve import open_lookup
from bot.cogs.servers.panel_cog import PanelCog
from bot.cogs.servers.settings_cog import SettingsCog
from bot.config.settings import load
from bot.gates.gate import GuildSettings
from bot.store import Store
from bot.ui.client import Bot, point_at
from sandbox.world import BOT_TOKEN
from tests.sandbox_client import SECRETS, SandboxClient, write_config

NOW = datetime(2026, 11, 26, tzinfo=UTC)
DEFAULTS = GuildSettings(grace=timedelta(hours=9))


@dataclass
class AdminBot:
    """What is behind it.

    Attributes:
        sandbox: Its Discord.
        bot: The client.
        store: Its store.
        changed: Servers whose members are to be judged again.
        pressed: What was pressed on the lasting message.
    """

    sandbox: SandboxClient
    bot: Bot
    store: Store
    changed: list[int] = field(default_factory=list)
    pressed: list[str] = field(default_factory=list)

    async def note_change(self, guild_id: int) -> None:
        """As sync would."""
        self.changed.append(guild_id)


@asynccontextmanager
async def open_admin_bot(
    sandbox: SandboxClient, folder: Path, store: Store, *, public_url: str = ""
) -> AsyncIterator[AdminBot]:
    """The bot, connected; opened again it is another process on the same store."""
    settings = load(write_config(folder, sandbox), SECRETS)
    point_at(settings.discord)
    async with open_lookup(settings, store) as lookup:
        bot = Bot(settings.discord, cancel_reads=lookup.close)
        admin = AdminBot(sandbox, bot, store)

        def answer(what: str) -> object:
            async def pressed(interaction: discord.Interaction[Bot]) -> None:
                await interaction.response.send_message(what, ephemeral=True)

            return pressed

        table = store.guild_settings
        cog = SettingsCog(bot, table, lookup, defaults=DEFAULTS, clock=lambda: NOW, changed=admin.note_change)
        await bot.add_cog(cog)
        actions = {name: answer(name) for name in ("verify", "roles", "refresh")}
        await bot.add_cog(PanelCog(bot, table, defaults=DEFAULTS, public_url=public_url, **actions))  # type: ignore[arg-type] # handlers
        stop = asyncio.Event()
        running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, Background()))
        try:
            await sandbox.online()
            yield admin
        finally:
            stop.set()
            await running
