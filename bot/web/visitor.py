"""Identifies visitors by their address, behind the proxies that the operator trusts and no others.

`X-Forwarded-For` is read from its right end, where the nearest proxy wrote, and only as long as the writers are
trusted; anything further left may have been invented by a visitor. It is never used to make URLs.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web
from pydantic import IPvAnyNetwork

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# A household or a phone has a whole IPv6 network, and could otherwise count as many visitors.
_IPV6_PREFIX = 64


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a connection: a visitor, a proxy, or a supervisor.

    Attributes:
        key: A keyed hash of its address.
        is_proxy: The operator trusts it to stand for others.
        is_local: It is on this machine.
    """

    key: bytes
    is_proxy: bool
    is_local: bool


class Visitors:
    """Keyed hashes of visitors' addresses that only this process can compute: no address is stored."""

    def __init__(self, trusted: Sequence[IPvAnyNetwork]) -> None:
        self._trusted = tuple(trusted)
        self._key = secrets.token_bytes(32)

    def trust(self, proxies: Sequence[IPvAnyNetwork]) -> None:
        """From now on these proxies are trusted, and no others."""
        self._trusted = tuple(proxies)

    def identify(self, request: web.BaseRequest) -> bytes:
        """A keyed hash of the visitor's address."""
        return self._hash(self._address(request))

    def peer(self, host: str) -> Peer:
        """Who opened a connection, by the address that it comes from."""
        address = _parse_address(host)
        is_proxy = address is not None and self._is_trusted(address)
        return Peer(self._hash(address), is_proxy, is_local=address is not None and address.is_loopback)

    def _hash(self, address: _Address | None) -> bytes:
        if isinstance(address, ipaddress.IPv6Address):
            address = ipaddress.IPv6Network((address, _IPV6_PREFIX), strict=False).network_address
        return hashlib.blake2b(str(address).encode(), key=self._key, digest_size=16).digest()

    def _address(self, request: web.BaseRequest) -> _Address | None:
        address = _parse_address(request.remote or "")
        forwarded = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        while address and forwarded and self._is_trusted(address):
            next_address = _parse_address(forwarded.pop().strip())
            if next_address is None:
                break
            address = next_address
        return address

    def _is_trusted(self, address: _Address) -> bool:
        return any(address in network for network in self._trusted)


def _parse_address(text: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address
