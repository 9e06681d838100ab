"""10,000 holders of one collection with 1,000,000 observations of it: the list, a month of changes, and a trend.

Everything is read on the second connection. While it is, the writer answers small questions, whose longest wait is
measured; and the lists of a small server among many are to cost what that server costs, and not what the store holds.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlite_utils import Database

from bench.figures import Figure, Kind
from bench.filled_store import FIRST_GUILD, FIRST_USER, NOW, collection
from bench.virtual_pass import PacedSource
from bot.gates.gate import GuildSettings
from bot.holders.held import holders_of
from bot.linking.vouching import ProvenHere
from bot.store import Store
from bot.sync.holder_history import HolderHistory
from bot.sync.holder_lists import HolderLists
from bot.sync.readings import Readings, Wanted

T = TypeVar("T")

SECTION = "holders: 10,000 holders of a collection, 1,000,000 observations of it"
HOLDERS, QUICK_HOLDERS = 10_000, 1_000
LEVELS = 100  # of each account: a change a week, for two years
SMALL_SERVER = 10
AT_MOST = 2.0
_APART = timedelta(days=7).total_seconds()
_MONTH = timedelta(days=30)
_FILLED = (
    """
    CREATE TEMP TABLE numbers AS
    WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :members)
    SELECT n FROM counted
    """,
    """
    INSERT INTO owners (account, owner, seen_at, is_confirmed)
    SELECT 'loopring:' || (100000 + n), '0x' || printf('%040d', n), '2026-11-26T12:00:00+00:00', 1 FROM numbers
    """,
    """
    INSERT INTO links (user_id, account, owner, linked_at)
    SELECT :user + n, 'loopring:' || (100000 + n), '0x' || printf('%040d', n), :began FROM numbers
    """,
    """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
    SELECT '0x' || printf('%040d', n), :user + n, 'eoa', x'00', :began, :began FROM numbers
    """,
    "INSERT INTO sync_collections (id, network, collection_id, name) VALUES (1, 'loopring', '1', 'Collection 1')",
    "UPDATE sync_accounts SET read_at = :now, first_read_at = :began, due = :now + 600, holds = 1, readings = :levels",
    """
    INSERT INTO sync_levels (account_id, collection_id, at, kinds, reading, before_at)
    SELECT accounts.id, 1, CAST(:now - :apart * (:levels - 1 - level.n) - accounts.id % 604800 AS INTEGER),
        1 + (accounts.id * 7 + level.n) % 40, level.n + 1, NULL
    FROM sync_accounts AS accounts CROSS JOIN (
        WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :levels)
        SELECT n FROM counted
    ) AS level
    """,
    """
    INSERT INTO sync_held (account_id, collection_id, kinds, first_at)
    SELECT id, 1, 1 + (id * 7 + :levels - 1) % 40, :began FROM sync_accounts
    """,
    # Everybody is in the first server, but for a few, who are in a small one besides.
    """
    INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, drift_due)
    SELECT :guild, :user + n, :began - 1000, :now, :now + 86400 FROM numbers
    """,
    """
    INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, drift_due)
    SELECT :guild + 1, :user + n, :began - 1000, :now, :now + 86400 FROM numbers WHERE n < :small
    """,
    "DROP TABLE numbers",
)


async def measure(*, quick: bool, report: Callable[[str], None]) -> list[Figure]:
    """The figures; takes about 30 s, or 5 if quick."""
    holders = QUICK_HOLDERS if quick else HOLDERS
    report(f"{holders:,} holders, {holders * LEVELS:,} observations")
    with TemporaryDirectory(prefix="tessera-bench-") as folder:
        store = await Store.open(Path(folder) / "holders.db")
        try:
            await fill(store, holders)
            return await _measure(store, holders)
        finally:
            await store.close()


async def _measure(store: Store, holders: int) -> list[Figure]:
    lists = _lists(store)
    history, asked, since = HolderHistory(lists), collection(1), NOW - _MONTH
    section = SECTION.replace("10,000", f"{holders:,}").replace("1,000,000", f"{holders * LEVELS:,}")
    found, listed, wait, of_list = await _timed(store, lists.of_collection(FIRST_GUILD, asked))
    began = time.perf_counter()
    members = holders_of(await asyncio.to_thread(found.members))
    listed += time.perf_counter() - began
    changes, compared, wait_changes, of_changes = await _timed(
        store, history.changes(FIRST_GUILD, collection(1), NOW - _MONTH)
    )
    trend, drawn, wait_trend, of_trend = await _timed(
        store, history.trend(FIRST_GUILD, [collection(1)], NOW - _MONTH, points=16)
    )
    small, few, _, _ = await _timed(store, history.changes(FIRST_GUILD + 1, asked, since))
    known = len(changes.changes) + changes.unchanged
    longest = max(wait, wait_changes, wait_trend)
    return [
        Figure(section, "the list", listed, "s", at_most=AT_MOST, note=of_list),
        Figure(section, "holders in it", len(members), kind=Kind.COUNT, at_most=holders, at_least=holders),
        Figure(section, "changes over a month", compared, "s", at_most=AT_MOST, note=of_changes),
        Figure(section, "members compared", known, kind=Kind.COUNT, at_most=holders, at_least=holders),
        Figure(section, "a trend of 16 points", drawn, "s", note=f"{of_trend}; {trend[-1].holders:,} at its end"),
        Figure(
            section,
            f"changes of a server with {SMALL_SERVER} members, compared with those of all",
            few / compared,
            "x",
            note=f"{few * 1000:.1f} ms; {len(small.changes) + small.unchanged} members",
        ),
        # Mostly the garbage collector, which goes through all that a list of so many is made of.
        Figure(section, "the longest that a small question waited meanwhile", longest, "s"),
    ]


async def _timed(store: Store, work: Awaitable[T]) -> tuple[T, float, float, str]:
    """What some work answers, its seconds, the longest wait of a small question meanwhile, and how long it computed."""
    waits = [0.0]

    async def ask() -> None:
        while True:
            asked = time.perf_counter()
            await store.ping()
            waits.append(time.perf_counter() - asked)
            await asyncio.sleep(0.001)

    asking = asyncio.create_task(ask())
    began, computed = time.perf_counter(), time.process_time()
    answer = await work
    seconds, computed = time.perf_counter() - began, time.process_time() - computed
    asking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asking
    return answer, seconds, max(waits), f"{computed:.2f} s of it computing"


def _lists(store: Store) -> HolderLists:
    def clock() -> datetime:
        return NOW + timedelta(minutes=1)

    proven = ProvenHere(store, vouching=True)
    readings = Readings(
        store.readings,
        [PacedSource(1_000, 0)],
        proven,
        rates={},
        interval=timedelta(minutes=10),
        wanted=Wanted,
        clock=clock,
        random=Random(1),  # noqa: S311 - it only spreads pauses
    )
    return HolderLists(store, readings, GuildSettings(), vouching=True, clock=clock)


async def fill(store: Store, holders: int) -> None:
    """So many holders of the first collection in the first server, with their history."""
    now = int(NOW.timestamp())
    values = {
        "members": holders,
        "levels": LEVELS,
        "apart": _APART,
        "small": SMALL_SERVER,
        "user": FIRST_USER,
        "guild": FIRST_GUILD,
        "now": now,
        "began": int(now - _APART * (LEVELS + 1)),
    }

    def work(db: Database) -> None:
        for sql in _FILLED:
            db.execute(sql, {name: value for name, value in values.items() if f":{name}" in sql})

    await store.writer.transaction(work)
