"""A browser with a wallet extension, on a port of its own in front of the bot's web server.

    proxy       passes everything to the bot unchanged, and adds one script to its pages
    extension   the wallet behind that script: its files, its keys, and the calls that pages made

A real extension puts itself into every page; this one comes from the page's own origin, so the page's strict policy
for scripts, styles and connections holds for it too. People open the proxy's address as the bot's public one.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.browser.extension import WalletExtension
from sandbox.browser.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

__all__ = ["WalletExtension", "open_browser"]

SHUTDOWN_SECONDS = 1.0  # seconds that open requests get at the end
LARGEST_BODY = 16 * 1024 * 1024  # the bot itself decides what is too large


@asynccontextmanager
async def open_browser(
    extension: WalletExtension, bot_url: str, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[int]:
    """Serve the bot's pages with the wallet in them, until the block ends.

    Args:
        extension: the wallet, `app[WALLET_EXTENSION]` of a sandbox.
        bot_url: where the bot's web server listens, or will listen: `http://127.0.0.1:8080`.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.

    Yields:
        The port. The bot's `public_url` is `http://localhost:<port>`.

    Raises:
        OSError: the port is taken.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    extension.add_routes(app)
    proxy = Proxy(bot_url)
    app.cleanup_ctx.append(proxy.running)
    app.router.add_route("*", "/{path:.*}", proxy.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
