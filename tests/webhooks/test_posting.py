"""Where nothing is sent: to what is no public https address, when it is added and again when it is used."""

from __future__ import annotations

import socket
from collections.abc import Sequence

import pytest

from bot.errors import InputError
from bot.sources.public_address import Reachable
from bot.webhooks.values.delivery_failure import FailureCode
from tests.webhooks.harness import LOOPBACK, open_webhooks


class Names:
    """What names lead to; it may be changed."""

    def __init__(self, *addresses: str) -> None:
        self.addresses: Sequence[str] = addresses

    async def __call__(self, _host: str, _port: int, _family: socket.AddressFamily) -> Sequence[str]:
        """The addresses of any name."""
        return self.addresses


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "That is no address"),
        ("example.org", "That is no address"),
        ("https://", "That is no address"),
        ("https://exa mple.org/", "That is no address"),
        ("https://example.org:99999/", "That is no address"),
        ("https://example.org\\@127.0.0.1/", "That is no address"),
        ("https://例え.jp/", "That is no address"),
        ("https://１２７.0.0.1/", "That is no address"),
        ("https://exam\nple.org/", "That is no address"),
        ("ftp://example.org/", "must start with https://"),
        ("http://example.org/", "must start with https://"),
        ("http://127.0.0.1/", "must start with https://"),
        ("https://user:password@example.org/", "Leave out the name and password"),
        ("https://example.org/#part", "from the # on"),
        ("https://example.org/" + "a" * 500, "too long"),
        ("https://127.0.0.1/", "not an address of the public internet"),
        ("https://[::1]/", "not an address of the public internet"),
        ("https://[::ffff:169.254.169.254]/", "not an address of the public internet"),
        ("https://10.0.0.1:8443/", "not an address of the public internet"),
    ],
)
async def test_it_is_refused_with_a_sentence_before_anything_is_saved(url: str, sentence: str) -> None:
    names = Names("1.1.1.1")
    async with open_webhooks(reachable=Reachable(), look_up=names) as harness:
        with pytest.raises(InputError, match=sentence):
            await harness.poster.check(url.rstrip(" "))


async def test_a_name_that_leads_to_a_private_address_is_refused() -> None:
    async with open_webhooks(reachable=Reachable(), look_up=Names("1.1.1.1", "192.168.0.1")) as harness:
        with pytest.raises(InputError, match="not an address of the public internet"):
            await harness.webhooks.add(1, "https://example.org/", by=2)
        assert await harness.webhooks.standings(1) == []


async def test_a_name_that_leads_nowhere_is_refused() -> None:
    async with open_webhooks(reachable=Reachable(), look_up=Names()) as harness:
        with pytest.raises(InputError, match="cannot be found"):
            await harness.webhooks.add(1, "https://example.org/", by=2)


async def test_a_public_address_is_accepted() -> None:
    async with open_webhooks(reachable=Reachable(), look_up=Names("1.1.1.1")) as harness:
        assert (
            await harness.poster.check(" https://example.org/tessera?token=a ") == "https://example.org/tessera?token=a"
        )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:0443/Hook?Token=A%2Bb", "https://example.org/Hook?Token=A%2Bb"),
        ("https://@example.org/#", "https://example.org/"),
        ("https://example.org?to=a", "https://example.org/?to=a"),
        ("https://example.org/a/../b", "https://example.org/b"),
        ("https://example.org:8443", "https://example.org:8443/"),
        ("https://[2606:4700:4700::1111]:443", "https://[2606:4700:4700::1111]/"),
        ("https://[2606:4700:4700:0::1111]/", "https://[2606:4700:4700::1111]/"),
    ],
)
async def test_one_address_is_stored_in_one_way_however_it_is_written(typed: str, stored: str) -> None:
    async with open_webhooks(reachable=Reachable(), look_up=Names("1.1.1.1")) as harness:
        first = (await harness.webhooks.add(1, stored, by=2)).endpoint
        assert first.url == stored
        with pytest.raises(InputError, match=f"has a webhook to that address already: {first.endpoint_id}"):
            await harness.webhooks.add(1, typed, by=2)


async def test_a_name_that_leads_elsewhere_later_is_not_connected_to() -> None:
    names = Names("1.1.1.1")
    async with open_webhooks(reachable=Reachable(), look_up=names) as harness:
        port = harness.sandbox.url.rpartition(":")[2]
        await harness.webhooks.add(1, f"https://example.org:{port}/receiver/tool", by=2)
        names.addresses = ["127.0.0.1"]  # the sandbox is there, and would record it
        await harness.happen(1, 1)
        await harness.deliveries.drain()
        (standing,) = await harness.webhooks.standings(1)
        assert standing.endpoint.failure
        assert standing.endpoint.failure.code is FailureCode.NOT_PUBLIC
        assert await harness.received() == []


async def test_an_address_is_checked_again_when_it_is_used() -> None:
    async with open_webhooks() as harness, open_webhooks(reachable=Reachable()) as stricter:
        await harness.add()
        await harness.happen()
        # The operator has taken the network out of the settings, and started the bot again.
        await harness.start(stricter.poster).drain()
        (standing,) = await harness.webhooks.standings(910_000_000_000_000_000)
        assert standing.endpoint.failure
        assert standing.endpoint.failure.code is FailureCode.NOT_PUBLIC
        assert await harness.received() == []


async def test_what_has_no_tls_is_sent_nothing() -> None:
    async with open_webhooks(reachable=LOOPBACK, look_up=Names("127.0.0.1")) as harness:
        port = harness.sandbox.url.rpartition(":")[2]
        attempt = await harness.poster.post(f"https://example.org:{port}/receiver/tool", {}, b"{}")
        assert attempt.failure
        assert attempt.failure.code is FailureCode.NO_TLS
        assert await harness.received() == []


async def test_a_name_that_is_gone_is_a_failure_with_its_sentence() -> None:
    async with open_webhooks(reachable=Reachable(), look_up=Names()) as harness:
        attempt = await harness.poster.post("https://example.org/", {}, b"{}")
        assert attempt.failure
        assert attempt.failure.code is FailureCode.NO_ADDRESS
