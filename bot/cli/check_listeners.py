"""The part of `tessera check` about ports: whether the bot could listen where the settings say, or does so already."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

from bot.cli.health_check import ask_health
from bot.config.listen_faults import listen_fault
from bot.config.settings import Settings


async def check_listeners(settings: Settings, print_line: Callable[[str], object]) -> int:
    """Try each port; the exit code is 2 where another program has one, or the address is not of this machine."""
    web, metrics = settings.web, settings.metrics
    listeners = [("web", web.host, web.port)]
    if metrics.port is not None:
        listeners.append(("metrics", metrics.host, metrics.port))
    if metrics.port and (metrics.host, metrics.port) == (web.host, web.port):
        print_line("✗ [metrics] port is that of [web]: choose another one, as metrics are not for the page's visitors.")
        return 2
    is_running = False
    worst = 0
    for table, host, port in listeners:
        error = await _why_not(host, port)
        if error is None:
            continue
        in_use = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        if in_use and (is_running or (table == "web" and await _is_tessera(host, port))):
            is_running = True
            print_line(f"✓ [{table}] {host}:{port} is in use by a Tessera that runs")
            continue
        words = "is in use already" if in_use else f"cannot be listened on: {listen_fault(error)}"
        print_line(f"✗ [{table}] {host}:{port} {words}. Choose another port.")
        worst = 2
    return worst


async def _why_not(host: str, port: int) -> OSError | UnicodeError | None:
    """The error; None: it can be listened on."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except (OSError, UnicodeError) as error:
        return error
    server.close()
    await server.wait_closed()
    return None


async def _is_tessera(host: str, port: int) -> bool:
    try:
        await asyncio.to_thread(ask_health, host, port)
    except (OSError, ValueError):
        return False
    return True
