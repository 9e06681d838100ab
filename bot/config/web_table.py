"""`[web]` of the settings: the bot's own HTTP server, the address of its page, and the proxies that it trusts.

Anyone in a network of `trusted_proxies` says which visitor a request comes from, so it must be no stranger's.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from bot.config.source_tables import HttpUrl, Table, is_loopback
from bot.signing.challenge import site_of

# Networks that belong to no stranger: each as a whole, and any part of it.
_PRIVATE_4 = tuple(
    map(
        IPv4Network,
        ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    )
)
_PRIVATE_6 = (IPv6Network("fc00::/7"), IPv6Network("fe80::/10"))
_MAPPED = IPv6Network("::ffff:0:0/96")
# The largest networks that services in front of websites publish for their proxies are a /13, and a /29 of IPv6.
_SHORTEST_PREFIX = {4: 12, 6: 24}


def _networks(value: object) -> tuple[IPv4Network | IPv6Network, ...] | Literal["none"]:
    if value == "none":
        return "none"
    if not isinstance(value, list | tuple):
        # Not a TypeError: pydantic would not make it a mistake of the settings.
        raise ValueError('must be a list of networks such as ["127.0.0.1/32"], or "none"')  # noqa: TRY004
    return tuple(map(_network, value))


def _network(value: object) -> IPv4Network | IPv6Network:
    try:
        # A network that was read before, or text; not a number, which would be read as an address, too.
        written = ip_interface(str(value) if isinstance(value, str | IPv4Network | IPv6Network) else "")
    except ValueError:
        raise ValueError("must be a network such as 127.0.0.1/32 or fd00::/8, in quotation marks") from None
    network: IPv4Network | IPv6Network = written.network
    if written.ip != network.network_address:
        raise ValueError(f"{written.ip} is one address in {network}: write {network}, or the address without a slash")
    if isinstance(network, IPv6Network) and network.overlaps(_MAPPED) and network.prefixlen >= _MAPPED.prefixlen:
        raise ValueError("a network of IPv4 must be written as such, for example 127.0.0.1/32")
    shortest = _SHORTEST_PREFIX[network.version]
    if network.prefixlen < shortest and not _is_private(network):
        raise ValueError(
            f"{network} is too wide, as anyone in it could pretend to be any visitor: accepted are private networks, "
            f"and public ones of /{shortest} or smaller"
        )
    return network


def _is_private(network: IPv4Network | IPv6Network) -> bool:
    if isinstance(network, IPv4Network):
        return any(network.subnet_of(private) for private in _PRIVATE_4)
    return any(network.subnet_of(private) for private in _PRIVATE_6)


def is_private_address(host: str) -> bool:
    """Whether an address belongs to this machine or to a network of no stranger; False for what is no address."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or _is_private(ip_network(address))


def _without_path(url: str) -> str:
    # A cookie named __Host-… is for a whole host, and so is the origin that requests are compared with.
    if urlsplit(url).path:
        raise ValueError("must be the address of a host alone, without a path: https://verify.example.org")
    # Browsers leave out the default port of a scheme, so it must be left out here.
    url = url.removesuffix({"https": ":443", "http": ":80"}[urlsplit(url).scheme])
    site_of(url)  # the texts that are signed there name it
    return url


class WebSettings(Table):
    """The bot's own HTTP server; `public_url` is its address for members; empty: there is no page.

    Where the page is public, `trusted_proxies` must be said, if only as "none" (`bot.config.start_requirements`).
    """

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: Annotated[HttpUrl, AfterValidator(_without_path)] | Literal[""] = ""
    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...] | Literal["none"], BeforeValidator(_networks)] = ()

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The proxies whose X-Forwarded-For is trusted."""
        return () if self.trusted_proxies == "none" else self.trusted_proxies

    @property
    def is_public(self) -> bool:
        """Whether there is a page, and it is reached from other machines."""
        return bool(self.public_url) and not is_loopback(urlsplit(self.public_url).hostname or "")
