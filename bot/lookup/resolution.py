"""From what a person typed to the account that is meant, and to what it holds.

An address is an account on each chain, and on Loopring it means the account that it owns. So one that comes without its
network is asked of every source at once (`bot.lookup.race`): "no such account", an error or silence of one of them is
no answer as long as another has one. A name is resolved first, by whichever source knows it first.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, NotFoundError
from bot.holdings import Account, Holdings
from bot.lookup.race import Standing, first_answer
from bot.messages import Message
from bot.names import AccountRef, RefKind, is_numbered
from bot.sources.capabilities import resolver_of
from bot.sources.pace import Priority
from bot.sources.source import ResolvesNames, Source

# How long a source that stands further up in the settings is preferred to those that have answered. A person waits for
# it, with the command acknowledged; a source in good health answers in a fraction of this.
PATIENCE_SECONDS = 2.0
# Names can be pointed elsewhere by their owners. An account's owner cannot change.
_NAME_SECONDS = 3600

_NO_RESOLVER = Message("No source here resolves names. Use an address or an account id.")
_NAME_IS = Message("{name} is {address}. {fact}")
_ELSEWHERE = Message("{fact} On {label} it is `{account}`.")

Sleep = Callable[[float], Awaitable[object]]
ReadHoldings = Callable[[Account, str | None], AsyncIterator[Holdings]]
RememberOwner = Callable[[Account, str], Awaitable[None]]


class Resolution:
    """Leads from an id, an address or a name to accounts.

    Args:
        sources: One for each network, in the order in which their answers are preferred.
        read_holdings: What an account holds, growing; of one contract, or of any.
        remember_owner: Called with each account that was found, and its owner.
        priority: For whom the sources are asked.
        sleep: The clock.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        read_holdings: ReadHoldings,
        remember_owner: RememberOwner,
        *,
        priority: Priority,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._sources = {source.network: source for source in sources}
        self._read_holdings = read_holdings
        self._remember_owner = remember_owner
        self._priority = priority
        self._sleep = sleep
        self._addresses: TTLCache[tuple[str, str], str] = TTLCache(10_000, _NAME_SECONDS)
        self._accounts: LRUCache[tuple[str, str], Account] = LRUCache(10_000)

    async def resolve(self, ref: AccountRef) -> Account:
        """The account that a person meant.

        Without a network it is that on the first of all that know one, as far as they answer soon. What is held there
        is asked of nobody.

        Raises:
            NotFoundError: there is none; as every source says that could know it.
            SourceError: that cannot be found out now.
        """
        if ref.kind is RefKind.ID:
            return Account(ref.network, ref.value)
        owner = await self._address_of(ref)
        try:
            return await (self.account_of(owner, ref.network) if ref.network else self._first_account_of(owner))
        except NotFoundError as error:
            raise self._none(ref, owner, error) from error

    async def find_holdings(
        self, ref: AccountRef, contract: str | None = None
    ) -> tuple[Account, AsyncIterator[Holdings]]:
        """The account that a person meant, and what it holds, growing; see `Lookup.subscribe_holdings`.

        Without a network it is that of the first whole answer which holds something, by the order of the settings as
        far as the sources answer soon.

        Raises:
            NotFoundError: there is none; as every source says that could know it.
            SourceError: that cannot be found out now.
        """
        if ref.network:
            account = await self.resolve(ref)
            return account, self._read_holdings(account, contract)
        owner = await self._address_of(ref)
        asked = [(source.label, self._read(owner, network, contract)) for network, source in self._sources.items()]
        try:
            found = await first_answer(asked, standing_of, self._sleep(PATIENCE_SECONDS))
        except NotFoundError as error:
            raise self._none(ref, owner, error) from error
        return found.said.account, found.answer()

    async def account_of(self, owner: str, network: str) -> Account:
        """The account that an address has on a network."""
        key = (network, owner)
        if key not in self._accounts:
            account = await self._sources[network].fetch_account(owner, self._priority)
            if is_numbered(network):
                await self._remember_owner(account, owner)
            self._accounts[key] = account
        return self._accounts[key]

    async def _resolve(self, resolver: ResolvesNames, name: str) -> AsyncIterator[str]:
        yield await resolver.resolve_name(name, self._priority)

    async def _first_account_of(self, owner: str) -> Account:
        asked = [(source.label, self._find(owner, network)) for network, source in self._sources.items()]
        found = await first_answer(asked, lambda _: Standing.WHOLE, self._sleep(PATIENCE_SECONDS))
        return found.said

    async def _find(self, owner: str, network: str) -> AsyncIterator[Account]:
        yield await self.account_of(owner, network)

    async def _read(self, owner: str, network: str, contract: str | None) -> AsyncIterator[Holdings]:
        account = await self.account_of(owner, network)
        async for holdings in self._read_holdings(account, contract):
            yield holdings

    async def _address_of(self, ref: AccountRef) -> str:
        """The address that was typed, or the one behind the name that was."""
        if ref.kind is RefKind.OWNER:
            return ref.value
        key = (ref.network, ref.value)
        if key not in self._addresses:
            self._addresses[key] = await self._resolve_name(ref.value, ref.network)
        return self._addresses[key]

    async def _resolve_name(self, name: str, network: str) -> str:
        """By the network's own source if it can, else by any that can: whichever knows it first."""
        able = [(source, resolver) for source in self._sources.values() if (resolver := resolver_of(source))]
        if not able:
            raise InputError(_NO_RESOLVER)
        if network:
            _, own = next((each for each in able if each[0].network == network), able[0])
            return await own.resolve_name(name, self._priority)
        asked = [(source.label, self._resolve(resolver, name)) for source, resolver in able]
        found = await first_answer(asked, lambda _: Standing.WHOLE, asyncio.sleep(0))
        return found.said

    def _none(self, ref: AccountRef, owner: str, error: NotFoundError) -> NotFoundError:
        """That there is no account, with the address behind a name, and where else that address has one."""
        words = error.words
        if ref.kind is RefKind.NAME:
            words = _NAME_IS(name=ref.value, address=owner, fact=words)
        for chain in self._sources.values():
            if ref.network and ref.network != chain.network and not is_numbered(chain.network):
                words = _ELSEWHERE(fact=words, label=chain.label, account=f"{chain.network}:{owner}")
        return NotFoundError(words)


def standing_of(holdings: Holdings) -> Standing:
    """What an answer is worth to who asked without naming a network. Nobody chose to hold what is marked as scam."""
    whole = holdings.complete and not holdings.stale_reason
    if any(not row.collection.is_scam for row in holdings.holdings):
        return Standing.WHOLE if whole else Standing.SOME
    return Standing.EMPTY if whole else Standing.UNCLEAR
