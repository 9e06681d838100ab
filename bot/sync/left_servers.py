"""Servers that the bot has left: all that was decided and done there is retained for 30 days, and does nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from bot.store import Store

# Of members who left, of servers that the bot left, and of what was done.
RETAINED = timedelta(days=30)


class LeftServers:
    """Records which these are, and forgets them. Every method may raise `StoreError`.

    Args:
        store: Holds it.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def left(self, guild_id: int) -> None:
        """The bot was removed from a server."""
        now = self._clock()
        await self._store.sync.servers.left(guild_id, now)
        await self._store.gates.note_left(guild_id, now)

    async def in_servers(self, guild_ids: Sequence[int]) -> None:
        """The bot is in these servers, available or not, and in no other."""
        now = self._clock()
        await self._store.sync.servers.leave_others(guild_ids, now)
        await self._store.gates.note_present(guild_ids, now)

    async def purge(self, guild_ids: Collection[int]) -> None:
        """Delete what was retained for long enough; nothing of these servers, which the bot is in."""
        store, before = self._store, self._clock() - RETAINED
        gone = {*await store.sync.servers.left_before(before), *await store.gates.left_before(before)}
        for guild_id in gone.difference(guild_ids):
            await store.keep_outs.forget_guild(guild_id)
            await store.guild_settings.forget_guild(guild_id)
            await store.snapshots.forget_guild(guild_id)
            # These last: by either of them the others are found again after a kill.
            await store.sync.servers.forget(guild_id)
            await store.gates.forget_guild(guild_id)
        await store.sync.servers.purge(before)
        await store.sync.owed.purge(before)
