"""Which roles a gate may give, and who may say so: checked when a gate is saved, and again at every grant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as Discord reports it.

    Attributes:
        role_id: The role.
        name: Upstream text, not yet safe to show.
        position: Its place; of two at the same place, the one with the lower id is the higher (as in Discord).
        powers: Its permissions, by discord.py's names.
        is_managed: It belongs to an integration, a bot, or boosters.
    """

    role_id: int
    name: str
    position: int
    powers: frozenset[str] = frozenset()
    is_managed: bool = False


@dataclass(frozen=True, slots=True)
class GuildRoles:
    """A server's roles.

    Attributes:
        guild_id: The server; also the id of its @everyone role.
        name: Upstream text, not yet safe to show.
        owner_id: Its owner.
        roles: By id.
        own_roles: The bot's own roles.
        own_powers: The bot's permissions in that server.
    """

    guild_id: int
    name: str
    owner_id: int
    roles: Mapping[int, RoleFacts]
    own_roles: frozenset[int]
    own_powers: frozenset[str]
