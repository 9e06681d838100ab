"""One picture from a stranger's server, which may want to reach what only this machine can, or to use it up.

- https only, and only what `safe_image_url` lets through; no redirect is followed, as it would lead past the checks.
- The name is resolved once. Every address that it has must be public, and one of *these* is connected to: nothing is
  resolved a second time, so no answer can change in between.
- At most 5 MB within 5 seconds; uncompressed, as a compressed body of 5 MB can be one of 5 GB.
- PNG, JPEG, WebP or GIF by its type and by its first bytes, which must agree; of 16 megapixels at most.
- No cookie, no proxy of the environment, no referrer: all that the server learns is an address and a user agent.

An operator's own gateway on this machine (`[display] image_gateways`, such as `http://127.0.0.1:8080/ipfs/`) may be
reached, at exactly that host and port: they wrote it down themselves.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
from yarl import URL

from bot.pictures.picture_header import PictureFormat, read_header
from bot.sources.public_address import (
    LookUp,
    Network,
    PublicResolver,
    Reachable,
    is_number,
    was_refused,
)
from bot.sources.session import open_session_to_strangers

MOST_BYTES = 5 * 1024 * 1024
SECONDS = 5.0
_HTTPS_PORT = 443
_AT_ONCE = 4
_CHUNK = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_TYPES = frozenset(each.media_type for each in PictureFormat)


class FetchProblem(StrEnum):
    """Why there is no picture; for the log."""

    URL = "not a URL that pictures are fetched from"
    ADDRESS = "its name has an address that is not public"
    NO_ANSWER = "no answer, or a broken one"
    TOO_SLOW = "not there in time"
    REDIRECT = "a redirect, which is not followed"
    STATUS = "an answer that is not 200"
    TYPE = "not PNG, JPEG, WebP or GIF"
    TOO_LARGE = "too many bytes"
    TOO_MANY_PIXELS = "too many pixels"


@dataclass(frozen=True, slots=True)
class FetchedPicture:
    """A file that may be given to the decoder.

    Attributes:
        content: It.
        format: As its first bytes say, and its server.
        is_large: It needs much memory once it is decoded.
    """

    content: bytes
    format: PictureFormat
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """What may be reached beside the public internet.

    Attributes:
        look_up: Finds the addresses of a name; None: this machine's.
        networks: Further networks, for tests.
        gateways: As in the settings; those on this machine may be reached.
        tls: How certificates are checked; None: as usual.
    """

    look_up: LookUp | None = None
    networks: Sequence[Network] = ()
    gateways: Sequence[str] = ()
    tls: ssl.SSLContext | None = None

    @property
    def own_gateways(self) -> tuple[str, ...]:
        """The gateways on this machine."""
        return tuple(gateway for gateway in self.gateways if URL(gateway).host in _LOOPBACK)


class GuardedFetcher:
    """Fetches pictures. To be closed.

    Args:
        reach: What may be reached.
        seconds: How long one picture may take, from the look-up of its name to its last byte.
    """

    def __init__(self, reach: Reach | None = None, *, seconds: float = SECONDS) -> None:
        self._reach = reach or Reach()
        self._own = self._reach.own_gateways
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> FetchedPicture | FetchProblem:
        """A picture, or why there is none; never raises.

        Args:
            url: As `safe_image_url` returns it.
        """
        if (wanted := self._wanted(url)) is None:
            return FetchProblem.URL
        try:
            async with asyncio.timeout(self._seconds):
                return await self._get(wanted)
        except TimeoutError:
            return FetchProblem.TOO_SLOW
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return FetchProblem.ADDRESS if was_refused(error) else FetchProblem.NO_ANSWER

    async def close(self) -> None:
        """Close its connections."""
        if self._session:
            await self._session.close()

    def _wanted(self, url: str) -> URL | None:
        """The URL, if a request may be sent to it."""
        try:
            wanted = URL(url, encoded=True)
        except ValueError:
            return None
        if wanted.user or wanted.password or not wanted.host:
            return None
        if wanted.host in _LOOPBACK:
            is_below = any(url.startswith(gateway) for gateway in self._own) and ".." not in wanted.path.split("/")
            return wanted if is_below else None
        is_name = not is_number(wanted.host)
        has_port = wanted.port == _HTTPS_PORT or bool(self._reach.networks)
        return wanted if wanted.scheme == "https" and is_name and has_port else None

    async def _get(self, url: URL) -> FetchedPicture | FetchProblem:
        async with self._opened().get(url, allow_redirects=False) as response:
            if 300 <= response.status < 400:  # noqa: PLR2004 - the class of redirects
                return FetchProblem.REDIRECT
            if response.status != 200:  # noqa: PLR2004 - the only status with a picture
                return FetchProblem.STATUS
            if (
                response.content_type not in _TYPES
                or response.headers.get("Content-Encoding", "identity") != "identity"
            ):
                return FetchProblem.TYPE
            if (response.content_length or 0) > MOST_BYTES:
                return FetchProblem.TOO_LARGE
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > MOST_BYTES:
                    return FetchProblem.TOO_LARGE
            return _judged(bytes(content), response.content_type)

    def _opened(self) -> aiohttp.ClientSession:
        """The session, opened at the first picture: most bots never draw one."""
        if self._session is None:
            reachable = Reachable(tuple(self._reach.networks))
            own_names = {URL(gateway).host or "" for gateway in self._own}
            connector = aiohttp.TCPConnector(
                resolver=PublicResolver(reachable, self._reach.look_up, own_names),
                use_dns_cache=False,
                force_close=True,  # a connection that is used again would be one to an address checked earlier
                limit=_AT_ONCE,
                ssl=self._reach.tls or True,
            )
            self._session = open_session_to_strangers(connector, accept=", ".join(sorted(_TYPES)))
        return self._session


def _judged(content: bytes, content_type: str) -> FetchedPicture | FetchProblem:
    header = read_header(content)
    if header is None or header.format.media_type != content_type:
        return FetchProblem.TYPE
    if not header.is_acceptable:
        return FetchProblem.TOO_MANY_PIXELS
    return FetchedPicture(content, header.format, is_large=header.is_large)
