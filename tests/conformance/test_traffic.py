"""Bad traffic between a bot and a stand-in fails the test that made it; in CI its checks must be there."""

from __future__ import annotations

import aiohttp
import pytest

from tests.conformance.missing import skip_unless_ci
from tests.conformance.openapi import DiscordSpec
from tests.conformance.traffic import assert_valid, judges
from tests.sandbox_client import SandboxClient, open_sandbox


async def send(sandbox: SandboxClient, method: str, path: str, body: object = None) -> None:
    """A request as a bot might send it, with any answer."""
    async with aiohttp.ClientSession() as session, session.request(method, sandbox.url + path, json=body):
        pass


@pytest.mark.usefixtures("discord_spec")
async def test_a_bad_request_to_discord_is_found_when_its_sandbox_is_reset() -> None:
    async with open_sandbox() as sandbox:
        await send(sandbox, "POST", "/api/v10/channels/5/messages", {"contnet": "x"})
        with pytest.raises(AssertionError, match="contnet"):
            await sandbox.reset()


@pytest.mark.usefixtures("discord_spec")
async def test_a_bad_request_to_discord_is_found_when_its_sandbox_ends() -> None:
    with pytest.raises(AssertionError, match="POST /api/v10/no/such/thing: Discord has no such operation"):
        async with open_sandbox() as sandbox:
            await send(sandbox, "POST", "/api/v10/no/such/thing")


@pytest.mark.usefixtures("blockscout_spec")
async def test_a_bad_request_to_blockscout_is_found_when_its_sandbox_ends() -> None:
    with pytest.raises(AssertionError, match="/api/v2/stats: Blockscout has no such operation"):
        async with open_sandbox() as sandbox:
            await send(sandbox, "GET", "/blockscout/1/api/v2/stats")


@pytest.mark.usefixtures("discord_spec")
def test_the_most_frequent_problem_is_named_first() -> None:
    once, twice = ({"service": "discord", "method": "GET", "path": path, "status": 404} for path in ("/a", "/b"))
    with pytest.raises(AssertionError) as caught:
        assert_valid([once, twice, twice])
    assert str(caught.value).splitlines()[:2] == [
        "2x GET /b: Discord has no such operation",
        "1x GET /a: Discord has no such operation",
    ]


def test_what_has_no_public_file_is_not_checked() -> None:
    assert "loopring" not in judges()
    assert_valid([{"service": "loopring", "method": "GET", "path": "/a", "status": 404}])


def test_a_person_may_lack_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="not there"):
        skip_unless_ci("not there")


def test_ci_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="not there"):
        skip_unless_ci("not there")


def test_the_same_exchange_has_the_same_result_twice(discord_spec: DiscordSpec) -> None:
    exchange = {"method": "POST", "path": "/channels/5/messages", "request": {"contnet": "x"}}
    first = discord_spec.check_request(exchange)
    assert first
    assert discord_spec.check_request(exchange) == first
