"""Each request to a source: a line of the log for debugging, and a number for the metrics.

A path may contain an address or a name, which is somebody's: in the line only the words of the API are left of it. The
query and the headers, which may contain a key, are not in it at all.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from types import TracebackType
from typing import Self

from bot.sources.health import Health

log = logging.getLogger(__name__)

_WORD_OF_AN_API = re.compile(r"(?:[a-z]+[A-Za-z_-]*|v[0-9])")


class RequestReport:
    """A context around one request; `status` is set in it as soon as it is known.

    Args:
        health: Of the source.
        name: The source's, as people know it.
        path: Below its base URL.
        attempt: Which one of this question it is, from 1 on.
    """

    def __init__(self, health: Health, name: str, path: str, attempt: int) -> None:
        self.status = 0
        self._health = health
        self._line = f"{name}: GET {route_of(path)}, attempt {attempt}"
        self._began_at = 0.0

    def __enter__(self) -> Self:
        """The request is sent now."""
        self._began_at = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """It is over: report how it went; what was raised passes through."""
        took = time.monotonic() - self._began_at
        outcome = self._outcome(error)
        log.debug("%s: %s in %.0f ms", self._line, outcome, took * 1000)
        self._health.on_request(outcome, took)

    def _outcome(self, error: BaseException | None) -> str:
        if error is None or self.status >= 300:  # noqa: PLR2004 - from here on the status says it all
            return str(self.status)
        if isinstance(error, asyncio.CancelledError):
            return "cancelled"
        if isinstance(error.__cause__, TimeoutError):
            return "timeout"
        return "unreadable" if self.status else "unreachable"


def route_of(path: str) -> str:
    """A path without what was asked about: `/addresses/…/nft/collections`."""
    return "/".join(part if not part or _WORD_OF_AN_API.fullmatch(part) else "…" for part in path.split("/"))
