"""Pictures that Discord refused a while ago: the next message goes out without them, instead of being refused first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

# A gateway, or Discord, may have changed by then; until then the same pages are shown many times.
_REMEMBERED_FOR = timedelta(hours=1)
# One MB at most, as a URL has at most 2,048 letters.
_MOST = 500


class RefusedPictures:
    """Their URLs.

    Args:
        clock: Seconds that only grow.
        remembered_for: How long each is remembered.
        most: How many are; the oldest is forgotten for a new one.
    """

    def __init__(
        self, clock: Callable[[], float], *, remembered_for: timedelta = _REMEMBERED_FOR, most: int = _MOST
    ) -> None:
        self._clock = clock
        self._remembered_for = remembered_for.total_seconds()
        self._most = most
        self._until: dict[str, float] = {}  # the oldest first

    def add(self, url: str) -> None:
        """Discord refused it just now."""
        self._until.pop(url, None)
        self._until[url] = self._clock() + self._remembered_for
        if len(self._until) > self._most:
            del self._until[next(iter(self._until))]

    def __contains__(self, url: object) -> bool:
        """Whether it was refused a while ago."""
        return isinstance(url, str) and self._clock() < self._until.get(url, float("-inf"))
