"""Acknowledging goes before work: while many interactions arrive at once, the work on them waits.

Discord allows three seconds for the acknowledgement and fifteen minutes for the answer. If work on the first of a burst
of 500 began at once, the acknowledgements of the last ones would wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

# The network splits a burst into pieces: between two of them nothing is pending for a few milliseconds.
_QUIET = 0.01
# Longer than a burst of a thousand takes to be acknowledged. If interactions never pause, work begins all the same.
_MAX_WAIT = 3.0


class Acknowledgements:
    """The interactions still to be acknowledged, and those whose work waits until all are.

    Args:
        quiet: Seconds without an acknowledgement after which those that wait continue, one by one.
        max_wait: Seconds after which an interaction goes on in any case.
    """

    def __init__(self, *, quiet: float = _QUIET, max_wait: float = _MAX_WAIT) -> None:
        self.pending = 0
        self._quiet = quiet
        self._max_wait = max_wait
        self._waiting: dict[asyncio.Future[None], None] = {}  # in the order in which they came
        self._next: asyncio.Handle | None = None

    def start(self, acknowledging: Coroutine[Any, Any, object]) -> asyncio.Task[None]:
        """Begin to acknowledge; the task is done when that has happened and the work may begin.

        If nothing else is pending that is at once. Otherwise those that wait continue in the order in which they were
        acknowledged, one by one, so that what arrives meanwhile makes the others wait again.
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
        timer = loop.call_later(self._max_wait, _release, waiter)
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiting.pop(waiter, None)

    def _release_next(self) -> None:
        """Let the oldest continue; the next one follows in the next iteration of the loop, after what arrived now."""
        self._next = None
        if self._waiting:
            oldest = next(iter(self._waiting))
            del self._waiting[oldest]
            _release(oldest)
            self._next = asyncio.get_running_loop().call_soon(self._release_next)


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():  # its time may be over just now, or its task cancelled
        waiter.set_result(None)
