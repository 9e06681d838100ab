"""An IPFS gateway: files by their CID, and ways to fail."""

from __future__ import annotations

import hashlib
from collections import Counter

from aiohttp import web

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VARINT_BITS = 7


def file_hash(content: bytes) -> bytes:
    """The SHA-256 in the CID of a file of one block: protobuf in protobuf, as `ipfs add` writes it."""
    unixfs = _field(1, 2) + (_field(2, content) if content else b"") + _field(3, len(content))
    return hashlib.sha256(_field(1, unixfs)).digest()


def cid(digest: bytes) -> str:
    """A CID of version 0."""
    number, text = int.from_bytes(b"\x12\x20" + digest, "big"), ""
    while number:
        text = _BASE58[number % 58] + text
        number //= 58
    return text


def _field(number: int, value: int | bytes) -> bytes:
    """A field of protobuf: a number, or bytes with their length."""
    if isinstance(value, int):
        return bytes([number << 3]) + _varint(value)
    return bytes([number << 3 | 2]) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> _VARINT_BITS
    return bytes([low | 0x80]) + _varint(rest) if rest else bytes([low])


def failure(mode: str, requests: int) -> web.Response | None:
    """What a server answers in a mode in place of a file; None: it serves files.

    Args:
        mode: "silent" is 504, "redirect" leads elsewhere, "busy" is 429 with `Retry-After` to every second request,
            "always busy" 429 to each.
        requests: How many there were, this one included.
    """
    if mode == "silent":
        return web.Response(status=504)
    if mode == "redirect":
        return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})
    if mode == "always busy":
        return web.Response(status=429)
    if mode == "busy" and requests % 2:
        return web.Response(status=429, headers={"Retry-After": "30"})
    return None


class IpfsGateway:
    """Serves files under `/ipfs/`.

    Attributes:
        files: CID → content.
        mode: "" works; "silent" answers 504, "lies" serves another file, "large" one that does not end, "redirect"
            leads elsewhere, "busy" answers 429 with `Retry-After` to every second request.
        asked: How often each CID was asked for.
        blocks: CID → its block, where it is not that of a file of one block.
        asked_blocks: How often the block of each CID was asked for.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.mode = ""
        self.asked: Counter[str] = Counter()
        self.blocks: dict[str, bytes] = {}
        self.asked_blocks: Counter[str] = Counter()

    def add(self, content: bytes) -> bytes:
        """Store a file; the hash by which it is found."""
        digest = file_hash(content)
        self.files[cid(digest)] = content
        return digest

    def add_in_blocks(self, content: bytes) -> bytes:
        """Store a file as a tree of two blocks, as `ipfs add` does with longer ones; the hash by which it is found."""
        half = len(content) // 2
        links = b""
        for part in (content[:half], content[half:]):
            links += _field(2, _field(1, b"\x12\x20" + file_hash(part)) + _field(2, b"") + _field(3, len(part)))
        block = links + _field(1, _field(1, 2) + _field(3, len(content)))
        digest = hashlib.sha256(block).digest()
        self.files[cid(digest)], self.blocks[cid(digest)] = content, block
        return digest

    def make_app(self) -> web.Application:
        """The gateway as an application."""
        app = web.Application()
        self.add_routes(app)
        return app

    def add_routes(self, app: web.Application) -> None:
        """Serve `/ipfs/<cid>[/path]`."""
        app.router.add_get("/ipfs/{cid}", self._serve)
        app.router.add_get("/ipfs/{cid}/{path:.+}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        wanted = "/".join(filter(None, (request.match_info["cid"], request.match_info.get("path"))))
        if request.query.get("format") == "raw":
            self.asked_blocks[wanted] += 1
            block = self.blocks.get(wanted)
            return web.Response(status=404) if block is None else web.Response(body=block)
        self.asked[wanted] += 1
        if failed := failure(self.mode, self.asked.total()):
            return failed
        if self.mode == "large":
            return web.Response(body=bytes(1_000_000))
        if (content := self.files.get(wanted)) is None:
            return web.Response(status=404)
        if self.mode == "lies":
            content = content.replace(b"Fox", b"Wolf")
        return web.Response(body=content, content_type="application/json")
