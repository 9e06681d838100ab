"""How fast a source may be asked, and when to leave it alone.

`Pace` is one token bucket per source: a person who waits goes before background work. `Breaker` stops asking a
source that keeps failing, so that nobody waits ten seconds for what is known already.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import IntEnum

from aiolimiter import AsyncLimiter

# A person's first page takes two requests, which should not wait for each other. A full bucket comes on top of what
# flows in: more than one extra request, and 4 a second would break Loopring's "5 every second" (REST API, rate limits).
_BURST = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of a client of one source.

    Attributes:
        now: Seconds, monotonic.
        sleep: Returns when so many seconds have passed.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Priority(IntEnum):
    """Who is waiting for the answer."""

    INTERACTIVE = 0
    BACKGROUND = 1


class Pace:
    """A token bucket whose queue lets interactive requests pass background ones.

    The bucket itself is aiolimiter's; it has no priorities, so only one waiter at a time stands at it, and who that
    is next is decided here. In any one second at most `requests_per_second` + 1 tokens are given.
    """

    def __init__(self, requests_per_second: float) -> None:
        burst = _BURST if requests_per_second >= 1 else 1
        self._bucket = AsyncLimiter(burst, burst / requests_per_second)
        self._queue: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._occupied = False

    @asynccontextmanager
    async def front(self, priority: Priority) -> AsyncIterator[None]:
        """Stand at the front of the queue; all others wait until it is left."""
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
            yield
        finally:
            self._pass_on()

    async def take_token(self) -> None:
        """At the front: return when the next request may be sent."""
        await self._bucket.acquire()

    def _pass_on(self) -> None:
        while self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
                return  # stays occupied: the place at the front is handed over, not freed
        self._occupied = False


class Breaker:
    """Opens for `pause` seconds after `threshold` failures in a row, or for as long as it is told to.

    After that the source is on trial: requests are to go one at a time until one of them succeeds.
    """

    def __init__(self, clock: Callable[[], float], *, threshold: int = 5, pause: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._open_until = 0.0
        self.half_open = False

    def wait_seconds(self) -> float:
        """0 when a request may be sent, else how long to leave the source alone."""
        return max(0.0, self._open_until - self._clock())

    def hold(self, seconds: float) -> None:
        """Send nothing for so long: the source asked for it, or refuses our key."""
        self._open_until = max(self._open_until, self._clock() + seconds)
        self.half_open = True

    def succeeded(self) -> None:
        """The source answered. What was sent before a hold says nothing about the time after it."""
        self._failures = 0
        if not self.wait_seconds():
            self.half_open = False

    def failed(self) -> None:
        """The source did not answer, or not usably."""
        self._failures += 1
        if self._failures >= self._threshold:
            self.hold(self._pause)
