"""The canary: whatever happens and however much is logged, no secret gets out of the process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.process import free_port, start
from tests.sandbox_client import SECRETS, Person, SandboxClient, write_config

KEY = "canary-7c55-api-key"
USELESS = {"DISCORD_TOKEN": "canary-4b1d.token.9f0e", "LOOPRING_API_KEY": KEY}
DEBUG = 'level = "debug"'
_TOKEN_IN_PATH = re.compile(r"/(?:webhooks|interactions)/\d+/([^/]+)")


async def interaction_tokens(sandbox: SandboxClient) -> set[str]:
    """The tokens in paths of requests to Discord."""
    exchanges = (await sandbox.get("/_sandbox/traffic", service="discord"))["exchanges"]
    return {found[1] for exchange in exchanges if (found := _TOKEN_IN_PATH.search(exchange["path"]))}


async def discord_fault(sandbox: SandboxClient, path: str, kind: str, **options: Any) -> None:
    """Make Discord's REST API fail, once."""
    await sandbox.post("/_sandbox/faults", {"service": "discord", "path": path, "kind": kind, "times": 1} | options)


async def cause_errors(sandbox: SandboxClient, ada: Person) -> None:
    """Everything that makes the bot or its libraries log something."""
    listing = await ada.run("collections", account="10001")
    await ada.press(listing, "next")
    await ada.run("collections", account="canary!")
    await ada.run("link", account="0x" + 8 * "c0ffee00")
    hana = await sandbox.person("hana")
    await hana.run("link", account="10005")
    await hana.press(await hana.run("accounts"), "share")
    hers = await sandbox.settled(await ada.run("collections", member=hana.user))
    await discord_fault(sandbox, f"/members/{hana.user}", "throttle", retry_after="0.1")
    await ada.press(hers, "next")
    for path, kind, options in (
        ("@original", "throttle", {"retry_after": "0.1"}),
        ("@original", "status", {"status": 500}),
        ("@original", "status", {"status": 404}),
        ("@original", "reset", {}),
        ("@original", "garbage", {}),
        ("callback", "status", {"status": 404}),
        ("callback", "reset", {}),
        ("callback", "html", {}),
    ):
        await discord_fault(sandbox, path, kind, **options)
        await sandbox.answer(await ada.start("collections", account="10001"), wait="acknowledged")
    await sandbox.fault("status", path="", status=503)
    await ada.run("collections", account="10006")
    await sandbox.post("/_sandbox/gateway", {"action": "drop"})
    await sandbox.answers_again()


async def test_a_running_bot_reveals_no_token_no_key_and_nobodys_id(
    bare_sandbox: SandboxClient, tmp_path: Path
) -> None:
    config = write_config(tmp_path, bare_sandbox, log=DEBUG, loopring="requests_per_second = 1000")
    async with start("run", "--config", config, folder=tmp_path) as bot:
        await bare_sandbox.online()
        await cause_errors(bare_sandbox, await bare_sandbox.person("ada"))
        await bot.stop()
    assert " ERROR " in bot.output  # else nothing was put to the test
    assert "/members/[id] responded with 429" in bot.output  # a line of a library that names somebody
    people = await bare_sandbox.get("/_client/people")
    assert [person["id"] for person in people if person["id"] in bot.output] == []
    tokens = await interaction_tokens(bare_sandbox)
    await bare_sandbox.post("/_sandbox/reset", {})  # answers spoiled on purpose are nothing for the conformance tests
    assert len(tokens) > 5
    assert [secret for secret in (*SECRETS.values(), *tokens, "canary!", "c0ffee") if secret in bot.output] == []


async def test_a_key_that_is_refused_is_not_revealed(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    config = write_config(tmp_path, bare_sandbox, log=DEBUG)
    async with start("run", "--config", config, folder=tmp_path, secrets=SECRETS | {"LOOPRING_API_KEY": KEY}) as bot:
        await bare_sandbox.online()
        answer = await (await bare_sandbox.person()).run("collections", account="10001")
        assert "refuses this bot's API key" in answer.text
        await bot.stop()
    assert "refuses this bot's API key" in bot.output
    assert KEY not in bot.output + str(await bare_sandbox.get("/_sandbox/traffic"))


@pytest.mark.parametrize("command", ["run", "check"])
async def test_a_token_that_is_refused_is_not_revealed(
    bare_sandbox: SandboxClient, tmp_path: Path, command: str
) -> None:
    config = write_config(tmp_path, bare_sandbox, log=DEBUG)
    async with start(command, "--config", config, folder=tmp_path, secrets=USELESS) as bot:
        assert await bot.exit_code() == 2
    assert "refuses DISCORD_TOKEN" in bot.output
    assert [secret for secret in USELESS.values() if secret in bot.output] == []


async def test_a_token_that_reaches_nobody_is_not_revealed(bare_sandbox: SandboxClient, tmp_path: Path) -> None:
    config = write_config(
        tmp_path, bare_sandbox, log=DEBUG, discord=f'api_url = "http://127.0.0.1:{free_port()}/api/v10"'
    )
    async with start("run", "--config", config, folder=tmp_path, secrets=USELESS) as bot:
        await bot.says("next attempt in ")
        await bot.stop()
    assert [secret for secret in USELESS.values() if secret in bot.output] == []
