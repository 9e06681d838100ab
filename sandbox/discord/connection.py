"""One websocket of a bot: frames in, frames out, and the opcodes between them.

Close codes are those of Discord's "Opcodes and Status Codes" page.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import WSMsgType, web

from sandbox.discord.member_requests import InvalidRequest

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.session import Outgoing, Session
    from sandbox.discord.streams import Stream

ACK_AFTER = 0.02  # seconds
DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE = 0, 1, 2, 3, 4
RESUME, RECONNECT, REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 6, 7, 8, 9, 10, 11
UNKNOWN_OPCODE, DECODE_ERROR, NOT_AUTHENTICATED, AUTHENTICATION_FAILED = 4001, 4002, 4003, 4004
ALREADY_AUTHENTICATED, RATE_LIMITED, SESSION_TIMED_OUT = 4005, 4008, 4009
GONE_FOR_GOOD = (1000, 1001)
LARGEST_PAYLOAD = 4096  # bytes a bot may send in one message
EVENTS_PER_MINUTE = 120
MISSED_BEATS = 1.5  # a bot silent for this many intervals is gone


class Close(Exception):  # noqa: N818 - an order, not a fault
    """Close the websocket with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Connection:
    """A websocket from upgrade to close. Everything sent goes through `outgoing`, so that it stays in order."""

    def __init__(self, gateway: Gateway, socket: web.WebSocketResponse, stream: Stream, host: str) -> None:
        self.gateway = gateway
        self.host = host
        self.session: Session | None = None
        self.zombie = False
        self.outgoing: asyncio.Queue[Outgoing] = asyncio.Queue()
        self._socket = socket
        self._stream = stream
        self._received: list[float] = []
        self._closed_here = False

    def send(self, opcode: int, body: Any) -> None:
        """Send anything that is not a dispatch."""
        self.outgoing.put_nowait((orjson.dumps({"op": opcode, "d": body, "s": None, "t": None}), None))

    async def close(self, code: int, reason: str = "") -> None:
        """Close from our side."""
        self._closed_here = True
        await self._socket.close(code=code, message=reason.encode())

    async def run(self) -> None:
        """Speak until one side closes."""
        self.send(HELLO, {"heartbeat_interval": self.gateway.heartbeat_ms, "_trace": ["sandbox"]})
        tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._write())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for result in results:
            match result:
                case Close():
                    await self.close(result.code, result.reason)
                case ConnectionError() | asyncio.CancelledError() | None:
                    pass  # the bot is gone; the session waits for it
                case BaseException():
                    raise result

    @property
    def ended_by_bot(self) -> bool:
        """Whether the bot closed with a code that ends its session; an echo of our own close does not."""
        return not self._closed_here and self._socket.close_code in GONE_FOR_GOOD

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

    async def _read(self) -> None:
        silence = self.gateway.heartbeat_ms / 1000 * MISSED_BEATS
        while True:
            try:
                message = await self._socket.receive(timeout=silence)
            except TimeoutError as error:
                raise Close(SESSION_TIMED_OUT, "Session timed out.") from error
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                return
            await self._receive(message.data)

    async def _receive(self, raw: str | bytes) -> None:
        if len(raw) > LARGEST_PAYLOAD:
            raise Close(DECODE_ERROR, "Error while decoding payload.")
        try:
            payload = orjson.loads(raw)
            opcode, body = payload["op"], payload.get("d")
        except (orjson.JSONDecodeError, TypeError, KeyError) as error:
            raise Close(DECODE_ERROR, "Error while decoding payload.") from error
        self._count()
        match opcode:
            case 1:
                if not self.zombie:
                    # On one machine the answer would be there before the bot notes when it asked, and discord.py
                    # would then measure a latency of a whole interval.
                    asyncio.get_running_loop().call_later(ACK_AFTER, self.send, HEARTBEAT_ACK, None)
            case 2:
                await self._identify(body)
            case 6:
                self._resume(body)
            case _ if self.session is None:
                raise Close(NOT_AUTHENTICATED, "Not authenticated.")
            case 3 | 4:
                return  # presences and voice are not shown here
            case 8:
                self._request_members(body)
            case _:
                raise Close(UNKNOWN_OPCODE, "Unknown opcode.")

    def _count(self) -> None:
        now = self.gateway.clock()
        self._received = [moment for moment in self._received if moment > now - 60]
        self._received.append(now)
        if len(self._received) > EVENTS_PER_MINUTE:
            raise Close(RATE_LIMITED, "Rate limited.")

    async def _identify(self, body: Json) -> None:
        if self.session is not None:
            raise Close(ALREADY_AUTHENTICATED, "Already authenticated.")
        if not isinstance(body, dict):
            raise Close(UNKNOWN_OPCODE, "Invalid identify.")
        for encoded in self.gateway.identify(self, body):
            # An announced guild can be large: the next one is made when this one is on the wire.
            self.outgoing.put_nowait((encoded, None))
            await self.outgoing.join()

    def _resume(self, body: Json) -> None:
        if self.session is not None:
            raise Close(ALREADY_AUTHENTICATED, "Already authenticated.")
        with contextlib.suppress(KeyError, TypeError, ValueError):
            if self.gateway.resume(self, str(body["token"]), str(body["session_id"]), int(body["seq"])):
                return
        self.send(INVALID_SESSION, body=False)

    def _request_members(self, body: Json) -> None:
        if self.session is None or not isinstance(body, dict):
            raise Close(UNKNOWN_OPCODE, "Unknown opcode.")
        try:
            self.gateway.member_requests.answer(self.session, body)
        except InvalidRequest as error:
            raise Close(UNKNOWN_OPCODE, "Unknown opcode.") from error
