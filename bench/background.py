"""`/collections` while the accounts of a thousand members are read and judged without a break, beside an idle bot.

Both bots are asked in turn, so that a busy machine affects both; only one of them has a gate, and so anything to read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from bench.bot_process import BotProcess
from bench.figures import Figure, Kind
from bench.linked_crowd import ROLE, link_crowd
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "background: /collections during a full pass over 1,000 accounts"
MEMBERS = 1000
QUICK_MEMBERS = 200
UPSTREAM_MS = 50.0
ROUNDS = 300
QUICK_ROUNDS = 60
RATIO_AT_MOST = 1.2
# An account is due again as soon as it was read: the pass never ends.
INTERVAL_MINUTES = 0.01
APART = 0.02
P99 = 99


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 90 s, or 30 if quick."""
    rounds, count = (QUICK_ROUNDS, QUICK_MEMBERS) if quick else (ROUNDS, MEMBERS)
    async with AsyncExitStack() as stack:
        busy, its_bot = await _open(stack, count, has_gate=True)
        idle, other_bot = await _open(stack, count, has_gate=False)
        report(f"{rounds} commands to each of two bots")
        before, worked = busy.last_exchange, its_bot.cpu_seconds()
        times: dict[str, list[float]] = {"busy": [], "idle": []}
        for number in range(rounds):
            for name, sandbox in (("busy", busy), ("idle", idle)) if number % 2 else (("idle", idle), ("busy", busy)):
                asked = sandbox.ask("10001")
                await sandbox.acknowledged(asked)
                moment = asked[0].for_client()["acknowledged_ms"]
                times[name].append(float("inf") if moment is None else moment)
                await asyncio.sleep(APART)
        read = busy.loopring_requests("user/collection/details", before)
        its_bot.check_alive()
        other_bot.check_alive()
        used = (its_bot.cpu_seconds() or 0) - (worked or 0)
    during, without = percentile(times["busy"], P99), percentile(times["idle"], P99)
    note = f"{during:.1f} ms; idle {without:.1f} ms; p50 {percentile(times['busy'], 50):.1f} and "
    note += f"{percentile(times['idle'], 50):.1f} ms"
    return [
        Figure(
            SECTION,
            "p99 until acknowledged, of the idle bot's",
            during / without,
            "x",
            Kind.TIME,
            RATIO_AT_MOST,
            note=note,
        ),
        Figure(SECTION, "accounts read meanwhile", read, kind=Kind.COUNT, note=f"{used:.1f} s computing"),
    ]


async def _open(stack: AsyncExitStack, count: int, *, has_gate: bool) -> tuple[BenchSandbox, BotProcess]:
    sandbox = await stack.enter_async_context(open_bench_sandbox())
    accounts = {member: await sandbox.new_account(2) for member in range(count)}
    for member in accounts:
        sandbox.give_role(member, ROLE)  # as the pass finds it: there is nothing to change
    await sandbox.switch("latency", service="loopring", seconds=UPSTREAM_MS / 1000)

    async def prepare(path: Path) -> None:
        await link_crowd(sandbox, path, accounts, have_role=True, has_gate=has_gate)

    bot = await stack.enter_async_context(sandbox.bot(prepare=prepare, interval=INTERVAL_MINUTES))
    await sandbox.answered(sandbox.ask("10001"))  # the first of a process costs imports
    sandbox.rest()
    return sandbox, bot
