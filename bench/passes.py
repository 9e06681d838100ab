"""A steady pass over a thousand linked accounts: as long as the source takes, by one request for each of them.

The real time depends on what else the machine does: so the same requests are made by a client that does nothing else,
right before, and the same pass is run in virtual time, where only the order of things counts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import aiohttp

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind
from bench.sandbox import BenchSandbox, open_bench_sandbox
from bench.virtual_pass import run_virtual_pass
from bench.visits import RefusedError
from bot.sync.reading_passes import AT_ONCE
from sandbox.world import API_KEY

SECTION = "passes: 1,000 linked accounts, a source of 50 ms"
ACCOUNTS = 1000
QUICK_ACCOUNTS = 200
LATENCY = 0.05
OVERHEAD_AT_MOST = 1.15
GATES = (1, 50)
PER_SECOND = 4
UNLIMITED = 10_000
TOLERANCE = 0.02


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 60 s, or 20 if quick."""
    accounts = QUICK_ACCOUNTS if quick else ACCOUNTS
    figures: list[Figure] = []
    async with open_bench_sandbox() as sandbox:
        names = [await sandbox.new_account(2) for _ in range(accounts)]
        await sandbox.switch("latency", service="loopring", seconds=LATENCY)
        for gates in GATES:
            report(f"two passes over {accounts} accounts, {gates} gates")
            bare = await _ask_all(sandbox, names)
            before = sandbox.last_exchange
            measured = await _pass(sandbox, gates, names)
            calls = sandbox.loopring_requests("user/collection/details", before) / 2  # of two passes
            figures += _figures(gates, accounts, bare, measured, calls)
    report("the same in virtual time")
    free, _ = await asyncio.to_thread(run_virtual_pass, ACCOUNTS, UNLIMITED, LATENCY)
    paced, _ = await asyncio.to_thread(run_virtual_pass, ACCOUNTS, PER_SECOND, LATENCY)
    ideal, slow = ACCOUNTS * LATENCY / AT_ONCE, ACCOUNTS / PER_SECOND
    what = f"the same of {ACCOUNTS:,} accounts in virtual time"
    at_most, note = OVERHEAD_AT_MOST * ideal, f"ideal {ideal:.2f} s"
    return [
        *figures,
        Figure(SECTION, what, free, "s", Kind.COUNT, at_most=at_most, at_least=ideal, note=note),
        Figure(
            SECTION,
            f"at {PER_SECOND} requests a second",
            paced,
            "s",
            kind=Kind.COUNT,
            at_most=slow * (1 + TOLERANCE),
            at_least=slow * (1 - TOLERANCE),
            note="in virtual time",
        ),
    ]


def _figures(gates: int, accounts: int, bare: float, measured: dict[str, Any], calls: float) -> Iterator[Figure]:
    name = "1 gate" if gates == 1 else f"{gates} gates"
    ideal = accounts * LATENCY / AT_ONCE
    yield Figure(
        SECTION,
        f"{name}: a pass, {AT_ONCE} at a time",
        measured["seconds"],
        "s",
        at_most=OVERHEAD_AT_MOST * ideal,
        note=f"ideal {ideal:.2f} s, a bare client {bare:.2f} s; {measured['cpu']:.2f} s of it computing",
    )
    yield Figure(SECTION, f"{name}: judging all by it, computing", measured["judged"], "s")
    yield _exactly(f"{name}: requests to the source", calls, accounts)
    yield _exactly(f"{name}: roles given by the first pass", measured["given"], accounts)
    yield _exactly(f"{name}: passes that read every account", int(measured["is_read"]), 1)
    yield _exactly(f"{name}: requests to Discord", measured["requests"], 0)
    yield _exactly(f"{name}: gateway queries", measured["queries"], 0)


def _exactly(what: str, value: float, expected: int) -> Figure:
    return Figure(SECTION, what, value, kind=Kind.COUNT, at_most=expected, at_least=expected)


async def _pass(sandbox: BenchSandbox, gates: int, names: Sequence[str]) -> dict[str, Any]:
    url = f"http://127.0.0.1:{sandbox.port}/loopring"
    command = (sys.executable, "-m", "bench.one_pass", url, API_KEY, str(gates), *names)
    process = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    if process.returncode:
        raise RefusedError(f"bench.one_pass ended with {process.returncode}")
    found: dict[str, Any] = json.loads(printed)
    return found


async def _ask_all(sandbox: BenchSandbox, names: Sequence[str]) -> float:
    """Seconds that a client takes that only asks, as many at a time."""
    waiting = iter(names)
    url = f"http://127.0.0.1:{sandbox.port}/loopring/api/v3/user/collection/details"

    async def work(session: aiohttp.ClientSession) -> None:
        for account in waiting:
            params = {"accountId": account, "limit": "50"}
            async with session.get(url, params=params, headers={"X-API-KEY": API_KEY}) as response:
                await response.read()
                response.raise_for_status()

    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        await asyncio.gather(*(work(session) for _ in range(AT_ONCE)))
        return time.perf_counter() - started
