"""The sandbox's IPFS gateway over HTTP, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from sandbox.ipfs import IpfsGateway


@asynccontextmanager
async def serving(gateway: IpfsGateway) -> AsyncIterator[str]:
    """A gateway; its base URL."""
    runner = web.AppRunner(gateway.make_app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/ipfs/"
    await runner.cleanup()
