"""Reads the body of an answer up to a size: whoever sends more is faulty, or means harm."""

from __future__ import annotations

import aiohttp


async def read_body(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The whole body, decompressed, so that a bomb counts in full.

    Raises:
        ValueError: it is longer than `most` bytes.
        aiohttp.ClientError: the line broke.
    """
    body = bytearray()
    async for chunk in response.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > most:
            raise ValueError(f"more than {most} bytes")
    return bytes(body)
