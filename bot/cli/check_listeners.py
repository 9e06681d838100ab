"""The part of `tessera check` about ports: whether the bot could listen where the settings say, or does so already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from bot.cli.health_check import ask_health
from bot.config.listen_fault import LISTEN_ERRORS, WRONG_HOST, ListenFault, listen_fault
from bot.config.settings import Settings

_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what is written there is listened to all the same
_SAME_PORT = "✗ [metrics] port is that of [web]: choose another one, as metrics are not for the page's visitors."


async def check_listeners(settings: Settings, print_line: Callable[[str], object]) -> int:
    """Try each port; the exit code is 2 where another program has one, or the address is not of this machine."""
    web, metrics = settings.web, settings.metrics
    listeners = [("web", web.host, web.port)]
    if metrics.port is not None:
        listeners.append(("metrics", metrics.host, metrics.port))
    shares_hosts = metrics.host == web.host or not _EVERYWHERE.isdisjoint((metrics.host, web.host))
    if metrics.port and metrics.port == web.port and shares_hosts:
        print_line(_SAME_PORT)
        return 2
    is_running = False
    worst = 0
    async with AsyncExitStack() as held:  # all of them at once, as the bot does: one may be in the way of another
        for table, host, port in listeners:
            fault = await _listen(host, port, held)
            if fault is None:
                continue
            if fault.is_in_use and (is_running or (table == "web" and await _is_tessera(host, port))):
                is_running = True
                print_line(f"✓ [{table}] {host}:{port} is in use by a Tessera that runs")
                continue
            print_line(_line(table, host, port, fault, is_of_web=port == web.port and not worst))
            worst = 2
    return worst


async def _listen(host: str, port: int, held: AsyncExitStack) -> ListenFault | None:
    """Listen until `held` is closed; None: that is possible."""
    try:
        server = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port)
    except LISTEN_ERRORS as error:
        return listen_fault(error)
    held.push_async_callback(server.wait_closed)
    held.callback(server.close)
    return None


def _line(table: str, host: str, port: int, fault: ListenFault, *, is_of_web: bool) -> str:
    if fault.is_of_host:
        return f"✗ {WRONG_HOST(setting=f'[{table}] host', host=host, reason=fault.reason).render()}"
    if fault.is_in_use and table == "metrics" and is_of_web:
        return _SAME_PORT
    words = "is in use already" if fault.is_in_use else f"cannot be listened on: {fault.reason}"
    return f"✗ [{table}] {host}:{port} {words}. Choose another port."


async def _is_tessera(host: str, port: int) -> bool:
    try:
        await asyncio.to_thread(ask_health, host, port)
    except (OSError, ValueError):
        return False
    return True
