"""How fast requests may be sent to a source, and when to send none.

`Pace` is one token bucket per source: requests of waiting people go before background work. `Breaker` is a circuit
breaker: it stops the requests to a source that keeps failing, so that nobody waits ten seconds for an expected error.
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

# A person's first page takes two requests, which should not wait for each other. A full bucket adds to the rate: with
# more than one extra request, 4 a second would exceed Loopring's "5 every second" (REST API, rate limits).
_BURST = 2


@dataclass(frozen=True, slots=True)
class Clock:
    """The time functions of a client.

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

    The bucket itself is from aiolimiter, which has no priorities: so only one waiter at a time uses it, and this class
    decides which one is next. In any one second at most `requests_per_second` + 1 tokens are given.
    """

    def __init__(self, requests_per_second: float) -> None:
        burst = _BURST if requests_per_second >= 1 else 1
        self._bucket = AsyncLimiter(burst, burst / requests_per_second)
        self._queue: list[tuple[Priority, int, asyncio.Future[None]]] = []
        self._arrivals = 0
        self._busy = False

    @asynccontextmanager
    async def acquire_turn(self, priority: Priority) -> AsyncIterator[None]:
        """Wait for a turn and keep it; all others wait until the context ends."""
        if self._busy:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._arrivals += 1
            heapq.heappush(self._queue, (priority, self._arrivals, turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        self._busy = True
        try:
            yield
        finally:
            self._pass_on()

    async def take_token(self) -> None:
        """Return when the next request may be sent. Only for the one whose turn it is."""
        await self._bucket.acquire()

    def _pass_on(self) -> None:
        while self._queue:
            _, _, turn = heapq.heappop(self._queue)
            if not turn.done():
                turn.set_result(None)
                return  # stays busy: the turn is handed over to the next waiter
        self._busy = False


class Breaker:
    """Opens for `pause` seconds after `threshold` failures in a row, or for a given time by `open_for`.

    After that it is half-open: requests should be sent one at a time until one of them succeeds.
    """

    def __init__(self, clock: Callable[[], float], *, threshold: int = 5, pause: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._open_until = 0.0
        self.half_open = False

    def wait_seconds(self) -> float:
        """0 when a request may be sent, else how long the breaker stays open."""
        return max(0.0, self._open_until - self._clock())

    def open_for(self, seconds: float) -> None:
        """Open for at least so many seconds: the source asked for a pause, or refuses our key."""
        self._open_until = max(self._open_until, self._clock() + seconds)
        self.half_open = True

    def succeeded(self) -> None:
        """The source answered. An answer to a request sent before the breaker opened does not close it."""
        self._failures = 0
        if not self.wait_seconds():
            self.half_open = False

    def failed(self) -> None:
        """The source gave no usable answer."""
        self._failures += 1
        if self._failures >= self._threshold:
            self.open_for(self._pause)
