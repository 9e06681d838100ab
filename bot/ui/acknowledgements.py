"""What acknowledges goes before what works: while many interactions come at once, the work on them waits.

Discord grants three seconds for the acknowledgement and fifteen minutes for the answer. In a burst of 500 whose first
members are worked on at once, the last ones wait for that work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

# A burst comes in pieces, as the network cuts it: between two of them nothing is pending for a few milliseconds.
_QUIET = 0.01
# Longer than a burst of a thousand takes to be acknowledged. Where interactions never cease, work begins all the same.
_PATIENCE = 3.0


class Acknowledgements:
    """Which interactions are still to be acknowledged, and which wait to be worked on until none is.

    Args:
        quiet: Seconds without an acknowledgement after which those that wait go on, one by one.
        patience: Seconds after which one goes on in any case.
    """

    def __init__(self, *, quiet: float = _QUIET, patience: float = _PATIENCE) -> None:
        self.pending = 0
        self._quiet = quiet
        self._patience = patience
        self._waiting: dict[asyncio.Future[None], None] = {}  # in the order in which they came
        self._next: asyncio.Handle | None = None

    def first(self, acknowledging: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Begin to acknowledge; the task is done when that has happened and the work may begin.

        Where nothing else is pending that is at once. Else those that wait go on in the order in which they were
        acknowledged, one by one, so that what comes in meanwhile holds the others again.
        """
        self.pending += 1  # from now on, and not from when the task first runs
        if self._next:
            self._next.cancel()
            self._next = None
        return asyncio.create_task(self._acknowledge(acknowledging))

    async def _acknowledge(self, acknowledging: Coroutine[Any, Any, object]) -> None:
        try:
            await acknowledging
        finally:
            self.pending -= 1
            if not self.pending and self._waiting:
                self._next = asyncio.get_running_loop().call_later(self._quiet, self._release_next)
        if self.pending or self._waiting:
            await self._wait()

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiting[waiter] = None
        timer = loop.call_later(self._patience, _release, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiting.pop(waiter, None)

    def _release_next(self) -> None:
        """Let the oldest go on, and the next one in the next turn of the loop, after what came in with this one."""
        self._next = None
        if self._waiting:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            _release(oldest)
            self._next = asyncio.get_running_loop().call_soon(self._release_next)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():  # its patience may have ended just now, or its task
        waiter.set_result(None)
