"""From what a person typed to the account that is meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from cachetools import LRUCache, TTLCache

from bot.errors import InputError, NotFoundError
from bot.holdings import Account
from bot.names import AccountRef, RefKind, is_numbered
from bot.sources.pace import Priority
from bot.sources.source import Source

# Names can be pointed elsewhere by their owners. An account's owner cannot change.
_NAME_SECONDS = 3600


class Resolution:
    """Leads from an id, an address or a name to accounts.

    Args:
        sources: One for each network; the first is meant where none is named.
        remember_owner: Called with each account that was found, and its owner.
    """

    def __init__(self, sources: Sequence[Source], remember_owner: Callable[[Account, str], Awaitable[None]]) -> None:
        self._sources = {source.network: source for source in sources}
        self._remember_owner = remember_owner
        self._addresses: TTLCache[tuple[str, str], str] = TTLCache(10_000, _NAME_SECONDS)
        self._accounts: LRUCache[tuple[str, str], Account] = LRUCache(10_000)

    async def resolve(self, ref: AccountRef) -> Account:
        """The account that a person meant by an id, an owner's address or a name."""
        if ref.kind is RefKind.ID:
            return Account(ref.network, ref.value)
        is_name = ref.kind is RefKind.NAME
        owner = await self._resolve_name(ref.value, ref.network) if is_name else ref.value
        try:
            return await self.account_of(owner, ref.network)
        except NotFoundError as error:
            told = f"{ref.value} is {owner}. " if is_name else ""
            raise NotFoundError(f"{told}{error.sentence}{self._elsewhere(owner, ref.network)}") from error

    async def account_of(self, owner: str, network: str) -> Account:
        """The account that an address has on a network."""
        key = (network, owner)
        if key not in self._accounts:
            account = await self._sources[network].fetch_account(owner, Priority.INTERACTIVE)
            if is_numbered(network):
                await self._remember_owner(account, owner)
            self._accounts[key] = account
        return self._accounts[key]

    def _elsewhere(self, owner: str, network: str) -> str:
        """Where an address that has no account on a network has one: on a chain every address has."""
        chains = [other for other in self._sources if other != network and not is_numbered(other)]
        return "".join(f" On {self._sources[chain].label} it is `{chain}:{owner}`." for chain in chains)

    async def _resolve_name(self, name: str, network: str) -> str:
        """The address behind a name, by the network's own source if it can, else by the first that can."""
        asked = sorted(self._sources.values(), key=lambda source: source.network != network)
        able = next((source for source in asked if source.abilities.resolves_names), None)
        if able is None:
            raise InputError("No source here resolves names. Use an address or an account id.")
        key = (able.network, name)
        address = self._addresses.get(key) or await able.resolve_name(name, Priority.INTERACTIVE)
        self._addresses[key] = address
        return address
