"""Loopring's server of collection infos (`nftinfos.loopring.io`): a file for each collection, and ways to fail."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.collection_files import metadata_of
from sandbox.ipfs import failure

if TYPE_CHECKING:
    from sandbox.world import World

_PAGE = "<!doctype html><title>Loopring</title><p>This site has moved."


class NftInfos:
    """Serves the files below a path.

    Args:
        world: Whose collections there are.

    Attributes:
        mode: "" works; "silent" answers 504, "busy" 429 with `Retry-After` to every second request, "html" a page,
            "redirect" leads elsewhere, "large" is a body without an end, "never" no answer at all.
        files: Addresses of collections → content, in place of the world's.
        asked: How often each address was asked for.
        reached: Set when anybody has asked.
        stops_after: So many requests are answered, and no more; None: all.
        stopped: Set at the first one that is not.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.mode = ""
        self.files: dict[str, bytes] = {}
        self.asked: Counter[str] = Counter()
        self.reached = asyncio.Event()
        self.stops_after: int | None = None
        self.stopped = asyncio.Event()

    def add_routes(self, app: web.Application, path: str = "/nftinfos") -> None:
        """Serve `<path>/<address of a collection>`."""
        app.router.add_get(path + "/{address}", self._serve)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        address = request.match_info["address"]
        self.asked[address] += 1
        self.reached.set()
        if self.mode == "never" or (self.stops_after is not None and self.asked.total() > self.stops_after):
            self.stopped.set()
            await asyncio.Event().wait()
        if self.mode == "large":
            return await _endless(request)
        if self.mode == "html":
            return web.Response(text=_PAGE, content_type="text/html")
        if failed := failure(self.mode, self.asked.total()):
            return failed
        if (content := self.files.get(address) or self._of_world(address)) is None:
            return web.Response(status=404)
        return web.Response(body=content, content_type="application/json")

    def _of_world(self, address: str) -> bytes | None:
        found = (each for each in self._world.collections.values() if each.collection_address == address)
        return next(map(metadata_of, found), None)


async def _endless(request: web.Request) -> web.StreamResponse:
    """A body that goes on until the visitor is gone."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    answer.enable_chunked_encoding()
    await answer.prepare(request)
    await answer.write(b'{"name": "')
    while True:
        await answer.write(b"x" * 65536)
