"""What Discord is to report to the bot."""

from __future__ import annotations

import discord

from bot.config.settings import DiscordSettings


def intents_of(settings: DiscordSettings) -> discord.Intents:
    """Servers and their roles; besides, where that is switched on, who changed a role (not privileged), and who joins.

    The members intent fills no cache: the client keeps no members.
    """
    return discord.Intents(guilds=True, moderation=settings.moderation_intent, members=settings.members_intent)
