"""One websocket of a bot: frames in, frames out, and the opcodes between them."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from sandbox.discord import opcodes
from sandbox.discord.member_requests import InvalidRequestError
from sandbox.discord.opcodes import CloseConnection

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.presence import Presence
    from sandbox.discord.session import Outgoing, Session
    from sandbox.discord.streams import Stream

ACK_AFTER = 0.02  # seconds
LARGEST_PAYLOAD = 4096  # bytes a bot may send in one message
EVENTS_PER_MINUTE = 120
MISSED_HEARTBEATS = 1.5  # a bot silent for this many intervals has disconnected


@dataclass(frozen=True)
class Requests:
    """What answers the requests of a bot, handed in by the gateway.

    Attributes:
        identify: starts a session on the connection; yields further messages, each to be sent before the next is made.
        resume: from token, session id and sequence number; whether the session goes on.
        members: sends members to the session, or raises `InvalidRequestError`.
        received: counts the opcode of each message.
        presence: shows what the bot says of itself.
    """

    identify: Callable[[Connection, Json], Iterator[bytes]]
    resume: Callable[[Connection, str, str, int], bool]
    members: Callable[[Session, Json], None]
    received: Counter[int]
    presence: Presence


class Connection:
    """A websocket from upgrade to close. Everything sent goes through `outgoing`, so that it stays in order.

    Args:
        socket: already open.
        stream: packs what is sent.
        host: where the bot reached the gateway.
        requests: what answers the bot.
        clock: seconds, for the rate limit.
        heartbeat_ms: the interval that hello names.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        stream: Stream,
        host: str,
        requests: Requests,
        *,
        clock: Callable[[], float],
        heartbeat_ms: int,
    ) -> None:
        self.host = host
        self.session: Session | None = None
        self.zombie = False
        self.ends_with: int | None = None  # the code of a close that follows what is to be sent
        self.outgoing: asyncio.Queue[Outgoing] = asyncio.Queue()
        self._socket = socket
        self._stream = stream
        self._requests = requests
        self._clock = clock
        self._heartbeat_ms = heartbeat_ms
        self._received: list[float] = []
        self._closed_here = False

    def send(self, opcode: int, body: Any) -> None:
        """Send anything that is not a dispatch."""
        self.outgoing.put_nowait((orjson.dumps({"op": opcode, "d": body, "s": None, "t": None}), None))

    async def close(self, code: int, reason: str = "") -> None:
        """Close from this side."""
        self._closed_here = True
        await self._socket.close(code=code, message=reason.encode())

    async def run(self) -> None:
        """Exchange messages until one side closes."""
        self.send(opcodes.HELLO, {"heartbeat_interval": self._heartbeat_ms, "_trace": ["sandbox"]})
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            match result:
                case CloseConnection():
                    await self.close(result.code, result.reason)
                case ConnectionError() | asyncio.CancelledError() | None:
                    pass  # the bot is gone; the session waits for it
                case BaseException():
                    raise result

    @property
    def ended_by_bot(self) -> bool:
        """Whether the bot closed with a code that ends its session; an echo of our own close does not."""
        return not self._closed_here and self._socket.close_code in (opcodes.NORMAL_CLOSURE, opcodes.GOING_AWAY)

    async def _write(self) -> None:
        while True:
            message, on_sent = await self.outgoing.get()
            if on_sent is not None:
                on_sent()
            packed = self._stream.pack(message)
            if self._stream.binary:
                await self._socket.send_bytes(packed)
            else:
                await self._socket.send_str(packed.decode())
            self.outgoing.task_done()
            if self.ends_with is not None and self.outgoing.empty():
                raise CloseConnection(self.ends_with, "Ended early.")

    async def _read(self) -> None:
        silence = self._heartbeat_ms / 1000 * MISSED_HEARTBEATS
        while True:
            try:
                message = await self._socket.receive(timeout=silence)
            except TimeoutError as error:
                raise CloseConnection(opcodes.SESSION_TIMED_OUT, "Session timed out.") from error
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            await self._receive(message.data)

    async def _receive(self, raw: str | bytes) -> None:
        if len(raw) > LARGEST_PAYLOAD:
            raise CloseConnection(opcodes.DECODE_ERROR, "Error while decoding payload.")
        try:
            payload = orjson.loads(raw)
            opcode, body = payload["op"], payload.get("d")
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise CloseConnection(opcodes.DECODE_ERROR, "Error while decoding payload.") from error
        self._count()
        self._requests.received[opcode] += 1
        match opcode:
            case opcodes.HEARTBEAT:
                if not self.zombie:
                    # On one machine the answer would be there before the bot records when it asked, and discord.py
                    # would then measure a latency of a whole interval.
                    asyncio.get_running_loop().call_later(ACK_AFTER, self.send, opcodes.HEARTBEAT_ACK, None)
            case opcodes.IDENTIFY:
                await self._identify(body)
            case opcodes.RESUME:
                self._resume(body)
            case _ if self.session is None:
                raise CloseConnection(opcodes.NOT_AUTHENTICATED, "Not authenticated.")
            case opcodes.PRESENCE | opcodes.VOICE_STATE:
                self._requests.presence.update(opcode, body)
            case opcodes.REQUEST_MEMBERS:
                self._request_members(body)
            case _:
                raise CloseConnection(opcodes.UNKNOWN_OPCODE, "Unknown opcode.")

    def _count(self) -> None:
        now = self._clock()
        self._received = [moment for moment in self._received if moment > now - 60]
        self._received.append(now)
        if len(self._received) > EVENTS_PER_MINUTE:
            raise CloseConnection(opcodes.RATE_LIMITED, "Rate limited.")

    async def _identify(self, body: Json) -> None:
        if self.session is not None:
            raise CloseConnection(opcodes.ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(body, dict):
            raise CloseConnection(opcodes.UNKNOWN_OPCODE, "Invalid identify.")
        self._requests.presence.show(body.get("presence"))
        for encoded in self._requests.identify(self, body):
            # An announced guild can be large: the next one is made when this one is on the wire.
            self.outgoing.put_nowait((encoded, None))
            await self.outgoing.join()

    def _resume(self, body: Json) -> None:
        if self.session is not None:
            raise CloseConnection(opcodes.ALREADY_AUTHENTICATED, "Already authenticated.")
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if self._requests.resume(self, str(body["token"]), str(body["session_id"]), int(body["seq"])):
                return
        self.send(opcodes.INVALID_SESSION, body=False)

    def _request_members(self, body: Json) -> None:
        if self.session is None or not isinstance(body, dict):
            raise CloseConnection(opcodes.UNKNOWN_OPCODE, "Unknown opcode.")
        try:
            self._requests.members(self.session, body)
        except InvalidRequestError as error:
            raise CloseConnection(opcodes.UNKNOWN_OPCODE, "Unknown opcode.") from error
