"""A loop of virtual time, also for tests: it waits for nothing, and is as exact on a slow machine as on a fast one."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

# The time of one turn of the loop: without it, a remainder of rounding would never be reached.
_TURN = 1e-6

T = TypeVar("T")


class _JumpingSelector(selectors.DefaultSelector):
    """Waits for nothing: where no file is ready, the time until the next timer has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if timeout is None and not ready:
            raise RuntimeError("everybody waits, and no timer is set")
        self.passed += _TURN + (0 if ready else timeout or 0)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop for what opens no socket and starts no thread; its `time()` is the sum of all waits."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Seconds since it began."""
        return self._jumping.passed


def run_virtually(work: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """The result of a coroutine on a loop of virtual time."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(work(loop))
    finally:
        loop.close()
