"""A clock that can be moved: how far the sandbox's time is ahead, for what takes hours or days in a community.

Time runs forward only: a bot has stored dates of the time that it was told. What is dated for people follows (messages,
their ids, when somebody joined); limits, deadlines and tokens are in real time, as the connections that they are about.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_HOURS = 400 * 24
# While it runs, ten minutes pass in a second: a bot can read everything again before what it read is old.
PACE = 600.0


class MovedTime:
    """Seconds ahead.

    Args:
        running: seconds that only grow, for the pace.
    """

    def __init__(self, running: Callable[[], float] = time.monotonic) -> None:
        self._running = running
        self._from = self._to = self._since = 0.0

    def ahead(self) -> float:
        """How far time is ahead now."""
        return min(self._to, self._from + PACE * (self._running() - self._since))

    def now(self) -> float:
        """The present, in seconds since 1970."""
        return time.time() + self.ahead()

    def move(self, fields: Mapping[str, Any]) -> None:
        """Let time pass by `hours`: at the pace above, or `at_once`, as if everything had been off meanwhile.

        Raises:
            ValueError: not a number of hours above 0, or further ahead than 400 days in all.
        """
        hours, at_once = fields.get("hours"), fields.get("at_once", False)
        if (
            isinstance(hours, bool)
            or not isinstance(hours, (int, float))
            or hours <= 0
            or not isinstance(at_once, bool)
        ):
            raise ValueError("hours is a number above 0, and at_once is true or false: time only moves forward")
        to = self._to + hours * 3600
        if to > MOST_HOURS * 3600:
            raise ValueError(f"time can be {MOST_HOURS // 24} days ahead at most, and is {self._to / 86_400:.1f} now")
        self._from = to if at_once else self.ahead()
        self._to, self._since = to, self._running()

    def json(self) -> dict[str, float]:
        """As `/_sandbox/clock` reports it: seconds ahead now, and where a move that is under way ends."""
        return {"seconds": self.ahead(), "until": self._to}
