"""The middleware of every request: headers, the right host, limits, and errors that reveal only a sentence.

Sources: OWASP ASVS 5.0 (3.4 headers, 3.5 origins, 2.4.1 limits, 16.5.1 errors), MDN. A request that aiohttp's parser
refuses (a header of 20 kB, not HTTP) reaches no handler, and gets its 400 from `Guard.error_response`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import orjson
from aiohttp import web

from bot.errors import (
    InputError,
    LimitError,
    NotFoundError,
    ProofError,
    SessionError,
    SourceError,
    StoreError,
    TesseraError,
    UndecidedError,
)
from bot.web.limits import Limits
from bot.web.visitor import Visitors

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https://cdn.discordapp.com; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cache-Control": "no-store",
        "Server": "",
    }
)
_HTTPS_ONLY = "max-age=31536000; includeSubDomains"
HEALTH = "/healthz"

# Error → status and a code for the page's script; the sentence is the error's own.
_STATUS_OF_ERRORS: tuple[tuple[type[TesseraError], int, str], ...] = (
    (SessionError, 401, "session"),
    (ProofError, 400, "signature"),
    (LimitError, 429, "too_many"),
    (InputError, 400, "input"),
    (NotFoundError, 400, "input"),
    (UndecidedError, 503, "later"),
    (SourceError, 503, "later"),
    (StoreError, 503, "later"),
)
_STATUSES = {
    400: ("input", "That request is not understood."),
    403: ("csrf", "That request did not come from this page. Reload the page, and try again."),
    404: ("not_found", "There is no such page. Run `/verify` in Discord for a link."),
    405: ("not_found", "There is no such page. Run `/verify` in Discord for a link."),
    408: ("slow", "That request took too long. Try again."),
    413: ("large", "That request is too large."),
    415: ("media", "That request is not understood: it must be JSON."),
    421: ("host", "This page has another address. Run `/verify` in Discord for a link."),
}

# The page lets people try again after this time; it counts it down.
_LATER_SECONDS = 20

# After a body that was not read completely, nothing else can be read on that connection.
_UNREAD = frozenset({408, 413, 415})


class _ErrorResponse(web.Response):
    """An error as JSON for the page's script."""

    def __init__(self, status: int, code: str, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        body = orjson.dumps({"error": {"code": code, "message": sentence}})
        super().__init__(status=status, body=body, content_type="application/json", headers=headers)
        self._sentence = sentence
        self._more = headers

    def as_plain_text(self) -> web.Response:
        """The same as plain text, for somebody who opened a URL in a browser."""
        return web.Response(status=self.status, text=self._sentence.replace("`", ""), headers=self._more)


class Guard:
    """The middleware, and the headers of responses made outside of it.

    Args:
        host: The only host, with its port, that pages are served under; "" where there is none.
        secure: It is reached by https.
        visitors: Identifies visitors.
        limits: Counts their requests.
        seconds: The time limit of one request.
    """

    def __init__(self, host: str, *, secure: bool, visitors: Visitors, limits: Limits, seconds: float) -> None:
        self._host = host
        self._headers = {**HEADERS, **({"Strict-Transport-Security": _HTTPS_ONLY} if secure else {})}
        self._visitors = visitors
        self._limits = limits
        self._seconds = seconds

    def middleware(self) -> Any:
        """For `web.Application`."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            started = time.monotonic()
            response = await self._answer(request, handler)
            if request.method == "GET" and isinstance(response, _ErrorResponse):
                response = response.as_plain_text()
            # The name of the route only: paths, queries and `Referer` may hold what must not be logged.
            route = request.match_info.route.name or "unknown"
            took = (time.monotonic() - started) * 1000
            log.debug("web: %s %s: %d in %.0f ms", request.method, route, response.status, took)
            return response

        return guard

    async def add_headers(self, _request: web.Request, response: web.StreamResponse) -> None:
        """For `on_response_prepare`: aiohttp answers an unknown `Expect` before any middleware."""
        response.headers.update(self._headers)

    def error_response(self, status: int) -> web.Response:
        """The response to an invalid request, or after a failure: `on_response_prepare` is not sent for those."""
        response = _response_for_status(status) if status in _STATUSES else _internal_error()
        response.headers.update(self._headers)
        response.force_close()
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            if refusal := self._check_request(request):
                return refusal
            async with asyncio.timeout(self._seconds):
                return await handler(request)
        except TimeoutError:
            # Not 408: the request was complete, and its work may have started.
            return _ErrorResponse(503, "later", "That takes too long right now. Try again in a minute.")
        except TesseraError as error:
            return _response_for_error(error)
        except web.HTTPException as error:
            return _response_for_status(error.status)
        except Exception:
            log.exception("web: %s failed", request.match_info.route.name)
            return _internal_error()

    def _check_request(self, request: web.Request) -> web.Response | None:
        if request.path == HEALTH and not self._is_from_visitor(request):
            return None
        if self._host and not self._is_own_host(request):
            return _response_for_status(421)
        if wait := self._limits.take(self._visitors.identify(request), request.method):
            sentence = "Too many requests. Try again in a minute."
            return _ErrorResponse(429, "rate", sentence, {"Retry-After": str(wait)})
        return None

    def _is_from_visitor(self, request: web.Request) -> bool:
        """Whether a visitor asks for the health, through the proxy, and not a supervisor by any address."""
        return "X-Forwarded-For" in request.headers or self._is_own_host(request)

    def _is_own_host(self, request: web.Request) -> bool:
        """Whether the request is for this host: by its one `Host`, and by its target where that names a host too."""
        # Not `request.host`: without a `Host` that blocks everything while it resolves this machine's name.
        hosts = [host.lower() for host in request.headers.getall("Host", ())]
        return hosts == [self._host] and request.url.host_port_subcomponent == self._host


def _response_for_error(error: TesseraError) -> web.Response:
    status, code = next(
        ((status, code) for kind, status, code in _STATUS_OF_ERRORS if isinstance(error, kind)), (500, "fault")
    )
    wait = _LATER_SECONDS if code == "later" else getattr(error, "retry_after", 0)
    if code == "too_many" and wait:
        code = "rate"  # too often, not too many: waiting helps
    return _ErrorResponse(status, code, error.sentence, {"Retry-After": str(math.ceil(wait))} if wait else None)


def _internal_error() -> web.Response:
    return _ErrorResponse(500, "fault", "Something went wrong inside Tessera. Try again in a minute.")


def _response_for_status(status: int) -> web.Response:
    response = _ErrorResponse(status, *_STATUSES.get(status, _STATUSES[400]))
    if status in _UNREAD:
        response.force_close()
    return response
