"""The address at which somebody invites the bot, with exactly the permissions that it uses."""

from __future__ import annotations

from urllib.parse import urlencode

import discord

from bot.config.settings import DiscordSettings


def needed_permissions(settings: DiscordSettings) -> discord.Permissions:
    """Roles, and messages in a log channel or as a panel; the audit log only where its intent is switched on."""
    return discord.Permissions(
        manage_roles=True,
        view_channel=True,
        send_messages=True,
        embed_links=True,
        view_audit_log=settings.moderation_intent,
    )


def invite_url(application_id: int, settings: DiscordSettings) -> str:
    """To be opened by somebody who has *Manage Server* there."""
    asked = {
        "client_id": application_id,
        "scope": "bot applications.commands",
        "permissions": needed_permissions(settings).value,
    }
    return f"{settings.authorize_url}?{urlencode(asked)}"
