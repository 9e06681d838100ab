"""Who asks: the address that the nearest proxy wrote, if it is trusted, and never what a visitor made up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network

import pytest
from aiohttp import web

from bot.web.visitor import Visitors
from tests.web.wire import ask

PromptModal = Callable[..., Awaitable[bytes]]
OWN = "127.0.0.1"


@asynccontextmanager
async def naming(*trusted: str, address: str = OWN) -> AsyncIterator[PromptModal]:
    """Asks who one is with the lines of `X-Forwarded-For` that are given, behind these trusted proxies."""
    visitors = Visitors([ip_network(each) for each in trusted])
    app = web.Application()

    async def identify(request: web.Request) -> web.Response:
        return web.Response(body=visitors.identify(request))

    app.router.add_get("/", identify)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, 0).start()
        url = f"http://[{address}]:{runner.addresses[0][1]}"

        async def asked(*lines: str, **others: str) -> bytes:
            forwarded = "".join(f"X-Forwarded-For: {line}\r\n" for line in lines)
            more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in others.items())
            content = f"GET / HTTP/1.1\r\nHost: x\r\n{forwarded}{more}\r\n"
            return (await ask(url, content.encode("latin-1"))).body

        yield asked
    finally:
        await runner.cleanup()


async def test_by_default_no_proxy_is_trusted() -> None:
    async with naming() as who:
        alone = await who()
        for lines in (["203.0.113.1"], ["203.0.113.1, 203.0.113.2"], ["203.0.113.1", "::1"], ["garbage"]):
            assert await who(*lines) == alone
        assert await who(X_Real_IP="203.0.113.1", Forwarded="for=203.0.113.1", CF_Connecting_IP="203.0.113.1") == alone


async def test_a_proxy_that_the_operator_did_not_name_is_not_trusted() -> None:
    async with naming("10.0.0.0/8", "::1/128") as who:
        assert await who("203.0.113.1") == await who()


# What stands in the header next_address 127.0.0.1, 10.0.0.0/8 and 2001:db8:ffff::/48, and whom it leads to.
WALKED = [
    pytest.param(["203.0.113.1"], "203.0.113.1", id="one"),
    pytest.param(["198.51.100.66, 203.0.113.1"], "203.0.113.1", id="left part made up"),
    pytest.param(["198.51.100.66", "203.0.113.1"], "203.0.113.1", id="first line made up"),
    pytest.param(["127.0.0.1, 203.0.113.1"], "203.0.113.1", id="a proxy made up"),
    pytest.param(["203.0.113.1, 10.0.0.1"], "203.0.113.1", id="two proxies"),
    pytest.param(["203.0.113.1", "10.0.0.1, 10.0.0.2", "10.0.0.3"], "203.0.113.1", id="four proxies, three lines"),
    pytest.param(["198.51.100.66, 203.0.113.1, 10.0.0.1"], "203.0.113.1", id="made up before two proxies"),
    pytest.param([" 203.0.113.1\t"], "203.0.113.1", id="blanks"),
    pytest.param(["::ffff:203.0.113.1"], "203.0.113.1", id="IPv4 as IPv6"),
    pytest.param(["203.0.113.1, ::ffff:10.0.0.1"], "203.0.113.1", id="a proxy's IPv4 as IPv6"),
    pytest.param(["2001:db8::1, 2001:db8:ffff::1"], "2001:db8::1", id="IPv6 next_address IPv6"),
    pytest.param(["10.0.0.1"], "10.0.0.1", id="only proxies"),
]


@pytest.mark.parametrize(("lines", "expected"), WALKED)
async def test_the_header_is_walked_from_the_right(lines: list[str], expected: str) -> None:
    async with naming("127.0.0.1/32", "10.0.0.0/8", "2001:db8:ffff::/48") as who:
        assert await who(*lines) == await who(expected)
        assert await who(*lines) != await who("198.51.100.66")
        assert await who(*lines) != await who()


GARBAGE = [
    "",
    ",",
    ",,,,",
    "unknown",
    "203.0.113.256",
    "203.0.113.1:80",
    "[2001:db8::1]",
    "1",
    "9" * 5000,
    "\xff\xfe",
    "0x7f.1",
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_garbage_counts_as_the_proxy_that_wrote_it(garbage: str) -> None:
    async with naming("127.0.0.1/32", "10.0.0.0/8") as who:
        assert await who(garbage) == await who()
        assert await who(f"203.0.113.1, {garbage}") == await who()
        assert await who(f"{garbage}, 10.0.0.1") == await who("10.0.0.1")
        assert await who(f"{garbage}, 203.0.113.1") == await who("203.0.113.1")


async def test_a_network_of_ipv6_is_one_visitor() -> None:
    async with naming("127.0.0.1/32") as who:
        one = await who("2001:db8:1:2::1")
        assert await who("2001:db8:1:2:ffff:ffff:ffff:ffff") == one
        assert await who("2001:DB8:0001:0002:0:0:0:9") == one
        assert await who("2001:db8:1:3::1") != one
        assert await who("203.0.113.1") != await who("203.0.113.2")


async def test_a_hundred_lines_of_addresses_are_walked_too() -> None:
    async with naming("127.0.0.1/32", "10.0.0.0/8") as who:
        proxies = [", ".join(f"10.0.{line}.{n}" for n in range(100)) for line in range(100)]
        assert await who("203.0.113.1", *proxies) == await who("203.0.113.1")


async def test_a_name_is_no_address_and_another_process_gives_another() -> None:
    async with naming("127.0.0.1/32") as who, naming("127.0.0.1/32") as other:
        name = await who("203.0.113.1")
        assert len(name) == 16
        assert b"203.0.113.1" not in name
        assert await other("203.0.113.1") != name


async def test_the_proxy_may_be_reached_by_ipv6() -> None:
    async with naming("::1/128", address="::1") as who:
        assert await who("198.51.100.66, 203.0.113.1") == await who("203.0.113.1") != await who()


@pytest.mark.parametrize(
    ("address", "is_proxy", "is_local"),
    [
        ("127.0.0.1", True, True),
        ("127.0.0.2", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", True, True),
        ("10.1.2.3", True, False),
        ("::ffff:10.1.2.3", True, False),
        ("203.0.113.7", False, False),
        ("2001:db8::1", False, False),
        ("fe80::1%eth0", False, False),
        ("no address", False, False),
    ],
)
def test_who_opens_a_connection_is_a_proxy_or_on_this_machine_or_neither(
    address: str,
    is_proxy: bool,  # noqa: FBT001 - a column of the table above
    is_local: bool,  # noqa: FBT001 - likewise
) -> None:
    peer = Visitors([ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8")]).peer(address)
    assert (peer.is_proxy, peer.is_local) == (is_proxy, is_local)


def test_connections_from_one_network_of_ipv6_count_together() -> None:
    visitors = Visitors(())
    assert visitors.peer("2001:db8:1:2::1").key == visitors.peer("2001:db8:1:2:ffff::9").key
    assert visitors.peer("2001:db8:1:2::1").key != visitors.peer("2001:db8:1:3::1").key
    assert visitors.peer("203.0.113.1").key == visitors.peer("::ffff:203.0.113.1").key
    assert visitors.peer("203.0.113.1").key != visitors.peer("203.0.113.2").key
