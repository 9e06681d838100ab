"""A pass at a limited rate, in virtual time: how long it takes does not depend on the machine, nor is it waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlite_utils import Database

from bench.virtual_loop import VirtualLoop, run_virtually
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft
from bot.linking.vouching import ProvenHere
from bot.sources.askers import Askers
from bot.sources.fair_queue import Ticket
from bot.sources.health import Health
from bot.sources.pace import Pace
from bot.sources.paging import Scan
from bot.sources.source import Abilities
from bot.store import Store
from bot.store.file.open_store import open_memory
from bot.store.thread import Writer
from bot.sync.reading_passes import ReadingPasses
from bot.sync.readings import Readings, ReadOutcome, Wanted

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
INTERVAL = timedelta(minutes=10)


class _NoThread(ThreadPoolExecutor):
    """Does at once what it is given: a thread would run in real time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - it is the waiter's
            done.set_exception(error)
        return done


class PacedSource:
    """A source that answers everybody "nothing held" after a while, at a limited rate."""

    name = label = network = LOOPRING
    abilities = Abilities()

    def __init__(self, per_second: float, latency: float) -> None:
        self.health = Health()
        self.calls = 0
        self._pace = Pace(per_second)
        self._latency = latency

    async def iter_holdings(
        self, account: Account, contract: str | None, askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        """Nothing, after its turn and a while."""
        del account, contract
        async with self._pace.acquire_turn(Ticket(askers)) as pass_on:
            await self._pace.take_token()
            pass_on()
            self.calls += 1
            await asyncio.sleep(self._latency)
        yield Scan((), 0, finished=True)

    def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """Never asked here."""
        raise NotImplementedError

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        """Never asked here."""
        raise NotImplementedError

    async def fetch_owner(self, account: Account, askers: Askers) -> str:
        """Never asked here."""
        raise NotImplementedError

    async def fetch_account(self, owner: str, askers: Askers) -> Account:
        """Never asked here."""
        raise NotImplementedError

    async def close(self) -> None:
        """There is nothing to stop."""


def open_virtual_store(opened: ExitStack) -> Store:
    """An empty store in memory that takes no time."""
    return Store(Writer(_NoThread(), open_memory(opened), ExitStack()))


def count_for_somebody(db: Database, accounts: int) -> None:
    """Let so many accounts be vouched for: they are due."""
    sql = """
        INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at)
        VALUES (1, '0x' || printf('%040d', ?1), ?1, 'loopring:' || ?1, 1, 1)
    """
    db.conn.executemany(sql, [(number,) for number in range(1, accounts + 1)])


def run_virtual_pass(accounts: int, per_second: float, latency: float) -> tuple[float, int]:
    """Seconds that a pass over so many accounts takes, and how many calls it makes."""
    return run_virtually(lambda loop: _pass(loop, accounts, per_second, latency))


async def _pass(loop: VirtualLoop, accounts: int, per_second: float, latency: float) -> tuple[float, int]:
    def clock() -> datetime:
        return START + timedelta(seconds=loop.time())

    async def on_read(outcome: ReadOutcome) -> None:
        if outcome.failure:
            raise RuntimeError(outcome.failure)

    with ExitStack() as opened:
        store = open_virtual_store(opened)
        await store.writer.transaction(lambda db: count_for_somebody(db, accounts))
        source = PacedSource(per_second, latency)
        readings = Readings(
            store.readings,
            [source],
            ProvenHere(store, vouching=True),
            rates={LOOPRING: per_second},
            interval=INTERVAL,
            wanted=Wanted,
            clock=clock,
            random=Random(1),  # noqa: S311 - it only spreads pauses
        )
        passes = ReadingPasses(
            store.readings,
            readings,
            holder="bench",
            on_read=on_read,
            clock=clock,
        )
        started = loop.time()
        await passes.run_pass()
        return loop.time() - started, source.calls
