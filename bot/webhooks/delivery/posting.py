"""One request to an endpoint: https, to a public address, no redirects, within ten seconds.

Nothing of the answer is retained but its status, and how long it asks to wait.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from yarl import URL

from bot.errors import InputError
from bot.messages import Message
from bot.sources.public_address import LookUp, NotPublicError, PublicResolver, Reachable
from bot.sources.retry_after import parse_retry_after
from bot.sources.session import open_session_to_strangers
from bot.webhooks.values.delivery_failure import Failure, FailureCode

DEADLINE = timedelta(seconds=10)
# An answer that is longer is not read to its end: its connection is closed instead of used again.
_LONGEST_ANSWER = 16 * 1024
_LONGEST_URL = 500
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+")

_NOT_A_URL = Message(
    "That is no address: it must look like https://example.org/tessera, with other letters than a to z as xn--… and %…."
)
_NOT_HTTPS = Message("The address must start with https://, so that nobody on the way reads or changes what is sent.")
_HAS_USER = Message("Leave out the name and password before the @: requests are signed, and the receiver checks that.")
_HAS_FRAGMENT = Message("Leave out everything from the # on: it is never sent to a server.")
_TOO_LONG = Message("The address is too long: {most} characters are the most.")
_NOT_PUBLIC = Message("{host} is not an address of the public internet: nothing is sent to it. Nothing was saved.")
_NO_ADDRESS = Message("{host} cannot be found: check how it is written, and its DNS record. Nothing was saved.")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How an attempt ended.

    Attributes:
        failure: Why it failed; None: it is confirmed.
        asked: How long the endpoint asks to wait, if it does.
    """

    failure: Failure | None = None
    asked: timedelta | None = None


class Poster:
    """Sends requests to endpoints.

    Args:
        session: That of `open_poster`: it connects to nothing that is not reachable.
        reachable: Which addresses are.
        resolver: Looks names up, and refuses.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        reachable: Reachable,
        resolver: PublicResolver,
        clock: Callable[[], datetime],
    ) -> None:
        self._session = session
        self._reachable = reachable
        self._resolver = resolver
        self._clock = clock

    async def check(self, url: str) -> str:
        """Refuse what nothing may be sent to; the address as it is stored: one text for all ways to write the same.

        Raises:
            InputError: it is no such URL, or leads to nothing public.
        """
        url = url.strip()
        if len(url) > _LONGEST_URL:
            raise InputError(_TOO_LONG, most=_LONGEST_URL)
        parts = _parse(url)
        host = parts.host or ""
        if parts.user is not None or parts.password is not None:
            raise InputError(_HAS_USER)
        if parts.fragment:
            raise InputError(_HAS_FRAGMENT)
        if parts.scheme != "https" and not (parts.scheme == "http" and self._is_own(host)):
            raise InputError(_NOT_HTTPS)
        try:
            self._reachable.check_host(host)
            await self._resolver.resolve(host, parts.port or 443)
        except NotPublicError as error:
            raise InputError(_NOT_PUBLIC, host=f"`{host}`") from error
        except (OSError, UnicodeError) as error:
            raise InputError(_NO_ADDRESS, host=f"`{host}`") from error
        # yarl has written scheme and host in lower case, and left out a usual port; an empty path is sent as "/".
        return str(parts.with_path("/", keep_query=True) if parts.raw_path == "/" else parts)

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Attempt:
        """Send a body; how that ended. It never raises for what the other side does."""
        try:
            target = URL(url)
            self._reachable.check_host(target.host or "")
            async with self._session.post(
                target, data=body, headers={"Content-Type": "application/json", **headers}, allow_redirects=False
            ) as response:
                failure = Failure.of_status(response.status)
                asked = parse_retry_after(response.headers.get("Retry-After"), self._clock())
                await _finish(response)
                return Attempt(failure, asked if failure else None)
        except TimeoutError:
            return Attempt(Failure(FailureCode.TOO_SLOW))
        except (aiohttp.ClientError, OSError, UnicodeError, ValueError) as error:
            return Attempt(Failure(_code_of(error)))

    def _is_own(self, host: str) -> bool:
        """Whether it is an address in a network that the operator named: no certificate can be expected for that."""
        try:
            return self._reachable.is_allowed(ipaddress.ip_address(host))
        except ValueError:
            return False


@asynccontextmanager
async def open_poster(
    reachable: Reachable,
    clock: Callable[[], datetime],
    look_up: LookUp | None = None,
    deadline: timedelta = DEADLINE,
) -> AsyncIterator[Poster]:
    """A poster with a session of its own: no cookies, no proxy of the environment, no cached names.

    Args:
        reachable: Which addresses may be connected to.
        clock: Returns the present as an aware datetime.
        look_up: Looks names up; by default the system.
        deadline: For a whole request, from the name to the end of the answer.
    """
    resolver = PublicResolver(reachable, look_up)
    connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, limit=0)
    timeout = aiohttp.ClientTimeout(total=deadline.total_seconds())
    async with open_session_to_strangers(connector, timeout=timeout) as session:
        yield Poster(session, reachable, resolver, clock)


def _parse(url: str) -> URL:
    """The URL as the one that connects understands it: two parsers might disagree about where it leads.

    Raises:
        InputError: it is none.
    """
    try:
        parts = URL(url)
        is_whole = parts.absolute and parts.port != 0
    except ValueError as error:
        raise InputError(_NOT_A_URL) from error
    if not (is_whole and url.isascii() and url.isprintable() and _HOST.fullmatch(parts.host or "")):
        raise InputError(_NOT_A_URL)
    return parts


async def _finish(response: aiohttp.ClientResponse) -> None:
    """Read a short answer to its end, so that its connection serves the next request; close that of a long one."""
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > _LONGEST_ANSWER:
            response.close()
            return


def _code_of(error: BaseException) -> FailureCode:
    """What went wrong, by the exceptions that caused it."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) and cause not in causes:
        causes.append(cause)
    if isinstance(error, aiohttp.ClientConnectorDNSError) or any(isinstance(each, NotPublicError) for each in causes):
        refused = any(isinstance(each, NotPublicError) for each in causes)
        return FailureCode.NOT_PUBLIC if refused else FailureCode.NO_ADDRESS
    if isinstance(error, aiohttp.ClientSSLError):
        return FailureCode.NO_TLS
    return FailureCode.NO_CONNECTION
