"""What acknowledges goes before what works: while many interactions come at once, the work on them waits.

Discord grants three seconds for the acknowledgement and fifteen minutes for the answer. A burst of 500 whose first
members are worked on at once would let the last ones wait for that work.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any

# Longer than a burst of a thousand takes to be acknowledged; where interactions never cease, work begins all the same.
PATIENCE = 2.0


class Acknowledgements:
    """How many interactions are still to be acknowledged, and who waits to work until none is."""

    def __init__(self) -> None:
        self.pending = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_releasing = False

    def first(self, acknowledging: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Begin to acknowledge; the task is done when that has happened and it is the turn of the work.

        Everything that is pending goes before any work, for `PATIENCE` at most. Those who waited go in the order in
        which they were acknowledged, one by one, so that what comes in meanwhile stops the others again.
        """
        self.pending += 1  # from now on, and not from when the task first runs
        return asyncio.create_task(self._acknowledge(acknowledging))

    async def _acknowledge(self, acknowledging: Coroutine[Any, Any, object]) -> None:
        try:
            await acknowledging
        finally:
            self.pending -= 1
            self._release_soon()
        await self._turn_to_work()

    async def _turn_to_work(self) -> None:
        if not self.pending and not self._waiting:
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting.append(waiter)
        timer = loop.call_later(PATIENCE, _release, waiter)
        self._release_soon()
        try:
            await waiter
        finally:
            timer.cancel()

    def _release_soon(self) -> None:
        if not self.pending and self._waiting and not self._is_releasing:
            self._is_releasing = True
            asyncio.get_running_loop().call_soon(self._release_one)

    def _release_one(self) -> None:
        self._is_releasing = False
        if self.pending:
            return
        while self._waiting and not _release(self._waiting.popleft()):
            """Those whose patience ended, or whose task did, are passed over."""
        self._release_soon()


def _release(waiter: asyncio.Future[None]) -> bool:
    if waiter.done():
        return False
    waiter.set_result(None)
    return True
