"""The bot's own HTTP: `GET /healthz` for the supervisor of the process, and the page for proofs where there is one.

Healthy means: the event loop runs, the store answers, the gateway connection was not given up, and no background task
has ended. A source that is down does not make the bot unhealthy; if it did, an outage upstream would cause restart
after restart here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

from aiohttp import web

from bot.config.listen_fault import LISTEN_ERRORS, WRONG_HOST, listen_fault
from bot.config.web_table import WebSettings
from bot.errors import ConfigError, StoreError
from bot.messages import Message
from bot.store import Store
from bot.web.connection import Acceptor, Connection, NewConnection, Timeouts
from bot.web.guard import HEALTH, Guard
from bot.web.lag import LagMeter
from bot.web.limits import Limits
from bot.web.open_connections import OpenConnections
from bot.web.verify_page import MAX_BODY, MAX_SIGNATURE_BODY, SUBMIT, VerifyPage
from bot.web.visitor import Visitors

# How many may wait in the queue of the system, and how many of them asyncio accepts in one turn of the loop. Who was
# accepted is heard some five turns later; by then no more may have come than one address may have.
_BACKLOG = 128
_ACCEPTED_AT_ONCE = 3
# Verifying a signature may take three requests to slow nodes, of eight seconds each.
_REQUEST_SECONDS = 25.0
_SHUTDOWN_SECONDS = 5.0
_TIMEOUTS = Timeouts()

_IN_USE = Message("[web] {host}:{port} is in use already. Choose another port.")
_CANNOT_LISTEN = Message("[web] {host}:{port} cannot be listened on: {reason}. Choose another port.")


class Server:
    """A running server; `close()` stops it."""

    def __init__(self, opened: AsyncExitStack, lag: LagMeter, visitors: Visitors) -> None:
        self._opened = opened
        self.lag = lag
        self.trust = visitors.trust

    async def close(self) -> None:
        """Accept no new connections, and let running requests finish."""
        await self._opened.aclose()


async def start_server(
    settings: WebSettings,
    store: Store,
    gateway_state: Callable[[], str],
    page: VerifyPage | None = None,
    *,
    background_state: Callable[[], str] = lambda: "ok",
    other_process: Callable[[], bool] = lambda: False,
    timeouts: Timeouts = _TIMEOUTS,
    request_seconds: float = _REQUEST_SECONDS,
) -> Server:
    """Serve until what is returned is closed.

    Args:
        settings: Where to listen; port 0 takes any that is free.
        store: Pinged by each health request.
        gateway_state: Returns the state of the connection to Discord, in one word.
        page: For proofs; None where members prove in another way.
        background_state: Returns the state of the background tasks, in one word; "ended" calls for a restart.
        other_process: Whether another process answers with this token; a restart of this one would not end that.
        timeouts: How long a connection may take.
        request_seconds: How long the work of a request may take.

    Raises:
        ConfigError: the address is in use or not ours.
    """
    lag = LagMeter()

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
            "other_process": "answers with this token" if other_process() else "none",
            "loop_lag_ms": lag.report(),
        }
        return web.json_response(body, status=200 if is_healthy else 503)

    site = urlsplit(settings.public_url)
    visitors = Visitors(settings.proxies)
    guard = Guard(
        site.netloc.lower(),
        secure=site.scheme == "https",
        visitors=visitors,
        limits=Limits(),
        seconds=request_seconds,
        most_bytes=MAX_BODY,
        long_bodies={SUBMIT: MAX_SIGNATURE_BODY},
    )
    app = web.Application(client_max_size=MAX_SIGNATURE_BODY)
    app.router.add_get(HEALTH, health, name="health")
    if page:
        page.add_routes(app)
    acceptor = Acceptor(OpenConnections(), visitors, timeouts, guard.error_response)
    async with AsyncExitStack() as opened:
        opened.callback(acceptor.close)
        http_server = await opened.enter_async_context(_guarded(app, guard))
        listener = await _listen(settings, lambda: NewConnection(http_server, acceptor))
        opened.callback(listener.close)
        measuring = asyncio.create_task(lag.run(), name="loop lag")
        opened.callback(measuring.cancel)
        return Server(opened.pop_all(), lag, visitors)


@asynccontextmanager
async def _guarded(app: web.Application, guard: Guard) -> AsyncIterator[web.Server]:
    """The application behind the guard, which also sees what aiohttp would answer before any middleware."""
    inside = web.AppRunner(app)
    await inside.setup()
    application = inside.server
    assert application is not None  # noqa: S101 - it is there after setup()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        connection = request.protocol
        assert isinstance(connection, Connection)  # noqa: S101 - no others are accepted
        with connection.busy():
            return await guard.answer(request, application.request_handler, health_only=connection.health_only)

    outside = web.ServerRunner(
        web.Server(answer, request_factory=application.request_factory), shutdown_timeout=_SHUTDOWN_SECONDS
    )
    await outside.setup()
    try:
        assert outside.server is not None  # noqa: S101 - it is there after setup()
        yield outside.server
    finally:
        await outside.cleanup()
        await inside.cleanup()


async def _listen(settings: WebSettings, make_protocol: Callable[[], asyncio.Protocol]) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(make_protocol, settings.host, settings.port, backlog=_ACCEPTED_AT_ONCE)
    except LISTEN_ERRORS as error:
        fault = listen_fault(error)
        if fault.is_in_use:
            raise ConfigError(_IN_USE, host=settings.host, port=settings.port) from error
        if fault.is_of_host:
            raise ConfigError(WRONG_HOST, setting="[web] host", host=settings.host, reason=fault.reason) from error
        raise ConfigError(_CANNOT_LISTEN, host=settings.host, port=settings.port, reason=fault.reason) from error
    for each in listener.sockets:
        with each.dup() as queue:
            queue.listen(_BACKLOG)
    return listener
