"""Avatars of collections for a card: fetched, made small by the drawing process, and cached; a missing one is None.

A card waits for all of them together for a few seconds and no longer; what comes later is in the cache for the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from cachetools import TTLCache

from bot.errors import DrawingBusyError, PictureError
from bot.pictures.drawing_process import DrawingProcess
from bot.pictures.guarded_fetcher import FetchedPicture, GuardedFetcher

log = logging.getLogger(__name__)

DEADLINE = 4.0
_SIDE = 192
# Small ones of some 50 kB: a few hundred of them.
_CACHE_BYTES = 12 * 1024 * 1024
_CACHE_SECONDS = 3600.0
# Those of a few cards: what more is asked for meanwhile is drawn without an avatar, so that no queue grows.
_MOST_UNDER_WAY = 64
_AT_ONCE = 4
# A server that is down now may answer soon.
_MISSES = 2000
_MISS_SECONDS = 300.0


class Avatars:
    """Gets them. To be closed.

    Args:
        fetcher: Fetches the files; closed with this.
        process: Decodes them.
        deadline: The longest time for all that one card needs, in seconds.
        clock: Seconds that only grow, for the cache.
    """

    def __init__(
        self,
        fetcher: GuardedFetcher,
        process: DrawingProcess,
        *,
        deadline: float = DEADLINE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetcher = fetcher
        self._process = process
        self._deadline = deadline
        self._small: TTLCache[str, bytes] = TTLCache(_CACHE_BYTES, _CACHE_SECONDS, clock, len)
        self._missing: TTLCache[str, bool] = TTLCache(_MISSES, _MISS_SECONDS, clock)
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def get(self, urls: Sequence[str | None]) -> Sequence[bytes | None]:
        """The avatars at these addresses, in their order; None: it is not there, or not in time."""
        unknown = {url for url in urls if url and url not in self._small and url not in self._missing}
        if tasks := {task for url in unknown if (task := self._start(url))}:
            await asyncio.wait(tasks, timeout=self._deadline)
        return [self._small.get(url) if url else None for url in urls]

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._under_way.values():
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._fetcher.close()

    def _start(self, url: str) -> asyncio.Task[None] | None:
        """One task for each address, however many cards wait for it."""
        if url not in self._under_way:
            if len(self._under_way) >= _MOST_UNDER_WAY:
                return None
            task = asyncio.create_task(self._get(url), name="avatar")
            self._under_way[url] = task
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return self._under_way[url]

    async def _get(self, url: str) -> None:
        async with self._turns:  # with the drawing: no more files than these are in memory
            await self._read(url)

    async def _read(self, url: str) -> None:
        found = await self._fetcher.fetch(url)
        if not isinstance(found, FetchedPicture):
            log.info("no avatar: %s", found)  # not its URL, which upstream wrote
            self._missing[url] = True
            return
        try:
            small = await self._process.draw(
                {"draw": "small", "format": found.format.value, "side": _SIDE}, [found.content], is_large=found.is_large
            )
        except DrawingBusyError:
            log.info("no avatar: so many pictures are being drawn")  # it is one, and may be drawn for the next card
        except PictureError:
            self._missing[url] = True
        else:
            self._small[url] = small
