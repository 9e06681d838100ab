"""Rate limits of one visitor, and of all together: nothing waits, what exceeds a limit is refused."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from cachetools import LRUCache

# A page is some ten files; nobody opens more than a few a minute.
READS_PER_MINUTE = 120
# A proof is five of them. A page that offers another browser asks three times a minute whether it went on there: behind
# one address a few people at a time have room for that, and a page that is refused waits for as long as it is asked to.
WRITES_PER_MINUTE = 30
# Requests that change something in a session may commit to the disk, so all of these together are limited too. Those
# that open a link or ask for the state are not counted here, or they could use up the limit for everybody: they cost
# reads, and a write only with the token of a link that is under way, which is limited by address and needs a `/verify`.
WRITES_PER_SECOND = 20
_WRITE_BURST = 40
_VISITORS = 20_000


class Bucket:
    """A token bucket that refuses instead of waiting, unlike the limiter of the sources.

    Args:
        most: The capacity: how many at once.
        per_second: How many are refilled each second.
        clock: A monotonic clock, in seconds.
    """

    __slots__ = ("_clock", "_left", "_most", "_per_second", "_updated_at")

    def __init__(self, most: float, per_second: float, clock: Callable[[], float]) -> None:
        self._most = self._left = most
        self._per_second = per_second
        self._clock = clock
        self._updated_at = clock()

    def take(self) -> float:
        """Take one token: 0 if there was one, otherwise the seconds until there is."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._updated_at) * self._per_second)
        self._updated_at = now
        if self._left < 1:
            return (1 - self._left) / self._per_second
        self._left -= 1
        return 0


class Limits:
    """Counts requests by visitor; the least recent visitors are dropped first.

    Args:
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visitors: LRUCache[tuple[bytes, bool], Bucket] = LRUCache(_VISITORS)

    def take(self, visitor: bytes, method: str) -> int:
        """0 if a request may pass, otherwise the whole seconds until the next one may."""
        writes = method not in ("GET", "HEAD")
        key = (visitor, writes)
        if key not in self._visitors:
            most = WRITES_PER_MINUTE if writes else READS_PER_MINUTE
            self._visitors[key] = Bucket(most, most / 60, self._clock)
        return math.ceil(self._visitors[key].take())


class SessionLimits:
    """The same by session, no matter who sends its cookie, and for all sessions together.

    Args:
        clock: A monotonic clock, in seconds.
    """

    PER_MINUTE = 10

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = Bucket(_WRITE_BURST, WRITES_PER_SECOND, clock)
        self._sessions: LRUCache[bytes, Bucket] = LRUCache(_VISITORS)

    def take(self, session: bytes) -> int:
        """0 if a request may pass, otherwise the whole seconds until the next one may."""
        if session not in self._sessions:
            self._sessions[session] = Bucket(self.PER_MINUTE, self.PER_MINUTE / 60, self._clock)
        return math.ceil(self._sessions[session].take() or self._all.take())
