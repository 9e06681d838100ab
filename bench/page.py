"""The page on which members prove accounts: how long each kind of request takes, and how many proofs are possible.

Visitors come at the rate that the bot is designed for, twenty requests a second in all, files included, each from an
address of their own behind a trusted proxy. The return from Discord's login includes three requests of the bot to
Discord's stand-in (exchange the code, fetch the user, revoke the token), so that figure is not only the bot's time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable

from bench import signatures
from bench.figures import Figure, Kind
from bench.percentiles import percentile
from bench.sandbox import open_bench_sandbox
from bench.visits import REQUESTS, WRITES, Book, Pace, Visit, open_browsers
from bot.web.limits import WRITES_PER_SECOND

SECTION = "page: proofs at 20 requests a second"
PER_SECOND = 20
SECONDS = 30
QUICK_SECONDS = 10
P95_AT_MOST = 100.0
# Visitors on the page at a time: more than can wait for an answer at that rate.
AT_ONCE = 8
# The page accepts forty writes at once, of all visitors together.
BURST = 40 // WRITES
# Until the page accepts forty writes at once again.
REFILL_SECONDS = 2.5
KINDS = {
    "page": "GET /v",
    "file": "GET a file of the page",
    "start": "start",
    "cb": "return from Discord's login",
    "state": "state",
    "challenge": "challenge",
    "submit": "submit",
}
_NOTES = {
    "cb": "three requests to Discord's stand-in included",
    "submit": "the signature is verified and the link committed to the disk",
}


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 40 s, or 20 if quick."""
    count = PER_SECOND * (QUICK_SECONDS if quick else SECONDS) // REQUESTS
    async with open_bench_sandbox() as sandbox, sandbox.bot(page=True) as bot, open_browsers() as session:
        accounts = [await sandbox.new_account(1) for _ in range(count + BURST)]
        paced, burst = Book(), Book()
        pace = Pace(PER_SECOND)
        visits = [
            Visit(sandbox, session, paced, member=n, account=account, pace=pace)
            for n, account in enumerate(accounts[:count])
        ]
        report(f"{count} proofs")
        sandbox.rest()
        await _each(visit.begin() for visit in visits)
        began, busy = time.perf_counter(), bot.cpu_seconds()
        proven = await _prove(visits)
        seconds, used = time.perf_counter() - began, bot.cpu_seconds()
        bot.check_alive()
        report(f"{BURST} proofs at once, and signatures alone")
        at_once = await _at_once(
            [
                Visit(sandbox, session, burst, member=count + n, account=account)
                for n, account in enumerate(accounts[count:])
            ]
        )
        bot.check_alive()
    lasting = f"{WRITES_PER_SECOND} writes/s are taken for long, which is {WRITES_PER_SECOND // WRITES} proofs/s"
    load = Figure(
        SECTION, "processor time of the bot", None if used is None else 100 * (used - (busy or 0)) / seconds, "%"
    )
    return [
        Figure(SECTION, "requests", paced.requests / seconds, "/s", note=f"{paced.requests} by {count} visitors"),
        *(figure for kind in KINDS for figure in _times(kind, paced.times.get(kind, []))),
        _none("requests that failed", len(paced.errors), paced),
        _none("proofs that were not linked", count - proven, paced),
        load,
        Figure(
            SECTION,
            "proofs from end to end, in a burst",
            BURST / at_once,
            "/s",
            note=f"{BURST} in {at_once:.2f} s; {lasting}",
        ),
        *await signatures.figures(SECTION),
    ]


async def _prove(visits: list[Visit]) -> int:
    """Let visitors in, a few at a time; returns how many finished."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(visit: Visit) -> bool:
        async with room:
            return await visit.prove()

    return sum(await asyncio.gather(*map(one, visits)))


async def _at_once(visits: list[Visit]) -> float:
    """Seconds that proofs take that are started together; signing, which is not the bot's time, is not counted."""
    await _each(visit.begin() for visit in visits)
    await asyncio.sleep(REFILL_SECONDS)
    seconds = await _each(visit.load() for visit in visits) + await _each(visit.start() for visit in visits)
    await _each(visit.authorize() for visit in visits)
    seconds += await _each(visit.finish_login() for visit in visits) + await _each(
        visit.challenge() for visit in visits
    )
    await _each(visit.sign() for visit in visits)
    return seconds + await _each(visit.submit() for visit in visits)


async def _each(steps: Iterable[Awaitable[object]]) -> float:
    began = time.perf_counter()
    await asyncio.gather(*steps)
    return time.perf_counter() - began


def _times(kind: str, times: list[float]) -> list[Figure]:
    what = KINDS[kind]
    if not times:
        return [Figure(SECTION, f"{what}: p95", None, "ms", note="none was answered")]
    return [
        Figure(SECTION, f"{what}: p50", percentile(times, 50), "ms", note=_NOTES.get(kind, "")),
        Figure(SECTION, f"{what}: p95", percentile(times, 95), "ms", at_most=P95_AT_MOST),
        Figure(SECTION, f"{what}: max", max(times), "ms", note=f"of {len(times)}"),
    ]


def _none(what: str, count: int, book: Book) -> Figure:
    why = ", ".join(sorted(set(book.errors))[:3])
    return Figure(SECTION, what, count, kind=Kind.COUNT, at_most=0, at_least=0, note=why)
