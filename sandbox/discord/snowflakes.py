"""Ids as Discord generates them: milliseconds since 2015 in the upper 42 bits, from which clients read the time."""

from __future__ import annotations

import time

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """A source of ever-growing ids of this moment."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> int:
        """The next id; two ids of one millisecond differ in the lowest bits."""
        now = (int(time.time() * 1000) - EPOCH_MS) << 22
        self._last = now if now > self._last else self._last + 1
        return self._last
