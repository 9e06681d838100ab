"""A hundred thousand linked accounts in two hundred servers: judging all gates by what is stored, and one preview.

Nothing is due for anybody, so Discord is asked nothing. The growth compares what one member costs among a hundred
thousand with what one costs among a thousand.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind
from bench.visits import RefusedError

SECTION = "judging: 100,000 linked accounts in 200 servers, 12 collections each, 3 gates a server"
IN_SERVER = 500
FEW, MANY, QUICK_MANY = 1_000, 100_000, 10_000
MEMORY_AT_MOST = 250.0
PREVIEW_AT_MOST = 2.0
GROWTH_AT_MOST = 1.15  # what is measured twice differs by as much


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 150 s, or 20 if quick."""
    many = QUICK_MANY if quick else MANY
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        report(f"{FEW:,} members")
        few = await _judge(Path(folder) / "few.db", FEW)
        report(f"{many:,} members")
        all_of_them = await _judge(Path(folder) / "many.db", many)
    growth = all_of_them["cpu"] / many / (few["cpu"] / FEW)
    section = SECTION.replace("100,000", f"{many:,}").replace("200", f"{many // IN_SERVER}")
    asked = all_of_them["requests"] + all_of_them["queries"]
    return [
        Figure(section, "processor time to judge all", all_of_them["cpu"], "s", note=f"{all_of_them['seconds']:.0f} s"),
        Figure(section, "the same for each member", all_of_them["cpu"] / many * 1000, "ms"),
        Figure(
            section,
            f"that, compared with {FEW:,} members",
            growth,
            "x",
            at_most=GROWTH_AT_MOST,
            note=f"{few['cpu'] / FEW * 1000:.2f} ms there",
        ),
        Figure(section, "peak memory", all_of_them["peak"], "MB", Kind.SIZE, at_most=MEMORY_AT_MOST),
        Figure(section, "requests to Discord", asked, kind=Kind.COUNT, at_most=0, at_least=0),
        Figure(
            section,
            f"preview of one more gate, {IN_SERVER} members",
            all_of_them["preview"],
            "s",
            at_most=PREVIEW_AT_MOST,
            note=f"{all_of_them['preview_cpu']:.2f} s of it computing; {all_of_them['gain']} would gain it",
        ),
    ]


async def _judge(path: Path, members: int) -> dict[str, Any]:
    guilds = str(members // IN_SERVER)
    await _run("fill", str(path), str(members), guilds)
    found: dict[str, Any] = json.loads(await _run("judge", str(path), str(members), guilds))
    return found


async def _run(*arguments: str) -> bytes:
    """Run `bench.judge_all` in a process of its own; what it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.judge_all", *arguments), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    try:
        printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    if process.returncode:
        raise RefusedError(f"bench.judge_all ended with {process.returncode}")
    return printed
