"""Which permissions of a role are dangerous, by discord.py's names, with the names of Discord's own settings.

A gate gives its role to strangers who hold an NFT, and NFTs are bought and stolen. So a role under a gate should open
channels and no tools. A test goes through every permission of discord.py: one that a later version knows and that is in
none of these lists fails it until somebody has decided about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.messages import Message

# Refused always: who has one of these can take over the server, empty it, or give themselves the rest.
FORBIDDEN: Mapping[str, Message] = MappingProxyType(
    {
        "administrator": Message("Administrator"),
        "manage_guild": Message("Manage Server"),
        "manage_roles": Message("Manage Roles"),
        "manage_channels": Message("Manage Channels"),
        "manage_webhooks": Message("Manage Webhooks"),
        "ban_members": Message("Ban Members"),
        "kick_members": Message("Kick Members"),
        "moderate_members": Message("Timeout Members"),
    }
)

# Given only after an admin typed the role's name: they can disturb many, or disclose what is not public. Some of them
# are what a holders' lounge is made for, as events and soundboards.
CONFIRMABLE: Mapping[str, Message] = MappingProxyType(
    {
        "manage_messages": Message("Manage Messages"),
        "manage_threads": Message("Manage Threads"),
        "manage_expressions": Message("Manage Expressions"),
        "manage_events": Message("Manage Events"),
        "manage_nicknames": Message("Manage Nicknames"),
        "mention_everyone": Message("Mention @everyone, @here and All Roles"),
        "view_audit_log": Message("View Audit Log"),
        "view_guild_insights": Message("View Server Insights"),
        "view_creator_monetization_analytics": Message("View Server Subscription Insights"),
        "mute_members": Message("Mute Members"),
        "deafen_members": Message("Deafen Members"),
        "move_members": Message("Move Members"),
        # Split off from others, and no longer part of them, since 2026-02-23.
        "pin_messages": Message("Pin Messages"),
        "bypass_slowmode": Message("Bypass Slowmode"),
        "create_expressions": Message("Create Expressions"),
        "create_events": Message("Create Events"),
    }
)


def administers_roles(powers: frozenset[str]) -> bool:
    """Whether somebody with these permissions may manage roles; Administrator includes all others."""
    return not powers.isdisjoint({"manage_roles", "administrator"})
