"""Slow scans of servers, in the background: whether roles have drifted, and who of the linked users is a member.

Whether anything has drifted is asked of the role member counts first, one request for a whole server; only where these
do not add up, and every fourth time in any case, are members read. Linked users are searched for by member queries, as
a server does not list its members to a bot without the members intent.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from bot.store import Store
from bot.store.sync.server_table import ServerScan
from bot.sync.ports import Discord, DiscordError, Presence

log = logging.getLogger(__name__)

T = TypeVar("T")

_EVERY_FOURTH = 4  # a member who lost a role while another got it by hand is not seen in a count
_AT_ONCE = 100
# Discord takes 120 gateway events a minute and connection, of which discord.py uses 110: half of these are left for
# what members wait for.
_QUERIES_A_MINUTE = 50
_SEARCHES = 4  # drift periods from one search for linked users to the next


class Scans:
    """Scans servers. Every method may raise `StoreError`.

    Args:
        store: Knows when a server is due.
        discord: Is asked.
        drift: How often roles are compared.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, discord: Discord, drift: timedelta, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._discord = discord
        self._drift = drift
        self._clock = clock
        self._searched = 0  # the last server in which users were looked for

    async def run(self, guild_ids: Sequence[int]) -> None:
        """Scan what is due; to be called once a minute. Discord's refusal of one server does not stop the others."""
        for guild_id in guild_ids:
            server = await self._store.sync.servers.get(guild_id)
            if server.drift_due <= self._clock():
                await self._try(self._compare(guild_id, server))
        left = _QUERIES_A_MINUTE
        # In turn: there may be more to ask in one server than a minute allows.
        for guild_id in sorted(guild_ids, key=lambda each: (each <= self._searched, each)):
            server = await self._store.sync.servers.get(guild_id)
            if left > 0 and server.search_due <= self._clock():
                self._searched = guild_id
                left -= await self._try(self._search(guild_id, server, left)) or 0

    async def _try(self, scan: Awaitable[T]) -> T | None:
        try:
            return await scan
        except DiscordError as error:
            log.info("a scan of a server is tried again: %s", error.sentence)
            return None

    async def _compare(self, guild_id: int, server: ServerScan) -> None:
        now = self._clock()
        counts = await self._discord.count_role_members(guild_id)
        is_forced = server.drift_scans % _EVERY_FOURTH == 0
        due = now + self._drift
        if is_forced or counts is None or await self._has_drifted(guild_id, server, counts):
            await self._store.sync.members.mark(now, guild_id=guild_id, read_roles=True)
        await self._store.sync.servers.scanned(guild_id, counts, now, due)

    async def _has_drifted(self, guild_id: int, server: ServerScan, counts: Mapping[int, int]) -> bool:
        """Whether a gated role has more or fewer members than the bot's own changes since the last scan explain."""
        changed = await self._store.sync.ledger.changed_since(guild_id, server.counted_at)
        return any(
            counts.get(gate.role_id, 0) != server.role_counts.get(gate.role_id, 0) + changed.get(gate.role_id, 0)
            for gate in await self._store.gates.of_guild(guild_id)
        )

    async def _search(self, guild_id: int, server: ServerScan, most: int) -> int:
        """Look for linked users who are not known in a server; how many queries that took."""
        members, after = self._store.sync.members, server.search_after
        for number in range(most):
            now = self._clock()
            user_ids = await members.unknown_linked(guild_id, after, _AT_ONCE)
            if not user_ids:
                await self._store.sync.servers.searched(guild_id, 0, now + _SEARCHES * self._drift)
                return number
            found = await self._discord.read_members(guild_id, user_ids, confirm=False)
            for user_id, member in found.items():
                if member.presence is Presence.PRESENT and member.joined_at:
                    await members.seen(guild_id, user_id, member.joined_at, now, now + self._drift)
            after = user_ids[-1]
            await self._store.sync.servers.searched(guild_id, after, now)
        return most
