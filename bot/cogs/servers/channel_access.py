"""Whether the bot may post in a channel, before it tries: each refusal of Discord counts against the bot."""

from __future__ import annotations

from collections.abc import Sequence

import discord

# Discord's own names for these, as admins see them.
_NEEDED = {"view_channel": "View Channel", "send_messages": "Send Messages", "embed_links": "Embed Links"}


def missing_to_post(channel: discord.abc.GuildChannel) -> Sequence[str]:
    """What the bot lacks to post a message with an embed in a channel."""
    return missing_of(channel.permissions_for(channel.guild.me))


def missing_of(permissions: discord.Permissions) -> Sequence[str]:
    """What these permissions lack for it."""
    return [shown for name, shown in _NEEDED.items() if not getattr(permissions, name)]
