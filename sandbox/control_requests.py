"""What the routes of the control API share: JSON bodies in, JSON out, and refusals in one sentence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any

import orjson
from aiohttp import web

PREFIX = "/_sandbox"

Json = dict[str, Any]
Route = Callable[[web.Request], Awaitable[Any]]


class ConflictError(Exception):
    """The request does not apply now; answered with 409 and the sentence."""


def json_route(route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A route that answers with what `route` returns, as JSON; or with its refusal, as `{error: sentence}`."""

    @wraps(route)
    async def answer(request: web.Request) -> web.Response:
        try:
            content, status = await route(request), 200
        except ValueError as error:
            content, status = {"error": str(error)}, 400
        except ConflictError as error:
            content, status = {"error": str(error)}, 409
        return web.Response(status=status, body=orjson.dumps(content), content_type="application/json")

    return answer


async def json_body(request: web.Request) -> Json:
    """The body of a request, {} for none.

    Raises:
        ValueError: it is not a JSON object.
    """
    body = await request.read()
    fields = orjson.loads(body) if body else {}
    if not isinstance(fields, dict):
        raise ValueError("the body is a JSON object")  # noqa: TRY004 - one kind of error for the caller: 400
    return fields


def whole_number(fields: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A count or an id, as JSON number or as text.

    Raises:
        ValueError: it is neither, or it is missing and has no default.
    """
    value = fields.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} is a whole number")
    return value
