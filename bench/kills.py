"""`kill -9` in the middle of links being written: acknowledged links are stored, and no link is half stored."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable

from bench.bot_process import REPOSITORY
from bench.figures import Figure, Kind

SECTION = "kill -9 while links are written"
KILLS = 500
QUICK_KILLS = 60
SEED = 1
MOST_WORDS = 200
WRITER = "tests.linking.crashes"
# What the check of that writer prints for each of the two faults.
LOST, HALF = "a link that was acknowledged is lost", "half a link"


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 40 s, or 5 if quick. Stores are in memory: a kill has the same effect there."""
    kills = QUICK_KILLS if quick else KILLS
    report(f"{kills} kills")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.store.killing", "--kills", str(kills), "--seed", str(SEED)),
        *("--write", f"{WRITER}:link", "--check", f"{WRITER}:check"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    output, errors = await process.communicate()
    failed = process.returncode != 0
    words = errors.decode(errors="replace").rstrip().rpartition("\n")[2][:MOST_WORDS] if failed else ""
    lost, half = LOST in words, HALF in words
    # It ends at the first store with a fault.
    tally = None if failed else json.loads(output)
    return [
        _none("acknowledged links lost", lost, words),
        _none("half links", half, words),
        _none("stores that were not whole, or writers that failed", failed and not (lost or half), words),
        Figure(SECTION, "kills", tally and tally["kills"], kind=Kind.COUNT, at_most=kills, at_least=kills),
        Figure(SECTION, "links acknowledged before", tally and tally["acknowledged"], kind=Kind.COUNT),
        Figure(SECTION, "killed before the first", tally and tally["silent"], kind=Kind.COUNT),
        Figure(SECTION, "all of it, every store read back", tally and tally["seconds"], "s"),
    ]


def _none(what: str, found: bool, note: str) -> Figure:  # noqa: FBT001 - the figure's value
    return Figure(SECTION, what, int(found), kind=Kind.COUNT, at_most=0, at_least=0, note=note if found else "")
