"""Rate limits as Discord reports them: buckets with X-RateLimit headers, a global limit, 429 with `retry_after`."""

from __future__ import annotations

import hashlib
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.discord.answers import Json, json_answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

PER_SECOND = 50  # global, per bot
PRUNE_ABOVE = 5000  # windows stored before those that ended are dropped


@dataclass(frozen=True, slots=True)
class Bucket:
    """Routes that share a limit: `limit` requests in a fixed window of `seconds`, per guild, channel or token."""

    name: str
    limit: int
    seconds: float
    hash: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.blake2b(self.name.encode(), digest_size=16).hexdigest()
        object.__setattr__(self, "hash", digest)


# 10 a window, and the window is fixed: measured on the real route (discord-api-docs #7680).
ROLE_EDITS = Bucket("role edits", 10, 10.0)
MEMBER_EDITS = Bucket("member edits", 10, 10.0)
MESSAGES = Bucket("messages", 50, 1.0)
READS = Bucket("reads", 50, 1.0)
COMMANDS = Bucket("commands", 50, 1.0)
WEBHOOK = Bucket("webhook", 50, 1.0)
BUCKETS = {bucket.name for bucket in (ROLE_EDITS, MEMBER_EDITS, MESSAGES, READS, COMMANDS, WEBHOOK)}


class RateLimitedError(Exception):
    """Too many requests; `answer` is the 429 to send."""

    def __init__(self, answer: web.Response) -> None:
        super().__init__("rate limited")
        self.answer = answer


class RateLimits:
    """Counts requests per bucket and major parameter."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.limits: dict[str, int] = {}  # by the name of a bucket: another limit than its own
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._second = (0.0, 0)

    def clear(self) -> None:
        """Start every window again, with the limits of the buckets."""
        self.limits.clear()
        self._windows.clear()
        self._second = (0.0, 0)

    def count_global(self) -> None:
        """Count one request of the bot.

        Raises:
            RateLimitedError: more than PER_SECOND in this second.
        """
        now = self._clock()
        start, used = self._second
        if now - start >= 1.0:
            start, used = now, 0
        if used >= PER_SECOND:
            left = start + 1.0 - now
            raise RateLimitedError(_too_many(left, {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}))
        self._second = (start, used + 1)

    def count(self, bucket: Bucket, major: str) -> dict[str, str]:
        """Count one request of a bucket; returns the headers of its answer.

        Raises:
            RateLimitedError: the window is used up.
        """
        now = self._clock()
        key = (bucket.name, major)
        end, used = self._windows.get(key, (0.0, 0))
        if now >= end:
            end, used = now + bucket.seconds, 0
        left = end - now
        limit = self.limits.get(bucket.name, bucket.limit)
        headers = {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(max(0, limit - used - 1)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": bucket.hash,
        }
        if used >= limit:
            raise RateLimitedError(_too_many(left, {**headers, "X-RateLimit-Scope": "user"}))
        if len(self._windows) > PRUNE_ABOVE:
            self._windows = {k: window for k, window in self._windows.items() if window[0] > now}
        self._windows[key] = (end, used + 1)
        return headers


def _too_many(seconds: float, headers: dict[str, str]) -> web.Response:
    body: Json = {
        "code": 0,
        "message": "You are being rate limited.",
        "retry_after": round(seconds, 3),
        "global": "X-RateLimit-Global" in headers,
    }
    # Without Via, discord.py takes a 429 for a ban by Cloudflare and does not retry.
    more = {"Via": "1.1 google", "Retry-After": str(math.ceil(seconds))}
    return json_answer(body, 429, {**headers, **more})
