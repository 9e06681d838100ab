"""Stands before every request: headers, the right host, limits, no body but a small plain one, errors in one sentence.

It runs before the application, and so before its router and before `100 Continue`: there is no way around it, whatever
the method, the form of the target, or the place in a pipeline. After a refusal nothing more is read.

Sources: OWASP ASVS 5.0 (3.4 headers, 3.5 origins, 2.4.1 limits, 16.5.1 errors), RFC 9110, 9112, MDN. A request that
aiohttp's parser refuses (a header of 20 kB, not HTTP) does not come here, and gets its 400 from `Guard.error_response`.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

import orjson
from aiohttp import web

from bot.errors import (
    ContradictionError,
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
from bot.messages import Message, set_reader_language
from bot.web.limits import Limits
from bot.web.page_sentences import page_sentence
from bot.web.page_words import language_for
from bot.web.visitor import Visitors

log = logging.getLogger(__name__)

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

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
    (ContradictionError, 409, "operator"),
    (UndecidedError, 503, "later"),
    (SourceError, 503, "later"),
    (StoreError, 503, "later"),
)
_NOT_UNDERSTOOD = Message("That request is not understood.")
_NO_SUCH_PAGE = Message("There is no such page. Run `/verify` in Discord for a link.")
_STATUSES = {
    400: ("input", _NOT_UNDERSTOOD),
    403: ("csrf", Message("That request did not come from this page. Reload the page, and try again.")),
    404: ("not_found", _NO_SUCH_PAGE),
    405: ("not_found", _NO_SUCH_PAGE),
    408: ("slow", Message("That request took too long. Try again.")),
    413: ("large", Message("That request is too large.")),
    415: ("media", Message("That request is not understood: it must be JSON.")),
    417: ("input", _NOT_UNDERSTOOD),
    421: ("host", Message("This page has another address. Run `/verify` in Discord for a link.")),
}

_COMPRESSED = Message("That request is not understood: it must not be compressed.")
_TOO_LONG = Message("That takes too long right now. Try again in a minute.")
_TOO_MANY_PEOPLE = Message("Too many people are here right now. Try again in a minute.")
_TOO_MANY = Message("Too many requests. Try again in a minute.")
_INTERNAL = Message("Something went wrong inside Tessera. Try again in a minute.")
# Digits of a length; far more than that of any body, and few enough to be read as a number.
_LONGEST_NUMBER = 9

# The page lets people try again after this time; it counts it down.
_LATER_SECONDS = 20

# After these, and wherever anything of a body is unread, the connection is closed.
_CLOSING = frozenset({403, 408, 413, 415, 417, 421, 429})
_READS = frozenset({"GET", "HEAD"})


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
    """Answers every request itself, or lets the application answer it.

    Args:
        host: The only host, with its port, that pages are served under; "" where there is none.
        secure: It is reached by https.
        visitors: Identifies visitors.
        limits: Counts their requests.
        seconds: The time limit of one request.
        most_bytes: The longest body.
        long_bodies: The longest one where it may be longer, by path.
    """

    def __init__(
        self,
        host: str,
        *,
        secure: bool,
        visitors: Visitors,
        limits: Limits,
        seconds: float,
        most_bytes: int,
        long_bodies: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        self._host = host
        self._headers = {**HEADERS, **({"Strict-Transport-Security": _HTTPS_ONLY} if secure else {})}
        self._visitors = visitors
        self._limits = limits
        self._seconds = seconds
        self._most_bytes = most_bytes
        self._long_bodies = long_bodies

    async def answer(
        self, request: web.BaseRequest, application: Handler, *, health_only: bool = False
    ) -> web.StreamResponse:
        """The response to a request.

        Args:
            request: With its head complete; nothing of its body was read.
            application: Answers what is not refused here.
            health_only: Nothing else is served on this connection.
        """
        started = time.monotonic()
        # The task is that of a connection, and the next request may be from a browser with other languages.
        set_reader_language(language_for(request.headers.get("Accept-Language", "")))
        refusal = self._check_request(request, health_only=health_only)
        response = refusal or await self._apply(application, request)
        if request.method == "GET" and isinstance(response, _ErrorResponse):
            response = response.as_plain_text()
        if refusal or response.status in _CLOSING or request.can_read_body:
            response.force_close()
        response.headers.update(self._headers)
        took = (time.monotonic() - started) * 1000
        route = "refused" if refusal else _route(request)
        log.debug("web: %s %s: %d in %.0f ms", request.method, route, response.status, took)
        return response

    def error_response(self, status: int) -> web.Response:
        """The response to what is not a valid request, or after a failure."""
        response = _response_for_status(status) if status in _STATUSES else _internal_error()
        response.headers.update(self._headers)
        response.force_close()
        return response

    async def _apply(self, application: Handler, request: web.BaseRequest) -> web.StreamResponse:
        try:
            async with asyncio.timeout(self._seconds):
                return await application(request)
        except TimeoutError:
            # Not 408: the request was complete, and its work may have started.
            return _ErrorResponse(503, "later", _TOO_LONG().render())
        except TesseraError as error:
            return _response_for_error(error)
        except web.HTTPException as error:
            return _response_for_status(error.status)
        except Exception:
            log.exception("web: %s failed", _route(request))
            return _internal_error()

    def _check_request(self, request: web.BaseRequest, *, health_only: bool) -> web.Response | None:
        """The refusal of a request, by its head alone."""
        by_supervisor = _asks_health(request) and not self._is_own_host(request)
        if health_only and not by_supervisor:
            return _ErrorResponse(503, "later", _TOO_MANY_PEOPLE().render())
        if self._host and not by_supervisor and not self._is_own_host(request):
            return _response_for_status(421)
        if not (by_supervisor and self._visitors.peer(request.remote or "").is_local) and (
            wait := self._limits.take(self._visitors.identify(request), request.method)
        ):
            return _ErrorResponse(429, "rate", _TOO_MANY().render(), {"Retry-After": str(wait)})
        return self._check_body(request)

    def _check_body(self, request: web.BaseRequest) -> web.Response | None:
        """Only a small body that is not compressed is read, and only where one is expected."""
        # `identity` is for `Accept-Encoding` alone (RFC 9110, 8.4.1): no browser names it here.
        if "Content-Encoding" in request.headers or _transfer_coding(request) not in ("", "chunked"):
            return _ErrorResponse(415, "media", _COMPRESSED().render(), {"Accept-Encoding": "identity"})
        if request.body_exists and request.method in _READS:
            return _response_for_status(400)
        length = request.headers.get("Content-Length", "0")
        if len(length) > _LONGEST_NUMBER or int(length) > self._long_bodies.get(request.path, self._most_bytes):
            return _response_for_status(413)
        return None

    def _is_own_host(self, request: web.BaseRequest) -> bool:
        """Whether the request is for this host: by its one `Host`, and by its target where that names a host too."""
        # Not `request.host`: without a `Host` that blocks everything while it resolves this machine's name.
        hosts = [host.lower() for host in request.headers.getall("Host", ())]
        return hosts == [self._host] and request.url.host_port_subcomponent == self._host


def _asks_health(request: web.BaseRequest) -> bool:
    """Whether the health is asked for as supervisors do: not through a proxy, and with a path alone for a target."""
    direct = "X-Forwarded-For" not in request.headers and request.raw_path.startswith("/")
    return direct and request.path == HEALTH and request.method in _READS


def _transfer_coding(request: web.BaseRequest) -> str:
    return ",".join(request.headers.getall("Transfer-Encoding", ())).strip().lower()


def _route(request: web.BaseRequest) -> str:
    """The name of the route only: paths, queries and `Referer` may hold what must not be logged."""
    return (isinstance(request, web.Request) and request.match_info.route.name) or "unknown"


def _response_for_error(error: TesseraError) -> web.Response:
    status, code = next(
        ((status, code) for kind, status, code in _STATUS_OF_ERRORS if isinstance(error, kind)), (500, "fault")
    )
    wait = _LATER_SECONDS if code == "later" else getattr(error, "retry_after", 0)
    if code == "too_many" and wait:
        code = "rate"  # too often, not too many: waiting helps
    headers = {"Retry-After": str(math.ceil(wait))} if wait else None
    return _ErrorResponse(status, code, page_sentence(error.words), headers)


def _internal_error() -> web.Response:
    return _ErrorResponse(500, "fault", _INTERNAL().render())


def _response_for_status(status: int) -> web.Response:
    code, message = _STATUSES.get(status, _STATUSES[400])
    return _ErrorResponse(status, code, message().render())
