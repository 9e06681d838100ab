"""The bot's connections under a handler of the test's, without the guard and the page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.web.connection import Acceptor, Connection, NewConnection, Timeouts
from bot.web.open_connections import MOST, RESERVE, OpenConnections
from bot.web.visitor import Visitors
from tests.web.wire import PATIENT


@dataclass
class BareServer:
    """Where it listens, and what it has open."""

    url: str
    open_connections: OpenConnections


@asynccontextmanager
async def bare_server(
    handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    timeouts: Timeouts = PATIENT,
    *,
    most: int = MOST,
    reserve: int = RESERVE,
) -> AsyncIterator[BareServer]:
    """A server whose every request goes to a handler."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, Connection)
        with connection.busy():
            return await handler(request)

    runner = web.ServerRunner(web.Server(answer), shutdown_timeout=0.1)
    await runner.setup()
    http_server = runner.server
    assert http_server is not None
    open_connections = OpenConnections(most=most, reserve=reserve)
    acceptor = Acceptor(open_connections, Visitors(()), timeouts, lambda status: web.Response(status=status))
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: NewConnection(http_server, acceptor), "127.0.0.1", 0)
    try:
        yield BareServer(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}", open_connections)
    finally:
        listener.close()
        await runner.cleanup()
        acceptor.close()
