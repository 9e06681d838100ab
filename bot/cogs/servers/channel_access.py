"""Whether the bot may post in a channel, before it tries: each refusal of Discord counts against the bot."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.messages import Message

# Discord's own names for these, as admins see them.
_NEEDED = {
    "view_channel": Message("View Channel"),
    "send_messages": Message("Send Messages"),
    "embed_links": Message("Embed Links"),
}


def own_member(guild: discord.Guild) -> discord.Member | None:
    """The bot itself in a server; None: Discord has not reported it (yet), though discord.py says it always has."""
    own: discord.Member | None = guild.me
    # At an interaction discord.py puts in a member of its own making where there is none: without a role, and so as if
    # the bot might do nothing. Discord's own always joined some time.
    return own if own and own.joined_at else None


def missing_to_post(channel: discord.abc.GuildChannel) -> Sequence[str] | None:
    """What the bot lacks to post a message with an embed in a channel; None: not known yet, see `own_member`."""
    own = own_member(channel.guild)
    return None if own is None else missing_of(channel.permissions_for(own))


def missing_of(permissions: discord.Permissions) -> Sequence[str]:
    """What these permissions lack for it."""
    return [shown().render() for name, shown in _NEEDED.items() if not getattr(permissions, name)]
