"""The first sync of a thousand members who all earn a role, in virtual time: Discord alone says how long it takes.

The process is killed in the middle, in a change whose outcome it does not know, and another one goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from bench.figures import Figure, Kind
from bench.filled_store import FIRST_GUILD, NOW, drafts, fill
from bench.paced_discord import PacedDiscord
from bench.virtual_loop import VirtualLoop, run_virtually
from bench.virtual_pass import PacedSource, open_virtual_store
from bot.cogs.gates.member_reads import QuestionPace
from bot.config.sync_table import SyncSettings
from bot.linking.vouching import ProvenHere
from bot.sources.pace import Clock
from bot.store import Store
from bot.sync.readings import Readings, Wanted
from bot.sync.sync import Sync

SECTION = "first sync: 1,000 members of one server, one change a second"
MEMBERS = 1000
SECONDS_PER_WRITE = 1.0
KILLED_AFTER = 400.5
LOOKS = 100
ROLE = drafts(0)[2].role_id  # everybody earns it
TOLERANCE = 0.05
QUESTIONS = 1000
MINUTE = 60.0
IN_A_QUESTION = 100
MEMBERS_A_MINUTE = 11_000


@dataclass
class FirstSync:
    """How it went.

    Attributes:
        seconds: How long it took, from the gate to the last role.
        given: How many members have the role.
        requests: Changes that Discord was asked for.
        queries: Member queries.
        progress: How many roles the ledger had, every hundred seconds.
    """

    seconds: float = 0.0
    given: int = 0
    requests: int = 0
    queries: int = 0
    progress: list[int] = field(default_factory=list)


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 10 s."""
    del quick
    report(f"{MEMBERS} members in virtual time")
    run = await asyncio.to_thread(run_virtually, _first_sync)
    asked = await asyncio.to_thread(run_virtually, _questions)
    ideal = MEMBERS * SECONDS_PER_WRITE
    gains = [later - earlier for earlier, later in pairwise([0, *run.progress])]
    return [
        Figure(
            SECTION,
            "until the last role is given, the process killed once",
            run.seconds,
            "s",
            Kind.COUNT,
            at_most=ideal * (1 + TOLERANCE),
            at_least=ideal * (1 - TOLERANCE),
            note="in virtual time",
        ),
        Figure(SECTION, "roles given", run.given, kind=Kind.COUNT, at_most=MEMBERS, at_least=MEMBERS),
        Figure(
            SECTION,
            "changes asked for, with that of the kill",
            run.requests,
            kind=Kind.COUNT,
            at_most=MEMBERS + 1,
            at_least=MEMBERS,
        ),
        Figure(
            SECTION,
            "member queries",
            run.queries,
            kind=Kind.COUNT,
            at_most=2 * (MEMBERS // IN_A_QUESTION + 1),
            note="twice for each who has no role yet, and again for those of the kill",
        ),
        Figure(
            SECTION,
            f"roles in the ledger after each {LOOKS} s, at least",
            min(gains),
            kind=Kind.COUNT,
            at_most=LOOKS,
            at_least=LOOKS * (1 - TOLERANCE),
            note=", ".join(map(str, run.progress)),
        ),
        Figure(
            SECTION,
            "members asked about in any minute, at most, of one connection",
            asked,
            kind=Kind.COUNT,
            at_most=MEMBERS_A_MINUTE,
            note=f"{QUESTIONS} queries of {IN_A_QUESTION}, in virtual time",
        ),
    ]


async def _first_sync(loop: VirtualLoop) -> FirstSync:
    found = FirstSync()
    discord = PacedDiscord({FIRST_GUILD: [ROLE]}, NOW, SECONDS_PER_WRITE)

    def clock() -> datetime:
        return NOW + timedelta(seconds=loop.time())

    with ExitStack() as opened:
        store = open_virtual_store(opened)
        await fill(store, MEMBERS, 1)
        await store.writer.transaction(lambda db: db.execute("DELETE FROM role_grants").fetchall())
        await store.writer.transaction(lambda db: db.execute("DELETE FROM gates WHERE role_id <> ?", [ROLE]).fetchall())
        began, is_killed = loop.time(), False
        sync = _start(store, discord, clock, loop)
        await sync.gates_changed(FIRST_GUILD)
        while True:
            await sync.run_due()
            await asyncio.sleep(1)
            passed = loop.time() - began
            _, due = await store.sync.members.counts(FIRST_GUILD, clock())
            if passed >= LOOKS * (len(found.progress) + 1) and due:
                found.progress.append(len(await store.sync.ledger.holders(FIRST_GUILD, ROLE)))
            if passed >= KILLED_AFTER and not is_killed:
                await sync.close()  # its worker ends in the middle of a request
                sync, is_killed = _start(store, discord, clock, loop), True
            if not due:
                break
        await sync.idle()
        found.seconds = loop.time() - began
        await sync.close()
    found.given = sum(ROLE in roles for roles in discord.members.values())
    found.requests, found.queries = discord.requests, len(discord.queried)
    return found


def _start(store: Store, discord: PacedDiscord, clock: Callable[[], datetime], loop: VirtualLoop) -> Sync:
    """A process of its own, over the same store."""
    proven, settings = ProvenHere(store, vouching=False), SyncSettings()
    readings = Readings(
        store.readings,
        [PacedSource(1_000, 0)],  # nothing is read there; a network without a source would stop the gates
        proven,
        rates={},
        interval=settings.interval,
        wanted=Wanted,
        clock=clock,
        random=Random(1),  # noqa: S311 - it only spreads pauses
    )
    return Sync(store, proven, readings, discord, settings, clock=clock, monotonic=loop.time)


async def _questions(loop: VirtualLoop) -> int:
    """How many members are asked about in any minute, when as many questions wait as there can be."""
    pace = QuestionPace(Clock(loop.time, asyncio.sleep))
    sent: list[float] = []

    async def ask() -> None:
        await pace.acquire()
        sent.append(loop.time())

    await asyncio.gather(*(ask() for _ in range(QUESTIONS)))
    return IN_A_QUESTION * max(sum(start <= at < start + MINUTE for at in sent) for start in sent)
