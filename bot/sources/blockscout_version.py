"""Which Blockscout answers, and whether one does at all: what a 404 means depends on it.

Servers before 2025 answer 404 for an address that they have never seen, and later ones an empty list. A wrong base URL
answers 404 too, and that must not mean "holds nothing". So a 404 is believed only where the same API has answered
something else.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.errors import TesseraError

_VERSION_PATH = "/config/backend-version"
# Every chain has seen it: NFTs are minted from it.
_SEEN_PATH = "/addresses/0x0000000000000000000000000000000000000000/nft/collections"
_VERSION = re.compile(r"v?\d{1,4}\.\d{1,4}[0-9A-Za-z.+-]{0,40}")

Get = Callable[[str, Mapping[str, str]], Awaitable[Any]]


class KnownApi:
    """Whether Blockscout's API is at the base URL, found out once."""

    def __init__(self) -> None:
        self._is_there = False

    def seen(self, body: Any) -> None:
        """An answer came; only this API has lists of this form."""
        self._is_there = self._is_there or _is_list(body)

    async def is_there(self, get: Get) -> bool:
        """Whether it is; asked only as long as that is not known."""
        if not self._is_there:
            self._is_there = bool(await fetch_version(get)) or await _lists(get)
        return self._is_there


async def fetch_version(get: Get) -> str:
    """The server's version, such as "v11.2.7"; "" where it does not say: servers of before 2024 have no such path."""
    try:
        body = await get(_VERSION_PATH, {})
    except TesseraError:
        return ""
    version = body.get("backend_version") if isinstance(body, dict) else None
    return version if isinstance(version, str) and _VERSION.fullmatch(version) else ""


async def _lists(get: Get) -> bool:
    try:
        body = await get(_SEEN_PATH, {"type": "ERC-721"})
    except TesseraError:
        return False
    return _is_list(body)


def _is_list(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("items"), list) and "next_page_params" in body
