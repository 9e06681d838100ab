"""The progress of a long recording, in one line that overwrites itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TextIO

from bot.text.plural import plural


class Progress:
    """Shown only on a terminal.

    Args:
        stream: Normally `sys.stderr`.
        total: How many there are to do.
        clock: Seconds, monotonic.
    """

    def __init__(self, stream: TextIO, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream if stream.isatty() else None
        self._total = total
        self._clock = clock
        self._started: tuple[float, int] | None = None

    def show(self, done: int) -> None:
        """Show that so many are done."""
        if self._stream is None:
            return
        now = self._clock()
        since, before = self._started = self._started or (now, done)
        rate = (done - before) / (now - since) if now > since else 0.0
        left = f"{timedelta(seconds=round((self._total - done) / rate))} left" if rate else "…"
        self._stream.write(f"\r\033[K{done:,} of {plural(self._total, 'account')}, {rate:.1f} a second, {left}")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._stream is not None:
            self._stream.write("\r\033[K")
            self._stream.flush()
