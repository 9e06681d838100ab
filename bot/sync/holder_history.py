"""What changed among the holders of collections, how many there were over time, and who holds several: as stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bot.gates.rule import CollectionRef
from bot.holders.changes import HolderChanges, changes_since, first_looked_at
from bot.holders.overlap import Overlap, overlap_of
from bot.holders.retention import Retention, retention_of
from bot.holders.trend import TrendPoint, moments_between, trend_of
from bot.sync.holder_lists import HolderLists, PastList


class HolderHistory:
    """Answers all of it. Every method may raise `StoreError`.

    Args:
        lists: Makes the lists that are compared.
    """

    def __init__(self, lists: HolderLists) -> None:
        self._lists = lists

    async def changes(self, guild_id: int, collection: CollectionRef, since: datetime) -> HolderChanges:
        """What changed since a moment; since the first observation, where nobody had looked before."""
        past = await self._lists.with_past(guild_id, collection, since)
        first = first_looked_at(past.accounts)
        begin = max(since, first) if first else since
        return await asyncio.to_thread(changes_since, past.now, past.accounts, past.counted, begin, past.ages)

    async def retention(
        self, guild_id: int, collection: CollectionRef, since: datetime, *, points: int
    ) -> Retention | None:
        """How many of those who held a collection at a moment still do, at so many moments; None: nobody had looked."""
        past = await self._lists.with_past(guild_id, collection, since)
        first = first_looked_at(past.accounts)
        if first is None:
            return None
        moments = moments_between(max(since, first), past.now.made_at, points)
        return await asyncio.to_thread(retention_of, past.accounts, past.counted, moments, past.ages)

    async def overlap(self, guild_id: int, collections: Sequence[CollectionRef]) -> Overlap:
        """How many members hold both, of each two collections with what counts as the same."""
        lists = [await self._lists.of_collection(guild_id, each) for each in collections]
        return await asyncio.to_thread(overlap_of, lists)

    async def trend(
        self, guild_id: int, collections: Sequence[CollectionRef], since: datetime, *, points: int
    ) -> Sequence[TrendPoint]:
        """How many members held any of some collections since a moment, at most so many points; the last one is now."""
        past = await self._lists.past_of_collections(guild_id, collections, since)
        return await self.trend_of(past, since, points=points)

    async def trend_of(self, past: PastList, since: datetime, *, points: int) -> Sequence[TrendPoint]:
        """The same of a list that was made; no point is before the first observation."""
        first = first_looked_at(past.accounts)
        if first is None:
            return ()
        moments = moments_between(max(since, first), past.now.made_at, points)
        return await asyncio.to_thread(trend_of, past.accounts, past.counted, moments, past.ages)
