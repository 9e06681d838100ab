"""Reads the accounts that are due, those that have waited longest first; each with one request, whatever asks for it.

Nobody waits for these readings, so they go behind everybody's at the source. At most `AT_ONCE` are asked for at once of
each source; storing an answer does not keep the next one waiting. A source that answers nothing is left alone for a
while, and then asked about one account.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.errors import StoreError
from bot.holdings import Account
from bot.sources.askers import Asker
from bot.sources.different_questions import DifferentQuestions
from bot.store.sync.reading_table import Readings as ReadingTable
from bot.sync.readings import Readings, ReadOutcome

log = logging.getLogger(__name__)

AT_ONCE = 8
# Besides those that are asked for, as many are being stored, and as many are there to be asked for next.
_WORKERS = 3 * AT_ONCE
# A source sends three requests of one asker at once: each place at it has one of these, so that none waits for another.
_ASKERS = tuple(Asker.job(f"readings {number}") for number in range(1, 4))
_PLACES = tuple(_ASKERS[number % len(_ASKERS)] for number in range(AT_ONCE))
# Few, as they wait here for the source; and so long that even a slow source is done with them.
_LEASED = 32
_LEASE = timedelta(minutes=15)
# Accounts of so many different people in a row: that is the source's fault, and not that of the accounts. However many
# accounts one member has that fail, everybody else's are read.
_GIVES_UP = 2 * AT_ONCE

OnRead = Callable[[ReadOutcome], Awaitable[None]]


@dataclass
class _Network:
    """How reading goes at one source.

    Attributes:
        failures: Readings in a row that failed, of different people.
        failed: Whose account the latest of them was.
        probed: Whose account showed last that the source was to be left alone for longer.
        rounds: How often in a row it was left alone.
        paused_until: Until when it is.
        places: As many as may be asked for at once: in whose name each is asked for.
        waiting: Leased, and not asked for yet.
        under_way: Asked for.
        none_due: How often nothing was due when the store was asked.
    """

    failures: DifferentQuestions = field(default_factory=DifferentQuestions)
    failed: frozenset[int] = frozenset()
    probed: frozenset[int] = frozenset()
    rounds: int = 0
    paused_until: datetime | None = None
    places: asyncio.Queue[Asker] = field(default_factory=lambda: _filled(_PLACES))
    waiting: deque[Account] = field(default_factory=deque)
    under_way: set[Account] = field(default_factory=set)
    none_due: int = 0
    leasing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def may_go_on(self, count: int) -> bool:
        """Whether a worker that has read so many may read one more: not where the source answers nothing."""
        return len(self.failures) < _GIVES_UP or count == 0 < self.rounds


class _Place:
    """One of the places at a source; it can be given back early, and is given back once."""

    def __init__(self, places: asyncio.Queue[Asker], asker: Asker) -> None:
        self._places: asyncio.Queue[Asker] | None = places
        self.asker = asker

    def give_back(self) -> None:
        """Let another account be asked for."""
        if self._places:
            self._places.put_nowait(self.asker)
        self._places = None


def _filled(places: Iterable[Asker]) -> asyncio.Queue[Asker]:
    queue: asyncio.Queue[Asker] = asyncio.Queue()
    for asker in places:
        queue.put_nowait(asker)
    return queue


class ReadingPasses:
    """Runs passes over the accounts that are due; one at a time. Every method may raise `StoreError`.

    What fails with one account is logged, and the others are read all the same.

    Args:
        store: Which accounts are due.
        readings: Reads them.
        holder: Names this process among those that share the store.
        clock: Returns the present as an aware datetime.
        on_read: Is given what became of each account.
    """

    def __init__(
        self,
        store: ReadingTable,
        readings: Readings,
        *,
        holder: str,
        clock: Callable[[], datetime],
        on_read: OnRead | None = None,
    ) -> None:
        self._store = store
        self._readings = readings
        self._holder = holder
        self._on_read = on_read
        self._clock = clock
        self._networks: dict[str, _Network] = {network: _Network() for network in readings.networks}

    async def run_pass(self) -> int:
        """Read every account that is due, also those that become due meanwhile; how many were read or tried."""
        return await _all(self._run_network(name) for name in self._networks)

    def resume(self) -> None:
        """A source that is left alone for a while is tried now: the clock was set, or it may answer again."""
        for network in self._networks.values():
            network.paused_until = None

    async def next_at(self) -> datetime | None:
        """When there is something to do again; None: there are no accounts."""
        moments = []
        for name, network in self._networks.items():
            if due := await self._store.next_due([name]):
                moments.append(max(due, network.paused_until) if network.paused_until else due)
        return min(moments, default=None)

    async def _run_network(self, name: str) -> int:
        network = self._networks[name]
        if network.paused_until and self._clock() < network.paused_until:
            return 0
        try:
            count = await self._probe(name, network) if network.rounds else 0
            if not (network.rounds and network.failures):
                network.rounds, network.paused_until, network.probed = 0, None, frozenset()
                count += await _all(self._work(name, network) for _ in range(_WORKERS))
            if network.rounds or len(network.failures) >= _GIVES_UP:
                network.rounds += 1
                network.paused_until = self._clock() + self._readings.pause_after(network.rounds)
            return count
        finally:
            await self._give_back(network)

    async def _probe(self, name: str, network: _Network) -> int:
        """Let one account show whether the source answers again, but not twice in a row one of the same person."""
        count = 0
        while await self._work(name, network, most=1):
            count += 1
            if not network.failures or network.failed.isdisjoint(network.probed):
                break
        network.probed = network.failed
        return count

    async def _work(self, name: str, network: _Network, *, most: int | None = None) -> int:
        """Read one account after another, until none is due or the source answers nothing; how many."""
        count = 0
        while network.may_go_on(count) and (account := await self._next(name, network)):
            if not await self._read(account, network, count):
                break
            count += 1
            if count == most:
                break
        return count

    async def _read(self, account: Account, network: _Network, count: int) -> bool:
        """Read one account as soon as there is a place for it; False: by then the source was given up."""
        try:
            place = _Place(network.places, await network.places.get())
        except asyncio.CancelledError:
            network.waiting.appendleft(account)
            raise
        if not network.may_go_on(count):
            place.give_back()
            network.waiting.appendleft(account)
            return False
        network.under_way.add(account)
        try:
            outcome = await self._readings.read(account, place.asker, answered=place.give_back)
            if outcome.failure:
                network.failed = outcome.members
                network.failures.add(network.failed)
            else:
                network.failures.clear()
            if self._on_read:
                await self._on_read(outcome)
        except Exception as error:  # one account must not stop the others; at the latest its lease ends
            network.failed = frozenset()
            network.failures.add(network.failed)
            log.warning(
                "a reading was not stored: %s", type(error).__name__, exc_info=not isinstance(error, StoreError)
            )
        finally:
            network.under_way.discard(account)
            place.give_back()
        return True

    async def _next(self, name: str, network: _Network) -> Account | None:
        """The account that has waited longest and that nobody here reads."""
        none_due = network.none_due
        async with network.leasing:
            # That nothing was due while this worker waited for its turn is the answer for it too.
            if not network.waiting and network.none_due == none_due:
                now = self._clock()
                leased = await self._store.lease(name, self._holder, now, until=now + _LEASE, limit=_LEASED)
                network.none_due += not leased
                network.waiting.extend(account for account in leased if account not in network.under_way)
                # Stored and due again before its reader is done with it: leased by nobody, the next pass reads it.
                if busy := [account for account in leased if account in network.under_way]:
                    await self._store.release(self._holder, busy)
            return network.waiting.popleft() if network.waiting else None

    async def _give_back(self, network: _Network) -> None:
        accounts = tuple(network.waiting)
        network.waiting.clear()
        if accounts:
            await self._store.release(self._holder, accounts)


async def _all(work: Iterable[Coroutine[Any, Any, int]]) -> int:
    """The sum of what these return; when one fails, the others are ended, and its own error is raised, in no group."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        return sum(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
