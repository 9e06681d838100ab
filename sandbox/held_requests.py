"""A server that does not answer one of its requests: somebody can do something to the client at exactly that moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


class HeldRequests:
    """Counts requests, and holds one of them.

    Attributes:
        count: Requests since `hold`, or since the start.
        arrived: Set when the one to hold is there; it stays unanswered until `release`.
    """

    def __init__(self) -> None:
        self.count = 0
        self.arrived = asyncio.Event()
        self._number = 0
        self._released = asyncio.Event()

    def hold(self, number: int) -> None:
        """Hold the request of this number from now on, beginning with 1; 0: none."""
        self.count, self._number = 0, number
        self.arrived, self._released = asyncio.Event(), asyncio.Event()

    def release(self) -> None:
        """Let what is held go, and hold nothing more."""
        self._number = 0
        self._released.set()

    def middleware(self) -> Callable[..., Awaitable[web.StreamResponse]]:
        """For the server's application."""

        @web.middleware
        async def count(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            self.count += 1
            if self.count == self._number:
                self.arrived.set()
                await self._released.wait()
            return await handler(request)

        return count
