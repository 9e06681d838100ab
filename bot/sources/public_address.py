"""Requests to addresses that somebody else chose: to the public internet alone, and to the very one that was checked.

A name can lead to one address while it is checked and to another one a moment later. So the check is part of looking
the name up for the connection (`PublicResolver`): what it returns is connected to, and nothing else. A URL with an
address in place of a name is never looked up, and is checked by itself (`Reachable.check_host`).
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from aiohttp.abc import AbstractResolver, ResolveResult

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
# Name, port and family → addresses, as text.
LookUp = Callable[[str, int, socket.AddressFamily], Awaitable[Sequence[str]]]

# An IPv4 address in the last 32 bits, for a gateway (RFC 6052): on a network without IPv4 names lead to these.
_NAT64 = IPv6Network("64:ff9b::/96")
# Interfaces of ISATAP end so, and in an IPv4 address (RFC 5214): `…:0:5efe:a.b.c.d`.
_ISATAP = (0x00005EFE, 0x02005EFE)
# Global by their registration, and yet not a host of somebody's: 6to4's relays, NAT64 for local use, what is discarded.
# `::/96` holds IPv4 addresses (RFC 4291, deprecated, and still routed by some systems).
_NOWHERE = (
    IPv4Network("192.88.99.0/24"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("100::/64"),
    IPv6Network("::/96"),
)


class NotPublicError(OSError):
    """A name or an address leads somewhere that is not public. An `OSError`, as aiohttp expects of a resolver."""


@dataclass(frozen=True, slots=True)
class Reachable:
    """Which addresses may be connected to: public ones.

    Attributes:
        allowed: Networks of the operator's own that may be, too.
    """

    allowed: tuple[Network, ...] = ()

    def may_reach(self, text: str) -> bool:
        """Whether an address may be connected to."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.scope_id:
            return False  # of one of this machine's own networks
        return self.is_allowed(address) or is_public(address)

    def is_allowed(self, address: Address) -> bool:
        """Whether an address is in a network that the operator named."""
        plain = _plain(address)
        return any(plain in network for network in self.allowed if network.version == plain.version)

    def check_host(self, host: str) -> None:
        """Refuse a host of a URL that is an address and may not be connected to; a name passes, to be looked up.

        Raises:
            NotPublicError: it may not.
        """
        try:
            ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return
        if not self.may_reach(host):
            raise NotPublicError(f"{host} is not public")


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, whatever form it is written in."""
    address = _plain(address)
    if address in _NAT64:
        address = IPv4Address(int(address) & 0xFFFF_FFFF)
    if any(address in network for network in _NOWHERE):
        return False
    if isinstance(address, IPv6Address) and (address.is_site_local or _is_tunnel(address)):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def was_refused(error: BaseException | None) -> bool:
    """Whether the check is what stopped a request; aiohttp raises an error of its own in its place."""
    while error:
        if isinstance(error, NotPublicError):
            return True
        error = error.__cause__ or error.__context__
    return False


def is_number(host: str) -> bool:
    """Whether a host is an address, in any of the forms that a system's resolver takes: `127.1`, `0x7f000001`.

    It is connected to without asking a resolver, and so without its check.
    """
    if ":" in host:
        return True
    last = host.rstrip(".").rpartition(".")[2].lower()
    return last.isdecimal() or last.startswith("0x")


class PublicResolver(AbstractResolver):
    """Looks names up for a connector, and returns no address that may not be connected to.

    Where a name leads to several addresses, one that may not be connected to is enough to refuse it.

    Args:
        reachable: Which may be.
        look_up: Asks the system; a test's own.
        own_names: Names of the operator's own, which may lead to any address.
    """

    def __init__(
        self, reachable: Reachable, look_up: LookUp | None = None, own_names: Collection[str] = frozenset()
    ) -> None:
        self._reachable = reachable
        self._look_up = look_up or _ask_the_system
        self._own_names = own_names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name.

        Raises:
            NotPublicError: one of them may not be connected to.
            OSError: there is none.
        """
        found = await self._look_up(host, port, family)
        if not found:
            raise OSError(f"{host} has no address")
        for address in found if host not in self._own_names else ():
            if not self._reachable.may_reach(address):
                raise NotPublicError(f"{host} leads to an address that is not public")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is held open."""


async def _ask_the_system(host: str, port: int, family: socket.AddressFamily) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


def _is_tunnel(address: IPv6Address) -> bool:
    """Whether packets to it may end at an IPv4 address that is part of it."""
    is_isatap = (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP
    return is_isatap or address.sixtofour is not None or address.teredo is not None


def _plain(address: Address) -> Address:
    """An IPv4 address that is written as an IPv6 one, as itself."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
