"""A Discord that will always refuse ends the bot with a sentence; one that is down is waited for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.process import start
from tests.sandbox_client import SandboxClient, open_sandbox, write_config


@pytest.fixture
async def alone() -> AsyncIterator[SandboxClient]:
    """A sandbox that no bot is connected to yet."""
    async with open_sandbox() as sandbox:
        yield sandbox


async def refuse(sandbox: SandboxClient, status: int, body: dict[str, Any]) -> None:
    fault = {"service": "discord", "path": "commands", "kind": "status", "status": status, "body": body, "times": None}
    await sandbox.post("/_sandbox/faults", fault)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, {"code": 20012, "message": "You are not authorized"}, "HTTP 403: You are not authorized"),
        (400, {"code": 50035, "message": "Invalid\nForm \u001b[31mBody"}, "HTTP 400: Invalid Form [31mBody"),
    ],
)
async def test_a_discord_that_refuses_our_commands_is_one_line_and_exit_2(
    alone: SandboxClient, tmp_path: Path, status: int, body: dict[str, Any], words: str
) -> None:
    await refuse(alone, status, body)
    async with start("run", "--config", write_config(tmp_path, alone), folder=tmp_path) as bot:
        assert await bot.exit_code() == 2
    assert bot.said == [f"tessera: Discord refuses what this bot asks for at its start: {words}"]


async def test_a_discord_that_is_down_is_told_with_its_status(alone: SandboxClient, tmp_path: Path) -> None:
    await refuse(alone, 503, {"message": "upstream connect error"})
    async with start("run", "--config", write_config(tmp_path, alone), folder=tmp_path) as bot:
        await bot.says("Discord cannot be reached: DiscordServerError: HTTP 503: upstream connect error")
        await bot.says("next attempt in ")
