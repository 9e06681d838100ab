"""Which addresses may be connected to: public ones, in whatever form; and the one that was checked, not another one."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence

import pytest

from bot.sources.public_address import NotPublicError, PublicResolver, Reachable

PUBLIC = ("93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")
NOT_PUBLIC = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - refused
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",  # where clouds have credentials
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "192.88.99.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "100::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:808:808::1",  # 6to4 of 8.8.8.8: through anybody's relay
    "2001:0:53aa:64c::1",  # Teredo
    "2606:4700::5efe:a00:1",  # ISATAP of 10.0.0.1
    "2606:4700:4700::1111%eth0",
    "127.1",
    "",
    "localhost",
    "0x7f000001",
)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address: str) -> None:
    assert Reachable().may_reach(address)


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_no_other_may(address: str) -> None:
    assert not Reachable().may_reach(address)


def test_networks_that_the_operator_names_may_be_reached_in_any_form() -> None:
    own = Reachable((ipaddress.ip_network("10.1.0.0/16"),))
    assert own.may_reach("10.1.2.3")
    assert own.may_reach("::ffff:10.1.2.3")
    assert not own.may_reach("10.2.0.1")
    assert not own.may_reach("::1")


def test_a_host_that_is_an_address_is_checked_where_no_name_is_looked_up() -> None:
    for host in ("127.0.0.1", "::1", "fe80::1%lo"):
        with pytest.raises(NotPublicError):
            Reachable().check_host(host)
    Reachable().check_host("example.org")  # is looked up later
    Reachable().check_host("1.1.1.1")


def leads_to(*addresses: str) -> PublicResolver:
    async def look_up(_host: str, _port: int, _family: socket.AddressFamily) -> Sequence[str]:
        return addresses

    return PublicResolver(Reachable(), look_up)


async def test_a_name_leads_to_exactly_the_addresses_that_were_checked() -> None:
    found = await leads_to("1.1.1.1", "2606:4700:4700::1111").resolve("example.org", 443)
    assert [(each["host"], each["port"], each["family"]) for each in found] == [
        ("1.1.1.1", 443, socket.AF_INET),
        ("2606:4700:4700::1111", 443, socket.AF_INET6),
    ]
    # A number, so that nobody looks it up a second time.
    assert all(each["flags"] & socket.AI_NUMERICHOST for each in found)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "169.254.169.254"])
async def test_one_address_that_is_not_public_refuses_the_name(address: str) -> None:
    with pytest.raises(NotPublicError):
        await leads_to("1.1.1.1", address).resolve("example.org", 443)


async def test_the_systems_own_answer_is_checked_too() -> None:
    with pytest.raises(NotPublicError):
        await PublicResolver(Reachable()).resolve("localhost", 443)
    # As C libraries read it; no URL parser takes it for an address.
    with pytest.raises(OSError):  # noqa: PT011 - refused, or not known here at all
        await PublicResolver(Reachable()).resolve("127.1", 443)


async def test_a_name_without_an_address_is_an_error() -> None:
    with pytest.raises(OSError, match="no address"):
        await leads_to().resolve("example.org", 443)
