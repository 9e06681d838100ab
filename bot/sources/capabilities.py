"""What only some sources can do: each function returns the object that can do it for a source, or None.

A source that can do it has the method. With a chain of two it depends: features that people see (lists of holders,
typed names) follow the first source, so that they do not appear and disappear; the name of an address or the origin of
a wallet may come from either.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import TypeVar

from bot.errors import SourceError, TesseraError
from bot.links import Counterfactual
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Askers
from bot.sources.chain import ChainedSource, ask_in_turn
from bot.sources.paging import Scan
from bot.sources.source import Holder, KnowsWallets, ListsHolders, NamesOwners, Pauses, ResolvesNames, Source

T = TypeVar("T")


def holders_of(source: Source) -> ListsHolders | None:
    """Lists the holders of a collection; in a chain, only if the first source can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, ListsHolders) else None
    first, second = holders_of(source.first), holders_of(source.second)
    return _ChainedHolders(source, first, second) if first and second else first


def resolver_of(source: Source) -> ResolvesNames | None:
    """Resolves a name to an address; in a chain, only if the first source can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, ResolvesNames) else None
    first, second = resolver_of(source.first), resolver_of(source.second)
    return _ChainedResolver(first, second) if first and second else first


def namer_of(source: Source) -> NamesOwners | None:
    """Finds the name of an address; in a chain, if either source can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, NamesOwners) else None
    first, second = namer_of(source.first), namer_of(source.second)
    return _ChainedNamer(first, second) if first and second else first or second


def wallets_of(source: Source) -> KnowsWallets | None:
    """Knows how the address of a wallet that is not deployed is computed; in a chain, if either source can."""
    if not isinstance(source, ChainedSource):
        return source if isinstance(source, KnowsWallets) else None
    first, second = wallets_of(source.first), wallets_of(source.second)
    return _ChainedWallets(first, second) if first and second else first or second


def each_of(source: Source) -> tuple[Source, ...]:
    """The sources of a chain, in the order in which they are asked; of any other, itself."""
    if not isinstance(source, ChainedSource):
        return (source,)
    return (*each_of(source.first), *each_of(source.second))


def end_pauses(source: Source) -> None:
    """Ask again what failed, each source of a chain."""
    for each in each_of(source):
        if isinstance(each, Pauses):
            each.end_pauses()


async def first_of(source: Source, ask: Callable[[Source], Awaitable[T]]) -> tuple[T, str]:
    """What the first source of a chain says that answers, and its name; else the error of the first."""
    first, *others = each_of(source)
    try:
        return await ask(first), first.name
    except SourceError:
        for other in others:
            with contextlib.suppress(TesseraError):  # what it lacks must not replace the error of the first
                return await ask(other), other.name
        raise


def archive_hash(source: Source) -> str:
    """The SHA-256 of the file of an archive; "" for every other source."""
    return source.sha256 if isinstance(source, ArchiveSource) else ""


def recorded_at(source: Source) -> datetime | None:
    """When an archive was recorded, also one that is the first of a chain; None for every other source."""
    first, *_ = each_of(source)
    return first.recorded_at if isinstance(first, ArchiveSource) else None


class _ChainedHolders:
    def __init__(self, chain: ChainedSource, first: ListsHolders, second: ListsHolders) -> None:
        self._chain = chain
        self._first = first
        self._second = second

    def iter_holders(self, collection_id: str, askers: Askers) -> AsyncIterator[Scan[Holder]]:
        first, second = (source.iter_holders(collection_id, askers) for source in (self._first, self._second))
        return self._chain.iter_in_turn(first, second)


class _ChainedResolver:
    def __init__(self, first: ResolvesNames, second: ResolvesNames) -> None:
        self._first = first
        self._second = second

    async def resolve_name(self, name: str, askers: Askers) -> str:
        return await ask_in_turn(self._first, self._second, lambda source: source.resolve_name(name, askers))


class _ChainedNamer:
    def __init__(self, first: NamesOwners, second: NamesOwners) -> None:
        self._first = first
        self._second = second

    async def fetch_name(self, owner: str, askers: Askers) -> str:
        return await ask_in_turn(self._first, self._second, lambda source: source.fetch_name(owner, askers))


class _ChainedWallets:
    def __init__(self, first: KnowsWallets, second: KnowsWallets) -> None:
        self._first = first
        self._second = second

    async def fetch_counterfactual(self, wallet: str, askers: Askers) -> Counterfactual | None:
        """If the first fails, a "no such wallet" from the second is not an answer: the error is raised."""
        try:
            return await self._first.fetch_counterfactual(wallet, askers)
        except SourceError:
            if found := await self._second.fetch_counterfactual(wallet, askers):
                return found
            raise
