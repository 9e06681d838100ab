"""Discord's side, in memory: it counts what it is asked, and gives roles as fast as its rate limit allows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.roles.eligibility import GuildRoles, RoleFacts
from bot.sync.ports import MemberRoles, Presence

_OWN_ROLE = 900
_POWERS = frozenset({"manage_roles"})


class PacedDiscord:
    """Implements `bot.sync.ports.Discord`.

    Args:
        roles: Server → its roles that the bot may give.
        joined_at: When everybody joined every server.
        seconds_per_write: How long Discord lets a change of roles wait.

    Attributes:
        members: Member → their roles; all are in every server.
        requests: Changes, and counts of roles.
        queried: The members of each gateway query, by when it was sent.
    """

    def __init__(self, roles: Mapping[int, Sequence[int]], joined_at: datetime, seconds_per_write: float = 0) -> None:
        self.members: dict[int, set[int]] = {}
        self.requests = 0
        self.queried: list[tuple[float, int]] = []
        self._roles = roles
        self._joined_at = joined_at
        self._pause = seconds_per_write

    def guild_ids(self) -> Sequence[int]:
        """All servers."""
        return list(self._roles)

    def guild_roles(self, guild_id: int) -> GuildRoles:
        """A server's roles, all below the bot's own."""
        roles = {role_id: RoleFacts(role_id, f"role {role_id}", 10) for role_id in self._roles[guild_id]}
        roles[_OWN_ROLE] = RoleFacts(_OWN_ROLE, "Tessera", 50, _POWERS, is_managed=True)
        return GuildRoles(guild_id, "Bench", 1, roles, frozenset({_OWN_ROLE}), _POWERS)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Members with their roles, by one query."""
        del guild_id, confirm
        self.queried.append((asyncio.get_running_loop().time(), len(user_ids)))
        return {
            user_id: MemberRoles(user_id, Presence.PRESENT, frozenset(self.members.get(user_id, ())), self._joined_at)
            for user_id in user_ids
        }

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        """How many have each role."""
        self.requests += 1
        return {role: sum(role in its for its in self.members.values()) for role in self._roles[guild_id]}

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a role, as soon as the rate limit allows."""
        await self._write(guild_id, reason)
        self.members.setdefault(user_id, set()).add(role_id)

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role, likewise."""
        await self._write(guild_id, reason)
        self.members.setdefault(user_id, set()).discard(role_id)

    async def _write(self, guild_id: int, reason: str) -> None:
        assert guild_id in self._roles and reason  # noqa: S101, PT018 - what every request says
        self.requests += 1
        if self._pause:
            await asyncio.sleep(self._pause)
