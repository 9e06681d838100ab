"""How fast a source may be asked, and when to leave it alone.

`Pace` is one token bucket per source: a person who waits goes before background work. `Breaker` stops asking a
source that keeps failing, so that nobody waits ten seconds for what is known already.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from enum import IntEnum

from aiolimiter import AsyncLimiter


class Priority(IntEnum):
    """Who is waiting for the answer."""

    INTERACTIVE = 0
    BACKGROUND = 1


class Pace:
    """A token bucket whose queue lets interactive requests pass background ones.

    The bucket itself is aiolimiter's; it has no priorities, so only one waiter at a time stands at it, and who that
    is next is decided here.
    """

    def __init__(self, requests_per_second: float) -> None:
        # A burst of one second's worth: Loopring documents "5 every second" (reference: REST API, rate limits).
        self._bucket = AsyncLimiter(max(1.0, requests_per_second), max(1.0, 1 / requests_per_second))
        self._queue: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._occupied = False

    async def wait_turn(self, priority: Priority) -> None:
        """Return when the next request may be sent."""
        if self._occupied:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._arrivals += 1
            heapq.heappush(self._queue, (priority, self._arrivals, turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        self._occupied = True
        try:
            await self._bucket.acquire()
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
                return  # stays occupied: the place at the bucket is handed over, not freed
        self._occupied = False


class Breaker:
    """Opens after `threshold` failures in a row, and then lets one request through every `pause` seconds."""

    def __init__(self, clock: Callable[[], float], *, threshold: int = 5, pause: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._closed_until = 0.0

    def wait_seconds(self) -> float:
        """0 when a request may be sent, else how long to leave the source alone."""
        return max(0.0, self._closed_until - self._clock())

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the source asked for it, or refuses our key."""
        self._closed_until = max(self._closed_until, self._clock() + seconds)

    def succeeded(self) -> None:
        """The source answered."""
        self._failures = 0

    def failed(self) -> None:
        """The source did not answer, or not usably."""
        self._failures += 1
        if self._failures >= self._threshold:
            self.hold(self._pause)
