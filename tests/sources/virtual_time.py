"""Time that no machine can make late: a clock that a test turns, and tests on a loop that jumps to its next timer."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

from bench.virtual_loop import run_virtually
from bot.sources.pace import Clock

P = ParamSpec("P")


class JumpingClock:
    """A clock on which nobody waits: each sleep ends at once."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @property
    def clock(self) -> Clock:
        """For the client."""
        return Clock(now=lambda: self.seconds, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.seconds += max(0.0, seconds)
        await asyncio.sleep(0)


class ManualClock:
    """A clock at which sleepers wake when a test turns it; `sleeper` is set while there is one."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeper = asyncio.Event()
        self._alarms: list[tuple[float, asyncio.Future[None]]] = []

    @property
    def clock(self) -> Clock:
        """For the client."""
        return Clock(now=lambda: self.seconds, sleep=self._sleep)

    def advance(self, seconds: float) -> None:
        """Let time pass, and wake those whose time it is."""
        self.seconds += seconds
        for due, alarm in self._alarms:
            if due <= self.seconds and not alarm.done():
                alarm.set_result(None)
        self._alarms = [each for each in self._alarms if not each[1].done()]
        if not self._alarms:
            self.sleeper.clear()

    async def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        alarm = asyncio.get_running_loop().create_future()
        self._alarms.append((self.seconds + seconds, alarm))
        self.sleeper.set()
        await alarm


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """A test that runs in a loop of its own, in which waits take no real time and are exactly as long as requested."""

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        run_virtually(lambda _: test(*args, **kwargs))

    return run
