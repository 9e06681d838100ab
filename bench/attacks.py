"""Requests that are made to cost much and to be worth nothing, and whether Discord is still answered meanwhile.

Bombs of gzip, heads that never end, and what is no HTTP at all, each alone and together, from a process of its own. Who
sends them looks like the proxy that the operator trusts, which may have every connection: the worst case. Meanwhile
members type `/help`, and a supervisor asks for the health.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.attacking import BOMB_BYTES_PER_SECOND, MALFORMED_PER_SECOND, STALLED
from bench.bot_process import REPOSITORY, BotDiedError, BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox
from sandbox.discord.interactions import Interaction

# As long as the bot's own measure of its event loop looks back.
SECONDS = 10
COMMAND_EVERY = 0.1
HEALTH_EVERY = 0.2
HEALTH_LONGEST = 3.0
ACKNOWLEDGED_AT_MOST = 100.0
LAG_AT_MOST = 50.0
GROWTH_AT_MOST = 40.0
# One for what is not a request, one for connections that found no room.
LINES_AT_MOST = 2
EACH = {
    "bombs": f"{BOMB_BYTES_PER_SECOND / 1e6:.0f} MB/s of gzip bombs",
    "stalled": f"{STALLED} stalled heads",
    "malformed": f"{MALFORMED_PER_SECOND:,} malformed requests/s",
}


@dataclass
class Health:
    """What a supervisor was answered: milliseconds, and how often it was not."""

    times: list[float] = field(default_factory=list)
    failed: int = 0
    lag: dict[str, float] = field(default_factory=dict)


@dataclass
class Seen:
    """What was measured during one attack."""

    tally: dict[str, Any]
    asked: list[Interaction]
    health: Health
    lines: int
    growth: float | None
    busy: float | None


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 70 s, or 15 if quick."""
    rounds = [[*EACH]] if quick else [[], *([kind] for kind in EACH), [*EACH]]
    figures: list[Figure] = []
    for kinds in rounds:
        section = "attack: " + (", ".join(EACH[kind] for kind in kinds) or "none, for comparison")
        report(section)
        async with open_bench_sandbox() as sandbox, sandbox.bot(page=True) as bot:
            figures += _figures(section, kinds, await _attacked(sandbox, bot, kinds))
            bot.check_alive()
    return figures


async def _attacked(sandbox: BenchSandbox, bot: BotProcess, kinds: list[str]) -> Seen:
    await sandbox.answered([sandbox.type(0, "help", {})])  # the first time costs imports
    sandbox.rest()
    before, cpu, lines, began = bot.memory(), bot.cpu_seconds(), bot.lines_logged, time.perf_counter()
    ended = asyncio.Event()
    tally, asked, health = await asyncio.gather(
        _attack(sandbox.page_url, kinds, ended), _type_until(ended, sandbox), _supervise_until(ended, sandbox.page_url)
    )
    spent, used = time.perf_counter() - began, bot.cpu_seconds()
    with contextlib.suppress(TimeoutError):  # those still waiting are counted
        await sandbox.acknowledged(asked)
    after = bot.memory()
    growth = after["VmRSS"] - before["VmRSS"] if before and after else None
    busy = None if cpu is None or used is None else 100 * (used - cpu) / spent
    return Seen(tally, asked, health, bot.lines_logged - lines, growth, busy)


async def _attack(url: str, kinds: list[str], ended: asyncio.Event) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.attacking", url, str(SECONDS), *kinds),
        stdout=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    if not kinds:
        await asyncio.sleep(SECONDS)
    output, _ = await process.communicate()
    ended.set()
    if process.returncode != 0:
        raise BotDiedError("the attack failed")
    tally: dict[str, Any] = json.loads(output)
    return tally


async def _type_until(ended: asyncio.Event, sandbox: BenchSandbox) -> list[Interaction]:
    asked: list[Interaction] = []
    while not ended.is_set():
        asked.append(sandbox.type(len(asked), "help", {}))
        await asyncio.sleep(COMMAND_EVERY)
    return asked


async def _supervise_until(ended: asyncio.Event, url: str) -> Health:
    """Ask for the health at regular intervals, each time on a new connection, as a supervisor does."""
    health = Health()
    timeout = aiohttp.ClientTimeout(total=HEALTH_LONGEST)
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector, headers={"Host": "localhost"}) as session:
        while not ended.is_set():
            began = time.perf_counter()
            try:
                async with session.get(f"{url}/healthz") as response:
                    health.lag = (await response.json())["loop_lag_ms"]
                    health.failed += response.status != 200  # noqa: PLR2004 - HTTP's "OK"
                    health.times.append((time.perf_counter() - began) * 1000)
            except (aiohttp.ClientError, TimeoutError):
                health.failed += 1
            await asyncio.sleep(HEALTH_EVERY)
    return health


def _figures(section: str, kinds: list[str], seen: Seen) -> list[Figure]:
    moments = [moment for each in seen.asked if (moment := each.for_client()["acknowledged_ms"]) is not None]
    statuses = ", ".join(f"{status}: {count:,}" for status, count in sorted(seen.tally["statuses"].items()))
    sent = ", ".join(f"{count:,} {kind}" for kind, count in seen.tally["sent"].items())

    def none(what: str, count: int, note: str = "") -> Figure:
        return Figure(section, what, count, kind=Kind.COUNT, at_most=0, at_least=0, note=note)

    return [
        Figure(section, "sent", sum(seen.tally["sent"].values()), "", Kind.COUNT, note=f"{sent}; {statuses}"),
        Figure(section, "without an answer", seen.tally["broken"], "", Kind.COUNT),
        Figure(section, "acknowledgement of /help p50", _at(moments, 50), "ms", note=f"of {len(moments)}"),
        Figure(section, "acknowledgement of /help p95", _at(moments, 95), "ms", at_most=ACKNOWLEDGED_AT_MOST),
        Figure(section, "acknowledgement of /help p99", _at(moments, 99), "ms"),
        none("commands later than 3 s", len(seen.asked) - len(moments), f"of {len(seen.asked)}"),
        Figure(section, "loop lag p99", seen.health.lag.get("p99"), "ms", at_most=LAG_AT_MOST),
        Figure(section, "loop lag by its own work p99", seen.health.lag.get("own_p99"), "ms", at_most=LAG_AT_MOST),
        Figure(section, "loop lag max", seen.health.lag.get("max"), "ms"),
        none(
            "health requests without an answer", seen.health.failed, f"of {seen.health.failed + len(seen.health.times)}"
        ),
        Figure(section, "health p99", _at(seen.health.times, 99), "ms"),
        Figure(section, "lines logged", seen.lines, "", Kind.COUNT, at_most=LINES_AT_MOST if kinds else 0),
        Figure(section, "processor time of the bot", seen.busy, "%"),
        Figure(section, "memory grown", seen.growth, "MB", Kind.SIZE, at_most=GROWTH_AT_MOST),
    ]


def _at(values: list[float], percent: float) -> float | None:
    return percentile(values, percent) if values else None
