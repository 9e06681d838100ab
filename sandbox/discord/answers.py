"""The API's responses: JSON bodies under exactly `application/json`, and errors in Discord's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

Json = dict[str, Any]
# With "; charset=utf-8" behind it, as aiohttp's own json_response adds, discord.py takes the body for text.
JSON_TYPE = "application/json"


class ApiError(Exception):
    """A refusal: `status` of HTTP, `code` and `message` of Discord's error table, `errors` nested per field."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> Json:
        """What Discord would send."""
        body: Json = {"message": self.message, "code": self.code}
        if self.errors:
            body["errors"] = self.errors
        return body


def json_answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """A response whose Content-Type is JSON_TYPE and nothing more."""
    answer = web.Response(body=orjson.dumps(body), status=status, content_type=JSON_TYPE)
    if headers:
        answer.headers.update(headers)
    return answer


def unauthorized() -> ApiError:
    """No token, or not the bot's."""
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    """No such route."""
    return ApiError(404, 0, "404: Not Found")


def unknown_guild() -> ApiError:
    """The guild does not exist."""
    return ApiError(404, 10004, "Unknown Guild")


def unknown_channel() -> ApiError:
    """The channel does not exist."""
    return ApiError(404, 10003, "Unknown Channel")


def unknown_message() -> ApiError:
    """The message does not exist, or is not visible to the caller."""
    return ApiError(404, 10008, "Unknown Message")


def missing_access() -> ApiError:
    """The bot cannot see this."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """The bot may not do this, by permission or by role hierarchy."""
    return ApiError(403, 50013, "Missing Permissions")


def empty_message() -> ApiError:
    """A message without content, embeds, components and files."""
    return ApiError(400, 50006, "Cannot send an empty message")


async def read_json(request: web.Request) -> Any:
    """The body of a request as JSON.

    Raises:
        ApiError: 400 with code 50109 when the body is not JSON.
    """
    raw = await request.read()
    if not raw:
        return {}
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, 50109, "The request body contains invalid JSON.") from error
