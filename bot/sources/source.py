"""What every source can be asked, whatever it speaks: one question, one set of values.

`Source` is what all of them can do. What only some can, each has a protocol of its own here, and is asked for by a
function of `bot.sources.capabilities`; a source that cannot simply lacks the method. Adding one takes three files: the
source itself, its table in `bot/config/source_tables.py`, and a line in `bot/app/build_sources.py`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from bot.holdings import Account, Collection, Holding, Nft, Origin
from bot.links import Counterfactual
from bot.sources.health import Health
from bot.sources.pace import Priority
from bot.sources.paging import Scan


@dataclass(frozen=True, slots=True)
class Abilities:
    """What differs between sources that are asked the same. Nobody asks a source for its name to find that out.

    Attributes:
        numbers_copies: It says how many units of an NFT are held.
        is_live: It says how things are now; False: how they were, once and for all.
    """

    numbers_copies: bool = True
    is_live: bool = True


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has some of a collection: an account, and how many units it holds as far as the source says."""

    account: Account
    copies: int


class Source(Protocol):
    """Answers about the accounts and collections of one network.

    Every `fetch_x` and `iter_x` raises `SourceError` when there is no usable answer (unknown, which is not zero), and
    `NotFoundError` when the source says that there is no such thing. `iter_x` yields the list as it is known after
    each page; the last is the answer.

    Attributes:
        name: As configured, for example "ethereum".
        label: For people, for example "Ethereum (Blockscout)".
        network: Whose accounts it knows: "loopring", "eip155:1".
    """

    name: str
    label: str
    network: str

    @property
    def abilities(self) -> Abilities:
        """How it differs from others."""

    @property
    def health(self) -> Health:
        """When it last answered, and how it last failed."""

    def iter_holdings(self, account: Account, contract: str | None, priority: Priority) -> AsyncIterator[Scan[Holding]]:
        """The collections that an account holds NFTs of."""

    def iter_nfts(self, account: Account, collection: Collection, priority: Priority) -> AsyncIterator[Scan[Nft]]:
        """The NFTs of one collection that an account holds."""

    async def fetch_collection(self, collection_id: str, priority: Priority) -> Collection:
        """One collection, whoever holds it."""

    async def fetch_owner(self, account: Account, priority: Priority) -> str:
        """The address that owns an account, lower case."""

    async def fetch_account(self, owner: str, priority: Priority) -> Account:
        """The account of an address."""

    async def close(self) -> None:
        """Stop what is under way."""


@runtime_checkable
class ListsHolders(Protocol):
    """A source that can say who holds a collection."""

    def iter_holders(self, collection_id: str, priority: Priority) -> AsyncIterator[Scan[Holder]]:
        """Who holds a collection."""


@runtime_checkable
class ResolvesNames(Protocol):
    """A source that leads from a name to an address."""

    async def resolve_name(self, name: str, priority: Priority) -> str:
        """The address behind a name, lower case."""


@runtime_checkable
class NamesOwners(Protocol):
    """A source that leads from an address to a name."""

    async def fetch_name(self, owner: str, priority: Priority) -> str:
        """The name of an address, or "" where it has none; upstream text."""


@runtime_checkable
class KnowsWallets(Protocol):
    """A source that can say how wallets that are not deployed come by their addresses."""

    async def fetch_counterfactual(self, wallet: str, priority: Priority) -> Counterfactual | None:
        """How a wallet that is not deployed comes by its address; None where this source knows of no such wallet."""


def origin_of(source: Source) -> Origin:
    """What goes with each answer of a source."""
    return Origin(source.name, source.label, is_live=source.abilities.is_live)
