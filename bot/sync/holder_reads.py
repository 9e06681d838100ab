"""Reads now, for a list of holders, the accounts of which something is not known; a bounded number, and cancellable.

Accounts are read by themselves while some server here has a gate. Where none has, or copies are wanted that no gate
asks for, nothing reads them but this.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.errors import TesseraError
from bot.gates.rule import CollectionRef
from bot.holders.held import HolderList, OpenReason, is_exact
from bot.holdings import Account
from bot.reasons import Reason, source_error
from bot.sources.askers import Asker
from bot.sync.holder_progress import Progress
from bot.sync.readings import Readings

# Of one press: so long as a list is looked at, and not so long that a source is busy with one server's.
MOST = 200
# As many requests as a source sends at once of one asker.
_WORKERS = 3
# Reading again helps with these; whose account it is, and a network without a source, are for people to settle.
_READABLE = frozenset({OpenReason.NEVER_READ, OpenReason.TOO_OLD, OpenReason.PARTLY_READ, OpenReason.NOT_COUNTED})


@dataclass(frozen=True, slots=True)
class ReadNow:
    """What became of it.

    Attributes:
        read: Accounts of which it is known now what they hold.
        failed: Accounts that could not be read.
        left: Accounts that were not tried: it was cancelled, or they are too many for one press.
        why: Why the first of them could not be read; None: all could.
    """

    read: int
    failed: int
    left: int
    why: Reason | None = None


class HolderReads:
    """Reads accounts for lists.

    Args:
        readings: Reads them.
    """

    def __init__(self, readings: Readings) -> None:
        self._readings = readings

    def lacking(self, holders: HolderList) -> Sequence[Account]:
        """The accounts that reading now may say more about: what is open first, then copies that were not counted."""
        readable = frozenset(self._readings.networks)
        rows = [each for each in holders.accounts if each.account.network in readable]
        opened = [each.account for each in rows if each.reason in _READABLE]
        uncounted = [each.account for each in rows if each.reason is None and not is_exact(each.copies)]
        return list(dict.fromkeys([*opened, *uncounted]))

    async def read(
        self, accounts: Sequence[Account], collections: Collection[CollectionRef], asker: Asker, progress: Progress
    ) -> ReadNow:
        """Read accounts now, `MOST` of them at most, with their copies of some collections.

        Args:
            accounts: In the order in which they are read.
            collections: Whose single NFTs are read with them.
            asker: Who asks.
            progress: Who waits.

        Whatever cannot be read, also because the store fails, is in the answer.
        """
        queue, tokens = deque(accounts[:MOST]), frozenset(collections)
        total, read, failures = len(queue), 0, list[Reason]()

        async def work() -> None:
            nonlocal read
            while queue and not progress.is_cancelled:
                account = queue.popleft()
                outcome = await self._readings.read(account, asker, tokens=tokens)
                read += outcome.is_read
                if not outcome.is_read and outcome.failure:
                    failures.append(outcome.failure)
                await progress.report(read + len(failures), total)

        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(min(_WORKERS, total)):
                    workers.create_task(work())
        except* TesseraError as group:
            failures.append(_first(group))
        failed = len(failures)
        return ReadNow(read, failed, len(accounts) - read - failed, failures[0] if failures else None)


def _first(group: ExceptionGroup[TesseraError]) -> Reason:
    """Why the first of the workers stopped: all do, as the same would stop each."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, TesseraError)  # noqa: S101 - what is left of it is such
    return source_error(error.words)
