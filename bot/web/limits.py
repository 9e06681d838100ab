"""How often a visitor may ask, and how often all of them together: nothing waits, what is too much is refused."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from cachetools import LRUCache

# A page is some ten files; nobody opens more than a few a minute.
READS_A_MINUTE = 120
WRITES_A_MINUTE = 30
# Those that have a session may commit to the disk, so all of these together are bounded too. Strangers are not counted
# here: they cost one look into the store each, and could else shut everybody out.
WRITES_A_SECOND = 20
_WRITES_AT_ONCE = 40
_VISITORS = 20_000


class Bucket:
    """A token bucket that refuses instead of waiting, unlike the limiter of the sources.

    Args:
        most: How many at once.
        a_second: How many are refilled each second.
        clock: Seconds that only grow.
    """

    __slots__ = ("_a_second", "_clock", "_left", "_most", "_seen")

    def __init__(self, most: float, a_second: float, clock: Callable[[], float]) -> None:
        self._most = self._left = most
        self._a_second = a_second
        self._clock = clock
        self._seen = clock()

    def take(self) -> float:
        """0 where there was one to take; else the seconds until there is."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._seen) * self._a_second)
        self._seen = now
        if self._left < 1:
            return (1 - self._left) / self._a_second
        self._left -= 1
        return 0


class Limits:
    """Counts requests by visitor; those who have not come for long are forgotten first.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visitors: LRUCache[tuple[bytes, bool], Bucket] = LRUCache(_VISITORS)

    def take(self, visitor: bytes, method: str) -> int:
        """0 where a request may pass, else the whole seconds after which the next one may."""
        writes = method not in ("GET", "HEAD")
        key = (visitor, writes)
        if key not in self._visitors:
            most = WRITES_A_MINUTE if writes else READS_A_MINUTE
            self._visitors[key] = Bucket(most, most / 60, self._clock)
        return math.ceil(self._visitors[key].take())


class SessionLimits:
    """The same for one session each, no matter who carries it, and for all sessions together.

    Args:
        clock: Seconds that only grow.
    """

    A_MINUTE = 10

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all = Bucket(_WRITES_AT_ONCE, WRITES_A_SECOND, clock)
        self._sessions: LRUCache[bytes, Bucket] = LRUCache(_VISITORS)

    def take(self, session: bytes) -> int:
        """0 where a request may pass, else the whole seconds after which the next one may."""
        if session not in self._sessions:
            self._sessions[session] = Bucket(self.A_MINUTE, self.A_MINUTE / 60, self._clock)
        return math.ceil(self._sessions[session].take() or self._all.take())
