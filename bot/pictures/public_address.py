"""Which addresses a picture may be fetched from: only those that anybody on the internet could reach as well."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network

# RFC 6052 and RFC 8215: an IPv4 address is in the last 32 bits. Python calls the first one global, whatever is in it.
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
# RFC 4291, 2.5.5.1: `::127.0.0.1`; deprecated, and still routed by some systems.
_IPV4_COMPATIBLE = IPv6Network("::/96")
# IPv4 addresses as fixed by ISATAP: `…:0:5efe:a.b.c.d` (RFC 5214).
_ISATAP = (0x00005EFE, 0x02005EFE)
# What Python calls global and is not a host: multicast and what is reserved for protocols.
_NO_HOSTS = (IPv4Network("192.88.99.0/24"), IPv6Network("ff00::/8"), IPv6Network("fec0::/10"))


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is one of the public internet, also by what is embedded in it."""
    embedded = list(_embedded(address)) if isinstance(address, IPv6Address) else []
    if embedded:
        return all(map(is_public, embedded))
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback)
        and not any(address.version == network.version and address in network for network in _NO_HOSTS)
    )


def may_connect(text: str, allowed: Iterable[Network] = ()) -> bool:
    """Whether an address that a resolver gave may be connected to.

    Args:
        text: As it is given: `203.0.113.7`, `2001:db8::1`, `fe80::1%eth0`.
        allowed: Further networks: those of tests.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.scope_id:
        return False
    if any(address.version == network.version and address in network for network in allowed):
        return True
    return is_public(address)


def _embedded(address: IPv6Address) -> Iterable[IPv4Address]:
    """The IPv4 addresses that packets to it may end at."""
    last = IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    elif address.sixtofour:
        yield address.sixtofour
    elif address.teredo:
        yield from address.teredo
    elif (
        any(address in network for network in _NAT64)
        or (address in _IPV4_COMPATIBLE and int(last) > 1)
        or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP
    ):
        yield last
