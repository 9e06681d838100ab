"""One member asks forty questions at once, of a source that may be asked five times a second: how long others wait.

Another member's first page, and a third one's proof, are asked for at the same moment. Each round has a bot of its own,
so that no flood is still being answered when the next begins; and before its flood the same is measured without one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

import aiohttp

from bench.figures import Figure, Kind
from bench.sandbox import BenchSandbox, open_bench_sandbox
from bench.visits import Book, RefusedError, Visit, open_browsers

SECTION = "fair: 40 questions of one member at once, at 5 requests a second"
PER_SECOND = 5
QUESTIONS = 40
UPSTREAM_MS = 50.0
COLLECTIONS = 12
ROUNDS = 5
QUICK_ROUNDS = 2
FIRST_PAGE_AT_MOST = 1.5
PROOF_AT_MOST = 1.0
MANY = 1  # the member who asks; the others are those after it
_MS = 1000.0  # in a second
_FULL_AGAIN = 1.0  # seconds; by then the source may be asked twice at once again


@dataclass(frozen=True)
class Others:
    """Seconds until a member's first page, None if it never came; and all that a proof waited for the bot."""

    first_page: float | None
    proof: float


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 40 s, or 16 if quick."""
    calm: list[Others] = []
    flooded: list[Others] = []
    async with open_browsers() as session:
        for number in range(QUICK_ROUNDS if quick else ROUNDS):
            report(f"round {number + 1}: {QUESTIONS} questions of one member")
            async with open_bench_sandbox() as sandbox, sandbox.bot(page=True, per_second=PER_SECOND) as bot:
                accounts = [await sandbox.new_account(COLLECTIONS) for _ in range(QUESTIONS + 6)]
                await sandbox.switch("latency", service="loopring", seconds=UPSTREAM_MS / 1000)
                for member in (10, 20):  # the first of a process cost imports
                    before = await _others(sandbox, session, member, (accounts.pop(), accounts.pop()))
                    await asyncio.sleep(_FULL_AGAIN)
                calm.append(before)
                sandbox.rest()
                pair = accounts.pop(), accounts.pop()
                flooded.append(await _others(sandbox, session, 30, pair, flood=accounts))
                bot.check_alive()
    return [
        *_figures(flooded, "", (FIRST_PAGE_AT_MOST, PROOF_AT_MOST)),
        *_figures(calm, "without the forty: ", (None, None)),
    ]


async def _others(
    sandbox: BenchSandbox,
    session: aiohttp.ClientSession,
    member: int,
    accounts: tuple[str, str],
    flood: Sequence[str] = (),
) -> Others:
    """Forty questions if wanted; at the same moment a first page for one member, and a proof of the next."""
    other, own = accounts
    book = Book()
    visit = Visit(sandbox, session, book, member=member + 1, account=own)
    for account in flood:
        sandbox.type(MANY, "collections", {"account": account})
    asked = sandbox.type(member, "collections", {"account": other})
    await asyncio.gather(sandbox.answered([asked]), _prove(visit, book))
    verify = visit.asked.for_client()["answered_ms"] if visit.asked else None
    if verify is None:
        raise RefusedError("/verify: no answer")
    waited = verify + sum(moment for kind in book.times.values() for moment in kind)
    page = asked.for_client()["answered_ms"]
    return Others(None if page is None else page / _MS, waited / _MS)


async def _prove(visit: Visit, book: Book) -> None:
    await visit.begin()
    if not await visit.prove():
        raise RefusedError(", ".join(book.errors))


def _figures(rounds: Sequence[Others], when: str, at_most: tuple[float | None, float | None]) -> list[Figure]:
    pages = [each.first_page for each in rounds if each.first_page is not None]
    missing = len(rounds) - len(pages)
    return [
        _figure(f"{when}another member's first page", pages, at_most[0]),
        _figure(f"{when}a third member's proof", [each.proof for each in rounds], at_most[1]),
        Figure(SECTION, f"{when}first pages that never came", missing, kind=Kind.COUNT, at_most=0, at_least=0),
    ]


def _figure(what: str, seconds: Sequence[float], at_most: float | None) -> Figure:
    """The median, which one disturbed round does not move."""
    if not seconds:
        return Figure(SECTION, what, None, "s", at_most=at_most, note="none came")
    note = f"the median of {len(seconds)} rounds; longest {max(seconds):.2f} s"
    return Figure(SECTION, what, median(seconds), "s", at_most=at_most, note=note)
