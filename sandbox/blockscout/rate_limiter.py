"""Counts requests and credits, and gives the rate limit headers.

A window of one second begins with the first request in it. All chains share one count for each key, and one for all
requests without a key.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.blockscout.refusals import too_many

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.blockscout.settings import Settings

CREDITS = 100_000
CREDITS_OF_A_CALL = 20
WINDOW_MS = 1000


class RateLimiter:
    """Counts the requests of each key in its window, and the credits it has left.

    Args:
        settings: where the limits come from; read again for each request.
        clock: seconds, from any beginning.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._windows: dict[str | None, tuple[float, int]] = {}
        self._spent: dict[str, int] = {}

    def clear(self) -> None:
        """Forget all requests."""
        self._windows.clear()
        self._spent.clear()

    def count(self, key: str | None) -> tuple[dict[str, str], Exception | None]:
        """Count a request.

        Returns:
            The rate limit headers, and the refusal if this request was one too many.
        """
        now, limit = self._clock() * WINDOW_MS, self._settings.limit(key)
        began, count = self._windows.get(key, (now, 0))
        if now - began >= WINDOW_MS:
            began, count = now, 0
        count += 1
        self._windows[key] = began, count
        refusal = too_many() if count > limit else None
        if key is not None and refusal is None:
            self._spent[key] = self._spent.get(key, 0) + CREDITS_OF_A_CALL
        headers = {
            "x-ratelimit-limit": limit,
            "x-ratelimit-remaining": max(0, limit - count),
            "x-ratelimit-reset": max(1, round(began + WINDOW_MS - now)),
        }
        if key is not None:
            headers["x-credits-remaining"] = max(0, CREDITS - self._spent.get(key, 0))
        is_broken = self._settings.headers == "broken"
        return {name: "-1" if is_broken else str(value) for name, value in headers.items()}, refusal
