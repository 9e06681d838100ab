"""A stand-in for Blockscout's REST API, version 2, for several chains as the hosted API has them.

    arguments   the request, checked          endpoints   each endpoint, answered from the world
    shapes      the chain as the API's JSON   paging      where the next page begins
    settings    version, limits and headers   rate_limiter  requests and credits counted
    refusals    its errors

Facts: Blockscout's OpenAPI file (11.2.7), its documentation and its source. Where the real behaviour is unknown the
stricter one was chosen.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from sandbox.blockscout import endpoints
from sandbox.blockscout.arguments import ApiRequest
from sandbox.blockscout.rate_limiter import RateLimiter
from sandbox.blockscout.refusals import RefusedError, not_found, wrong_key
from sandbox.blockscout.settings import Settings
from sandbox.world import BLOCKSCOUT_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.blockscout.shapes import Json
    from sandbox.world import World

    Endpoint = Callable[[ApiRequest], Json]

PREFIX = "/blockscout/{chain_id}/api/v2"

_ENDPOINTS: dict[str, Endpoint] = {
    "addresses/{address}/nft/collections": endpoints.address_nft_collections,
    "addresses/{address}/nft": endpoints.address_nft,
    "tokens/{address}": endpoints.token,
    "tokens/{address}/holders": endpoints.token_holders,
    "tokens/{address}/instances": endpoints.token_instances,
    "search/check-redirect": endpoints.search_check_redirect,
    "config/backend-version": endpoints.backend_version,
}
_NOBODY = "0x" + "0" * 40


class Blockscout:
    """The API over a world.

    Args:
        world: who holds what on which chain; read again for each request.

    Attributes:
        settings: which version it is, and its limits; `/_sandbox/blockscout` changes them.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.settings = Settings()
        self._limiter = RateLimiter(self.settings)

    def reset(self) -> None:
        """Restore the settings, and forget all requests."""
        self.settings.change(vars(Settings()))
        self._limiter.clear()

    def add_routes(self, app: web.Application) -> None:
        """Serve the API below `/blockscout/<chain id>/api/v2`."""
        for path, endpoint in _ENDPOINTS.items():
            app.router.add_get(f"{PREFIX}/{path}", partial(self._answer, endpoint))

    async def _answer(self, endpoint: Endpoint, request: web.Request) -> web.Response:
        headers: dict[str, str] = {}
        try:
            headers, refusal = self._limiter.count(_key_of(request))
            if refusal is not None:
                raise refusal
            content, status = endpoint(self._api_request(request)), 200
        except RefusedError as refused:
            content, status = refused.body, refused.status
        return web.Response(status=status, body=orjson.dumps(content), content_type="application/json", headers=headers)

    def _api_request(self, request: web.Request) -> ApiRequest:
        chain_id = request.match_info["chain_id"]
        chain = next((each for each in self._world.chains.values() if str(each.chain_id) == chain_id), None)
        if chain is None:
            raise not_found()
        return ApiRequest(
            self._world,
            chain,
            request.match_info.get("address", _NOBODY),
            request.query,
            str(request.url.origin()),
            self.settings.version,
            not self.settings.hides_scams or request.headers.get("show-scam-tokens") == "true",
        )


def _key_of(request: web.Request) -> str | None:
    """The key of a request, from its header or else from its query; None without one.

    Raises:
        RefusedError: the key is wrong (401).
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        key = request.query.get("apikey", "")
        if not key:
            return None
    elif scheme.lower() != "bearer":
        raise wrong_key()
    if key != BLOCKSCOUT_KEY:
        raise wrong_key()
    return key
