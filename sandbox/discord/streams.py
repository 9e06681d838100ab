"""How the gateway encodes what it sends: text, or one compressed stream a connection, flushed at every message."""

from __future__ import annotations

import zlib
from typing import Protocol

import zstandard


class Stream(Protocol):
    """Turns one JSON message into one websocket frame."""

    binary: bool

    def pack(self, message: bytes) -> bytes:
        """The payload of the frame."""


class Uncompressed:
    """No compression: text frames."""

    binary = False

    def pack(self, message: bytes) -> bytes:
        """The message as it is."""
        return message


class ZlibStream:
    """`compress=zlib-stream`: every frame ends with 00 00 ff ff, the marker of a sync flush."""

    binary = True

    def __init__(self) -> None:
        self._deflate = zlib.compressobj(level=1)  # the bench shares two cores with the bot: speed before size

    def pack(self, message: bytes) -> bytes:
        """The next piece of the stream."""
        return self._deflate.compress(message) + self._deflate.flush(zlib.Z_SYNC_FLUSH)


class ZstdStream:
    """`compress=zstd-stream`: one endless frame of zstd, flushed block by block."""

    binary = True

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=1).compressobj()

    def pack(self, message: bytes) -> bytes:
        """The next piece of the stream."""
        return self._compressor.compress(message) + self._compressor.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


def stream_for(compress: str | None) -> Stream:
    """The stream for the `compress` of the connection's query.

    Raises:
        ValueError: a compression that Discord does not know.
    """
    match compress:
        case None | "":
            return Uncompressed()
        case "zlib-stream":
            return ZlibStream()
        case "zstd-stream":
            return ZstdStream()
    raise ValueError(f"unknown compression {compress!r}")
