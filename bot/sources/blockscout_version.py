"""Which Blockscout answers, and whether its "never seen" is believed.

Servers before 2025 answer 404 for an address that they have never seen, and later ones an empty list. A wrong base URL
answers 404 too, and so does a server that is being repaired or filled again, and that must not mean "holds nothing". So
a 404 is believed only where the same API has just listed something, and never of an address that it listed before.
"""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.errors import TesseraError
from bot.sources.http import Answer

_VERSION_PATH = "/config/backend-version"
# Every chain has seen it: NFTs are minted from it.
_SEEN_PATH = "/addresses/0x0000000000000000000000000000000000000000/nft/collections"
_VERSION = re.compile(r"v?\d{1,4}\.\d{1,4}[0-9A-Za-z.+-]{0,40}")
# Seconds: what the API said of another address a moment ago, it says of this one too.
_FRESH = 60.0
# Those that were not asked for longest are forgotten first; what the store has of them is asked, too (`bot.sync`).
_MOST_SEEN = 10_000

Get = Callable[[str, Mapping[str, str]], Awaitable[Any]]


class KnownApi:
    """Which addresses Blockscout has seen, and whether it is at the base URL at all.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._listed_at = -math.inf
        self._missed_at = -math.inf

    def listed(self, path: str, body: Any) -> None:
        """An answer came; only this API has lists of this form."""
        if not _is_list(body):
            return
        self._listed_at = self._clock()
        self._seen[path] = None
        self._seen.move_to_end(path)
        if len(self._seen) > _MOST_SEEN:
            self._seen.popitem(last=False)

    async def is_never_seen(self, path: str, get: Get) -> bool:
        """Whether a 404 for this path is believed: it was not listed before, and another is, now."""
        if path in self._seen:
            return False
        now = self._clock()
        if now - self._listed_at <= _FRESH:
            return True
        if now - self._missed_at > _FRESH:
            await self._look(get)
        return self._clock() - self._listed_at <= _FRESH

    async def _look(self, get: Get) -> None:
        try:
            self.listed(_SEEN_PATH, await get(_SEEN_PATH, {"type": "ERC-721"}))
        except TesseraError:
            self._missed_at = self._clock()


async def fetch_version(fetch: Callable[[str, Mapping[str, str]], Awaitable[Answer]]) -> str:
    """The server's version, such as "v11.2.7"; "" where it does not say: servers of before 2024 have no such path."""
    try:
        body = (await fetch(_VERSION_PATH, {})).body
    except TesseraError:
        return ""
    version = body.get("backend_version") if isinstance(body, dict) else None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""


def _is_list(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("items"), list) and "next_page_params" in body
