"""The whole sandbox on a free port, and a client session that knows its address."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.app import make_app
from sandbox.app_keys import WORLD
from sandbox.community import load_world
from sandbox.world import API_KEY, World

Json = dict[str, Any]


class RunningSandbox:
    """A running sandbox; `get` and `post` take paths and return status and JSON."""

    def __init__(self, app: web.Application, session: aiohttp.ClientSession, address: str) -> None:
        self.app = app
        self.session = session
        self.address = address

    @property
    def world(self) -> World:
        return self.app[WORLD]

    async def get(self, path: str, *, key: str | None = API_KEY, **query: Any) -> tuple[int, Any]:
        headers = {} if key is None else {"X-API-KEY": key}
        async with self.session.get(self.address + path, params=query, headers=headers) as answer:
            return answer.status, await answer.json(content_type=None)

    async def post(self, path: str, body: Json | None = None) -> tuple[int, Any]:
        async with self.session.post(self.address + path, json=body or {}) as answer:
            return answer.status, await answer.json()

    async def delete(self, path: str) -> None:
        async with self.session.delete(self.address + path) as answer:
            assert answer.status == 200

    async def details(self, account: int, **query: Any) -> tuple[int, Any]:
        """The endpoint that the bot uses most."""
        return await self.get("/loopring/api/v3/user/collection/details", accountId=account, **query)


@contextlib.asynccontextmanager
async def serving(
    world: World | None = None, *, bodies: Path | None = None, app: web.Application | None = None
) -> AsyncIterator[RunningSandbox]:
    """Serve a world (the small community), or an application made elsewhere, until the block ends."""
    app = app if app is not None else make_app(world or load_world(), bodies=bodies)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        async with aiohttp.ClientSession() as session:
            yield RunningSandbox(app, session, f"http://{host}:{port}")
    finally:
        await runner.cleanup()
