"""Every picture of the sandbox, drawn here: an IPFS gateway at `/ipfs`, Discord's CDN at `/cdn`.

The gateway also has the metadata that collections' contracts name.

    drawing     from a seed to a picture         portraits   users, guilds, the bot
    landscapes, patterns, figures: the motifs    paint, palettes: what they are drawn with

The same address always gives the same picture. A path that says `banner` gives a wide one. `/cdn/external/<url>` stands
in for Discord's media proxy: a picture for any address, without asking that address.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter, OrderedDict
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.collection_files import FilesOnIpfs
from sandbox.pictures.drawing import BANNER, SQUARE, draw_art
from sandbox.pictures.portraits import draw_avatar, draw_bot, draw_icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.world import World

CACHE_BYTES = 48 * 1024 * 1024
PAINTERS = 2  # pictures drawn at once; more would leave no core for the bot
_CID = re.compile(r"[A-Za-z0-9]{32,100}")
_PORTRAIT = re.compile(r"(avatars|icons|app-icons)/(\d{1,20})(?:/.*)?")
_HEADERS = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}


class Pictures:
    """Draws on demand, away from the event loop, and caches the latest pictures.

    Args:
        world: where the names of users and guilds come from.
        cache_bytes: the largest size of the cache.

    Attributes:
        size: bytes in the cache.
        drawn: pictures drawn since the start.
        asked: how often the gateway was asked, by path.
    """

    def __init__(self, world: World, cache_bytes: int = CACHE_BYTES) -> None:
        self._world = world
        self._metadata = FilesOnIpfs(world)
        self._cache_bytes = cache_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self.size = 0
        self.drawn = 0
        self.asked: Counter[str] = Counter()
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self._painters = asyncio.Semaphore(PAINTERS)

    def add_routes(self, app: web.Application) -> None:
        """Serve `/ipfs/<cid>[/path]` and the paths of `/cdn/` that no other route serves."""
        app.router.add_get("/ipfs/{cid}", self._ipfs)
        app.router.add_get("/ipfs/{cid}/{path:.*}", self._ipfs)
        app.router.add_get("/cdn/{path:.+}", self._cdn)

    async def _ipfs(self, request: web.Request) -> web.Response:
        cid, path = request.match_info["cid"], request.match_info.get("path", "")
        self.asked[f"{cid}/{path}"] += 1
        if request.query.get("format") == "raw":
            return web.Response(status=406, text="blocks are not served here")
        if content := self._metadata.find(cid):
            return web.Response(body=content, content_type="application/json", headers=_HEADERS)
        if not _CID.fullmatch(cid):
            return web.Response(status=400, text="invalid path: no such CID")
        size = BANNER if "banner" in path.lower() or "banner" in cid.lower() else SQUARE
        return await self._answer(f"ipfs {cid} {path}", partial(draw_art, cid, path, size))

    async def _cdn(self, request: web.Request) -> web.Response:
        path = request.match_info["path"].rsplit(".", 1)[0]
        portrait = _PORTRAIT.fullmatch(path)
        if portrait is None:
            size = BANNER if "banner" in path.lower() else SQUARE
            return await self._answer(f"cdn {path}", partial(draw_art, path, "", size))
        kind, number = portrait[1], int(portrait[2])
        if number == self._world.application_id:
            return await self._answer("bot", draw_bot)
        if kind == "icons":
            guild = self._world.guilds.get(number)
            return await self._answer(f"icon {number}", partial(draw_icon, guild.name if guild else str(number)))
        user = self._world.users.get(number)
        return await self._answer(f"avatar {number}", partial(draw_avatar, number, user.display_name if user else ""))

    async def _answer(self, name: str, draw: Callable[[], bytes]) -> web.Response:
        body = self._kept.get(name)
        if body is None:
            task = self._under_way.get(name)
            if task is None:
                task = self._under_way[name] = asyncio.create_task(self._draw(name, draw))
            body = await asyncio.shield(task)  # a visitor who leaves does not cancel the picture for others
        else:
            self._kept.move_to_end(name)
        return web.Response(body=body, content_type="image/png", headers=_HEADERS)

    async def _draw(self, name: str, draw: Callable[[], bytes]) -> bytes:
        try:
            async with self._painters:
                body = await asyncio.to_thread(draw)
        finally:
            del self._under_way[name]
        self.drawn += 1
        self._kept[name] = body
        self.size += len(body)
        while self.size > self._cache_bytes:
            self.size -= len(self._kept.popitem(last=False)[1])
        return body
