"""A line of the log that strangers can cause as often as they like, and that is written once a minute at most."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SECONDS = 60.0


class RareLine:
    """Writes the first of its kind at once, and then how many there were since.

    Args:
        log: Where it is written, as info.
        words: What happened.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, log: logging.Logger, words: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._words = words
        self._clock = clock
        self._silent_until = clock()
        self._unsaid = 0
        self._last = ""

    def note(self, kind: str) -> None:
        """It happened once more; `kind` is a word of ours, never what was sent."""
        self._unsaid += 1
        self._last = kind
        if self._clock() >= self._silent_until:
            self.flush()

    def flush(self) -> None:
        """Write what was not written yet, if there is anything."""
        if self._unsaid:
            self._log.info("web: %s: %s, %d since the last such line", self._words, self._last, self._unsaid)
            self._unsaid = 0
            self._silent_until = self._clock() + SECONDS
