"""Who asks: the address of a visitor, behind the proxies that the operator named and no others.

`X-Forwarded-For` is read from its right end, where the nearest proxy wrote, and only as long as the writers are
trusted; whatever stands further left a visitor may have made up. It never has a part in making URLs.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence

from aiohttp import web
from pydantic import IPvAnyNetwork

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# A household or a phone has a whole network of IPv6's, and could count as ever another visitor.
_IPV6_PREFIX = 64


class Visitors:
    """Names for visitors that only this process can make: no address is stored."""

    def __init__(self, trusted: Sequence[IPvAnyNetwork]) -> None:
        self._trusted = tuple(trusted)
        self._key = secrets.token_bytes(32)

    def who(self, request: web.Request) -> bytes:
        """A keyed hash of the visitor's address."""
        address = self._address(request)
        if isinstance(address, ipaddress.IPv6Address):
            address = ipaddress.IPv6Network((address, _IPV6_PREFIX), strict=False).network_address
        return hashlib.blake2b(str(address).encode(), key=self._key, digest_size=16).digest()

    def _address(self, request: web.Request) -> _Address | None:
        address = _parsed(request.remote or "")
        written = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        while address and written and self._is_trusted(address):
            behind = _parsed(written.pop().strip())
            if behind is None:
                break
            address = behind
        return address

    def _is_trusted(self, address: _Address) -> bool:
        return any(address in network for network in self._trusted)


def _parsed(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
