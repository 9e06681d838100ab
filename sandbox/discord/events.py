"""Events for the people's clients: who is listening, and who may see what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.answers import Json

# A page that does not read for this many events has been closed or suspended; it reloads the state when it reconnects.
UNREAD_EVENTS = 5000


class Events:
    """A hub: anyone publishes, every open client whose user may see it receives."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[bytes], int] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    def publish(self, event: Json, may_see: Callable[[int], bool] | None = None) -> None:
        """Push one event.

        Args:
            event: a JSON object with `type`.
            may_see: says for a user id whether that user's client gets it; None for all.
        """
        if not self._listeners:
            return
        encoded = orjson.dumps(event)
        for queue, user_id in self._listeners.items():
            if (may_see is None or may_see(user_id)) and not queue.full():
                queue.put_nowait(encoded)

    @property
    def has_listeners(self) -> bool:
        """Whether anybody is listening."""
        return bool(self._listeners)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The websocket of one client; `user` in the query is the person's id."""
        try:
            user_id = int(request.query["user"])
        except (KeyError, ValueError):
            return web.json_response({"error": "user is missing"}, status=400)
        socket = web.WebSocketResponse(heartbeat=30.0)
        await socket.prepare(request)
        queue: asyncio.Queue[bytes] = asyncio.Queue(UNREAD_EVENTS)
        self._listeners[queue] = user_id
        self._sockets.add(socket)
        writer = asyncio.create_task(_write(socket, queue))
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            del self._listeners[queue]
            self._sockets.discard(socket)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def close(self) -> None:
        """Close every client's websocket: the server goes away."""
        for socket in list(self._sockets):
            await socket.close(code=1001, message=b"Going away.")


async def _write(socket: web.WebSocketResponse, queue: asyncio.Queue[bytes]) -> None:
    while True:
        await socket.send_str((await queue.get()).decode())
