"""How often accounts can be read, when one is tried again, and how long a reading tells something about the present."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random

from bot.store.sync.reading_table import Readings as ReadingTable

# A reading counts at least this long, however often accounts are read.
_LEAST_MAX_AGE = timedelta(minutes=30)
# Counting all accounts again with each reading would cost more than the reading.
_COUNT_AGAIN = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
_MOST_DOUBLINGS = 20  # enough for the longest pause, and small enough not to overflow


class ReadingAges:
    """Answers both, for each network. Every method may raise `StoreError`.

    Args:
        store: Which accounts are read.
        rates: Network → how many requests a second its source may be sent; 0: no limit.
        interval: How often each account is to be read.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self, store: ReadingTable, rates: Mapping[str, float], interval: timedelta, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._rates = rates
        self._interval = interval
        self._clock = clock
        self._counts: dict[str, tuple[datetime, int]] = {}  # accounts of a network, and when they were counted

    async def possible_interval(self, network: str) -> timedelta:
        """How often each account of a network can be read at most, with one request each, at its source's rate."""
        rate = self._rates.get(network)
        return timedelta(seconds=await self._count(network) / rate) if rate else timedelta(0)

    async def max_age(self, network: str) -> timedelta:
        """How old a reading may be to tell something about the present: two may fail before it is unknown."""
        return longest_age(self._interval, await self.possible_interval(network))

    async def _count(self, network: str) -> int:
        now = self._clock()
        found = self._counts.get(network)
        if found and abs(now - found[0]) <= _COUNT_AGAIN:
            return found[1]
        count = await self._store.account_count(network)
        self._counts[network] = now, count
        return count


def longest_age(interval: timedelta, possible: timedelta) -> timedelta:
    """How old a reading may be to tell something about the present: two may fail before it is unknown.

    Args:
        interval: How often each account is to be read.
        possible: How often it can be read at most, at its source's rate.
    """
    return max(_LEAST_MAX_AGE, 3 * max(interval, possible))


def backoff(tries: int, random: Random) -> timedelta:
    """How long to wait after so many failures in a row: from 2 seconds to 15 minutes, at most, and not all at once."""
    longest = min(_SHORTEST_PAUSE * (1 << min(tries - 1, _MOST_DOUBLINGS)), LONGEST_PAUSE)
    return max(_SHORTEST_PAUSE, longest * (0.5 + random.random() / 2))
