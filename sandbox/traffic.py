"""Records requests and responses between the bot and the stand-ins, for tests, the page, and checks of the format.

Bodies are stored as the bytes that went over the wire and are parsed only when they are read.
"""

from __future__ import annotations

import re
import time
from collections import Counter, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from sandbox.services import service_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CAPACITY = 20_000
MAX_BODY_BYTES = 64 * 1024 * 1024  # of bodies; a bench of whole pages would fill memory long before CAPACITY
SECRET_HEADERS = {"authorization", "x-api-key"}
SECRET_PARAMETERS = {"apikey"}
FAULT = web.RequestKey("fault", str)  # where a request carries the kind of fault that changed its response
_BOUNDARY = re.compile(rb'boundary="?([^";]+)"?')


@dataclass(slots=True)
class Exchange:
    """One request and its response; `status` is None when the connection was cut without one.

    `fault` is the kind of fault that made the answer other than it would have been, None for an unchanged one.
    """

    n: int
    service: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    request: bytes | None
    status: int | None
    response: bytes | None
    at_ms: int
    fault: str | None = None

    def json(self) -> dict[str, Any]:
        """What `/_sandbox/traffic` returns about it."""
        content_type = self.headers.get("content-type", "")
        return {
            "n": self.n,
            "service": self.service,
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "request": _parsed(_payload(self.request, content_type)),
            "status": self.status,
            "response": _parsed(self.response),
            "at_ms": self.at_ms,
            "fault": self.fault,
        }


class Traffic:
    """A ring of exchanges; when bodies take too much memory, the oldest are dropped first.

    Args:
        capacity: how many exchanges are stored.
        max_body_bytes: how many bytes of bodies are stored.
    """

    def __init__(self, capacity: int = CAPACITY, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.last = 0
        self.requests: dict[str, Counter[str]] = {}  # service -> "GET /a/{b}" -> how often, however many are stored
        self._exchanges: deque[Exchange] = deque(maxlen=capacity)
        self._with_bodies: deque[Exchange] = deque()
        self._max_body_bytes = max_body_bytes
        self._bytes = 0

    def clear(self) -> None:
        """Forget all exchanges and counts; numbers go on, so that a reader's `after` stays valid."""
        self.requests.clear()
        self._exchanges.clear()
        self._with_bodies.clear()
        self._bytes = 0

    def exchanges(self, after: int = 0, service: str | None = None, limit: int | None = None) -> list[Exchange]:
        """Those after a number, oldest first, of one service or of all; of more than `limit` the newest."""
        found: list[Exchange] = []
        for exchange in reversed(self._exchanges):
            if exchange.n <= after or len(found) == limit:
                break
            if not service or exchange.service == service:
                found.append(exchange)
        return found[::-1]

    def record(
        self,
        service: str,
        request: web.Request,
        body: bytes | None,
        answer: web.StreamResponse | None,
        at_ms: int,
    ) -> None:
        """Record one exchange.

        Args:
            service: one of `services.SERVICES`.
            request: the request; headers and parameters that are secrets have their values replaced.
            body: its body.
            answer: the response; None when the connection was cut.
            at_ms: when the request came, milliseconds since 1970.
        """
        self.last += 1
        resource = request.match_info.route.resource
        route = request.path if resource is None else resource.canonical
        self.requests.setdefault(service, Counter())[f"{request.method} {route}"] += 1
        response = answer.body if isinstance(answer, web.Response) else None
        headers = {name.lower(): value for name, value in request.headers.items()}
        for name in SECRET_HEADERS & headers.keys():
            headers[name] = "<present>"
        query = dict(request.query)
        for name in SECRET_PARAMETERS & query.keys():
            query[name] = "<present>"
        exchange = Exchange(
            n=self.last,
            service=service,
            method=request.method,
            path=request.path,
            query=query,
            headers=headers,
            request=body or None,
            status=answer.status if answer is not None else None,
            response=response if isinstance(response, bytes) else None,
            at_ms=at_ms,
            fault=request.get(FAULT),
        )
        self._exchanges.append(exchange)
        self._with_bodies.append(exchange)
        self._bytes += _size(exchange)
        while self._bytes > self._max_body_bytes or len(self._with_bodies) > len(self._exchanges):
            oldest = self._with_bodies.popleft()
            self._bytes -= _size(oldest)
            oldest.request = oldest.response = None


def record_traffic(traffic: Traffic) -> Any:
    """The middleware that records into `traffic`; the outermost, so that it sees what the bot sees."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        service = service_of(request.path)
        if service is None:
            return await handler(request)
        at_ms = int(time.time() * 1000)
        # Read now: nothing can be read once the connection is cut, and the handlers get the same bytes.
        body = await request.read() if request.can_read_body else None
        answer: web.StreamResponse | None = None
        try:
            answer = await handler(request)
        except web.HTTPException as error:
            answer = error
            raise
        finally:
            cut = request.transport is None or request.transport.is_closing()
            traffic.record(service, request, body, None if cut else answer, at_ms)
        return answer

    return record


def _size(exchange: Exchange) -> int:
    return len(exchange.request or b"") + len(exchange.response or b"")


def _payload(body: bytes | None, content_type: str) -> bytes | None:
    """The JSON of a request: for multipart, its `payload_json`."""
    if body is None or not content_type.startswith("multipart/"):
        return body
    boundary = _BOUNDARY.search(content_type.encode())
    for part in body.split(b"--" + boundary[1]) if boundary else ():
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="payload_json"' in head:
            return content.removesuffix(b"\r\n")
    return None


def _parsed(body: bytes | None) -> Any:
    if not body:
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
