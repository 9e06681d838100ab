"""Which addresses pictures may be fetched from: none that only this machine or its network can reach."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from bot.pictures.public_address import may_connect

PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]
PRIVATE = {
    "loopback": "127.0.0.1",
    "loopback, another": "127.8.9.10",
    "this host": "0.0.0.0",  # noqa: S104 - what must not be connected to
    "private, 10": "10.1.2.3",
    "private, 172": "172.16.0.1",
    "private, 192": "192.168.1.1",
    "link-local": "169.254.1.1",
    "metadata of clouds": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "benchmarks": "198.18.0.1",
    "documentation": "203.0.113.7",
    "6to4 relays": "192.88.99.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "v6 loopback": "::1",
    "v6 unspecified": "::",
    "v6 link-local": "fe80::1",
    "v6 with a zone": "fe80::1%eth0",
    "v6 public with a zone": "2606:4700:4700::1111%eth0",
    "v6 unique local": "fd12:3456::1",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped private": "::ffff:10.0.0.1",
    "compatible loopback": "::127.0.0.1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "local NAT64 of private": "64:ff9b:1::a00:1",
    "6to4 of loopback": "2002:7f00:1::",
    "Teredo": "2001:0:7f00:1::1",
    "ISATAP of private": "2606:4700::5efe:a00:1",
    "no address": "localhost",
    "short form": "127.1",
    "nothing": "",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_connected_to(address: str) -> None:
    assert may_connect(address)


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_an_address_that_is_not_public_may_not(address: str) -> None:
    assert not may_connect(address)


def test_a_network_that_is_named_may_be_connected_to_and_no_other() -> None:
    allowed = [ip_network("127.0.0.0/8")]
    assert may_connect("127.0.0.1", allowed)
    assert not may_connect("10.0.0.1", allowed)
    assert not may_connect("::1", allowed)
