"""The wallet's side of `/_wallet/`: its scripts, its wallets, signing, and the calls of pages.

wallet.js     announces the wallets to the page      provider.js   what each of them answers
dialogs.js    asks the person                        reading.js    reads a text to sign, and warns about it
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.signers import key_seed_of, signers_json
from sandbox.signing import sign

if TYPE_CHECKING:
    from sandbox.world import World

PREFIX = "/_wallet"
MOST_CALLS = 1000
_TYPES = {".css": "text/css", ".js": "text/javascript"}
_FILES = {path.name: path for path in sorted(Path(__file__).parent.iterdir()) if path.suffix in _TYPES}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class WalletExtension:
    """A wallet with the keys of everybody in the world.

    Args:
        world: whose accounts it has; read again for each request.

    Attributes:
        calls: the calls of pages, oldest first: `method`, `params`, and the `origin` of the page.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.calls: list[dict[str, Any]] = []

    def add_routes(self, app: web.Application) -> None:
        """Serve it below `/_wallet`."""
        app.router.add_get(f"{PREFIX}/wallets", self._wallets)
        app.router.add_post(f"{PREFIX}/calls", self._called)
        app.router.add_post(f"{PREFIX}/sign", self._sign)
        app.router.add_get(f"{PREFIX}/{{name}}", _file)

    async def _wallets(self, _request: web.Request) -> web.Response:
        return _json(signers_json(self._world))

    async def _called(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        call = {"method": body["method"], "params": body["params"], "origin": request.headers.get("Origin", "")}
        self.calls.append(call)
        del self.calls[:-MOST_CALLS]
        return _json({})

    async def _sign(self, request: web.Request) -> web.Response:
        body = orjson.loads(await request.read())
        key_seed = key_seed_of(body["address"], self._world)
        if key_seed is None:
            return _json({"error": "The wallet has no such account."}, 404)
        message = bytes.fromhex(body["message"].removeprefix("0x"))
        return _json({"signature": "0x" + sign(key_seed, message).hex()})


async def _file(request: web.Request) -> web.StreamResponse:
    path = _FILES.get(request.match_info["name"])  # a lookup, never a path built from the request
    if path is None:
        raise web.HTTPNotFound
    return web.FileResponse(path, headers={**_HEADERS, "Content-Type": f"{_TYPES[path.suffix]}; charset=utf-8"})


def _json(content: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(content), content_type="application/json", headers=_HEADERS)
