"""How soon interactions are acknowledged when many come at once, counted from when they are sent.

Discord allows three seconds, and then shows "the application did not respond". A bot of plain discord.py, which only
defers, runs beside ours; each round is sent to both, so that a busy machine affects both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from statistics import median

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "bursts: from interaction to acknowledgement"
# (people at once, rounds): the small ones often enough for a meaningful 99th percentile. In both cases there are
# `ANSWERS` answers before the burst of a thousand, or of 500.
BURSTS = ((1, 100), (50, 20), (200, 6), (500, 4), (1000, 2))
QUICK = ((1, 50), (50, 5), (200, 5), (500, 2), (1000, 1))
# Up to here everyone must get an answer; beyond, the number is only reported.
PROMISED = 500
# Sizes with a target for the ratio to the bare bot: a single one takes a millisecond, which depends on the machine.
COMPARED = (50, 200, 500)
RATIO_AT_MOST = 1.2
COLLECTIONS = 12
ANSWERS = 2300
# Ten more than without a burst: a thousand answers with their buttons are some 17 MB, and each of a burst that is
# acknowledged at once opens a connection.
MEMORY_AT_MOST = 130.0
# After this Discord gives up an interaction. In a percentile it counts as this long, although it was longer.
GIVEN_UP_MS = 3000.0


@dataclass
class Bursts:
    """Milliseconds until the acknowledgement in all bursts of one size at one bot; how many were given up."""

    rounds: list[list[float]] = field(default_factory=list)
    late: int = 0

    def note(self, moments: Sequence[float | None]) -> None:
        """Add one round; None: given up by Discord."""
        self.rounds.append([GIVEN_UP_MS if moment is None else moment for moment in moments])
        self.late += list(moments).count(None)

    @property
    def moments(self) -> list[float]:
        """All of them."""
        return [moment for moments in self.rounds for moment in moments]

    @property
    def p99(self) -> float:
        """The median of the rounds' 99th percentiles, which one disturbed round does not move."""
        return median(percentile(moments, 99) for moments in self.rounds)


@dataclass
class Side:
    """A bot, and its own sandbox."""

    sandbox: BenchSandbox
    bot: BotProcess
    works: bool

    async def run(self, account: str, people: int, bursts: Bursts) -> None:
        """One burst, to its end."""
        asked = self.sandbox.ask(account, people)
        await (self.sandbox.answered(asked) if self.works else self.sandbox.acknowledged(asked))
        self.bot.check_alive()
        bursts.note([interaction.for_client()["acknowledged_ms"] for interaction in asked])


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 40 s, or 15 if quick."""
    async with AsyncExitStack() as opened:
        sandbox = await opened.enter_async_context(open_bench_sandbox())
        ours = Side(sandbox, await opened.enter_async_context(sandbox.bot()), works=True)
        other = await opened.enter_async_context(open_bench_sandbox())
        bare = Side(other, await opened.enter_async_context(other.bare_bot()), works=False)
        account = await sandbox.new_account(COLLECTIONS)
        first = sandbox.ask(account)
        await sandbox.answered(first)
        await sandbox.settled()
        sandbox.rest()
        return await _measure(ours, bare, account, QUICK if quick else BURSTS, report)


async def _measure(
    ours: Side, bare: Side, account: str, plan: Sequence[tuple[int, int]], report: Callable[[str], None]
) -> list[Figure]:
    figures: list[Figure] = []
    memory: list[Figure] = []
    commands, own_cpu = 0, 0.0
    bot_cpu = ours.bot.cpu_seconds()
    for people, rounds in plan:
        report(f"{rounds} times {people} interactions at once, to each of two bots")
        our_bursts, bare_bursts = Bursts(), Bursts()
        for _ in range(rounds):
            started = time.process_time()
            await ours.run(account, people, our_bursts)
            own_cpu += time.process_time() - started
            await bare.run(account, people, bare_bursts)
        commands += people * rounds
        figures += burst_figures(people, our_bursts, bare_bursts)
        if commands >= ANSWERS and not memory:
            memory = _memory(commands, ours.bot, bare.bot)
    return [*figures, *_cost(ours.bot, commands, bot_cpu, own_cpu), *memory]


def burst_figures(people: int, ours: Bursts, bare: Bursts) -> list[Figure]:
    """The figures of the bursts of one size."""
    name = f"{people} at once"
    none = 0 if people <= PROMISED else None
    return [
        Figure(SECTION, f"{name}: p50", percentile(ours.moments, 50), "ms"),
        Figure(SECTION, f"{name}: p99", percentile(ours.moments, 99), "ms"),
        Figure(SECTION, f"{name}: max", max(ours.moments), "ms", note=f"of {len(ours.moments):,}"),
        _ratio(people, ours, bare),
        Figure(SECTION, f"{name}: later than 3 s", ours.late, kind=Kind.COUNT, at_most=none, at_least=none),
    ]


def _ratio(people: int, ours: Bursts, bare: Bursts) -> Figure:
    what = f"{people} at once: p99, as a multiple of the bare bot's"
    limit = RATIO_AT_MOST if people in COMPARED else None
    note = f"{ours.p99:.1f} ms against {bare.p99:.1f}: medians of {len(ours.rounds)} rounds"
    return Figure(SECTION, what, ours.p99 / bare.p99, "x", at_most=limit, note=note)


def _cost(bot: BotProcess, commands: int, bot_cpu: float | None, own_cpu: float) -> list[Figure]:
    """Processor time per command, of the bot and of the sandbox."""
    bot_cpu_now = bot.cpu_seconds()
    if bot_cpu is None or bot_cpu_now is None:
        return []
    return [
        Figure(SECTION, "processor time a command: bot", (bot_cpu_now - bot_cpu) / commands * 1000, "ms"),
        Figure(SECTION, "processor time a command: sandbox", own_cpu / commands * 1000, "ms"),
    ]


def _memory(answers: int, ours: BotProcess, bare: BotProcess) -> list[Figure]:
    """Memory with more answers than may have active buttons at the same time."""
    used, alone = ours.memory(), bare.memory()
    what = f"memory after {answers:,} answers with buttons"
    if used is None or alone is None:
        note = "this system has no /proc"
        return [Figure(SECTION, what, None, "MB", Kind.SIZE, MEMORY_AT_MOST, note=note)]
    note = f"the bare bot's: {alone['VmRSS']:.0f} MB"
    return [Figure(SECTION, what, used["VmRSS"], "MB", Kind.SIZE, MEMORY_AT_MOST, note=note)]
