"""What only some sources can do: each function finds who can do it for a source, or None.

A source that can has the method. Of two that are chained it depends on what is asked: what is offered to people (lists
of holders, names to type) is what the first can do, so that it does not come and go; what a name or a wallet is, either
may know.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.errors import SourceError
from bot.links import Counterfactual
from bot.sources.chain import ChainedSource, ask_in_turn
from bot.sources.pace import Priority
from bot.sources.paging import Scan
from bot.sources.source import Holder, KnowsWallets, ListsHolders, NamesOwners, ResolvesNames, Source


def holders_of(source: Source) -> ListsHolders | None:
    """Who can say who holds a collection; of two, if the first can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, ListsHolders) else None
    first, second = holders_of(source.first), holders_of(source.second)
    return _ChainedHolders(source, first, second) if first and second else first


def resolver_of(source: Source) -> ResolvesNames | None:
    """Who leads from a name to an address; of two, if the first can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, ResolvesNames) else None
    first, second = resolver_of(source.first), resolver_of(source.second)
    return _ChainedResolver(first, second) if first and second else first


def namer_of(source: Source) -> NamesOwners | None:
    """Who leads from an address to a name; of two, either."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, NamesOwners) else None
    first, second = namer_of(source.first), namer_of(source.second)
    return _ChainedNamer(first, second) if first and second else first or second


def wallets_of(source: Source) -> KnowsWallets | None:
    """Who can say how a wallet that is not deployed comes by its address; of two, either."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, KnowsWallets) else None
    first, second = wallets_of(source.first), wallets_of(source.second)
    return _ChainedWallets(first, second) if first and second else first or second


class _ChainedHolders:
    def __init__(self, chain: ChainedSource, first: ListsHolders, second: ListsHolders) -> None:
        self._chain = chain
        self._first = first
        self._second = second

    def iter_holders(self, collection_id: str, priority: Priority) -> AsyncIterator[Scan[Holder]]:
        first, second = (able.iter_holders(collection_id, priority) for able in (self._first, self._second))
        return self._chain.iter_in_turn(first, second)


class _ChainedResolver:
    def __init__(self, first: ResolvesNames, second: ResolvesNames) -> None:
        self._first = first
        self._second = second

    async def resolve_name(self, name: str, priority: Priority) -> str:
        return await ask_in_turn(self._first, self._second, lambda able: able.resolve_name(name, priority))


class _ChainedNamer:
    def __init__(self, first: NamesOwners, second: NamesOwners) -> None:
        self._first = first
        self._second = second

    async def fetch_name(self, owner: str, priority: Priority) -> str:
        return await ask_in_turn(self._first, self._second, lambda able: able.fetch_name(owner, priority))


class _ChainedWallets:
    def __init__(self, first: KnowsWallets, second: KnowsWallets) -> None:
        self._first = first
        self._second = second

    async def fetch_counterfactual(self, wallet: str, priority: Priority) -> Counterfactual | None:
        """That the second knows of no such wallet is no answer to what the first was asked."""
        try:
            return await self._first.fetch_counterfactual(wallet, priority)
        except SourceError:
            if found := await self._second.fetch_counterfactual(wallet, priority):
                return found
            raise
