"""A bot's websocket without a library, for what discord.py hides or never does."""

from __future__ import annotations

import json
import zlib
from typing import Any

import aiohttp
import zstandard

from sandbox.world import BOT_TOKEN
from tests.sandbox.discord_client import DiscordHarness, Json

GUILDS = 1
HEARTBEAT_ACK = 11


class RawGateway:
    """A plain websocket with a token, without compression by default."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, compress: str) -> None:
        self.socket = socket
        self._inflate: Any = {"zlib-stream": zlib.decompressobj, "zstd-stream": _zstd}.get(compress, lambda: None)()

    async def send(self, opcode: int, body: Any) -> None:
        """One message to the gateway."""
        await self.socket.send_str(json.dumps({"op": opcode, "d": body}))

    async def receive(self) -> Json:
        """One message from it."""
        frame = await self.socket.receive(timeout=60)
        assert frame.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY), frame
        raw = frame.data if self._inflate is None else self._inflate.decompress(frame.data)
        message: Json = json.loads(raw)
        return message

    async def identify(self, **more: Any) -> Json:
        """Identify; returns the body of READY."""
        await self.send(2, {"token": BOT_TOKEN, "intents": GUILDS, "properties": {}, **more})
        ready = await self.receive()
        assert ready["t"] == "READY"
        body: Json = ready["d"]
        return body

    async def dispatches(self) -> list[tuple[str, Json]]:
        """Every event sent so far that has not been received: those before the answer to a heartbeat."""
        await self.send(1, None)
        found = []
        while (message := await self.receive())["op"] != HEARTBEAT_ACK:
            found.append((message["t"], message["d"]))
        return found

    async def closed_with(self) -> int:
        """The close code, after whatever is still in transit."""
        async for _ in self.socket:
            pass
        assert self.socket.close_code is not None
        return self.socket.close_code


def _zstd() -> Any:
    return zstandard.ZstdDecompressor().decompressobj()


async def connect(on: DiscordHarness, compress: str = "", **query: str) -> RawGateway:
    """A websocket, after its hello."""
    params = {"v": "10", "encoding": "json", **({"compress": compress} if compress else {}), **query}
    raw = RawGateway(await on.session.ws_connect(f"{on.address}/gateway/", params=params), compress)
    hello = await raw.receive()
    assert hello["op"] == 10
    assert hello["d"]["heartbeat_interval"] > 0
    return raw


async def session(on: DiscordHarness, intents: int) -> RawGateway:
    """A session that has seen its READY and its guild."""
    raw = await connect(on)
    await raw.identify(intents=intents)
    assert (await raw.receive())["t"] == "GUILD_CREATE"
    return raw
