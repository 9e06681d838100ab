"""How late the event loop is: commands, the page and everything else wait for it.

Measured by a task that wants to wake twenty times a second. After a stall it also counts the times at which it should
have woken meanwhile: a loop that stands still for eight of ten seconds was late most of the time, and not once.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Mapping

INTERVAL = 0.05
# How far a report looks back.
WINDOW = 10.0
_PERCENT = 99


class LagMeter:
    """Remembers by how much the loop was late in the last ten seconds.

    Args:
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lags: deque[float] = deque(maxlen=round(WINDOW / INTERVAL))
        self._due = clock()

    async def run(self) -> None:
        """Measure until it is cancelled."""
        while True:  # noqa: ASYNC110 - time is what is measured
            await asyncio.sleep(self.tick())

    def tick(self) -> float:
        """Note how late this tick is; returns the seconds until the next one is due."""
        now = self._clock()
        self._lags.extend(_late(now - self._due))
        self._due = now + INTERVAL
        return INTERVAL

    def report(self) -> Mapping[str, float]:
        """The 99th percentile and the longest, in milliseconds."""
        overdue = self._clock() - self._due
        lags = sorted([*self._lags, *(_late(overdue) if overdue > 0 else ())])
        lags = lags or [0.0]
        p99 = lags[math.ceil(len(lags) * _PERCENT / 100) - 1]
        return {"p99": round(p99 * 1000, 1), "max": round(lags[-1] * 1000, 1)}


def _late(seconds: float) -> list[float]:
    """How late a tick was, and each one that fell into the same stall."""
    missed = max(0, math.ceil(seconds / INTERVAL) - 1)
    return [max(0.0, seconds - n * INTERVAL) for n in range(min(missed, round(WINDOW / INTERVAL)) + 1)]
