"""Who may configure Tessera in a server. Asked at every command and at every press: rights are taken away, too.

Discord's own permissions of commands are a hint, which each server may change, and which says nothing about buttons.
"""

from __future__ import annotations

from typing import Any

import discord

from bot.errors import InputError
from bot.gates.gate import GuildSettings
from bot.messages import Message

_ADMINS_ONLY = Message(
    "Only members who may manage this server, or have its role for configuring Tessera, can use this."
)
_MANAGERS_ONLY = Message("Only members who may manage this server can decide which role may configure Tessera.")
_MANAGE_SERVER = Message("Only members who may manage this server can use this: what is sent leaves Discord.")
_MODERATORS_ONLY = Message("Only members who may manage this server or its roles can use this.")
_IN_A_SERVER = Message("Use this in a server to which Tessera was added.")


def guild_of(interaction: discord.Interaction[Any]) -> discord.Guild:
    """The server of an interaction.

    Raises:
        InputError: it is of none that Tessera is in.
    """
    if interaction.guild is None or not interaction.is_guild_integration():
        raise InputError(_IN_A_SERVER)
    return interaction.guild


def require_admin(interaction: discord.Interaction[Any], settings: GuildSettings) -> None:
    """Refuse anyone who may not configure Tessera in the server of an interaction.

    Raises:
        InputError: they may not.
    """
    if not (interaction.permissions.manage_guild or _has_admin_role(interaction, settings)):
        raise InputError(_ADMINS_ONLY)


def require_manager(interaction: discord.Interaction[Any]) -> None:
    """Refuse anyone without Manage Server, also with the role for configuring Tessera: it may not extend itself.

    Raises:
        InputError: they have it not.
    """
    if not interaction.permissions.manage_guild:
        raise InputError(_MANAGERS_ONLY)


def require_manage_server(interaction: discord.Interaction[Any]) -> None:
    """Refuse anyone without Manage Server: what leaves the server is not for a role that only configures Tessera.

    Raises:
        InputError: they have it not.
    """
    if not interaction.permissions.manage_guild:
        raise InputError(_MANAGE_SERVER)


def require_moderator(interaction: discord.Interaction[Any], settings: GuildSettings) -> None:
    """Refuse anyone who may manage neither the server nor its roles, and may not configure Tessera either.

    Raises:
        InputError: they may not.
    """
    permissions = interaction.permissions
    if not (permissions.manage_guild or permissions.manage_roles or _has_admin_role(interaction, settings)):
        raise InputError(_MODERATORS_ONLY)


def _has_admin_role(interaction: discord.Interaction[Any], settings: GuildSettings) -> bool:
    member = interaction.user
    if settings.admin_role_id is None or not isinstance(member, discord.Member):
        return False
    return member.get_role(settings.admin_role_id) is not None
