"""Finds the account that a person typed, and what it holds.

An address is an account on each chain, and on Loopring it means the account that it owns. So an address without a
network is looked up at every source at once (`bot.lookup.race`): a "no such account", an error or the silence of one
source does not matter as long as another answers. A name is resolved first, by the source that knows it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, NotFoundError
from bot.holdings import Account, Holdings
from bot.lookup.owners import Owners
from bot.lookup.race import AnswerQuality, first_answer
from bot.messages import Message
from bot.names import AccountRef, RefKind, is_numbered
from bot.sources.askers import Askers
from bot.sources.capabilities import first_of, resolver_of
from bot.sources.source import ResolvesNames, Source
from bot.text import safe_text

# How long to wait for a source that is earlier in the settings than those that have answered. A person waits for it,
# with the command acknowledged; a working source answers in a fraction of this.
PATIENCE_SECONDS = 2.0
# The owner of a name can change where it points. The owner of an account cannot change.
_NAME_SECONDS = 3600
# Of the name service itself; all others come from DNS, or from services of other chains.
_SUFFIX = "eth"

_NO_RESOLVER = Message("No source here resolves names. Use an address or an account id.")
_OTHER_SUFFIX = Message("{fact} Few sources know names that end with `.{suffix}`: use the address, `0x…`.")
_NAME_IS = Message("{name} is {address}. {fact}")
_ELSEWHERE = Message("{fact} On {label} it is `{account}`.")

Sleep = Callable[[float], Awaitable[object]]
ReadHoldings = Callable[[Account, Askers, str | None], AsyncIterator[Holdings]]


class Resolution:
    """Finds accounts by id, address or name.

    Args:
        sources: One for each network, in the order in which their answers are preferred.
        read_holdings: Reads what an account holds; of one contract, or of any.
        owners: Is given each account that was found by its owner.
        sleep: Measures how long a preferred source is waited for.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        read_holdings: ReadHoldings,
        owners: Owners,
        *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._sources = {source.network: source for source in sources}
        self._read_holdings = read_holdings
        self._owners = owners
        self._sleep = sleep
        self._addresses: TTLCache[tuple[str, str], str] = TTLCache(10_000, _NAME_SECONDS)
        self._accounts: LRUCache[tuple[str, str], Account] = LRUCache(10_000)

    async def resolve(self, ref: AccountRef, askers: Askers) -> Account:
        """The account that a person meant.

        Without a network it is the account at the first source that knows one, in the order of the settings as far as
        they answer soon. What the account holds is not read. A name is looked up now, whatever it led to before: what
        is linked, proven or vouched for rests on the answer.

        Raises:
            NotFoundError: every source that could know it says that there is none.
            SourceError: it cannot be found out now.
        """
        if ref.kind is RefKind.ID:
            return Account(ref.network, ref.value)
        self._addresses.pop((ref.network, ref.value), None)
        return await self._account_at(ref, await self._address_of(ref, askers), askers)

    async def find_holdings(
        self, ref: AccountRef, askers: Askers, contract: str | None = None
    ) -> tuple[Account, AsyncIterator[Holdings]]:
        """The account that a person meant, and what it holds, growing; see `Lookup.subscribe_holdings`.

        Without a network it is the account of the first complete answer that holds something, in the order of the
        settings as far as the sources answer soon.

        Raises:
            NotFoundError: every source that could know it says that there is none.
            SourceError: it cannot be found out now.
        """
        if ref.kind is RefKind.ID:
            account = Account(ref.network, ref.value)
            return account, self._read_holdings(account, askers, contract)
        owner = await self._address_of(ref, askers)
        if ref.network:
            account = await self._account_at(ref, owner, askers)
            return account, self._read_holdings(account, askers, contract)
        asked = [
            (source.label, self._read(owner, network, askers, contract)) for network, source in self._sources.items()
        ]
        try:
            found = await first_answer(asked, quality_of, self._sleep(PATIENCE_SECONDS))
        except NotFoundError as error:
            raise self._none(ref, owner, error) from error
        return found.current.account, found.answer()

    async def account_of(self, owner: str, network: str, askers: Askers) -> Account:
        """The account that an address has on a network."""
        key = (network, owner)
        cached = self._accounts.get(key)
        # The operator may have corrected or deleted what is stored: then the source is asked again.
        if cached and await self._owners.names(cached, owner):
            return cached
        account, name = await first_of(self._sources[network], lambda each: each.fetch_account(owner, askers))
        if is_numbered(network):
            await self._owners.note(account, owner, name, askers)
        self._accounts[key] = account
        return account

    async def _resolve(self, resolver: ResolvesNames, name: str, askers: Askers) -> AsyncIterator[str]:
        yield await resolver.resolve_name(name, askers)

    async def _first_account_of(self, owner: str, askers: Askers) -> Account:
        asked = [(source.label, self._find(owner, network, askers)) for network, source in self._sources.items()]
        found = await first_answer(asked, lambda _: AnswerQuality.WHOLE, self._sleep(PATIENCE_SECONDS))
        return found.current

    async def _find(self, owner: str, network: str, askers: Askers) -> AsyncIterator[Account]:
        yield await self.account_of(owner, network, askers)

    async def _read(self, owner: str, network: str, askers: Askers, contract: str | None) -> AsyncIterator[Holdings]:
        account = await self.account_of(owner, network, askers)
        async for holdings in self._read_holdings(account, askers, contract):
            yield holdings

    async def _account_at(self, ref: AccountRef, owner: str, askers: Askers) -> Account:
        """The account of the address that a reference leads to."""
        try:
            if ref.network:
                return await self.account_of(owner, ref.network, askers)
            return await self._first_account_of(owner, askers)
        except NotFoundError as error:
            raise self._none(ref, owner, error) from error

    async def _address_of(self, ref: AccountRef, askers: Askers) -> str:
        """The typed address, or the one that the typed name resolves to."""
        if ref.kind is RefKind.OWNER:
            return ref.value
        key = (ref.network, ref.value)
        if (known := self._addresses.get(key)) is not None:
            return known
        try:
            address = self._addresses[key] = await self._resolve_name(ref.value, ref.network, askers)
        except NotFoundError as error:
            suffix = ref.value.rpartition(".")[2]
            if suffix == _SUFFIX:
                raise
            raise NotFoundError(_OTHER_SUFFIX, fact=error.words, suffix=safe_text(suffix, 20)) from error
        return address

    async def _resolve_name(self, name: str, network: str, askers: Askers) -> str:
        """By the network's own source if it can; without a network by all that can: the first answer is taken."""
        resolvers = [(source, resolver) for source in self._sources.values() if (resolver := resolver_of(source))]
        if not resolvers:
            raise InputError(_NO_RESOLVER)
        if network:
            _, own = next((each for each in resolvers if each[0].network == network), resolvers[0])
            return await own.resolve_name(name, askers)
        asked = [(source.label, self._resolve(resolver, name, askers)) for source, resolver in resolvers]
        found = await first_answer(asked, lambda _: AnswerQuality.WHOLE, asyncio.sleep(0))
        return found.current

    def _none(self, ref: AccountRef, owner: str, error: NotFoundError) -> NotFoundError:
        """The error that there is no account, with the address of a name, and where else it has an account."""
        words = error.words
        if ref.kind is RefKind.NAME:
            words = _NAME_IS(name=ref.value, address=owner, fact=words)
        for chain in self._sources.values():
            if ref.network and ref.network != chain.network and not is_numbered(chain.network):
                words = _ELSEWHERE(fact=words, label=chain.label, account=f"{chain.network}:{owner}")
        return NotFoundError(words)


def quality_of(holdings: Holdings) -> AnswerQuality:
    """How good an answer is for someone who named no network. Collections marked as scam do not count."""
    whole = holdings.complete and not holdings.stale_reason
    if any(not row.collection.is_scam for row in holdings.holdings):
        return AnswerQuality.WHOLE if whole else AnswerQuality.SOME
    return AnswerQuality.EMPTY if whole else AnswerQuality.UNCLEAR
