"""`GET /healthz`: whether this process is fit, for whoever supervises it.

Fit means: the event loop turns, the store answers, and the gateway is not given up. A source that is down does not
make the bot unfit; if it did, an outage upstream would become a storm of restarts here.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from aiohttp import web

from bot.config import WebSettings
from bot.errors import ConfigError, StoreError
from bot.store import Store

_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


async def start_server(settings: WebSettings, store: Store, gateway_state: Callable[[], str]) -> web.AppRunner:
    """Serve until the runner that is returned is cleaned up.

    Args:
        settings: Where to listen; port 0 takes any that is free.
        store: Pinged by each request.
        gateway_state: A word on the connection to Discord.

    Raises:
        ConfigError: the address is in use or not ours.
    """

    async def health(_request: web.Request) -> web.Response:
        try:
            await store.ping()
            store_state = "ok"
        except StoreError:
            store_state = "failing"
        body = {"status": "ok" if store_state == "ok" else "failing", "store": store_state, "gateway": gateway_state()}
        return web.json_response(body, status=200 if store_state == "ok" else 503, headers=_HEADERS)

    app = web.Application()
    app.router.add_get("/healthz", health)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as error:
        await runner.cleanup()
        why = (
            "is in use already"
            if error.errno == errno.EADDRINUSE
            else f"cannot be listened on: {os.strerror(error.errno or 0)}"
        )
        raise ConfigError(f"[web] {settings.host}:{settings.port} {why}. Choose another port.") from error
    return runner
