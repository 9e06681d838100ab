"""Ids as Discord generates them: milliseconds since 2015 in the upper 42 bits, from which clients read the time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH_MS = 1_420_070_400_000
_WORKER_BITS = 17  # what is below them only counts


class Snowflakes:
    """A source of ever-growing ids of this moment.

    Args:
        clock: the present, in seconds since 1970.
        worker: two sources of different workers have no id in common.
    """

    def __init__(self, clock: Callable[[], float] = time.time, worker: int = 0) -> None:
        self._clock = clock
        self._worker = worker << _WORKER_BITS
        self._last = 0

    def next(self) -> int:
        """The next id; two ids of one millisecond differ in the lowest bits."""
        now = (int(self._clock() * 1000) - EPOCH_MS) << 22 | self._worker
        self._last = now if now > self._last else self._last + 1
        return self._last

    def moment(self) -> str:
        """The present as Discord writes it."""
        return datetime.fromtimestamp(self._clock(), UTC).isoformat()
