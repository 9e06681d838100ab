"""One connection to the bot's own HTTP server: who may open it, how long it may take, and how much is read of it.

aiohttp's parser does the reading, with what it does before any of our code runs switched off: bodies are never
inflated, and after a response nothing that is still to come is read. What aiohttp lacks is here: a request head must
arrive within seconds of its first byte, a response must be taken within seconds, and a request has a size as a whole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.web.open_connections import OpenConnections
from bot.web.rare_line import RareLine
from bot.web.visitor import Peer, Visitors

log = logging.getLogger(__name__)

# How long aiohttp buffers of a body, before it stops reading until somebody asks for it.
_READ_AHEAD = 8 * 1024
# The heads of browsers have some twenty lines, and a proxy adds a few.
_MOST_HEADERS = 64
# A request as a whole: head, body, and what a chunked body has beside it. Browsers send
# some 3 kB, and the longest body, a signature in hex, has 33.
_MOST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How many seconds a connection may take.

    Attributes:
        head: For a request head, from its first byte; for the first one, from when the connection was opened.
        idle: From a response to the first byte of the next request; a response that is not taken by then is dropped.
    """

    head: float = 5.0
    idle: float = 15.0


class Connection(web.RequestHandler):
    """A connection whose errors are ours: aiohttp's reveal its version, and log headers, which hold cookies."""

    def __init__(self, http_server: web.Server, peer: Peer, acceptor: Acceptor) -> None:
        super().__init__(
            http_server,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=acceptor.timeouts.idle,
            max_headers=_MOST_HEADERS,
            lingering_time=0.0,
            read_bufsize=_READ_AHEAD,
            auto_decompress=False,
            access_log=None,  # type: ignore[arg-type] # this is how aiohttp writes none; its type forgets that
        )
        self.peer = peer
        self.health_only = False
        self._acceptor = acceptor
        self._socket: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._is_idle = False
        self._received = 0
        self._is_too_long = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It was accepted."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is TCP
        self._socket = transport
        super().connection_made(transport)
        self._hang_up_in(self._acceptor.timeouts.head)

    def connection_lost(self, exc: BaseException | None) -> None:
        """It is closed."""
        self._hang_up_in(None)
        self._acceptor.open.remove(self)
        super().connection_lost(exc)
        self._socket = None

    def data_received(self, data: bytes) -> None:
        """Let aiohttp parse what has come, as long as it is no more than a request is long."""
        if data and self._is_idle:
            self._is_idle = False
            self._hang_up_in(self._acceptor.timeouts.head)
        if self._received > _MOST_BYTES:
            # From here on nothing can be read any more. If a request was complete before, it gets its response.
            self._is_too_long = True
        if not self._is_too_long:
            self._received += len(data)
            super().data_received(data)
        elif self._socket:
            self._socket.pause_reading()

    def hang_up(self) -> None:
        """Close it at once, whatever is still to be sent."""
        if self._socket:
            self._socket.abort()

    @contextmanager
    def busy(self) -> Iterator[None]:
        """While a request is being handled, which has a time limit of its own."""
        self._received = 0
        self._is_idle = False
        self._hang_up_in(None)
        self._acceptor.open.set_busy(self)
        try:
            yield
        finally:
            self._received = 0
            self._is_idle = True
            self._acceptor.open.set_waiting(self)
            if self._socket:
                self._hang_up_in(self._acceptor.timeouts.idle)
            if self._is_too_long:
                self.close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp hands it in; it quotes what was sent
    ) -> web.StreamResponse:
        """Answer what the parser refused, or what failed before it was answered."""
        self._acceptor.invalid.note(type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("a response was started")
        return self._acceptor.error_response(status)

    def _hang_up_in(self, seconds: float | None) -> None:
        """Wait for what comes next for so long; None: something else limits the time."""
        if self._deadline:
            self._deadline.cancel()
        loop = asyncio.get_running_loop()
        self._deadline = None if seconds is None else loop.call_later(seconds, self.hang_up)


class Acceptor:
    """Accepts connections as long as there is room; what they share.

    Args:
        open_connections: Those that are open.
        visitors: Identifies the other end.
        timeouts: How long a connection may take.
        error_response: Makes the response to what is not a request.
    """

    def __init__(
        self,
        open_connections: OpenConnections,
        visitors: Visitors,
        timeouts: Timeouts,
        error_response: Callable[[int], web.Response],
    ) -> None:
        self.open = open_connections
        self.timeouts = timeouts
        self.error_response = error_response
        self.invalid = RareLine(log, "not a valid request")
        self._refused = RareLine(log, "no connection")
        self._visitors = visitors

    def accept(self, http_server: web.Server, transport: asyncio.Transport) -> Connection | None:
        """The connection; None where there is no room for it."""
        address = transport.get_extra_info("peername")
        if not address:  # the other end has gone already
            return None
        connection = Connection(http_server, self._visitors.peer(str(address[0])), self)
        if self.open.add(connection):
            return connection
        self._refused.note("too many are open")
        return None

    def close(self) -> None:
        """Write to the log what was not written yet."""
        self.invalid.flush()
        self._refused.flush()


class NewConnection(asyncio.Protocol):
    """The protocol until it is known who is at the other end: asyncio makes one before that."""

    def __init__(self, http_server: web.Server, acceptor: Acceptor) -> None:
        self._http_server = http_server
        self._acceptor = acceptor

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accept it, or hang up."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - it is TCP
        connection = self._acceptor.accept(self._http_server, transport)
        if connection is None:
            transport.abort()
            return
        transport.set_protocol(connection)
        connection.connection_made(transport)
