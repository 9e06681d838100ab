"""What every REST route shares: the bot's token, rate limits, errors in Discord's shape."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from aiohttp import web

from sandbox.discord.answers import ApiError, json_answer, not_found, unauthorized
from sandbox.discord.ratelimits import Bucket, RateLimitedError, RateLimits
from sandbox.world import BOT_TOKEN

if TYPE_CHECKING:
    from sandbox.discord.answers import Json

BASE = "/api/v10"
Handler = Callable[[web.Request], Awaitable[web.Response]]
AUTHORIZATION = f"Bot {BOT_TOKEN}"
# The first of these in a path is what a bucket is counted by ("top-level resources").
MAJORS = ("guild_id", "channel_id", "token")


class Rest:
    """Adds routes that answer as Discord's do."""

    def __init__(self, limits: RateLimits) -> None:
        self._limits = limits

    def add(
        self,
        app: web.Application,
        method: str,
        path: str,
        handler: Handler,
        bucket: Bucket,
        *,
        bearer: Handler | None = None,
    ) -> None:
        """A route for the bot: with its token, counted in a bucket and in the global limit.

        A request with a person's token goes to `bearer`, if there is one, and does not count as the bot's.
        """

        async def answer(request: web.Request) -> web.Response:
            authorization = request.headers.get("Authorization", "")
            if bearer is not None and authorization.startswith("Bearer "):
                return await bearer(request)
            if authorization != AUTHORIZATION:
                raise unauthorized()
            self._limits.count_global()
            return await self._counted(request, handler, bucket)

        app.router.add_route(method, BASE + path, _with_errors(answer))

    def add_without_bot(
        self, app: web.Application, method: str, path: str, handler: Handler, bucket: Bucket | None = None
    ) -> None:
        """A route that needs another token than the bot's, such as one in its path: not in the global limit."""

        async def answer(request: web.Request) -> web.Response:
            if bucket is None:
                return await handler(request)
            return await self._counted(request, handler, bucket)

        app.router.add_route(method, BASE + path, _with_errors(answer))

    @staticmethod
    def add_unknown(app: web.Application) -> None:
        """Everything else is a 404 in JSON."""

        async def answer(request: web.Request) -> web.Response:
            del request
            raise not_found()

        app.router.add_route("*", BASE + "/{tail:.*}", _with_errors(answer))

    async def _counted(self, request: web.Request, handler: Handler, bucket: Bucket) -> web.Response:
        major = next((request.match_info[key] for key in MAJORS if key in request.match_info), "")
        headers = self._limits.count(bucket, major)
        try:
            answer = await handler(request)
        except ApiError as error:
            return json_answer(error.body(), error.status, headers)
        answer.headers.update(headers)
        return answer


def _with_errors(handler: Handler) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except ApiError as error:
            return json_answer(error.body(), error.status)
        except RateLimitedError as limited:
            return limited.answer

    return answer


def no_content() -> web.Response:
    """204."""
    return web.Response(status=204)


def path_id(request: web.Request, name: str) -> int:
    """A snowflake of the path.

    Raises:
        ApiError: 400 with code 50035 when it is not one.
    """
    value = request.match_info[name]
    if value.isdecimal():
        return int(value)
    errors: Json = {
        name: {"_errors": [{"code": "NUMBER_TYPE_COERCE", "message": f'Value "{value}" is not snowflake.'}]}
    }
    raise ApiError(400, 50035, "Invalid Form Body", errors)


def query_number(request: web.Request, name: str, default: int) -> int:
    """A number of the query; the default when it is missing or not a number."""
    value = request.query.get(name, "")
    return int(value) if value.isdecimal() else default
