"""Who may configure Tessera in a server. Asked at every command and at every press: rights are taken away, too.

Discord's own permissions of commands are a hint, which each server may change, and which says nothing about buttons.
What came with an interaction is as old as it is: after long work `…_still` asks Discord once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.cogs.linking.memberships import fetch_member
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


@dataclass(frozen=True, slots=True)
class _Rights:
    """What a person may in a server.

    Attributes:
        permissions: Those that they have.
        role_ids: Their roles.
    """

    permissions: discord.Permissions
    role_ids: frozenset[int]


def require_admin(interaction: discord.Interaction[Any], settings: GuildSettings) -> None:
    """Refuse anyone who may not configure Tessera in the server of an interaction.

    Raises:
        InputError: they may not.
    """
    _require_admin(_rights_of(interaction), settings)


async def require_admin_still(interaction: discord.Interaction[Any], settings: GuildSettings) -> None:
    """As `require_admin`, by what Discord says now.

    Raises:
        InputError: they may no longer.
        UndecidedError: Discord gives no answer.
    """
    _require_admin(await _rights_now(interaction), settings)


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
    _require_moderator(_rights_of(interaction), settings)


async def require_moderator_still(interaction: discord.Interaction[Any], settings: GuildSettings) -> None:
    """As `require_moderator`, by what Discord says now.

    Raises:
        InputError: they may no longer.
        UndecidedError: Discord gives no answer.
    """
    _require_moderator(await _rights_now(interaction), settings)


def _require_admin(rights: _Rights, settings: GuildSettings) -> None:
    if not (rights.permissions.manage_guild or settings.admin_role_id in rights.role_ids):
        raise InputError(_ADMINS_ONLY)


def _require_moderator(rights: _Rights, settings: GuildSettings) -> None:
    permissions = rights.permissions
    is_admin = permissions.manage_guild or settings.admin_role_id in rights.role_ids
    if not (is_admin or permissions.manage_roles):
        raise InputError(_MODERATORS_ONLY)


def _rights_of(interaction: discord.Interaction[Any]) -> _Rights:
    """As they were when Discord sent the interaction."""
    member = interaction.user
    return _Rights(interaction.permissions, _role_ids(member) if isinstance(member, discord.Member) else frozenset())


async def _rights_now(interaction: discord.Interaction[Any]) -> _Rights:
    member = await fetch_member(interaction.client, guild_of(interaction).id, interaction.user.id)
    if member is None:
        return _Rights(discord.Permissions.none(), frozenset())
    return _Rights(member.guild_permissions, _role_ids(member))


def _role_ids(member: discord.Member) -> frozenset[int]:
    return frozenset(role.id for role in member.roles if not role.is_default())
