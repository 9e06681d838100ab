"""How late the event loop is: commands, the page and everything else wait for it.

Measured by a task that wants to wake twenty times a second. After a stall it also counts the times at which it should
have woken meanwhile: a loop that stands still for eight of ten seconds was late most of the time, and not once.

On a machine that is busy with something else the loop is late too. So it is also measured how much of that the bot can
have caused: no more than the processor time that the loop's thread used meanwhile.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping

INTERVAL = 0.05
# How far a report looks back.
WINDOW = 10.0
_PERCENT = 99
_SAMPLES = round(WINDOW / INTERVAL)


class LagMeter:
    """Remembers by how much the loop was late in the last ten seconds.

    Args:
        clock: A monotonic clock, in seconds.
        used: The processor time of the loop's thread, in seconds.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, used: Callable[[], float] = time.thread_time
    ) -> None:
        self._clock = clock
        self._used = used
        self._lags: deque[float] = deque(maxlen=_SAMPLES)
        self._own: deque[float] = deque(maxlen=_SAMPLES)
        self._due = clock()
        self._used_before = used()

    async def run(self) -> None:
        """Measure until it is cancelled."""
        while True:  # noqa: ASYNC110 - time is what is measured
            await asyncio.sleep(self.tick())

    def tick(self) -> float:
        """Note how late this tick is; returns the seconds until the next one is due."""
        now, used = self._clock(), self._used()
        late = now - self._due
        self._lags.extend(_late(late))
        self._own.extend(_late(min(late, used - self._used_before)))
        self._due, self._used_before = now + INTERVAL, used
        return INTERVAL

    def report(self) -> Mapping[str, float]:
        """In milliseconds: 99th percentile and maximum, and the percentile of what the bot itself can have caused."""
        overdue = self._clock() - self._due
        lags = [*self._lags, *(_late(overdue) if overdue > 0 else ())]
        return {"p99": _p99(lags), "max": _milliseconds(max(lags, default=0.0)), "own_p99": _p99(self._own)}


def _p99(lags: Iterable[float]) -> float:
    ranked = sorted(lags) or [0.0]
    return _milliseconds(ranked[math.ceil(len(ranked) * _PERCENT / 100) - 1])


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _late(seconds: float) -> list[float]:
    """How late a tick was, and each one that fell into the same stall."""
    missed = max(0, math.ceil(seconds / INTERVAL) - 1)
    return [max(0.0, seconds - n * INTERVAL) for n in range(min(missed, _SAMPLES) + 1)]
