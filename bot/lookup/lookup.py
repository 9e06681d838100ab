"""Answers about accounts and collections: shared while they are under way, kept for a while, honest about their age.

Many people asking for the same account cause one reading of it. A reading outlives the person who asked, so that one
who goes away does not take the answer from the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, SourceError, StoreError, TesseraError
from bot.holdings import Account, Collection, Holding, Holdings, NftList, Owner
from bot.links import Counterfactual
from bot.lookup.holdings_read import HoldingsRead
from bot.lookup.resolution import Resolution, Sleep
from bot.messages import Message
from bot.names import AccountRef, Names, is_numbered
from bot.reasons import source_error
from bot.sources.capabilities import namer_of, wallets_of
from bot.sources.pace import Priority
from bot.sources.reading import read_nfts
from bot.sources.source import Source
from bot.store import Store

log = logging.getLogger(__name__)

_NETWORK_GONE = Message("No source here knows `{network}` any more: this bot's operator has removed it.")
_OWNER_CHANGED = Message("It was told differently before who owns {account}: this bot's operator must look.")

# Rows kept in memory, to be shared for `cache_for` and shown with their age when the source is down. A row with its
# texts is some 2 KB as a rule; the wire cuts texts that are longer than anybody could be shown.
_MAX_ROWS = 20_000
# Names can be pointed elsewhere by their owners. An account's owner cannot change, and is kept in the store for good.
_NAME_SECONDS = 3600

_Key = tuple[Account, str | None]


class Lookup:
    """What commands ask; every method may raise `SourceError` (unknown) or `NotFoundError` (asked, and there is none).

    Args:
        sources: Where holdings come from, one for each network, in the order in which their answers are preferred.
        store: Where owners are remembered.
        cache_for: How long a complete answer is given again without asking anew.
        sleep: The clock that says when a source is not waited for any longer while another has answered.
        priority: For whom the sources are asked: people who wait for a command, unless said otherwise.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        *,
        cache_for: timedelta,
        sleep: Sleep = asyncio.sleep,
        priority: Priority = Priority.INTERACTIVE,
    ) -> None:
        self.sources = tuple(sources)
        self.names = Names(
            tuple(source.network for source in sources), {source.name: source.network for source in sources}
        )
        self._by_network = {source.network: source for source in sources}
        self._store = store
        self._priority = priority
        self._cache_for = cache_for
        self._kept: LRUCache[_Key, Holdings] = LRUCache(_MAX_ROWS, getsizeof=_holding_rows)
        self._readings: dict[_Key, HoldingsRead] = {}
        self._resolution = Resolution(
            self.sources, self.subscribe_holdings, self._remember_owner, priority=priority, sleep=sleep
        )
        self._owner_names: TTLCache[tuple[str, str], str] = TTLCache(10_000, _NAME_SECONDS)
        seconds = cache_for.total_seconds()
        self._nfts: TTLCache[tuple[Account, str], NftList] = TTLCache(_MAX_ROWS, seconds, getsizeof=_nft_rows)
        self._collections: TTLCache[tuple[str, str], tuple[Collection, datetime]] = TTLCache(_MAX_ROWS, seconds)

    def label(self, network: str) -> str:
        """The source of a network, for people."""
        return self._source(network).label

    def _source(self, network: str) -> Source:
        """The source of a network.

        Raises:
            InputError: none is configured any more, as may be for accounts that were linked while one was.
        """
        if network not in self._by_network:
            raise InputError(_NETWORK_GONE, network=network)
        return self._by_network[network]

    async def close(self) -> None:
        """Stop the readings that are under way."""
        for reading in list(self._readings.values()):
            await reading.cancel()

    async def resolve(self, ref: AccountRef) -> Account:
        """The account that a person meant by an id, an owner's address or a name."""
        return await self._resolution.resolve(ref)

    async def find_holdings(
        self, ref: AccountRef, contract: str | None = None
    ) -> tuple[Account, AsyncIterator[Holdings]]:
        """The account that a person meant, and what it holds, as `subscribe_holdings` has it."""
        return await self._resolution.find_holdings(ref, contract)

    async def account_of(self, owner: str, network: str) -> Account:
        """The account that an address has on a network."""
        self._source(network)
        return await self._resolution.account_of(owner, network)

    async def known_owner(self, account: Account) -> Owner:
        """Who owns an account, as far as it was ever learnt; asks nobody, and never raises."""
        address = account.account_id  # on a chain an account is its address
        if is_numbered(account.network):
            try:
                address = await self._store.get_owner(account) or ""
            except StoreError:
                return Owner()
        return Owner(address, self._owner_names.get((account.network, address), ""))

    async def owner_of(self, account: Account) -> str:
        """The address that owns an account, lower case; where it was learnt once, nobody is asked again."""
        if not is_numbered(account.network):
            return account.account_id
        if known := (await self.known_owner(account)).address:
            return known
        owner = await self._source(account.network).fetch_owner(account, self._priority)
        await self._remember_owner(account, owner)
        return owner

    async def counterfactual(self, wallet: str) -> Counterfactual | None:
        """How a wallet that is not deployed comes by its address, by the first source that knows.

        What was told is kept, and given again where nobody can be asked any more.

        Raises:
            SourceError: nobody knows, and not everybody could be asked.
        """
        failure: SourceError | None = None
        for able in filter(None, map(wallets_of, self.sources)):
            try:
                if found := await able.fetch_counterfactual(wallet, self._priority):
                    await self._store.wallets.save(found, datetime.now(UTC))
                    return found
            except SourceError as error:
                failure = error
        kept = await self._store.wallets.get(wallet)
        if failure and not kept:
            raise failure
        return kept

    @property
    def knows_wallets(self) -> bool:
        """Whether any source here can tell how a wallet that is not deployed comes by its address."""
        return any(map(wallets_of, self.sources))

    async def fetch_owner(self, account: Account) -> Owner:
        """Who owns an account; empty where that cannot be told now. Never raises: it only adorns a card."""
        owner = await self.known_owner(account)
        try:
            source = self._source(account.network)
            if not owner.address:
                address = await source.fetch_owner(account, self._priority)
                await self._remember_owner(account, address)
                owner = Owner(address)
            key = (account.network, owner.address)
            if key not in self._owner_names and (namer := namer_of(source)):
                self._owner_names[key] = await namer.fetch_name(owner.address, self._priority)
            return Owner(owner.address, self._owner_names.get(key, ""))
        except TesseraError as error:
            log.info("owner of %s: %s", account, error.sentence)
            return owner

    def subscribe_holdings(self, account: Account, contract: str | None = None) -> AsyncIterator[Holdings]:
        """What an account holds, growing with each upstream page; the last one is the answer.

        The reading begins with the call, so that whoever has something else to wait for can do that meanwhile.
        A fault in the middle ends with an incomplete answer that says why. A fault at the start raises, unless an
        earlier complete answer is known: then that is given, with `stale_reason`.
        """
        key = (account, contract)
        kept = self._kept.get(key)
        if kept and datetime.now(UTC) - kept.as_of < self._cache_for:
            return _only(kept)
        reading = self._readings.get(key)
        if reading is None:
            reading = self._readings[key] = HoldingsRead(
                self._source(account.network),
                account,
                self._priority,
                contract=contract,
                ended=lambda: self._ended(key),
            )
        return self._watch(reading, kept)

    async def _watch(self, reading: HoldingsRead, kept: Holdings | None) -> AsyncIterator[Holdings]:
        try:
            async for holdings in reading.watch():
                if holdings.fallback_reason and kept and kept.as_of > holdings.as_of:
                    # What stands behind the source knows less than the source itself said a while ago.
                    yield replace(kept, stale_reason=holdings.fallback_reason)
                else:
                    yield holdings
        except SourceError as error:
            if not kept:
                raise
            yield replace(kept, stale_reason=source_error(error.words))

    def _ended(self, key: _Key) -> None:
        latest = self._readings.pop(key).latest
        # What another source said instead is not kept: the one that is asked first may know better soon.
        if latest and latest.complete and not latest.fallback_reason and _holding_rows(latest) <= _MAX_ROWS:
            self._kept[key] = latest

    async def nfts(self, account: Account, holding: Holding) -> NftList:
        """The NFTs that an account holds of a collection; not complete unless they are as many as the holding says."""
        key = (account, holding.collection.collection_id)
        if kept := self._nfts.get(key):
            return kept
        nfts = NftList()
        try:
            source = self._source(account.network)
            async for state in read_nfts(source, account, holding.collection, self._priority):
                nfts = state
        except SourceError as error:
            if not nfts.nfts:
                raise
            nfts = nfts.broken_off(error.words)
        nfts = nfts.expecting(holding.kinds)
        if nfts.complete and not nfts.fallback_reason:
            self._nfts[key] = nfts
        return nfts

    async def collection(self, network: str, collection_id: str) -> tuple[Collection, datetime]:
        """One collection, whoever holds it, and when that was true."""
        key = (network, collection_id)
        if kept := self._collections.get(key):
            return kept
        as_of = datetime.now(UTC)
        found = await self._source(network).fetch_collection(collection_id, self._priority)
        told = found, found.as_of or as_of
        if not found.source_label:
            self._collections[key] = told
        return told

    async def _remember_owner(self, account: Account, owner: str) -> None:
        """Keep who owns an account.

        Raises:
            SourceError: another owner was told of before. One of the two is wrong, and nothing may follow from either.
        """
        try:
            known = await self._store.save_owner(account, owner, datetime.now(UTC))
        except StoreError:
            return  # logged by the store; asking once more costs one request
        if known != owner:
            log.error("%s is said to be owned by %s, and was by %s: one of the sources is wrong", account, owner, known)
            raise SourceError(_OWNER_CHANGED, account=account)


async def _only(holdings: Holdings) -> AsyncIterator[Holdings]:
    yield holdings


def _holding_rows(holdings: Holdings) -> int:
    return 1 + len(holdings.holdings)


def _nft_rows(nfts: NftList) -> int:
    return 1 + len(nfts.nfts)
