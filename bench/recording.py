"""Recording an archive from Loopring's stand-in, compared with the best that the rate limit of the source allows."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.bot_process import REPOSITORY, SECRETS, BotDiedError
from bench.figures import Figure
from bench.sandbox import BenchSandbox, open_bench_sandbox

SECTION = "archive: recording at 100 requests a second"
PER_SECOND = 100
ACCOUNTS = 300
QUICK_ACCOUNTS = 100
COLLECTIONS = 12
# Includes the start of a Python process and the writing of the file.
TIMES_THE_LIMIT = 1.5

CONFIG = """[[source]]
name = "loopring"
kind = "loopring"
base_url = "http://127.0.0.1:{port}/loopring"
requests_per_second = {per_second}
"""


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 10 s, or 5 if quick."""
    count = QUICK_ACCOUNTS if quick else ACCOUNTS
    async with open_bench_sandbox() as sandbox:
        accounts = [await sandbox.new_account(COLLECTIONS) for _ in range(count)]
        report(f"{count} accounts of {COLLECTIONS} collections")
        before = sandbox.last_exchange
        seconds = await _record(sandbox, accounts)
        requests = sandbox.loopring_requests("/api/", before)
    at_best = requests / PER_SECOND
    return [
        Figure(SECTION, f"{count} accounts of {COLLECTIONS} collections", seconds, "s"),
        Figure(SECTION, "requests", requests, note=f"{at_best:.1f} s at best"),
        Figure(SECTION, "times what the limit allows", seconds / at_best, at_most=TIMES_THE_LIMIT),
    ]


async def _record(sandbox: BenchSandbox, accounts: list[str]) -> float:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, listed = folder / "config.toml", folder / "accounts"
        config.write_text(CONFIG.format(port=sandbox.port, per_second=PER_SECOND), encoding="utf-8")
        listed.write_text("\n".join(accounts), encoding="utf-8")
        started = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "archive", "record", "--config", str(config)),
            *("--accounts", str(listed), "-o", str(folder / "bench.tessera.gz")),
            cwd=REPOSITORY,
            env={**os.environ, **SECRETS},
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await process.wait() != 0:
            raise BotDiedError("the recording failed")
        return time.perf_counter() - started
