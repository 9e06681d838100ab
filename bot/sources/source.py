"""The protocols of sources: the same questions and the same values, whatever API is behind them.

`Source` is what all of them can do. Each thing that only some can do has a small protocol of its own here, and a
function in `bot.sources.capabilities` that finds it; a source that cannot do it simply lacks the method. Adding one
takes three files: the source itself, its table in `bot/config/source_tables.py`, and a line in
`bot/app/build_sources.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.holdings import Account, Collection, Holding, Nft, Origin
from bot.links import Counterfactual
from bot.messages import Words
from bot.sources.askers import Askers
from bot.sources.health import Health
from bot.sources.paging import Scan


@dataclass(frozen=True, slots=True)
class Abilities:
    """How sources differ, so that no code has to depend on the name of a source.

    Attributes:
        numbers_copies: It reports how many units of an NFT are held.
        is_live: It reports the present state; False: a state of the past that does not change any more.
        may_grant: It reports the past, and its operator lets that earn roles all the same.
    """

    numbers_copies: bool = True
    is_live: bool = True
    may_grant: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """An account that holds some of a collection, and how many units, as reported by the source."""

    account: Account
    copies: int


class Source(Protocol):
    """Answers about the accounts and collections of one network.

    Every `fetch_x` and `iter_x` raises `SourceError` when there is no usable answer (unknown, which is not zero), and
    `NotFoundError` when the source says that there is no such thing. `iter_x` yields the list as received so far
    after each page; the last is the answer.

    Attributes:
        name: As configured, for example "ethereum".
        network: Whose accounts it knows: "loopring", "eip155:1".
    """

    name: str
    network: str

    @property
    def label(self) -> Words | str:
        """For people, for example "Ethereum (Blockscout)"; a text is a name, or what the operator typed."""

    @property
    def abilities(self) -> Abilities:
        """How it differs from others."""

    @property
    def health(self) -> Health:
        """When it last answered, and how it last failed."""

    def iter_holdings(self, account: Account, contract: str | None, askers: Askers) -> AsyncIterator[Scan[Holding]]:
        """The collections that an account holds NFTs of."""

    def iter_nfts(self, account: Account, collection: Collection, askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """The NFTs of one collection that an account holds."""

    async def fetch_collection(self, collection_id: str, askers: Askers) -> Collection:
        """One collection, independent of who holds it."""

    async def fetch_owner(self, account: Account, askers: Askers) -> str:
        """The address that owns an account, lower case."""

    async def fetch_account(self, owner: str, askers: Askers) -> Account:
        """The account of an address."""

    async def close(self) -> None:
        """Stop the requests that are under way."""


@runtime_checkable
class ListsHolders(Protocol):
    """A source that can say who holds a collection."""

    def iter_holders(self, collection_id: str, askers: Askers) -> AsyncIterator[Scan[Holder]]:
        """Who holds a collection."""


@runtime_checkable
class ResolvesNames(Protocol):
    """A source that resolves names to addresses."""

    async def resolve_name(self, name: str, askers: Askers) -> str:
        """The address that a name resolves to, lower case."""


@runtime_checkable
class NamesOwners(Protocol):
    """A source that finds the name of an address."""

    async def fetch_name(self, owner: str, askers: Askers) -> str:
        """The name of an address, or "" where it has none; upstream text."""


@runtime_checkable
class KnowsWallets(Protocol):
    """A source that knows how the addresses of wallets that are not deployed are computed."""

    async def fetch_counterfactual(self, wallet: str, askers: Askers) -> Counterfactual | None:
        """How the address of a wallet that is not deployed is computed; None: the source knows no such wallet."""


@runtime_checkable
class KnowsVersion(Protocol):
    """A source that says which version of its server answers."""

    async def fetch_version(self, askers: Askers) -> str:
        """The version, or "" where the server does not say."""


@runtime_checkable
class Pauses(Protocol):
    """A source that leaves alone for a while what failed or was refused."""

    def end_pauses(self) -> None:
        """End those that the server did not ask for itself; if it still fails, the next answer begins another."""


def origin_of(source: Source) -> Origin:
    """The origin that each answer of a source carries."""
    return Origin(source.name, source.label, is_live=source.abilities.is_live)
