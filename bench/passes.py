"""A steady pass over a thousand linked accounts: as long as the source takes, by one request for each of them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind
from bench.sandbox import open_bench_sandbox
from bench.virtual_pass import run_virtual_pass
from bench.visits import RefusedError
from bot.sync.reading_passes import AT_ONCE
from sandbox.world import API_KEY

SECTION = "passes: 1,000 linked accounts, a source of 50 ms"
ACCOUNTS = 1000
QUICK_ACCOUNTS = 200
LATENCY = 0.05
OVERHEAD_AT_MOST = 1.15
PER_SECOND = 4
TOLERANCE = 0.02


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 30 s, or 10 if quick."""
    accounts = QUICK_ACCOUNTS if quick else ACCOUNTS
    report(f"two passes over {accounts} accounts")
    async with open_bench_sandbox() as sandbox:
        names = [await sandbox.new_account(2) for _ in range(accounts)]
        await sandbox.switch("latency", service="loopring", seconds=LATENCY)
        before = sandbox.last_exchange
        command = (sys.executable, "-m", "bench.one_pass", f"http://127.0.0.1:{sandbox.port}/loopring", API_KEY, *names)
        process = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE)
        printed, _ = await process.communicate()
        if process.returncode:
            raise RefusedError(f"bench.one_pass ended with {process.returncode}")
        calls = sandbox.loopring_requests("user/collection/details", before) / 2  # of two passes
    measured = json.loads(printed)
    seconds, _ = await asyncio.to_thread(run_virtual_pass, ACCOUNTS, PER_SECOND, LATENCY)
    ideal, slow = accounts * LATENCY / AT_ONCE, ACCOUNTS / PER_SECOND
    return [
        Figure(
            SECTION,
            f"a pass, {AT_ONCE} at a time",
            measured["seconds"],
            "s",
            at_most=OVERHEAD_AT_MOST * ideal,
            note=f"ideal {ideal:.2f} s; {measured['cpu']:.2f} s of it computing",
        ),
        Figure(SECTION, "requests to the source", calls, kind=Kind.COUNT, at_most=accounts, at_least=accounts),
        Figure(SECTION, "accounts read", measured["read"], kind=Kind.COUNT, at_most=accounts, at_least=accounts),
        Figure(
            SECTION,
            f"a pass at {PER_SECOND} requests a second",
            seconds,
            "s",
            kind=Kind.COUNT,
            at_most=slow * (1 + TOLERANCE),
            at_least=slow * (1 - TOLERANCE),
            note="in virtual time",
        ),
    ]
