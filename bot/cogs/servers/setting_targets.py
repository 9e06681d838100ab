"""What the options of `/settings` name: members and roles, and spans of time."""

from __future__ import annotations

from datetime import timedelta

import discord

from bot.cogs.servers.channel_access import own_member
from bot.cogs.servers.setting_changes import MEMBER_OR_ROLE
from bot.errors import InputError
from bot.messages import Message, Words
from bot.ui.client import Bot

_MEMBERS = Message("members with {role}")
_BOTH = Message("{member} and {members}")
EVERYONE = Message("@everyone cannot be used here: name another role.")


def span(hours: float) -> timedelta:
    """So many hours, to the minute."""
    return timedelta(minutes=round(hours * 60))


def known_roles(interaction: discord.Interaction[Bot]) -> frozenset[int] | None:
    """The roles that there are; None: not known yet."""
    guild = interaction.guild
    if guild is None or guild.unavailable or own_member(guild) is None:
        return None
    return frozenset(role.id for role in guild.roles)


def of_either(
    interaction: discord.Interaction[Bot], member: discord.User | discord.Member | None, role: discord.Role | None
) -> tuple[int | None, int | None]:
    """A member, a role, or both, by their ids.

    Raises:
        InputError: neither is named, or everyone is.
    """
    if member is None and role is None:
        raise InputError(MEMBER_OR_ROLE)
    if role and role.id == interaction.guild_id:
        raise InputError(EVERYONE)
    return member.id if member else None, role.id if role else None


def named(member: discord.User | discord.Member | None, role: discord.Role | None) -> Words | str:
    """Both in words; "": neither, which is refused."""
    members = _MEMBERS(role=f"<@&{role.id}>") if role else ""
    if member is None:
        return members
    one = f"<@{member.id}>"
    return _BOTH(member=one, members=members) if members else one
