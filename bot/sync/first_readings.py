"""Reads accounts that a preview asks about and that were not read lately: before there is a gate, nothing else does.

It goes on in the background, behind everybody's questions at the source. Each account is asked about once, however
often the preview is made again; one that fails is left alone for as long as every other one that fails. The single NFTs
that a draft asks for are read with it; they are forgotten by the next pass, unless a gate that asks for them was saved.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from cachetools import TTLCache

from bot.errors import TesseraError
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.sources.askers import Asker
from bot.store import Store
from bot.sync.readings import Readings

log = logging.getLogger(__name__)

# A preview is to be quick, and a server may have thousands of linked members.
MOST = 200
# As many requests as a source sends at once of one asker.
_WORKERS = 3
# An answer without the NFTs that were asked for is not asked for again at each press.
_ASKED_AGAIN = timedelta(minutes=1)
_MOST_ASKED = 10_000
_PREVIEWS = Asker.job("previews")


class FirstReadings:
    """Reads them.

    Args:
        store: Knows which are due.
        readings: Reads accounts.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, readings: Readings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._readings = readings
        self._clock = clock
        self._queue: deque[tuple[Account, frozenset[CollectionRef], bool]] = deque()
        self._asked: TTLCache[Account, bool] = TTLCache(_MOST_ASKED, _ASKED_AGAIN.total_seconds(), self._seconds)
        self._unfinished: set[Account] = set()
        self._workers: set[asyncio.Task[None]] = set()

    def begin(
        self,
        accounts: Collection[Account],
        lacking: Collection[Account] = (),
        tokens: frozenset[CollectionRef] = frozenset(),
    ) -> int:
        """Have accounts read, `MOST` of them at the most; how many of these are being read.

        Args:
            accounts: Those that are due.
            lacking: Those that were read without the single NFTs that are asked for; each once a minute.
            tokens: The collections whose single NFTs are asked for.
        """
        again = {each for each in lacking if each in self._unfinished or each not in self._asked}
        chosen = sorted(again.union(accounts), key=str)[:MOST]
        new = [account for account in chosen if account not in self._unfinished]
        self._unfinished.update(new)
        self._queue.extend((account, tokens, account in again) for account in new)
        self._asked.update(dict.fromkeys(again.intersection(new), True))
        busy = sum(not worker.done() for worker in self._workers)
        for _ in range(min(_WORKERS, len(self._queue)) - busy):
            worker = asyncio.create_task(self._work(), name="first readings")
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)
        return len(chosen)

    async def close(self) -> None:
        """Stop; the next preview asks again."""
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)

    def _seconds(self) -> float:
        return self._clock().timestamp()

    async def _is_due(self, account: Account) -> bool:
        stored = (await self._store.readings.of([account])).get(account)
        return stored is not None and stored.due <= self._clock()

    async def _work(self) -> None:
        while self._queue:
            account, tokens, is_lacking = self._queue.popleft()
            try:
                if is_lacking or await self._is_due(account):  # since a gate was saved, others read it too
                    await self._readings.read(account, _PREVIEWS, tokens=tokens)
            except TesseraError as error:
                log.info("a first reading failed: %s", error.sentence)
            finally:
                self._unfinished.discard(account)
