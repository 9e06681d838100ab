"""A stand-in for Loopring's REST API, closed upstream since 2026-06-28: the parts that a reader of holdings uses.

    arguments   the query of a request        endpoints   each endpoint, answered from the world
    shapes      the world as the API's JSON   recorded    bodies served byte for byte in place of the world's
    refusals    its errors                    smart_wallets  Loopring's own wallets

Every answer is `application/json` without a charset. Where the real behaviour is unknown the stricter one was chosen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from sandbox.loopring import endpoints, smart_wallets
from sandbox.loopring.recorded import Recordings
from sandbox.loopring.refusals import RefusedError, no_key, wrong_key
from sandbox.world import API_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sandbox.loopring.shapes import Json
    from sandbox.world import World

    Endpoint = Callable[[World, Mapping[str, str]], Json]

PREFIX = "/loopring/api"

_OPEN: dict[str, Endpoint] = {
    "v3/account": endpoints.account,
    "v3/counterFactualInfo": smart_wallets.counter_factual_info,
    "v3/nft/public/collection": endpoints.nft_public_collection,
    "wallet/v3/resolveEns": endpoints.wallet_resolve_ens,
    "wallet/v3/resolveName": endpoints.wallet_resolve_name,
    "wallet/v3/wallet/type": smart_wallets.wallet_type,
}
_KEYED: dict[str, Endpoint] = {
    "v3/user/collection/details": endpoints.user_collection_details,
    "v3/user/nft/collection/balances": endpoints.user_nft_collection_balances,
}


class Loopring:
    """The API over a world.

    Args:
        world: who holds what; read again for each request.
        bodies: a folder of recorded bodies that are served in place of the world's, see `recorded`.
    """

    def __init__(self, world: World, bodies: Path | None = None) -> None:
        self._world = world
        self._recordings = Recordings(bodies)

    def add_routes(self, app: web.Application) -> None:
        """Serve the API below `/loopring/api`."""
        for path, endpoint in _OPEN.items():
            app.router.add_get(f"{PREFIX}/{path}", partial(self._answer, path, endpoint))
        for path, endpoint in _KEYED.items():
            app.router.add_get(f"{PREFIX}/{path}", partial(self._answer_with_key, path, endpoint))

    async def _answer_with_key(self, path: str, endpoint: Endpoint, request: web.Request) -> web.Response:
        try:
            _check_key(request)
        except RefusedError as refusal:
            return _refused(refusal)
        return await self._answer(path, endpoint, request)

    async def _answer(self, path: str, endpoint: Endpoint, request: web.Request) -> web.Response:
        body = self._recordings.find(path.removeprefix("v3/").replace("/", "_"), request.query)
        if body is None:
            try:
                body = orjson.dumps(endpoint(self._world, request.query))
            except RefusedError as refusal:
                return _refused(refusal)
        return web.Response(body=body, content_type="application/json")


def _refused(refusal: RefusedError) -> web.Response:
    return web.Response(status=400, body=orjson.dumps(refusal.body()), content_type="application/json")


def _check_key(request: web.Request) -> None:
    key = request.headers.get("X-API-KEY", "")
    if not key:
        raise no_key()
    if key != API_KEY:
        raise wrong_key()
