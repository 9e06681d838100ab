"""How soon a member has a role after a proof, or after `/refresh`, at a source of 50 ms.

One member after the other, and no more than Discord lets roles of one server be changed: ten in ten seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import aiohttp

from bench.figures import Figure, Kind
from bench.linked_crowd import ROLE, link_crowd
from bench.percentiles import percentile
from bench.sandbox import POLL, BenchSandbox, open_bench_sandbox
from bench.visits import Book, Visit, open_browsers

SECTION = "roles: a source of 50 ms, a real bot, one member after the other"
UPSTREAM_MS = 50.0
TIMES = 40
QUICK_TIMES = 10
P95_AT_MOST = 2.0
LONGEST = 10.0
# Between two members: the limit for changes of roles is never met.
APART = 1.05
# Nor that for verifications, of which a server may start thirty a minute.
PROOFS_APART = 2.05


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 150 s, or 40 if quick."""
    times = QUICK_TIMES if quick else TIMES
    async with open_bench_sandbox() as sandbox, open_browsers() as session:
        accounts = [await sandbox.new_account(2) for _ in range(2 * times)]
        members = sandbox.visitors(2 * times)
        linked = dict(zip(members[:times], accounts[:times], strict=True))
        await sandbox.switch("latency", service="loopring", seconds=UPSTREAM_MS / 1000)

        async def prepare(path: Path) -> None:
            await link_crowd(sandbox, path, linked)

        async with sandbox.bot(page=True, prepare=prepare) as bot:
            report(f"{times} members refresh")
            refreshed = [await _refresh(sandbox, member) for member in linked]
            report(f"{times} members prove an account")
            others = zip(members[times:], accounts[times:], strict=True)
            proven = [await _prove(sandbox, session, member, account) for member, account in others]
            bot.check_alive()
    return [*_figures("/refresh", refreshed), *_figures("a proof", proven)]


async def _refresh(sandbox: BenchSandbox, member: int) -> float | None:
    await asyncio.sleep(APART)
    began = time.perf_counter()
    sandbox.type(member, "refresh", {})
    return await _given(sandbox, member, began)


async def _prove(sandbox: BenchSandbox, session: aiohttp.ClientSession, member: int, account: str) -> float | None:
    """From the signature on: what comes before is the member's own time."""
    visit = Visit(sandbox, session, Book(), member=member, account=account)
    steps = (visit.begin, visit.load, visit.start, visit.authorize, visit.finish_login, visit.challenge, visit.sign)
    for step in steps:
        await step()
    await asyncio.sleep(PROOFS_APART)
    began = time.perf_counter()
    await visit.submit()
    return await _given(sandbox, member, began)


async def _given(sandbox: BenchSandbox, member: int, began: float) -> float | None:
    """Seconds until a member has the role; None: it never came."""
    while not sandbox.has_role(member, ROLE):
        if time.perf_counter() - began > LONGEST:
            return None
        await asyncio.sleep(POLL)
    return time.perf_counter() - began


def _figures(what: str, times: Sequence[float | None]) -> list[Figure]:
    given = [each for each in times if each is not None]
    missing = Figure(SECTION, f"{what}: roles that never came", len(times) - len(given), "", Kind.COUNT, 0, 0)
    if not given:
        return [missing]
    note = f"p50 {percentile(given, 50):.2f} s, longest {max(given):.2f} s"
    return [Figure(SECTION, f"{what}: role p95", percentile(given, 95), "s", at_most=P95_AT_MOST, note=note), missing]
