"""A stand-in for Ethereum nodes: JSON-RPC over HTTP, with the methods that checking contract wallets' signatures needs.

    jsonrpc     requests, batches and errors          methods     each method, answered from the world
    creation    a call that creates a contract, for wallets that are not deployed
    contracts   what the wallets and the factory answer  abi         their arguments and answers as bytes
    settings    what is wrong with a node         history_methods  the blocks of Loopring's layer 2

Two nodes look at the same chain, so that one of them can be made to lie. Facts: the Ethereum execution API, geth's
error messages, EIP-1271, and Loopring's contracts (`Loopring/protocols`, packages/hebao_v2).
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.ethereum.jsonrpc import answer
from sandbox.ethereum.methods import Node
from sandbox.ethereum.settings import NodeSettings
from sandbox.rollup.history import community_history
from sandbox.rollup.submissions import Submission, submissions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.world import World

_PATHS = {"a": "/ethereum/1", "b": "/ethereum/1/b"}
SLOW_WALLET_SECONDS = 30.0


class Ethereum:
    """Two nodes over a world.

    Args:
        world: whose wallets there are; read again for each request.
        history: the blocks of layer 2, as they were submitted; empty: those of the world's community.
    """

    def __init__(self, world: World, history: Sequence[Submission] = ()) -> None:
        self._world = world
        self._submissions = list(history)
        self.reset()

    def reset(self) -> None:
        """Both nodes answer truthfully, without delay."""
        self._settings = {name: NodeSettings() for name in _PATHS}
        self._wallet_seconds = SLOW_WALLET_SECONDS

    def change(self, fields: Mapping[str, Any]) -> None:
        """Apply the body of `/_sandbox/ethereum`: to `node` a or b, or of both; `wallet_seconds` is for slow wallets.

        Raises:
            ValueError: with a sentence that says what is wrong; then nothing has changed.
        """
        rest = dict(fields)
        node = rest.pop("node", None)
        if node is not None and node not in self._settings:
            raise ValueError(f"node must be one of {', '.join(self._settings)}")
        seconds = rest.pop("wallet_seconds", self._wallet_seconds)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("wallet_seconds is a number, not below zero")
        changed = {name: old.changed(rest) for name, old in self._settings.items() if node in (None, name)}
        self._settings |= changed
        self._wallet_seconds = seconds

    def json(self) -> dict[str, Any]:
        """The settings of each node, and how long slow wallets take."""
        nodes = {name: {"mode": each.mode, "seconds": each.seconds} for name, each in self._settings.items()}
        return {"nodes": nodes, "wallet_seconds": self._wallet_seconds}

    def add_routes(self, app: web.Application) -> None:
        """Serve both nodes."""
        for name, path in _PATHS.items():
            app.router.add_post(path, partial(self._answer, name))

    def _node(self, settings: NodeSettings) -> Node:
        # The blocks are made when they are first needed: most who start the sandbox never ask for them.
        if not self._submissions:
            self._submissions = submissions(community_history(self._world).blocks)
        return Node(self._world, settings, self._wallet_seconds, self._submissions)

    async def _answer(self, name: str, request: web.Request) -> web.Response:
        settings = self._settings[name]
        if request.content_type != "application/json":
            return web.Response(status=415, text="invalid content type, only application/json is supported\n")
        if settings.mode == "slow":
            await asyncio.sleep(settings.seconds)
        body = await request.read()
        if settings.mode == "key_refused":
            return web.json_response({"error": "invalid project id"}, status=401)
        if settings.mode == "no_batches" and body.lstrip().startswith(b"["):
            content: Any = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "Invalid request"}}
        else:
            content = await answer(body, self._node(settings))
        if settings.mode == "one_of_a_batch" and isinstance(content, list):
            content = content[:1]
        return web.Response(body=b"" if content is None else orjson.dumps(content), content_type="application/json")
