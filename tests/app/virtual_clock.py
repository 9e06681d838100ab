"""Time that passes only when a test says so."""

from __future__ import annotations

import asyncio
import heapq
from datetime import UTC, datetime, timedelta

# More steps than any task of these tests takes between two waits; nothing here waits for a thread or a socket.
_STEPS = 20


class VirtualClock:
    """Two clocks, as a machine has them: one that only runs, by which sleepers wake, and one on the wall, that jumps.

    Attributes:
        pauses: All that was ever slept, in order.
        ran: What has passed since the beginning.
    """

    def __init__(self, start: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)) -> None:
        self.pauses: list[timedelta] = []
        self.ran = timedelta()
        self._start = start
        self._alarms: list[tuple[timedelta, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """The time of day."""
        return self._start + self.ran

    def jump(self, span: timedelta) -> None:
        """Let somebody set the clock on the wall."""
        self._start += span

    async def sleep(self, pause: timedelta) -> None:
        """Wait until so much has passed."""
        self.pauses.append(pause)
        alarm = asyncio.get_running_loop().create_future()
        heapq.heappush(self._alarms, (self.ran + pause, len(self.pauses), alarm))
        await alarm

    async def advance(self, span: timedelta) -> None:
        """Let time pass, alarm by alarm, and everybody do what is theirs to do at each."""
        end = self.ran + span
        await settle()
        while self._alarms and self._alarms[0][0] <= end:
            self.ran, _, alarm = heapq.heappop(self._alarms)
            if not alarm.done():  # else the sleeper was cancelled
                alarm.set_result(None)
            await settle()
        self.ran = end


async def settle() -> None:
    """Let every task go on until it waits for something."""
    for _ in range(_STEPS):
        await asyncio.sleep(0)
