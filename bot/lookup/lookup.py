"""Answers about accounts and collections: shared while they are under way, cached for a while, with their age.

Many people who ask for the same account cause one read of it. The read continues when the person who caused it leaves,
so that the others still get their answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, SourceError, TesseraError
from bot.holdings import Account, Collection, Holding, Holdings, NftList, Owner
from bot.lookup.holdings_read import HoldingsRead
from bot.lookup.owner_rule import OwnerRule
from bot.lookup.owners import Owners
from bot.lookup.resolution import Resolution, Sleep
from bot.lookup.subscription import Subscription
from bot.lookup.wallet_facts import WalletFacts
from bot.messages import Message, Words
from bot.names import AccountRef, Names
from bot.reasons import source_error
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import namer_of
from bot.sources.reading import read_nfts
from bot.sources.source import Source
from bot.store import Store

log = logging.getLogger(__name__)

_NETWORK_GONE = Message("No source here knows `{network}` any more: this bot's operator has removed it.")

# Rows cached in memory: shared for `cache_for`, and shown with their age when the source is down. A row with its texts
# usually has some 2 KB; texts that are too long to be shown were shortened when they were parsed. A larger answer is
# not cached: a cache raises where what is put into it is larger than it is.
_MAX_ROWS = 20_000
# The owner of a name can change where it points.
_NAME_SECONDS = 3600
# Reads that go on in the background for the next who asks.
_MAX_ABANDONED = 50

_AGREE = OwnerRule()
_Key = tuple[Account, str | None]


def _now() -> datetime:
    return datetime.now(UTC)


class Lookup:
    """What commands ask; every method may raise `SourceError` (unknown) or `NotFoundError` (asked, and there is none).

    Whatever may send a request needs to know who asks: sources answer all askers in turn.

    Args:
        sources: Where holdings come from, one for each network, in the order in which their answers are preferred.
        store: Where owners are stored.
        cache_for: How long a complete answer is reused without asking the source again.
        sleep: Measures how long a preferred source is waited for after another has answered.
        owner_rule: Which sources a proof may rest on, as to owners.
        clock: Returns the present as an aware datetime.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        *,
        cache_for: timedelta,
        sleep: Sleep = asyncio.sleep,
        owner_rule: OwnerRule = _AGREE,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.sources = tuple(sources)
        self.names = Names(
            tuple(source.network for source in sources), {source.name: source.network for source in sources}
        )
        self._by_network = {source.network: source for source in sources}
        self._cache_for = cache_for
        self._clock = clock
        self._cached: LRUCache[_Key, Holdings] = LRUCache(_MAX_ROWS, getsizeof=_holding_rows)
        self._reads: dict[_Key, HoldingsRead] = {}
        self.owners = Owners(self.sources, self._source, store, owner_rule)
        self.wallets = WalletFacts(self.sources, store, clock)
        self._resolution = Resolution(self.sources, self._read_holdings, self.owners, sleep=sleep)
        self._owner_names: TTLCache[tuple[str, str], str] = TTLCache(10_000, _NAME_SECONDS)
        seconds = cache_for.total_seconds()
        self._nfts: TTLCache[tuple[Account, str], NftList] = TTLCache(_MAX_ROWS, seconds, getsizeof=_nft_rows)
        self._collections: TTLCache[tuple[str, str], tuple[Collection, datetime]] = TTLCache(_MAX_ROWS, seconds)

    def cache_answers_for(self, span: timedelta) -> None:
        """From now on complete answers are reused for so long."""
        self._cache_for, seconds = span, span.total_seconds()
        self._nfts = TTLCache(_MAX_ROWS, seconds, getsizeof=_nft_rows)
        self._collections = TTLCache(_MAX_ROWS, seconds)

    def label(self, network: str) -> Words | str:
        """The source of a network, for people."""
        return self._source(network).label

    def _source(self, network: str) -> Source:
        """The source of a network.

        Raises:
            InputError: none is configured (any more): accounts may have been linked while one was.
        """
        if network not in self._by_network:
            raise InputError(_NETWORK_GONE, network=network)
        return self._by_network[network]

    async def close(self) -> None:
        """Stop the reads that are under way."""
        for read in list(self._reads.values()):
            await read.cancel()

    async def resolve(self, ref: AccountRef, asker: Asker) -> Account:
        """The account that a person meant by an id, an owner's address or a name."""
        return await self._resolution.resolve(ref, Askers(asker))

    async def find_holdings(
        self, ref: AccountRef, asker: Asker, contract: str | None = None
    ) -> tuple[Account, AsyncIterator[Holdings]]:
        """The account that a person meant, and what it holds, as from `subscribe_holdings`."""
        return await self._resolution.find_holdings(ref, Askers(asker), contract)

    async def account_of(self, owner: str, network: str, asker: Asker) -> Account:
        """The account that an address has on a network."""
        self._source(network)
        return await self._resolution.account_of(owner, network, Askers(asker))

    async def known_owner(self, account: Account) -> Owner:
        """Who owns an account, as far as it is stored or cached; sends no request, and never raises."""
        address = await self.owners.known(account)
        return Owner(address, self._owner_names.get((account.network, address), "") if address else "")

    async def owner_of(self, account: Account, asker: Asker, *, members: Iterable[int] = ()) -> str:
        """The address that owns an account, as far as a proof may rest on it; see `bot.lookup.owners`.

        Args:
            account: The account.
            asker: Who asks.
            members: Whose account it is, where a job asks.
        """
        askers = Askers(asker)
        askers.on_behalf_of(members)
        return await self.owners.owner_of(account, askers)

    async def fetch_owner(self, account: Account, asker: Asker) -> Owner:
        """Who owns an account, and by which name; empty where it cannot be found out. Never raises, as below."""
        owner = await self.fetch_owner_address(account, asker)
        key = (account.network, owner.address)
        try:
            namer = namer_of(self._source(account.network))
            if owner.address and key not in self._owner_names and namer:
                self._owner_names[key] = await namer.fetch_name(owner.address, Askers(asker))
        except TesseraError as error:
            log.info("name of the owner of %s: %s", account, error.sentence)
        return Owner(owner.address, self._owner_names.get(key, ""))

    async def fetch_owner_address(self, account: Account, asker: Asker) -> Owner:
        """Who owns an account, with the name if that is cached. Never raises: it is only an extra line on a card."""
        try:
            address = await self.owners.first_word(account, Askers(asker))
        except TesseraError as error:
            log.info("owner of %s: %s", account, error.sentence)
            return Owner()
        return Owner(address, self._owner_names.get((account.network, address), ""))

    def read_before(self, account: Account) -> Holdings | None:
        """What an account was found to hold when it was read the last time; None: not remembered. Asks nobody."""
        return self._cached.get((account, None))

    def subscribe_holdings(
        self, account: Account, asker: Asker, contract: str | None = None
    ) -> AsyncIterator[Holdings]:
        """What an account holds, growing with each upstream page; the last one is the answer.

        The read begins with the call, so that the caller can do something else before iterating.
        A fault in the middle ends with an incomplete answer that says why. A fault at the start raises, unless an
        earlier complete answer is cached: then that is returned, with `stale_reason`.
        """
        return self._read_holdings(account, Askers(asker), contract)

    def _read_holdings(self, account: Account, askers: Askers, contract: str | None) -> AsyncIterator[Holdings]:
        key = (account, contract)
        cached = self._cached.get(key)
        if cached and self._clock() - cached.as_of < self._cache_for:
            return _only(cached)
        asker = askers.first
        if read := self._reads.get(key):
            read.askers.join(asker)
        else:
            read = self._reads[key] = HoldingsRead(
                self._source(account.network),
                account,
                Askers(asker, part_of=askers),
                contract=contract,
                clock=self._clock,
                ended=lambda read: self._ended(key, read),
            )
        return Subscription(_states(read, cached), leave=partial(self._leave, read, asker))

    def _leave(self, read: HoldingsRead, asker: Asker) -> None:
        read.askers.leave(asker)
        self._cancel_abandoned()

    def _cancel_abandoned(self) -> None:
        """Cancel the oldest of the reads that nobody waits for, where they are too many."""
        abandoned = [key for key, read in self._reads.items() if read.askers.abandoned]
        for key in abandoned[:-_MAX_ABANDONED]:
            self._reads.pop(key).task.cancel()

    def _ended(self, key: _Key, read: HoldingsRead) -> None:
        if self._reads.get(key) is read:
            del self._reads[key]
        latest = read.latest
        # The answer of a fallback is not cached: the first source may answer again soon.
        if latest and latest.complete and not latest.fallback_reason and _holding_rows(latest) <= _MAX_ROWS:
            self._cached[key] = latest

    async def nfts(self, account: Account, holding: Holding, asker: Asker) -> NftList:
        """The NFTs that an account holds of a collection; not complete unless they are as many as the holding says."""
        key = (account, holding.collection.collection_id)
        if cached := self._nfts.get(key):
            return cached
        nfts = NftList()
        try:
            source = self._source(account.network)
            async for state in read_nfts(source, account, holding.collection, Askers(asker), clock=self._clock):
                nfts = state
        except SourceError as error:
            if not nfts.nfts:
                raise
            nfts = nfts.broken_off(error.words)
        nfts = nfts.expecting(holding.counted_kinds)
        if nfts.complete and not nfts.fallback_reason and _nft_rows(nfts) <= _MAX_ROWS:
            self._nfts[key] = nfts
        return nfts

    async def collection(self, network: str, collection_id: str, asker: Asker) -> tuple[Collection, datetime]:
        """One collection, independent of who holds it, and when that was true."""
        key = (network, collection_id)
        if cached := self._collections.get(key):
            return cached
        as_of = self._clock()
        found = await self._source(network).fetch_collection(collection_id, Askers(asker))
        answer = found, found.as_of or as_of
        if not found.source_label:
            self._collections[key] = answer
        return answer


async def _states(read: HoldingsRead, cached: Holdings | None) -> AsyncIterator[Holdings]:
    """What a read finds, or what is cached where that is better."""
    try:
        async for holdings in read.follow():
            if holdings.fallback_reason and cached and cached.as_of > holdings.as_of:
                # The fallback knows less than what the source itself reported a while ago.
                yield replace(cached, stale_reason=holdings.fallback_reason)
            else:
                yield holdings
    except SourceError as error:
        if not cached:
            raise
        yield replace(cached, stale_reason=source_error(error.words))


async def _only(holdings: Holdings) -> AsyncIterator[Holdings]:
    yield holdings


def _holding_rows(holdings: Holdings) -> int:
    return 1 + len(holdings.holdings)


def _nft_rows(nfts: NftList) -> int:
    return 1 + len(nfts.nfts)
