"""What the bot asks Discord to be told: servers and their roles, nothing about members and messages."""

from __future__ import annotations

import discord

from bot.config.settings import DiscordSettings
from bot.ui.client import Bot


async def _nothing_to_cancel() -> None:
    """There are no reads here."""


async def test_no_intent_but_servers_is_asked_for() -> None:
    bot = Bot(DiscordSettings(), cancel_reads=_nothing_to_cancel)
    assert bot.intents == discord.Intents(guilds=True)
