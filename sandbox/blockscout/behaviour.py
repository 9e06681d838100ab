"""Which Blockscout this is, as `POST /_sandbox/blockscout` sets it, and the counting of requests and credits.

A window of one second begins with the first request in it. All chains share one count for each key, and one for those
who come without a key.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.blockscout.refusals import too_many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PER_SECOND = 5  # the free plan of the hosted API
PER_SECOND_WITHOUT_KEY = 3
CREDITS = 100_000
CREDITS_OF_A_CALL = 20
WINDOW_MS = 1000
VERSIONS = ("11", "12")
HEADERS = ("normal", "broken")


@dataclass
class Behaviour:
    """`version` decides the form of paging, `per_second` the limit with a key, `headers` "broken" makes them all -1."""

    version: str = "12"
    per_second: int = PER_SECOND
    headers: str = "normal"

    def change(self, asked: Mapping[str, Any]) -> None:
        """Set what is asked for; the rest stays.

        Raises:
            ValueError: with a sentence that says what is wrong; then nothing has changed.
        """
        version, headers = asked.get("version", self.version), asked.get("headers", self.headers)
        per_second = asked.get("per_second", self.per_second)
        if unknown := asked.keys() - {"version", "per_second", "headers"}:
            raise ValueError(f"there is no {' and no '.join(sorted(unknown))} to set")
        if version not in VERSIONS:
            raise ValueError(f"version must be one of {', '.join(VERSIONS)}")
        if headers not in HEADERS:
            raise ValueError(f"headers must be one of {', '.join(HEADERS)}")
        if isinstance(per_second, bool) or not isinstance(per_second, int) or per_second < 1:
            raise ValueError("per_second is a whole number, at least 1")
        self.version, self.headers, self.per_second = version, headers, per_second

    def limit(self, key: str | None) -> int:
        """Requests a second: without a key three for every five."""
        if key is not None:
            return self.per_second
        return max(1, self.per_second * PER_SECOND_WITHOUT_KEY // PER_SECOND)


class Counts:
    """How many requests each key has made in its window, and how many credits it has left.

    Args:
        behaviour: where the limits come from; read anew for each request.
        clock: seconds, from any beginning.
    """

    def __init__(self, behaviour: Behaviour, clock: Callable[[], float] = time.monotonic) -> None:
        self._behaviour = behaviour
        self._clock = clock
        self._windows: dict[str | None, tuple[float, int]] = {}
        self._spent: dict[str, int] = {}

    def clear(self) -> None:
        """Nobody has asked for anything."""
        self._windows.clear()
        self._spent.clear()

    def admit(self, key: str | None) -> tuple[dict[str, str], Exception | None]:
        """Count a request.

        Returns:
            The headers that tell where the asker stands, and the refusal if this one was too many.
        """
        now, limit = self._clock() * WINDOW_MS, self._behaviour.limit(key)
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
        is_broken = self._behaviour.headers == "broken"
        return {name: "-1" if is_broken else str(value) for name, value in headers.items()}, refusal
