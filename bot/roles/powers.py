"""Which permissions of a role are dangerous, by discord.py's names, with the names of Discord's own settings.

A gate gives its role to strangers who hold an NFT, and NFTs are bought and stolen. So a role under a gate should open
channels and no tools. A test goes through every permission of discord.py: one that a later version knows and that is in
none of these lists fails it until somebody has decided about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Refused always: who has one of these can take over the server, empty it, or give themselves the rest.
FORBIDDEN: Mapping[str, str] = MappingProxyType(
    {
        "administrator": "Administrator",
        "manage_guild": "Manage Server",
        "manage_roles": "Manage Roles",
        "manage_channels": "Manage Channels",
        "manage_webhooks": "Manage Webhooks",
        "ban_members": "Ban Members",
        "kick_members": "Kick Members",
        "moderate_members": "Timeout Members",
    }
)

# Given only after an admin typed the role's name: they can disturb many, or disclose what is not public. Some of them
# are what a holders' lounge is made for, as events and soundboards.
CONFIRMABLE: Mapping[str, str] = MappingProxyType(
    {
        "manage_messages": "Manage Messages",
        "manage_threads": "Manage Threads",
        "manage_expressions": "Manage Expressions",
        "manage_events": "Manage Events",
        "manage_nicknames": "Manage Nicknames",
        "mention_everyone": "Mention @everyone, @here and All Roles",
        "view_audit_log": "View Audit Log",
        "view_guild_insights": "View Server Insights",
        "view_creator_monetization_analytics": "View Server Subscription Insights",
        "mute_members": "Mute Members",
        "deafen_members": "Deafen Members",
        "move_members": "Move Members",
        # Split off from others, and no longer part of them, since 2026-02-23.
        "pin_messages": "Pin Messages",
        "bypass_slowmode": "Bypass Slowmode",
        "create_expressions": "Create Expressions",
        "create_events": "Create Events",
    }
)


def administers_roles(powers: frozenset[str]) -> bool:
    """Whether somebody with these permissions may manage roles; Administrator includes all others."""
    return not powers.isdisjoint({"manage_roles", "administrator"})
