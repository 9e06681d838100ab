"""Small files of metadata over HTTP, from servers that may want to reach what only this machine can, or to use it up.

- The address that a name has is checked while it is connected to, and must be public. No redirect is followed.
- At most 256 kB within some seconds, uncompressed. No cookie, no proxy of the environment.
- A URL that a stranger wrote must be https, to a name and not to a number, at the usual port.

A server that the operator wrote down may be on this machine; for that there is a client of its own, so that a
stranger's name can never lead there.
"""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import aiohttp
from yarl import URL

from bot.archive.nft_cids import LARGEST_BLOCK
from bot.config.source_tables import is_loopback
from bot.sources.public_address import LookUp, Network, PublicResolver, Reachable, is_number, was_refused
from bot.sources.retry_after import parse_pause
from bot.sources.session import open_session_to_strangers

# A gateway looks for what it does not have among strangers.
SECONDS = 20.0
AT_ONCE = 4
# The block of a file of the largest size has some bytes about it.
MOST_BYTES = LARGEST_BLOCK + 64
_CHUNK = 64 * 1024
_HTTPS_PORT = 443
_OWN = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class FileProblem(StrEnum):
    """Why there is no file; for people who look at what is missing."""

    NO_GATEWAY = "no gateway answers any more"
    NO_SERVER = "its server does not answer any more"
    BUSY = "asked to wait, again and again"
    NO_ANSWER = "no answer, or a broken one"
    REDIRECT = "a redirect, which is not followed"
    STATUS = "not found"
    TOO_LARGE = "too large"
    ANOTHER = "another file than the one whose hash the id is"
    SEVERAL_BLOCKS = "of several IPFS blocks, or a folder"
    URI = "an address that is not fetched from"
    ADDRESS = "a name of an address that is not public"
    NOT_JSON = "not JSON with a name or a picture"


@dataclass(frozen=True, slots=True)
class Busy:
    """A server takes no request for now; `pause` None: it does not say how long."""

    pause: timedelta | None


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached beside the public internet.

    Attributes:
        networks: Of this machine, for servers that the operator wrote down.
        look_up: Finds the addresses of a name; None: this machine's way.
        tls: How certificates are checked; None: as usual.
    """

    networks: tuple[Network, ...] = ()
    look_up: LookUp | None = None
    tls: ssl.SSLContext | None = None

    @classmethod
    def of_servers(cls, urls: Sequence[str]) -> Reach:
        """The reach for an operator's own servers: this machine too, if one of them is on it."""
        return cls(_OWN if any(is_loopback(URL(url).host or "") for url in urls) else ())


class SmallFiles:
    """A client for small files. To be closed.

    Args:
        reach: What may be reached.
        seconds: How long one file may take, from the look-up of its name to its last byte.
    """

    def __init__(self, reach: Reach, *, seconds: float = SECONDS) -> None:
        self._reach = reach
        connector = aiohttp.TCPConnector(
            resolver=PublicResolver(Reachable(reach.networks), reach.look_up), limit=AT_ONCE, ssl=reach.tls or True
        )
        self._session = open_session_to_strangers(connector, accept="application/json, */*;q=0.5")
        self._seconds = seconds

    async def get(self, url: URL) -> bytes | FileProblem | Busy:
        """The file at a URL that was put together here, or why there is none; never raises."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._get(url)
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as error:
            return FileProblem.ADDRESS if was_refused(error) else FileProblem.NO_ANSWER

    def read_url(self, written: str) -> URL | None:
        """A URL that a stranger wrote, if a request may be sent to it."""
        try:
            url = URL(written)
        except ValueError:
            return None
        # As it is connected to: digits of other scripts are ASCII by then.
        host = url.raw_host
        if url.scheme != "https" or not host or url.user or url.password or is_number(host):
            return None
        return url.with_fragment(None) if url.port == _HTTPS_PORT or self._reach.networks else None

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _get(self, url: URL) -> bytes | FileProblem | Busy:
        async with self._session.get(url, allow_redirects=False) as response:
            pause = parse_pause(response.headers, datetime.now(UTC))
            if response.status == 429 or (response.status == 503 and pause):  # noqa: PLR2004 - not now, but later
                return Busy(pause)
            if response.status >= 500:  # noqa: PLR2004 - the server's own fault
                return FileProblem.NO_ANSWER
            if 300 <= response.status < 400:  # noqa: PLR2004 - the class of redirects
                return FileProblem.REDIRECT
            if response.status != 200:  # noqa: PLR2004 - the only status with a file
                return FileProblem.STATUS
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > MOST_BYTES:
                    return FileProblem.TOO_LARGE
            return bytes(content)
