"""A flood against the page, a thousand requests a second, and whether Discord is still answered meanwhile.

First from one address, while a member with another address proves an account; then from a thousand addresses, as a
proxy would report for a botnet. The load comes from a process of its own over a hundred of the 200 connections of the
page.
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

from bench.bot_process import REPOSITORY, BotDiedError, BotProcess
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import BenchSandbox, open_bench_sandbox
from bench.visits import Book, Visit, open_browsers
from sandbox.discord.interactions import Interaction

RATE = 1000
SECONDS = 10
QUICK_SECONDS = 4
COMMAND_EVERY = 0.1
COLLECTIONS = 12
# Of a member with another address, one after the other.
PROOFS = 4
ADDRESSES = 1000
ACKNOWLEDGED_AT_MOST = 1000.0
GROWTH_AT_MOST = 40.0
# The statuses that invalid requests may get; 403 is for the origin of another site.
EXPECTED_STATUSES = frozenset({200, 401, 403, 421, 429})
FAULTS_FROM = 500


@dataclass
class Flooded:
    """What was measured during the flood."""

    tally: dict[str, Any]
    asked: list[Interaction]
    proven: int
    growth: float | None
    busy: float | None
    book: Book = field(default_factory=Book)


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 25 s, or 13 if quick."""
    seconds = QUICK_SECONDS if quick else SECONDS
    figures: list[Figure] = []
    async with open_browsers() as session:
        for addresses in (1, ADDRESSES):
            report(f"{RATE:,} requests/s for {seconds} s from {addresses:,} address{'es' if addresses > 1 else ''}")
            async with open_bench_sandbox() as sandbox, sandbox.bot(page=True) as bot:
                figures += _figures(addresses, await _flooded(sandbox, bot, session, addresses, seconds))
                bot.check_alive()
    return figures


async def _flooded(
    sandbox: BenchSandbox, bot: BotProcess, session: aiohttp.ClientSession, addresses: int, seconds: int
) -> Flooded:
    account = await sandbox.new_account(COLLECTIONS)
    first = sandbox.ask(account)
    await sandbox.answered(first)
    await sandbox.settled()
    book = Book()
    visits = [
        Visit(sandbox, session, book, member=900 + n, account=await sandbox.new_account(1)) for n in range(PROOFS + 1)
    ]
    for visit in visits:
        await visit.begin()
    await visits.pop().prove()  # the first time costs imports
    book.times.clear()
    sandbox.rest()
    before, cpu, began = bot.memory(), bot.cpu_seconds(), time.perf_counter()
    ended = asyncio.Event()
    tally, asked, proven = await asyncio.gather(
        _load(sandbox.page_url, addresses, seconds, ended),
        _type_until(ended, sandbox, account),
        _prove(visits, seconds),
    )
    spent, used = time.perf_counter() - began, bot.cpu_seconds()
    with contextlib.suppress(TimeoutError):  # those still waiting are counted below
        await sandbox.answered(asked)
    after = bot.memory()
    growth = after["VmRSS"] - before["VmRSS"] if before and after else None
    busy = None if cpu is None or used is None else 100 * (used - cpu) / spent
    return Flooded(tally, asked, proven, growth, busy, book)


async def _type_until(ended: asyncio.Event, sandbox: BenchSandbox, account: str) -> list[Interaction]:
    """Type a command at regular intervals, each by another member; returns all of them."""
    asked: list[Interaction] = []
    while not ended.is_set():
        member = len(asked)
        command, options = ("collections", {"account": account}) if member % 2 else ("accounts", {})
        asked.append(sandbox.type(member, command, options))
        await asyncio.sleep(COMMAND_EVERY)
    return asked


async def _prove(visits: list[Visit], seconds: int) -> int:
    """Prove one account after the other, spread over the flood; returns how many were finished."""
    proven = 0
    for visit in visits:
        await asyncio.sleep(seconds / (len(visits) + 1))
        proven += await visit.prove()
    return proven


async def _load(url: str, addresses: int, seconds: int, ended: asyncio.Event) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.flooding", url, str(RATE), str(seconds), str(addresses)),
        stdout=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    output, _ = await process.communicate()
    ended.set()
    if process.returncode != 0:
        raise BotDiedError("the flood failed")
    tally: dict[str, Any] = json.loads(output)
    return tally


def _figures(addresses: int, seen: Flooded) -> list[Figure]:
    section = f"flood of the page from {addresses:,} address{'es' if addresses > 1 else ''}"
    tally, statuses = seen.tally, {int(status): count for status, count in seen.tally["statuses"].items()}
    moments = [moment for each in seen.asked if (moment := each.for_client()["acknowledged_ms"]) is not None]
    shown = [moment for each in seen.asked if (moment := each.for_client()["answered_ms"]) is not None]
    others = {status: count for status, count in statuses.items() if status not in EXPECTED_STATUSES}
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    faults = sum(count for status, count in statuses.items() if status >= FAULTS_FROM)

    def none(what: str, count: int, note: str = "") -> Figure:
        return Figure(section, what, count, kind=Kind.COUNT, at_most=0, at_least=0, note=note)

    return [
        Figure(section, "requests", tally["sent"] / tally["seconds"], "/s", note=f"target {RATE:,}; {answers}"),
        Figure(section, "slowest answer to an invalid request", tally["slowest"], "ms"),
        none("answers of 5xx", faults),
        none("answers with an unexpected status", sum(others.values()) - faults, ", ".join(map(str, others))),
        none("requests without an answer", tally["broken"]),
        Figure(section, "connections refused", tally["refused"], kind=Kind.COUNT),
        none("commands later than 3 s", len(seen.asked) - len(moments), f"of {len(seen.asked)}"),
        none("commands left without an answer", len(seen.asked) - len(shown)),
        Figure(section, "acknowledgement p50", _at(moments, 50), "ms"),
        Figure(section, "acknowledgement p95", _at(moments, 95), "ms", at_most=ACKNOWLEDGED_AT_MOST),
        Figure(section, "acknowledgement max", _at(moments, 100), "ms"),
        Figure(section, "answer p95", _at(shown, 95), "ms"),
        Figure(section, "processor time of the bot", seen.busy, "%"),
        Figure(section, "memory grown", seen.growth, "MB", Kind.SIZE, at_most=GROWTH_AT_MOST),
        *_visitor(section, addresses, seen),
    ]


def _visitor(section: str, addresses: int, seen: Flooded) -> list[Figure]:
    """The results of a member with another address. All writes together are limited, so a flood can use them up."""
    times = [moment for kind in seen.book.times.values() for moment in kind]
    reads = seen.book.times.get("page", []) + seen.book.times.get("file", [])
    lost = PROOFS - seen.proven
    exact = 0 if addresses == 1 else None
    why = ", ".join(sorted(set(seen.book.errors)))
    return [
        Figure(section, f"of {PROOFS} proofs elsewhere, not linked", lost, "", Kind.COUNT, exact, exact, note=why),
        Figure(section, "page and files elsewhere, p95", _at(reads, 95), "ms", note=f"of {len(reads)}"),
        Figure(section, "all requests elsewhere, p95", _at(times, 95), "ms", note=f"of {len(times)}"),
    ]


def _at(values: list[float], percent: float) -> float | None:
    return percentile(values, percent) if values else None
