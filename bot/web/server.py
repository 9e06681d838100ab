"""The bot's own HTTP: `GET /healthz` for the supervisor of the process, and the page for proofs where there is one.

Healthy means: the event loop runs, the store answers, the gateway connection was not given up, and no background task
has ended. A source that is down does not make the bot unhealthy; if it did, an outage upstream would cause restart
after restart here.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web

from bot.config.web_table import WebSettings
from bot.errors import ConfigError, StoreError
from bot.messages import Message
from bot.store import Store
from bot.web.guard import HEALTH, Guard
from bot.web.limits import Limits
from bot.web.verify_page import MAX_BODY, VerifyPage
from bot.web.visitor import Visitors

log = logging.getLogger(__name__)

# Each connection costs some 30 kB; more need a proxy in front, which buffers the slow ones.
_MOST_CONNECTIONS = 200
_BACKLOG = 128
# aiohttp closes a connection on which no complete request head arrives for so long.
_IDLE_SECONDS = 15.0
# How long aiohttp reads and drops the rest of a request after its response was sent; its default is ten.
_LINGER_SECONDS = 2.0
# Verifying a signature may take three requests to slow nodes, of eight seconds each.
_REQUEST_SECONDS = 25.0
_SHUTDOWN_SECONDS = 5.0

_IN_USE = Message("[web] {host}:{port} is in use already. Choose another port.")
_CANNOT_LISTEN = Message("[web] {host}:{port} cannot be listened on: {reason}. Choose another port.")


class Server:
    """A running server; `close()` stops it."""

    def __init__(self, runner: web.AppRunner, listener: asyncio.Server) -> None:
        self._runner = runner
        self._listener = listener

    async def close(self) -> None:
        """Accept no new connections, and let running requests finish."""
        self._listener.close()
        await self._runner.cleanup()


class _NoRoom(asyncio.Protocol):
    """The protocol of connections above the maximum."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hang up."""
        transport.close()


class _Connection(web.RequestHandler):
    """A connection whose errors are ours: aiohttp's reveal its version, and log headers, which hold cookies."""

    def __init__(self, http_server: web.Server, guard: Guard, idle_seconds: float) -> None:
        super().__init__(
            http_server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=idle_seconds,
            lingering_time=_LINGER_SECONDS,
            access_log=None,  # type: ignore[arg-type] # this is how aiohttp writes none; its type forgets that
        )
        self._guard = guard

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp hands it in; it quotes what was sent
    ) -> web.StreamResponse:
        """Answer what the parser refused, or what failed before it was answered."""
        log.info("web: not a valid request: %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("a response was started")
        return self._guard.error_response(status)


async def start_server(
    settings: WebSettings,
    store: Store,
    gateway_state: Callable[[], str],
    page: VerifyPage | None = None,
    *,
    background_state: Callable[[], str] = lambda: "ok",
    idle_seconds: float = _IDLE_SECONDS,
) -> Server:
    """Serve until what is returned is closed.

    Args:
        settings: Where to listen; port 0 takes any that is free.
        store: Pinged by each health request.
        gateway_state: Returns the state of the connection to Discord, in one word.
        page: For proofs; None where members prove in another way.
        background_state: Returns the state of the background tasks, in one word; "ended" calls for a restart.
        idle_seconds: How long a connection may be open without a complete request head.

    Raises:
        ConfigError: the address is in use or not ours.
    """

    async def health(_request: web.Request) -> web.Response:
        try:
            await store.ping()
            store_state = "ok"
        except StoreError:
            store_state = "failing"
        background = background_state()
        is_healthy = store_state == "ok" and background != "ended"
        body = {
            "status": "ok" if is_healthy else "failing",
            "store": store_state,
            "gateway": gateway_state(),
            "background": background,
        }
        return web.json_response(body, status=200 if is_healthy else 503)

    site = urlsplit(settings.public_url)
    guard = Guard(
        site.netloc.lower(),
        secure=site.scheme == "https",
        visitors=Visitors(settings.proxies),
        limits=Limits(),
        seconds=_REQUEST_SECONDS,
    )
    app = web.Application(middlewares=[guard.middleware()], client_max_size=MAX_BODY)
    app.on_response_prepare.append(guard.add_headers)
    app.router.add_get(HEALTH, health, name="health")
    if page:
        page.add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    http_server = runner.server
    assert http_server is not None  # noqa: S101 - it is there after setup()

    def make_protocol() -> asyncio.Protocol:
        has_room = len(http_server.connections) < _MOST_CONNECTIONS
        return _Connection(http_server, guard, idle_seconds) if has_room else _NoRoom()

    try:
        listener = await asyncio.get_running_loop().create_server(
            make_protocol, settings.host, settings.port, backlog=_BACKLOG
        )
    except OSError as error:
        await runner.cleanup()
        place = {"host": settings.host, "port": settings.port}
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(_IN_USE, **place) from error
        raise ConfigError(_CANNOT_LISTEN, **place, reason=os.strerror(error.errno or 0)) from error
    return Server(runner, listener)
