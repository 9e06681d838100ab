"""A permanent refusal by Discord ends the bot with a sentence; if Discord is down, the bot waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.app.background import Background
from bot.app.run import run_until
from bot.app.session_starts import SessionStarts, ShortMemory
from bot.config.settings import DiscordSettings
from bot.errors import ConfigError
from bot.store.gateway_table import SessionStreak
from bot.ui.client import READY_PAUSE, Bot, point_at
from sandbox.world import BOT_TOKEN
from tests.process import PATIENCE, start
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
    assert bot.output_lines == [f"tessera: Discord refuses what this bot asks for at its start: {words}"]


async def test_a_discord_that_is_down_is_reported_with_its_status(alone: SandboxClient, tmp_path: Path) -> None:
    await refuse(alone, 503, {"message": "upstream connect error"})
    async with start("run", "--config", write_config(tmp_path, alone), folder=tmp_path) as bot:
        await bot.says("Discord cannot be reached: DiscordServerError: HTTP 503: upstream connect error")
        await bot.says("next attempt in ")


@pytest.fixture
async def bot(alone: SandboxClient) -> Bot:
    """A client that is pointed at the sandbox, and not connected yet."""

    async def nothing() -> None:
        """There are no reads to cut short."""

    settings = DiscordSettings(
        api_url=f"{alone.url}/api/v10", gateway_url=f"{alone.url.replace('http', 'ws', 1)}/gateway/"
    )
    point_at(settings)
    return Bot(settings, cancel_reads=nothing)


async def test_a_run_under_way_at_the_stop_can_still_send_to_discord(
    alone: SandboxClient, bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    stop, ready, opened = asyncio.Event(), asyncio.Event(), list[int]()
    ada = int((await alone.person("ada")).user)

    async def on_ready() -> None:
        ready.set()

    async def work() -> None:
        await stop.wait()
        await asyncio.sleep(4 * READY_PAUSE)  # longer than the client would take to close
        opened.append((await bot.create_dm(discord.Object(ada))).id)

    bot.add_listener(on_ready)
    background = Background()
    background.every(timedelta(hours=1), work, name="notifications")
    running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, background))
    await asyncio.wait_for(ready.wait(), PATIENCE)
    stop.set()
    await asyncio.wait_for(running, PATIENCE)
    assert len(opened) == 1
    assert [record.getMessage() for record in caplog.records if record.name == "bot.app.background"] == []


async def test_a_bot_that_discord_refuses_leaves_nothing_running(bot: Bot) -> None:
    tasks: list[asyncio.Task[None] | None] = []

    async def work() -> None:
        tasks.append(asyncio.current_task())

    background = Background()
    background.every(timedelta(hours=1), work, name="sweep")
    with pytest.raises(ConfigError, match="Discord refuses DISCORD_TOKEN"):
        await run_until(asyncio.Event(), bot, "another token", background)
    assert [task and task.done() for task in tasks] == [True]


async def test_a_defect_in_what_paces_the_attempts_is_waited_out_a_minute_each_time(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    stop, slept, asked = asyncio.Event(), list[float](), list[str]()

    class Broken(ShortMemory):
        async def streak(self) -> SessionStreak:
            asked.append("streak")
            raise ZeroDivisionError

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            stop.set()
            await asyncio.Event().wait()

    running = run_until(stop, bot, BOT_TOKEN, Background(), SessionStarts(Broken()), sleep=sleep)
    await asyncio.wait_for(running, PATIENCE)
    assert slept == [60.0] * 3
    assert len(asked) == 3
    assert caplog.text.count("the connection to Discord broke on something unexpected") == 3
