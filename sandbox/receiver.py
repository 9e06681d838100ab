"""A server's own tool that takes webhooks: records what it got, and fails when it is told to.

It verifies signatures by itself, from the description of Standard Webhooks alone, so that a bot which signs otherwise
is found out. `/receiver/<name>` is one receiver for each name; a browser that opens it sees what came, newest first,
and with `?secret=whsec_…` whether each was signed with that secret.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.control_requests import PREFIX, Json, json_body, json_route

if TYPE_CHECKING:
    from collections.abc import Mapping

TOLERANCE = 5 * 60  # seconds that a request may be old, or ahead
MOST_RECORDED = 20_000
# What a receiver can be told to do in place of an answer with a status.
BEHAVIOURS = frozenset({"", "cut", "silent", "endless"})


@dataclass(slots=True)
class Delivery:
    """One request as it came."""

    headers: dict[str, str]
    body: bytes
    status: int | None
    at: float

    def json(self, secret: str = "") -> Json:
        """As the routes report it; `verified` None: no secret to verify it with."""
        try:
            content = json.loads(self.body)
        except ValueError:
            content = None
        return {
            "id": self.headers.get("webhook-id"),
            "status": self.status,
            "verified": is_signed(self.headers, self.body, secret, self.at) if secret else None,
            "headers": self.headers,
            "body": content,
        }


@dataclass(slots=True)
class Orders:
    """How a receiver answers: for the next `times` requests, or until it is told otherwise (None)."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    behaviour: str = ""
    times: int | None = None


class Receiver:
    """All receivers of one sandbox.

    Args:
        now: the present, in seconds since 1970; moved time, as the bot's.
    """

    def __init__(self, now: Any = time.time) -> None:
        self._now = now
        self._deliveries: dict[str, list[Delivery]] = {}
        self._orders: dict[str, Orders] = {}
        self._arrived = asyncio.Condition()

    def reset(self) -> None:
        """Forget everything, and answer as at first."""
        self._deliveries.clear()
        self._orders.clear()

    def add_routes(self, app: web.Application) -> None:
        """Add the receivers, and what controls them."""
        app.router.add_post("/receiver/{name}", self._receive)
        app.router.add_get("/receiver/{name}", json_route(self._show))
        app.router.add_get(f"{PREFIX}/receiver/{{name}}", json_route(self._list))
        app.router.add_post(f"{PREFIX}/receiver/{{name}}", json_route(self._order))

    async def _receive(self, request: web.Request) -> web.StreamResponse:
        name, orders = request.match_info["name"], self._take_orders(request.match_info["name"])
        body = await request.read()
        headers = {key.lower(): value for key, value in request.headers.items()}
        status = None if orders.behaviour in ("cut", "silent") else orders.status
        delivery = Delivery(headers, body, status, self._now())
        async with self._arrived:
            recorded = self._deliveries.setdefault(name, [])
            recorded.append(delivery)
            del recorded[:-MOST_RECORDED]
            self._arrived.notify_all()
        if orders.behaviour == "cut" and request.transport is not None:
            request.transport.abort()
        if orders.behaviour == "silent":
            await asyncio.Event().wait()  # until the client goes away, or the sandbox ends
        if orders.behaviour == "endless":
            return await _endless(request, orders)
        return web.Response(status=orders.status, headers=orders.headers)

    def _take_orders(self, name: str) -> Orders:
        orders = self._orders.get(name, Orders())
        if orders.times is not None:
            orders.times -= 1
            if orders.times <= 0:
                self._orders.pop(name, None)
        return orders

    async def _show(self, request: web.Request) -> list[Json]:
        """What came, newest first, for a person who looks."""
        secret = request.query.get("secret", "")
        return [each.json(secret) for each in reversed(self._deliveries.get(request.match_info["name"], [])[-100:])]

    async def _list(self, request: web.Request) -> list[Json]:
        """What came, oldest first; once at least `count` of them did, or after `timeout` seconds."""
        name, count = request.match_info["name"], int(request.query.get("count", 0))
        try:
            async with asyncio.timeout(float(request.query.get("timeout", 60))), self._arrived:
                await self._arrived.wait_for(lambda: len(self._deliveries.get(name, ())) >= count)
        except TimeoutError:
            pass
        return [each.json(request.query.get("secret", "")) for each in self._deliveries.get(name, ())]

    async def _order(self, request: web.Request) -> Json:
        """Answer with `status` and `headers`, or `behaviour` cut, silent or endless, the next `times` times."""
        fields = await json_body(request)
        orders = Orders(**{key: fields[key] for key in fields if key in Orders.__slots__})
        if orders.behaviour not in BEHAVIOURS:
            raise ValueError(f"behaviour is one of {', '.join(sorted(BEHAVIOURS))}")
        self._orders[request.match_info["name"]] = orders
        return {}


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: float) -> bool:
    """Whether a request is signed with a secret, and new enough, as Standard Webhooks has it.

    Args:
        headers: with lower-case names.
        body: to the byte.
        secret: `whsec_` and base64.
        now: seconds since 1970.
    """
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        sent_at = int(headers["webhook-timestamp"])
        content = f"{headers['webhook-id']}.{sent_at}.".encode() + body
        expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        signatures = [each.partition(",") for each in headers["webhook-signature"].split(" ")]
    except (KeyError, ValueError, binascii.Error):
        return False
    if abs(now - sent_at) > TOLERANCE:
        return False
    return any(version == "v1" and hmac.compare_digest(given, expected) for version, _, given in signatures)


async def _endless(request: web.Request, orders: Orders) -> web.StreamResponse:
    response = web.StreamResponse(status=orders.status, headers=orders.headers)
    await response.prepare(request)
    while True:
        await response.write(b"." * 65_536)
