"""Sessions that end early, over a real websocket; time passes only where the bot waits for its next attempt.

The shapes are those of public reports: discord-api-docs#215 (restart loops), discord-api-docs#254 ("invalid session"
after each IDENTIFY), OctoPrint-DiscordRemote#10 (closed after less than a minute, again and again),
claude-plugins-official#1965 (a supervisor that restarts) and #3140 (failed RESUMEs that become IDENTIFYs),
AwesomeBot#117 (a loop of "invalid session").
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.app.background import Background
from bot.app.run import run_until
from bot.app.session_pauses import StartBudget
from bot.app.session_starts import SessionStarts, ShortMemory
from bot.config.settings import DiscordSettings
from bot.store import Store
from bot.ui.client import Bot, point_at
from sandbox.world import BOT_TOKEN
from tests.process import PATIENCE, until
from tests.sandbox_client import SandboxClient, open_sandbox

START = datetime(2026, 11, 26, 12, tzinfo=UTC)
IDENTIFY, RESUME = 2, 6


class Skipped:
    """Clocks that are moved by sleeping, at once; they hold what sleeps once so many pauses were made.

    Attributes:
        now: The wall clock, which a test may set.
        ran: What has passed since the beginning.
    """

    def __init__(self, most: int) -> None:
        self.now = START
        self.ran = timedelta()
        self.pauses: list[float] = []
        self.reached = asyncio.Event()
        self._most = most

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        """The clock that nobody sets."""
        return self.ran.total_seconds()

    def pass_by(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
        self.ran += span

    async def sleep(self, pause: timedelta) -> None:
        """Let so much time pass."""
        if len(self.pauses) == self._most:
            self.reached.set()
            await asyncio.Event().wait()
        self.pauses.append(pause.total_seconds())
        self.pass_by(pause)


@pytest.fixture
async def alone() -> AsyncIterator[SandboxClient]:
    """A sandbox that no bot is connected to yet."""
    async with open_sandbox() as sandbox:
        yield sandbox


async def _nothing_to_cancel() -> None:
    """There are no reads here."""


@asynccontextmanager
async def connecting(sandbox: SandboxClient, starts: SessionStarts, *, is_killed: bool = False) -> AsyncIterator[Bot]:
    """A bot that tries to be connected, and is stopped at last, or ends without a stop."""
    settings = DiscordSettings(
        api_url=f"{sandbox.url}/api/v10", gateway_url=f"{sandbox.url.replace('http', 'ws', 1)}/gateway/"
    )
    point_at(settings)
    bot, stop = Bot(settings, cancel_reads=_nothing_to_cancel), asyncio.Event()
    running = asyncio.create_task(run_until(stop, bot, BOT_TOKEN, Background(), starts))
    try:
        yield bot
    finally:
        if is_killed:
            running.cancel()
        stop.set()
        await asyncio.gather(running, return_exceptions=is_killed)


def starts_of(clock: Skipped, memory: Any = None) -> SessionStarts:
    memory = memory or ShortMemory()
    random = Random(1)  # noqa: S311 - jitter
    return SessionStarts(memory, now=clock, monotonic=clock.monotonic, sleep=clock.sleep, random=random)


async def end_early(sandbox: SandboxClient, stage: str, **more: Any) -> None:
    await sandbox.control("gateway", action="end_early", stage=stage, **{"times": 1000, **more})


@pytest.mark.parametrize(
    ("stage", "code"),
    [
        pytest.param("ready", 4000, id="claude-plugins-official#3140, READY and closed, RESUME fails"),
        pytest.param("ready", 1000, id="OctoPrint-DiscordRemote#10, READY and a clean close"),
        pytest.param("ready", 4009, id="READY and session timed out"),
        pytest.param("identify", 4000, id="discord-api-docs#254, invalid session after IDENTIFY"),
        pytest.param("hello", 4000, id="closed after HELLO"),
        pytest.param("hello", 1001, id="going away after HELLO"),
        pytest.param("connect", 4000, id="reset before HELLO"),
    ],
)
async def test_pauses_grow_however_the_sessions_end(alone: SandboxClient, stage: str, code: int) -> None:
    await end_early(alone, stage, code=code)
    clock = Skipped(most=9)
    async with connecting(alone, starts_of(clock)):
        await asyncio.wait_for(clock.reached.wait(), PATIENCE)
    assert clock.pauses[-1] >= 64
    assert sum(clock.pauses) > 150
    # Without the pauses there were eight in 45 seconds.
    opcodes = await alone.opcodes()
    assert opcodes[IDENTIFY] <= 10


@pytest.mark.parametrize("stage", ["connect", "hello"])
async def test_a_gateway_that_breaks_every_attempt_to_resume_is_asked_more_and_more_rarely(
    alone: SandboxClient, stage: str
) -> None:
    """discord.py alone repeats these without any pause."""
    clock = Skipped(most=6)
    async with connecting(alone, starts_of(clock)) as bot:
        await until(bot.is_ready)
        await end_early(alone, stage)
        await alone.control("gateway", action="drop")
        await asyncio.wait_for(clock.reached.wait(), PATIENCE)
    assert clock.pauses[-1] >= 16


async def test_a_session_that_can_be_resumed_is_resumed_and_costs_no_start(alone: SandboxClient) -> None:
    clock = Skipped(most=100)
    async with connecting(alone, starts_of(clock)) as bot:
        await until(bot.is_ready)
        for _ in range(3):
            resumed = asyncio.create_task(bot.wait_for("resumed", timeout=PATIENCE))
            await asyncio.sleep(0)  # so that it listens
            clock.pass_by(timedelta(minutes=6))
            await alone.control("gateway", action="drop")
            await resumed
    opcodes = await alone.opcodes()
    assert (opcodes[IDENTIFY], opcodes[RESUME]) == (1, 3)
    assert clock.pauses == []  # each of them had lasted


@pytest.mark.parametrize(
    ("is_killed", "lives", "least", "most"),
    [
        pytest.param(True, 0, 8, 16, id="claude-plugins-official#1965: a supervisor restarts what dies"),
        pytest.param(False, 0, 8, 16, id="a supervisor stops it as soon as it is there"),
        pytest.param(False, 30, 0, 0, id="an operator restarts it"),
    ],
)
async def test_a_restart_goes_on_where_the_last_process_died_and_costs_nothing_after_a_stop(
    alone: SandboxClient, tmp_path: Path, *, is_killed: bool, lives: int, least: float, most: float
) -> None:
    """Each process starts one session, and is started again at once."""
    store = await Store.open(tmp_path / "tessera.db")
    clock, waited = Skipped(most=100), list[float]()
    for _ in range(6):
        before = len(clock.pauses)
        async with connecting(alone, starts_of(clock, store.gateway), is_killed=is_killed) as bot:
            await until(bot.is_ready)
            clock.pass_by(timedelta(seconds=lives))
        await alone.control("gateway", action="invalid_session")
        waited.append(sum(clock.pauses[before:]))
    await store.close()
    assert waited[0] == 0
    assert waited == sorted(waited)
    assert least <= waited[-1] <= most


async def test_a_stop_while_the_bot_waits_for_its_next_session_forgives_none(alone: SandboxClient) -> None:
    clock, memory = Skipped(most=0), ShortMemory()
    async with connecting(alone, starts_of(clock, memory)) as bot:
        await until(bot.is_ready)
        await alone.control("gateway", action="drop")
        await asyncio.wait_for(clock.reached.wait(), PATIENCE)
    assert (await memory.streak()).attempts == 1


@pytest.mark.parametrize(("remaining", "hours"), [(30, 10), (3, 24)])
async def test_when_few_starts_are_left_they_are_spread_and_the_log_says_so(
    alone: SandboxClient, remaining: int, hours: float, caplog: pytest.LogCaptureFixture
) -> None:
    limit = {"total": 1000, "remaining": remaining, "reset_after_ms": int(hours * 3_600_000)}
    await alone.control("gateway", action="start_limit", **limit)
    await end_early(alone, "identify")
    clock = Skipped(most=1)
    caplog.set_level(logging.INFO, "bot")
    async with connecting(alone, starts_of(clock)):
        await asyncio.wait_for(clock.reached.wait(), PATIENCE)
    left = remaining - 1
    assert clock.pauses == [300]  # then the budget is asked for again
    pause = hours * 3600 / max(1, left - 20)
    lines = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    wanted = rf"next attempt in {pause:.0f} s: the last session .*; {left} of 1000 starts .* for {hours:.1f} h"
    assert any(re.search(wanted, line) for line in lines), lines


async def test_a_discord_that_does_not_name_the_budget_keeps_nobody_away(alone: SandboxClient) -> None:
    fault = {"service": "discord", "path": "/gateway/bot", "kind": "status", "status": 403, "body": {"message": "no"}}
    await alone.post("/_sandbox/faults", fault)
    async with connecting(alone, starts_of(Skipped(most=1))) as bot:
        await until(bot.is_ready)


async def enough() -> StartBudget:
    return StartBudget(1000, 900, timedelta(days=1))


async def have_session(starts: SessionStarts) -> None:
    """A session that is alive."""
    await starts.turn(enough)
    await starts.before_connection(can_resume=False)
    await starts.before_identify()
    await starts.alive()


@pytest.mark.parametrize("by", [-timedelta(days=1), timedelta(days=1)], ids=["back", "forward"])
@pytest.mark.parametrize("is_restarted", [False, True], ids=["the same process", "the next process"])
async def test_a_clock_that_was_set_costs_no_waiting_and_saves_none(by: timedelta, *, is_restarted: bool) -> None:
    clock, memory = Skipped(1000), ShortMemory()
    starts = starts_of(clock, memory)
    for _ in range(5):
        await have_session(starts)
    clock.now += by
    await starts.alive()
    clock.pauses.clear()
    await (starts_of(clock, memory) if is_restarted else starts).turn(enough)
    assert sum(clock.pauses) == pytest.approx(16, rel=0.25)


async def test_a_clock_that_was_set_back_between_two_processes_costs_five_minutes_at_most() -> None:
    clock, memory = Skipped(1000), ShortMemory()
    await have_session(starts_of(clock, memory))
    clock.now -= timedelta(days=1)
    await starts_of(clock, memory).turn(enough)
    assert sum(clock.pauses) <= 305


def next_attempts(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    """What the log says of pauses, and how loudly."""
    return [(each.levelno, text) for each in caplog.records if "next attempt" in (text := each.getMessage())]


async def test_a_long_pause_is_a_warning_that_says_what_is_known(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "bot.app.session_starts")
    clock = Skipped(1000)
    starts = starts_of(clock)
    for _ in range(8):
        await have_session(starts)
    lines = next_attempts(caplog)
    assert [level for level, _ in lines] == [logging.INFO] * 6 + [logging.WARNING]
    assert re.fullmatch(
        r"next attempt in \d+ s: the last 7 attempts in a row gave no session with Discord's gateway that lasted 5 "
        r"minutes; Discord, the network, or an end of this process without a stop may be why; 900 of 1000 starts of "
        r"sessions are left for 24\.0 h",
        lines[-1][1],
    )


async def test_one_long_pause_is_one_line_although_each_question_takes_a_moment(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Skipped(1000)
    starts = starts_of(clock)
    await have_session(starts)
    resets_at = clock.now + timedelta(hours=10)

    async def few() -> StartBudget:
        clock.pass_by(timedelta(seconds=0.3))
        return StartBudget(1000, 40, resets_at - clock.now)

    await starts.turn(few)
    assert len(clock.pauses) > 5
    assert len(next_attempts(caplog)) == 1


async def test_while_no_start_is_left_the_budget_is_asked_for_again_and_again() -> None:
    clock = Skipped(1000)
    starts = starts_of(clock)
    left = iter([0, 0, 0, 900])

    async def budget() -> StartBudget:
        return StartBudget(1000, next(left), timedelta(days=1))

    await starts.turn(budget)
    assert clock.pauses == [300, 300, 300]


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param({"total": "many"}, id="words"),
        pytest.param({"remaining": None}, id="null"),
        pytest.param({"reset_after": 10**30}, id="a number that no time has"),
        pytest.param({"total": [1000]}, id="a list"),
    ],
)
async def test_a_budget_that_makes_no_sense_is_none(alone: SandboxClient, limit: dict[str, Any]) -> None:
    known = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    body = {"url": "wss://gateway.discord.gg", "shards": 1, "session_start_limit": known | limit}
    fault = {"service": "discord", "path": "/gateway/bot", "kind": "status", "status": 200, "body": body}
    await alone.post("/_sandbox/faults", fault)
    async with connecting(alone, starts_of(Skipped(most=1))) as bot:
        await until(bot.is_ready)
