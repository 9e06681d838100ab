"""A small file of IPFS from the operator's gateways: not believed, but compared with its hash.

- Only gateways of the settings are asked, by the paths that are put together here; no redirect is followed.
- A gateway is on the public internet, or on this machine if the operator wrote that down: the address that its name has
  is checked while it is connected to.
- At most 256 kB within some seconds, uncompressed. No cookie, no proxy of the environment.
- One that does not answer eight times in a row is left alone.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from yarl import URL

from bot.archive.nft_cids import LARGEST_BLOCK, is_file_of, metadata_cid
from bot.config.source_tables import is_loopback
from bot.sources.public_address import PublicResolver, Reachable
from bot.sources.session import open_session_to_strangers

# A gateway looks for what it does not have among strangers.
SECONDS = 20.0
AT_ONCE = 4
_CHUNK = 64 * 1024
_GIVES_UP = 8
_OWN = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class FileProblem(StrEnum):
    """Why there is no file; for people who look at what is missing."""

    NO_GATEWAY = "no gateway answers any more"
    NO_ANSWER = "no answer, or a broken one"
    STATUS = "not found"
    TOO_LARGE = "too large"
    ANOTHER = "another file than the one whose hash the id is"


@dataclass
class _Gateway:
    url: str
    failures: int = 0

    @property
    def is_left_alone(self) -> bool:
        return self.failures >= _GIVES_UP


class IpfsGateways:
    """Fetches files by the ids of NFTs. To be closed.

    Args:
        urls: Base URLs, each with a `/` at the end; the first is asked first.
        seconds: How long one file may take.
    """

    def __init__(self, urls: Sequence[str], *, seconds: float = SECONDS) -> None:
        self._gateways = [_Gateway(url) for url in urls]
        own = _OWN if any(is_loopback(URL(url).host or "") for url in urls) else ()
        connector = aiohttp.TCPConnector(resolver=PublicResolver(Reachable(own)), limit=AT_ONCE)
        self._session = open_session_to_strangers(connector, accept="application/json, */*;q=0.5")
        self._seconds = seconds

    @property
    def is_silent(self) -> bool:
        """Whether all are left alone."""
        return all(gateway.is_left_alone for gateway in self._gateways)

    async def fetch(self, token_id: int) -> bytes | FileProblem:
        """The file whose hash an id is, of the first gateway that has it, or why there is none; never raises."""
        problem = FileProblem.NO_GATEWAY
        for gateway in self._gateways:
            if gateway.is_left_alone:
                continue
            found = await self._ask(gateway, token_id)
            if isinstance(found, bytes):
                return found
            problem = found
        return problem

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _ask(self, gateway: _Gateway, token_id: int) -> bytes | FileProblem:
        try:
            async with asyncio.timeout(self._seconds):
                found = await self._get(URL(gateway.url + metadata_cid(token_id), encoded=True))
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError):
            found = FileProblem.NO_ANSWER
        gateway.failures = gateway.failures + 1 if found is FileProblem.NO_ANSWER else 0
        if isinstance(found, bytes) and not is_file_of(token_id, found):
            return FileProblem.ANOTHER
        return found

    async def _get(self, url: URL) -> bytes | FileProblem:
        async with self._session.get(url, allow_redirects=False) as response:
            if response.status >= 500 or response.status == 429:  # noqa: PLR2004 - not now, and not "not found"
                return FileProblem.NO_ANSWER
            if response.status != 200:  # noqa: PLR2004 - the only status with a file
                return FileProblem.STATUS
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > LARGEST_BLOCK:
                    return FileProblem.TOO_LARGE
            return bytes(content)
