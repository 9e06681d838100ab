"""A server's tool follows its roles: added, tested, told of a role that is given, sent again, and removed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.holders import FAST, LOG_CHANNEL, WHALE, all_prove, posted, saved, until
from tests.e2e.two_servers import running
from tests.sandbox_client import Person, SandboxClient

_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]+")
HOOKS = {"webhooks": 'allowed_networks = ["127.0.0.1/32"]'}


@pytest.fixture
async def club(bare_sandbox: SandboxClient, tmp_path: Path) -> AsyncIterator[SandboxClient]:
    """A bot whose operator has set a key, and that may reach the sandbox."""
    async with running(bare_sandbox, tmp_path, **FAST, **HOOKS):
        yield bare_sandbox


@pytest.fixture
async def rosalind(club: SandboxClient) -> Person:
    """The owner of the server."""
    return await club.person("rosalind")


async def received(sandbox: SandboxClient, count: int, secret: str) -> list[dict[str, Any]]:
    """What the tool got, once it got so much."""
    deliveries: list[dict[str, Any]] = await sandbox.get("/_sandbox/receiver/tool", count=count, secret=secret)
    return deliveries


async def test_a_tool_follows_the_roles_of_a_server(club: SandboxClient, rosalind: Person) -> None:
    await rosalind.run("settings log", channel=LOG_CHANNEL)
    added = await rosalind.run("webhooks add", url=f"{club.url}/receiver/tool")
    assert added.message["ephemeral"]
    (secret,) = _SECRET.findall(added.text)
    tested = await rosalind.run("webhooks test", webhook=1)
    assert "`127.0.0.1` confirmed a signed test." in tested.text
    await saved(rosalind, "gate add", role=WHALE, rule="254")
    await all_prove(club)
    deliveries = await received(club, 6, secret)
    assert all(each["verified"] for each in deliveries)
    assert [each["body"]["sequence"] for each in deliveries] == [None, 1, 2, 3, 4, 5]
    assert {each["body"]["type"] for each in deliveries[1:]} == {"granted"}
    assert {each["body"]["data"]["role_id"] for each in deliveries[1:]} == {WHALE}

    async def listed() -> bool:  # written down a moment after the tool has it
        text = (await rosalind.run("webhooks list")).text
        assert secret not in text
        return "Nothing waits; the last event of this server is number 5." in text

    await until(listed)
    again = await rosalind.run("webhooks replay", webhook=1, **{"from": 4})
    assert "2 events are sent to `127.0.0.1` again" in again.text
    deliveries = await received(club, 8, secret)
    assert [each["id"] for each in deliveries[6:]] == [each["id"] for each in deliveries[4:6]]
    rotated = await rosalind.run("webhooks rotate", webhook=1)
    assert _SECRET.findall(rotated.text) != [secret]
    assert "Nothing is sent to `127.0.0.1` until" in (await rosalind.run("webhooks pause", webhook=1)).text
    assert "**Paused**" in (await rosalind.run("webhooks list")).text
    assert "goes on" in (await rosalind.run("webhooks resume", webhook=1)).text
    assert "Webhook 1 removed" in (await rosalind.run("webhooks remove", webhook=1)).text
    assert "There is none" in (await rosalind.run("webhooks list")).text

    for words in ("added a webhook", "replaced the secret", "removed the webhook"):
        assert secret not in str(await posted(rosalind, words))


async def test_what_is_wrong_with_an_address_is_said(rosalind: Person) -> None:
    private = await rosalind.run("webhooks add", url="https://169.254.169.254/latest")
    assert "is not an address of the public internet" in private.text
    assert "must start with https://" in (await rosalind.run("webhooks add", url="http://example.org/")).text
    assert "This server has no webhook 7" in (await rosalind.run("webhooks test", webhook=7)).text
