"""Passes requests to the bot as Caddy does, and adds the wallet's script to the pages that are returned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

# Of one connection, not of the message: RFC 9110, 7.6.1. The length of a body is computed again.
_HOP_BY_HOP = (
    *("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"),
    "content-length",
)
_HEAD = re.compile(rb"<head(?:\s[^>]*)?>", re.IGNORECASE)
SCRIPT = b'<script src="/_wallet/wallet.js" type="module"></script>'
SECONDS = 30.0


class Proxy:
    """A reverse proxy: method, path, query, body, cookies, status and headers pass unchanged, Host included.

    `X-Forwarded-For`, `-Proto` and `-Host` are Caddy's: what a client sends in them is dropped.

    Args:
        bot_url: the origin of the bot's web server.
    """

    def __init__(self, bot_url: str) -> None:
        self._bot = bot_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def running(self, _app: web.Application) -> AsyncIterator[None]:
        """Its connections to the bot, for as long as the application runs."""
        async with aiohttp.ClientSession(
            # Cookies and compression are between the browser and the bot.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=SECONDS),
        ) as self._session:
            yield

    async def pass_on(self, request: web.Request) -> web.Response:
        """The bot's answer; 502 when there is none."""
        if self._session is None:
            raise web.HTTPServiceUnavailable
        try:
            async with self._session.request(
                request.method,
                URL(self._bot + request.raw_path, encoded=True),
                headers=_request_headers(request),
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
                data=await request.read() if request.can_read_body else None,
                allow_redirects=False,
            ) as answer:
                body, headers = await answer.read(), _end_to_end_headers(answer.headers)
                if answer.content_type == "text/html":
                    body = _HEAD.sub(lambda head: head[0] + SCRIPT, body, count=1)
                return web.Response(status=answer.status, reason=answer.reason, headers=headers, body=body)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise web.HTTPBadGateway(text=f"The bot's web server does not answer: {error}") from error


def _request_headers(request: web.Request) -> CIMultiDict[str]:
    headers = _end_to_end_headers(request.headers)
    # The script can be added only to a page without compression.
    headers.popall("Accept-Encoding", None)
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Proto"] = request.scheme
    headers["X-Forwarded-Host"] = request.host
    return headers


def _end_to_end_headers(headers: Mapping[str, str]) -> CIMultiDict[str]:
    passed = CIMultiDict(headers)
    for name in _HOP_BY_HOP:
        passed.popall(name, None)
    return passed
