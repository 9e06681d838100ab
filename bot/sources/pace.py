"""How fast requests may be sent to a source, and when to send none.

`Pace` is one token bucket per source, and a fair queue before it (`bot.sources.fair_queue`). `Breaker` is a circuit
breaker: it stops the requests to a source that keeps failing, so that nobody waits ten seconds for an expected error.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.sources.different_questions import DifferentQuestions
from bot.sources.fair_queue import FairQueue, Ticket

# A person's first page takes two requests, which should not wait for each other. A full bucket adds to the rate: with
# more than one extra request, 4 a second would exceed Loopring's "5 every second" (REST API, rate limits).
_BURST = 2
# Two addresses with a trouble of their own are conceivable, one after the other; a third is the source's.
DIFFERENT = 3
# Seconds: differences of times that are smaller come from rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Clock:
    """The time functions of a client.

    Attributes:
        now: Seconds, monotonic.
        sleep: Returns when so many seconds have passed.
    """

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


REAL_CLOCK = Clock()


class _Bucket:
    """When the next request may be sent: a token bucket, computed instead of filled (GCRA).

    The time of the next token is known in advance, which lets the queue decide as late as then. Of the libraries that
    we know, none says it.
    """

    def __init__(self, per_second: float, size: int) -> None:
        self._interval = 1 / per_second
        self._in_advance = (size - 1) * self._interval
        self._full_at = -math.inf

    def wait_seconds(self, now: float) -> float:
        """0 when there is a token, else how long until then."""
        wait = self._full_at - self._in_advance - now
        return wait if wait > _ROUNDING else 0.0

    def take(self, now: float) -> None:
        self._full_at = max(self._full_at, now) + self._interval


class Pace:
    """A token bucket whose queue is fair to all who ask.

    Who is next is decided when there is a token, and not before: one who comes meanwhile with a better claim is first.
    In any one second at most `requests_per_second` + 1 tokens are given.
    """

    def __init__(self, requests_per_second: float) -> None:
        self._bucket = _Bucket(requests_per_second, _BURST if requests_per_second >= 1 else 1)
        self._queue = FairQueue(changed=self._give_turn)
        self._turns: dict[Ticket, asyncio.Future[None]] = {}
        self._holder: Ticket | None = None
        self._next_token: asyncio.TimerHandle | None = None

    def waiting(self) -> int:
        """How many requests wait for a turn."""
        return len(self._queue)

    @asynccontextmanager
    async def acquire_turn(self, ticket: Ticket) -> AsyncIterator[Callable[[], None]]:
        """Wait for a turn and keep it until the yielded function is called; the request is over when the context ends.

        Raises:
            LimitError: those who need this request have too many others waiting.
        """
        self._queue.add(ticket)
        turn = self._turns[ticket] = asyncio.get_running_loop().create_future()
        try:
            self._give_turn()
            # Shielded: a waiter that is cancelled at its turn passes it on below.
            await asyncio.shield(turn)
            yield lambda: self._pass_on(ticket)
        finally:
            del self._turns[ticket]
            self._queue.remove(ticket)
            self._pass_on(ticket)

    async def take_token(self) -> None:
        """Return when the next request may be sent. Only for the one whose turn it is."""
        now = asyncio.get_running_loop().time
        while wait := self._bucket.wait_seconds(now()):  # noqa: ASYNC110 - the time is known, and no event
            await asyncio.sleep(wait)
        self._bucket.take(now())

    def _pass_on(self, ticket: Ticket) -> None:
        if self._holder is ticket:
            self._holder = None
        self._give_turn()

    def _give_turn(self) -> None:
        if self._holder or self._next_token or not len(self._queue):
            return
        loop = asyncio.get_running_loop()
        if wait := self._bucket.wait_seconds(loop.time()):
            self._next_token = loop.call_later(wait, self._on_token)
        elif ticket := self._queue.take_next():
            self._holder = ticket
            self._turns[ticket].set_result(None)

    def _on_token(self) -> None:
        self._next_token = None
        self._give_turn()


class Breaker:
    """Opens for `pause` seconds after `threshold` failures in a row of different questions, or when asked to.

    After that it is half-open: requests should be sent one at a time until one of them succeeds. One question that
    keeps failing never opens it: that is the question's own trouble.
    """

    def __init__(self, clock: Callable[[], float], *, threshold: int = 5, pause: float = 30.0) -> None:
        self._clock = clock
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._questions = DifferentQuestions()
        self._known = 0  # different questions that failed before it opened: their failures do not open it again
        self._open_until = 0.0
        self._promised_until = 0.0  # the part of it that the source itself asked for
        self.half_open = False

    def wait_seconds(self) -> float:
        """0 when a request may be sent, else how long the breaker stays open."""
        return max(0.0, self._open_until - self._clock())

    def open_for(self, seconds: float, *, is_promised: bool = False) -> None:
        """Open for at least so many seconds: the source asked for a pause (`is_promised`), or refuses our key."""
        self.pause_for(seconds, is_promised=is_promised)
        self.half_open = True

    def pause_for(self, seconds: float, *, is_promised: bool = True) -> None:
        """Send nothing for so many seconds; the source works, so that afterwards there is nothing to find out."""
        until = self._clock() + seconds
        self._open_until = max(self._open_until, until)
        if is_promised:
            self._promised_until = max(self._promised_until, until)

    def end_pause(self) -> None:
        """A request may be sent, unless the source asked for a pause; if it fails like those before, it opens again."""
        self._open_until = min(self._open_until, self._promised_until)

    def succeeded(self) -> bool:
        """The source answered; whether this closed the breaker. A request sent before it opened does not close it."""
        self._failures = self._known = 0
        self._questions.clear()
        if not self.half_open or self.wait_seconds():
            return False
        self.half_open = False
        return True

    def failed(self, about: frozenset[str] = frozenset()) -> bool:
        """The source gave no usable answer to a question about these things; whether the breaker opens."""
        self._failures += 1
        self._questions.add(about)
        different = len(self._questions)
        if self._failures < self._threshold or different <= max(DIFFERENT - 1, self._known):
            return False
        self._known = different
        self.open_for(self._pause)
        return True
