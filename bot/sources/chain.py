"""Ask one source, else another: for example Loopring, and the archive where Loopring gives no answer.

The second is asked only where the first gave no answer, or an incomplete one, and its answers are marked as such. When
neither answers, the error of the first is raised: an error never turns into an empty holding.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.errors import SourceError, TesseraError
from bot.holdings import Account, Collection, Holding, Nft
from bot.reasons import Reason, ReasonCode, source_error
from bot.sources.askers import Askers
from bot.sources.health import Health
from bot.sources.paging import Scan
from bot.sources.source import Abilities, Source, origin_of

C = TypeVar("C")
T = TypeVar("T")


class ChainedSource:
    """`first`, else `second`; both know the same network. It has the name and label of the first.

    For what only some sources can do, see `bot.sources.capabilities`.
    """

    def __init__(self, first: Source, second: Source) -> None:
        self.name = first.name
        self.label = first.label
        self.network = first.network
        self.first = first
        self.second = second

    @property
    def abilities(self) -> Abilities:
        """The abilities of the first."""
        return self.first.abilities

    @property
    def health(self) -> Health:
        """The health of the first."""
        return self.first.health

    def iter_holdings(self, account: Account, contract: str | None, askers: Askers) -> AsyncIterator[Scan[Holding]]:
        """See `Source`."""
        first, second = (source.iter_holdings(account, contract, askers) for source in (self.first, self.second))
        return self.iter_in_turn(first, second)

    def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """See `Source`."""
        first, second = (source.iter_nfts(account, collection, askers) for source in (self.first, self.second))
        return self.iter_in_turn(first, second)

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        """See `Source`."""
        try:
            return await self.first.fetch_collection(collection_id, askers)
        except SourceError as first:
            try:
                found = await self.second.fetch_collection(collection_id, askers)
            except TesseraError:
                raise first from None  # as in ask_in_turn
            return replace(found, source_label=found.source_label or self.second.label)

    async def fetch_owner(self, account: Account, askers: Askers) -> str:
        """See `Source`."""
        return await ask_in_turn(self.first, self.second, lambda source: source.fetch_owner(account, askers))

    async def fetch_account(self, owner: str, askers: Askers) -> Account:
        """See `Source`."""
        return await ask_in_turn(self.first, self.second, lambda source: source.fetch_account(owner, askers))

    async def close(self) -> None:
        """Close both."""
        await self.first.close()
        await self.second.close()

    async def iter_in_turn(
        self, first: AsyncIterator[Scan[T]], second: AsyncIterator[Scan[T]]
    ) -> AsyncIterator[Scan[T]]:
        """The list of the first, or that of the second where only the second is complete.

        Args:
            first: What the first answers.
            second: What the second would answer; no request is sent before this is iterated.
        """
        failure: SourceError | None = None
        scan: Scan[T] | None = None
        try:
            async for scan in first:
                # An incomplete answer of the first is not yielded until the second was asked.
                if scan.complete or not scan.finished:
                    yield scan
        except SourceError as error:
            failure = error
        if scan and scan.complete:
            return
        why = source_error(failure.words) if failure else self._why_incomplete(scan)
        try:
            async for other in second:
                if other.complete:
                    yield replace(other, origin=other.origin or origin_of(self.second), fallback_reason=why)
                    return
        except TesseraError as error:
            del error  # as in ask_in_turn
        if failure:
            raise failure
        if scan:
            yield scan

    def _why_incomplete(self, scan: Scan[T] | None) -> Reason:
        if scan is None or scan.incomplete_reason is None:  # it ended in the middle without a word
            return Reason.of(ReasonCode.ASKED_FIRST_SILENT, label=self.first.label)
        return Reason.of(ReasonCode.ASKED_FIRST_INCOMPLETE, scan.incomplete_reason, label=self.first.label)


async def ask_in_turn(first: C, second: C, call: Callable[[C], Awaitable[T]]) -> T:
    """What the first answers, or the second where the first gives no usable answer."""
    try:
        return await call(first)
    except SourceError as error:
        try:
            return await call(second)
        except TesseraError:
            raise error from None  # an error of the second must not replace that of the first
