"""Ask one source, else another: for example Loopring, and the archive where Loopring gives no answer.

The second speaks only where the first gave none, or none that is complete, and it is said that it did. When neither
answers, the first one's word stands: an error is never turned into an empty holding on the way.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from bot.errors import SourceError, TesseraError
from bot.holdings import Account, Collection, Holding, Nft
from bot.links import Counterfactual
from bot.sources.http import Health
from bot.sources.pace import Priority
from bot.sources.paging import Scan
from bot.sources.source import Abilities, Holder, Source

T = TypeVar("T")


class ChainedSource:
    """`first`, else `second`; both know the same network. It is called as the first is."""

    def __init__(self, first: Source, second: Source) -> None:
        self.name = first.name
        self.label = first.label
        self.network = first.network
        self._first = first
        self._second = second

    @property
    def abilities(self) -> Abilities:
        """Those of the first: what it can do decides what may be offered. But either may know of wallets."""
        knows_wallets = self._first.abilities.knows_wallets or self._second.abilities.knows_wallets
        return replace(self._first.abilities, knows_wallets=knows_wallets)

    @property
    def health(self) -> Health:
        """That of the first."""
        return self._first.health

    def iter_holdings(self, account: Account, contract: str | None, priority: Priority) -> AsyncIterator[Scan[Holding]]:
        """See `Source`."""
        return self._iter(lambda source: source.iter_holdings(account, contract, priority))

    def iter_nfts(self, account: Account, collection: Collection, priority: Priority) -> AsyncIterator[Scan[Nft]]:
        """See `Source`."""
        return self._iter(lambda source: source.iter_nfts(account, collection, priority))

    def iter_holders(self, collection_id: str, priority: Priority) -> AsyncIterator[Scan[Holder]]:
        """See `Source`."""
        return self._iter(lambda source: source.iter_holders(collection_id, priority))

    async def fetch_collection(self, collection_id: str, priority: Priority) -> Collection:
        """See `Source`."""
        try:
            return await self._first.fetch_collection(collection_id, priority)
        except SourceError as first:
            try:
                found = await self._second.fetch_collection(collection_id, priority)
            except TesseraError:
                raise first from None  # as in _ask
            return replace(found, source_label=found.source_label or self._second.label)

    async def fetch_owner(self, account: Account, priority: Priority) -> str:
        """See `Source`."""
        return await self._ask(lambda source: source.fetch_owner(account, priority))

    async def fetch_account(self, owner: str, priority: Priority) -> Account:
        """See `Source`."""
        return await self._ask(lambda source: source.fetch_account(owner, priority))

    async def resolve_name(self, name: str, priority: Priority) -> str:
        """See `Source`."""
        return await self._ask(lambda source: source.resolve_name(name, priority))

    async def fetch_name(self, owner: str, priority: Priority) -> str:
        """See `Source`."""
        return await self._ask(lambda source: source.fetch_name(owner, priority))

    async def fetch_counterfactual(self, wallet: str, priority: Priority) -> Counterfactual | None:
        """See `Source`. That the second knows of no such wallet is no answer to what the first was asked."""
        if not self._first.abilities.knows_wallets:
            return await self._second.fetch_counterfactual(wallet, priority)
        try:
            return await self._first.fetch_counterfactual(wallet, priority)
        except SourceError:
            if found := await self._second.fetch_counterfactual(wallet, priority):
                return found
            raise

    async def close(self) -> None:
        """Close both."""
        await self._first.close()
        await self._second.close()

    async def _ask(self, call: Callable[[Source], Awaitable[T]]) -> T:
        try:
            return await call(self._first)
        except SourceError as first:
            try:
                return await call(self._second)
            except TesseraError:
                raise first from None  # what the second does not know is no answer to what the first was asked

    async def _iter(self, call: Callable[[Source], AsyncIterator[Scan[T]]]) -> AsyncIterator[Scan[T]]:
        failure: SourceError | None = None
        scan: Scan[T] | None = None
        try:
            async for scan in call(self._first):
                # A first word that ends with a gap is held back until the second was asked.
                if scan.complete or not scan.finished:
                    yield scan
        except SourceError as error:
            failure = error
        if scan and scan.complete:
            return
        why = (
            failure.sentence if failure else f"{self._first.label}: {scan.incomplete_reason if scan else 'no answer'}."
        )
        try:
            async for other in call(self._second):
                if other.complete:
                    other.source_label = other.source_label or self._second.label
                    other.fallback_reason = why
                    yield other
                    return
        except TesseraError as error:
            del error  # as in _ask
        if failure:
            raise failure
        if scan:
            yield scan
