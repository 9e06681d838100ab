"""How soon interactions are acknowledged when many come at once, counted from their going on the wire.

Discord gives three seconds, and then tells the person that "the application did not respond".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "bursts: from interaction to acknowledgement"
# (people at once, times): the small ones often enough for a 99th percentile to mean something.
BURSTS = ((1, 200), (50, 20), (200, 5), (500, 3), (1000, 2))
QUICK = ((1, 50), (50, 4), (200, 1), (500, 1), (1000, 1))
# Up to here nobody may be left without an answer; beyond, it is only told.
PROMISED = 500
COLLECTIONS = 12


@dataclass
class Burst:
    """What became of all bursts of one size: milliseconds of those acknowledged, and how many were not."""

    acknowledged: list[float] = field(default_factory=list)
    late: int = 0


async def measure(*, quick: bool, tell: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 25 s, or 8 if quick."""
    async with open_bench_sandbox() as sandbox, sandbox.bot() as bot:
        account = await sandbox.new_account(COLLECTIONS)
        first = sandbox.ask(account)
        await sandbox.answered(first)
        await sandbox.settled(first)
        sandbox.rest()
        before, bot_cpu, own_cpu = bot.memory(), bot.cpu_seconds(), time.process_time()
        figures, commands = [], 0
        for people, times in QUICK if quick else BURSTS:
            tell(f"{times} times {people} interactions at once")
            figures += _figures(people, await _run(sandbox, bot, account, people, times))
            commands += people * times
        return [*figures, *_cost(bot, commands, bot_cpu, time.process_time() - own_cpu, before)]


async def _run(sandbox: BenchSandbox, bot: BotProcess, account: str, people: int, times: int) -> Burst:
    burst = Burst()
    for _ in range(times):
        asked = sandbox.ask(account, people)
        await sandbox.answered(asked)
        bot.check_alive()
        moments = [interaction.for_client()["acknowledged_ms"] for interaction in asked]
        burst.acknowledged += [moment for moment in moments if moment is not None]
        burst.late += moments.count(None)
    return burst


def _figures(people: int, burst: Burst) -> list[Figure]:
    name = f"{people} at once"
    moments = burst.acknowledged
    if not moments:
        shown = [Figure(SECTION, f"{name}: p50", None, "ms", note="none was acknowledged")]
    else:
        shown = [
            Figure(SECTION, f"{name}: p50", percentile(moments, 50), "ms"),
            Figure(SECTION, f"{name}: p99", percentile(moments, 99), "ms"),
            Figure(SECTION, f"{name}: max", max(moments), "ms", note=f"of {len(moments):,}"),
        ]
    none = 0 if people <= PROMISED else None
    late = Figure(SECTION, f"{name}: later than 3 s", burst.late, kind=Kind.COUNT, at_most=none, at_least=none)
    return [*shown, late]


def _cost(
    bot: BotProcess, commands: int, bot_cpu: float | None, own_cpu: float, before: dict[str, float] | None
) -> list[Figure]:
    """Who was busy, and what an answer with its buttons keeps until they expire."""
    after, bot_cpu_now = bot.memory(), bot.cpu_seconds()
    if before is None or after is None or bot_cpu is None or bot_cpu_now is None:
        return []
    kept = (after["VmRSS"] - before["VmRSS"]) / commands * 1000
    return [
        Figure(SECTION, "processor time a command: bot", (bot_cpu_now - bot_cpu) / commands * 1000, "ms"),
        Figure(SECTION, "processor time a command: sandbox", own_cpu / commands * 1000, "ms"),
        Figure(
            SECTION, "kept an answer while its buttons live", kept, "kB", Kind.SIZE, note=f"{after['VmRSS']:.0f} MB now"
        ),
    ]
