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


class IpfsGateway:
    """Serves files under `/ipfs/`.

    Attributes:
        files: CID → content.
        mode: "" works; "silent" answers 504, "lies" serves another file, "large" one that does not end, "redirect"
            leads elsewhere.
        asked: How often each CID was asked for.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.mode = ""
        self.asked: Counter[str] = Counter()

    def add(self, content: bytes) -> bytes:
        """Store a file; the hash by which it is found."""
        digest = file_hash(content)
        self.files[cid(digest)] = content
        return digest

    def make_app(self) -> web.Application:
        """The gateway as an application."""
        app = web.Application()
        app.router.add_get("/ipfs/{cid}", self._serve)
        return app

    async def _serve(self, request: web.Request) -> web.Response:
        wanted = request.match_info["cid"]
        self.asked[wanted] += 1
        if self.mode == "silent":
            return web.Response(status=504)
        if self.mode == "redirect":
            return web.Response(status=302, headers={"Location": "http://169.254.169.254/"})
        if self.mode == "large":
            return web.Response(body=bytes(1_000_000))
        if (content := self.files.get(wanted)) is None:
            return web.Response(status=404)
        if self.mode == "lies":
            content = content.replace(b"Fox", b"Wolf")
        return web.Response(body=content, content_type="application/json")
