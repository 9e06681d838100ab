"""What sync needs of Discord (`bot.sync.ports.Discord`), over discord.py.

A role is given and taken by the routes for one role of one member. `Member.edit(roles=…)`, and `add_roles` with
`atomic=False`, would send the whole list of roles as it was known here, and so undo what other bots did meanwhile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from functools import lru_cache, partial

import discord

from bot.cogs.gates.discord_requests import DiscordRequests, audit_reason
from bot.cogs.gates.member_reads import MemberReads
from bot.cogs.servers.channel_access import own_member
from bot.roles.eligibility import GuildRoles, RoleFacts
from bot.sources.pace import Clock
from bot.sync.ports import DiscordError, MemberRoles, NotAllowedError, Presence


class DiscordRoles:
    """Implements `bot.sync.ports.Discord`.

    Args:
        client: Connected, or about to be.
        requests: Sends what goes over REST.
        reads: Reads members.

    Attributes:
        changes: How often roles were to be given ("give") or taken ("take"), and whether Discord did it ("done").
    """

    def __init__(self, client: discord.Client, requests: DiscordRequests, reads: MemberReads) -> None:
        self._client = client
        self._requests = requests
        self._reads = reads
        self.changes: Counter[tuple[str, str]] = Counter()

    @classmethod
    def over(cls, client: discord.Client, clock: Clock | None = None) -> DiscordRoles:
        """With all that it needs; `clock`: monotonic time, by default the machine's."""
        clock = clock or Clock()
        requests = DiscordRequests(clock)
        return cls(client, requests, MemberReads(client, requests, clock))

    def guild_ids(self) -> Sequence[int]:
        """The servers that the bot is in and that are available now."""
        return [guild.id for guild in self._client.guilds if not guild.unavailable]

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        """A server's roles and the bot's place among them, as the gateway reported."""
        guild = self._available(guild_id)
        me = own_member(guild) if guild else None
        if guild is None or me is None:
            return None
        return GuildRoles(
            guild_id=guild.id,
            name=guild.name,
            owner_id=guild.owner_id or 0,
            roles={role.id: _facts_of(role) for role in guild.roles},
            own_roles=frozenset(role.id for role in me.roles),
            own_powers=_names(me.guild_permissions.value),
        )

    async def read_members(
        self, guild_id: int, user_ids: Sequence[int], *, confirm: bool = True
    ) -> Mapping[int, MemberRoles]:
        """Members with their roles; all unknown in a server that is not available now."""
        guild = self._available(guild_id)
        if guild is None:
            return {user_id: MemberRoles(user_id, Presence.UNKNOWN) for user_id in user_ids}
        return await self._reads.read(guild, user_ids, confirm=confirm)

    async def count_role_members(self, guild_id: int) -> Mapping[int, int] | None:
        """Role → how many members have it; None: Discord does not say it to this bot.

        Raises:
            DiscordError: it failed.
        """
        guild = self._available(guild_id)
        if guild is None:
            return None
        try:
            counts = await self._requests.read(guild.role_member_counts)
        except NotAllowedError:
            return None
        return {role.id: count for role, count in counts.items()}

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Give a role.

        Raises:
            DiscordError: see there.
        """
        # What `Member.add_roles` calls for each role. A Member is only to be had by one more request, or from a cache.
        send = partial(self._client.http.add_role, guild_id, user_id, role_id, reason=audit_reason(reason))
        await self._count("give", self._requests.write(send))

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take a role.

        Raises:
            DiscordError: see there.
        """
        send = partial(self._client.http.remove_role, guild_id, user_id, role_id, reason=audit_reason(reason))
        await self._count("take", self._requests.write(send))

    async def _count(self, act: str, change: Awaitable[object]) -> None:
        try:
            await change
        except DiscordError:
            self.changes[act, "failed"] += 1
            raise
        self.changes[act, "done"] += 1

    def _available(self, guild_id: int) -> discord.Guild | None:
        guild = self._client.get_guild(guild_id)
        return guild if guild and not guild.unavailable else None


def _facts_of(role: discord.Role) -> RoleFacts:
    # A role of linked accounts is given by Discord alone, though it belongs to no integration.
    is_linked = role.tags is not None and role.tags.is_guild_connection()
    return RoleFacts(role.id, role.name, role.position, _names(role.permissions.value), role.managed or is_linked)


@lru_cache(1024)
def _names(permissions: int) -> frozenset[str]:
    """Permissions by discord.py's names; one that it does not know yet by its number, so that it is not overlooked."""
    named = {name for name, is_granted in discord.Permissions(permissions) if is_granted}
    unnamed = permissions & ~discord.Permissions.all().value
    return frozenset(named | {f"permission_{bit}" for bit in range(unnamed.bit_length()) if unnamed >> bit & 1})
