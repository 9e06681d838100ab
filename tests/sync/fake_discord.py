"""Discord's side, as far as sync uses it: servers, members, roles, a hierarchy, refusals and lost answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.messages import Message
from bot.roles.eligibility import GuildRoles, RoleFacts
from bot.sync.ports import (
    DiscordError,
    MemberGoneError,
    MemberRoles,
    NotAllowedError,
    OutcomeUnknownError,
    Presence,
    RoleGoneError,
)

_FAILED = Message("Discord answered 500.")
_REFUSED = Message("Discord answered 403.")
_NO_ROLE = Message("Discord answered 10011.")
_NO_MEMBER = Message("Discord answered 10007.")
_UNKNOWN = Message("Discord's answer was lost.")

BOT_ROLE = 900
MANAGE_ROLES = frozenset({"manage_roles"})


@dataclass
class Server:
    """One server as Discord has it.

    Attributes:
        roles: Its roles.
        members: Who is in it, and what roles each has.
        joined_at: When each joined.
        own_powers: The bot's permissions there.
        is_available: False: an outage of Discord.
    """

    roles: dict[int, RoleFacts] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    joined_at: dict[int, datetime] = field(default_factory=dict)
    own_powers: frozenset[str] = MANAGE_ROLES
    is_available: bool = True


@dataclass
class FakeDiscord:
    """Implements `bot.sync.ports.Discord`.

    Attributes:
        servers: Every server that the bot is in.
        calls: Everything that would have been sent, in order.
        reads_fail: Reading fails.
        misreports: So many of the next readings say that nobody has any role.
        refuses: Roles that Discord refuses to change (403), whatever the hierarchy says.
        loses: What becomes of the next writes: "lost after" (done, no answer), "lost before" (not done, no answer),
            "500", "lie" (confirmed, not done).
        silent_about: Members about whom it never says whether they are there.
    """

    servers: dict[int, Server] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    reads_fail: bool = False
    misreports: int = 0
    refuses: set[int] = field(default_factory=set)
    loses: list[str] = field(default_factory=list)
    silent_about: set[int] = field(default_factory=set)

    @property
    def writes(self) -> list[tuple[str, ...]]:
        """Only what changes something."""
        return [call for call in self.calls if call[0] in ("add", "remove")]

    def guild_ids(self) -> Sequence[int]:
        return [guild_id for guild_id, server in self.servers.items() if server.is_available]

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        server = self.servers.get(guild_id)
        if server is None or not server.is_available:
            return None
        own = RoleFacts(BOT_ROLE, "Tessera", 50, server.own_powers, is_managed=True)
        roles = server.roles | {BOT_ROLE: own}
        return GuildRoles(guild_id, "Mosaic", 1, roles, frozenset({BOT_ROLE}), server.own_powers)

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        assert len(user_ids) <= 100
        self.calls.append(("read" if confirm else "search", str(guild_id), *map(str, user_ids)))
        if self.reads_fail:
            raise DiscordError(_FAILED)
        found = {user_id: self._member(self.servers[guild_id], user_id) for user_id in user_ids}
        if self.misreports:
            self.misreports -= 1
            found = {user_id: replace(member, roles=frozenset()) for user_id, member in found.items()}
        if not confirm:
            absent = [each for each, member in found.items() if member.presence is Presence.ABSENT]
            found |= {user_id: MemberRoles(user_id, Presence.UNKNOWN) for user_id in absent}
        return found

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        self.calls.append(("count", str(guild_id)))
        server = self.servers[guild_id]
        return {role_id: sum(role_id in roles for roles in server.members.values()) for role_id in server.roles}

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        await self._write("add", guild_id, user_id, role_id, reason)

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        await self._write("remove", guild_id, user_id, role_id, reason)

    async def _write(self, act: str, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        assert 0 < len(reason) <= 512
        self.calls.append((act, str(guild_id), str(user_id), str(role_id), reason))
        server = self.servers[guild_id]
        how = self.loses.pop(0) if self.loses else ""
        if how == "500":
            raise DiscordError(_FAILED)
        if how == "lost before":
            raise OutcomeUnknownError(_UNKNOWN)
        if user_id not in server.members:
            raise MemberGoneError(_NO_MEMBER)
        if role_id not in server.roles:
            raise RoleGoneError(_NO_ROLE)
        if role_id in self.refuses or server.roles[role_id].position >= 50 or not server.own_powers:
            raise NotAllowedError(_REFUSED)
        if how != "lie":
            (server.members[user_id].add if act == "add" else server.members[user_id].discard)(role_id)
        if how == "lost after":
            raise OutcomeUnknownError(_UNKNOWN)

    def _member(self, server: Server, user_id: int) -> MemberRoles:
        if user_id in self.silent_about:
            return MemberRoles(user_id, Presence.UNKNOWN)
        if user_id not in server.members:
            return MemberRoles(user_id, Presence.ABSENT)
        return MemberRoles(user_id, Presence.PRESENT, frozenset(server.members[user_id]), server.joined_at[user_id])
