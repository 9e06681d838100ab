"""Reads the body of an answer up to a maximum size: a server that sends more is faulty or malicious."""

from __future__ import annotations

import aiohttp


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body, decompressed: the limit is on the decompressed size, because of decompression bombs.

    Raises:
        ValueError: it is longer than `most` bytes.
        aiohttp.ClientError: the connection broke.
    """
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > most:
            raise ValueError(f"more than {most} bytes")
    return bytes(body)
