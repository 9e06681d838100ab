"""`GET /metrics` for a Prometheus, on a listener of its own: never on the one that the page's proxy reaches.

Numbers about a community are nobody else's business. So the listener answers those alone who ask from this machine or
a private network, and nothing that came through a proxy; everybody else gets what any other path gets: nothing here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from bot.config.listen_fault import LISTEN_ERRORS, WRONG_HOST, listen_fault
from bot.config.metrics_table import MetricsSettings
from bot.config.web_table import is_private_address
from bot.errors import ConfigError
from bot.messages import Message

# Takes the header `Accept`, and returns the body with its content type.
Render = Callable[[str], Awaitable[tuple[bytes, str]]]

METRICS = "/metrics"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")

_CANNOT_LISTEN = Message("[metrics] {host}:{port} cannot be listened on: {reason}. Choose another port.")


@asynccontextmanager
async def serve_metrics(settings: MetricsSettings, render: Render) -> AsyncIterator[int]:
    """Serve until the context ends; yields the port.

    Raises:
        ConfigError: the address is in use or not ours.
    """

    async def answer(request: web.Request) -> web.Response:
        if not is_private_address(request.remote or "") or any(name in request.headers for name in _FORWARDED):
            raise web.HTTPNotFound
        body, content_type = await render(request.headers.get("Accept", ""))
        headers = {"Content-Type": content_type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=body, headers=headers)

    app = web.Application(client_max_size=1)
    app.router.add_get(METRICS, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await _listen(runner, settings)
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: MetricsSettings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port or 0).start()
    except LISTEN_ERRORS as error:
        fault = listen_fault(error)
        if fault.is_of_host:
            raise ConfigError(WRONG_HOST, setting="[metrics] host", host=settings.host, reason=fault.reason) from error
        reason = "it is in use already" if fault.is_in_use else fault.reason
        raise ConfigError(_CANNOT_LISTEN, host=settings.host, port=settings.port or 0, reason=reason) from error
