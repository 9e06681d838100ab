"""What one asker hears of a read that is under way."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncIterator, Callable

from bot.holdings import Holdings


class Subscription(AsyncIterator[Holdings]):
    """The states of a read. Its asker waits from the beginning until it ends, or nobody can iterate it any more.

    A generator alone would not do: one that nobody began to iterate disappears without running its `finally`.

    Args:
        states: What is iterated.
        leave: Called once, when the asker does not wait any more.
    """

    def __init__(self, states: AsyncIterator[Holdings], leave: Callable[[], None]) -> None:
        self._states = states
        self._leave = leave
        self._forgotten = weakref.finalize(self, _leave_soon, asyncio.get_running_loop(), leave)
        self._forgotten.atexit = False

    async def __anext__(self) -> Holdings:
        """The next state."""
        try:
            return await anext(self._states)
        except BaseException:  # also the end, and a task that was cancelled
            if self._forgotten.detach():
                self._leave()
            raise


def _leave_soon(loop: asyncio.AbstractEventLoop, leave: Callable[[], None]) -> None:
    # The garbage collector may run in any thread.
    if not loop.is_closed():
        loop.call_soon_threadsafe(leave)
