"""The nouns: what an account is, what a collection is, and what an account holds.

Plain frozen values. `Holdings.complete` says that every row arrived; whether that means that something is *not* held
now, `bot.counts` decides. Everything else is unknown, and unknown is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from bot.messages import Words
from bot.reasons import Reason, ReasonCode, source_error

LOOPRING = "loopring"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of one network: `loopring:10001`, or CAIP-10 on a chain: `eip155:1:0x19e7…`."""

    network: str
    account_id: str

    def __str__(self) -> str:
        return f"{self.network}:{self.account_id}"


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of an account: the L1 address (lower case), and its name; "" for what is not known."""

    address: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as reported by its source; all text and URIs are upstream's, not yet safe to show.

    `avatar_uris` and `banner_uris` are in order of preference and contain no empty strings; `wide_uris` are those of
    the banners that were made as such. `as_of` is when this was
    true as reported by the source (None: when it was asked), and `source_label` the source that answered, if that is
    not the one that was asked; both are ignored in comparisons.
    """

    network: str
    collection_id: str
    name: str = ""
    description: str = ""
    contract_address: str = ""
    owner: str = ""
    nft_type: str = ""
    deploy_status: str = ""
    avatar_uris: tuple[str, ...] = ()
    banner_uris: tuple[str, ...] = ()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    properties: tuple[tuple[str, bool], ...] = ()
    is_scam: bool = False
    as_of: datetime | None = field(default=None, compare=False)
    source_label: Words | str = field(default="", compare=False)
    wide_uris: tuple[str, ...] = field(default=(), compare=False)  # how it is shown, and not what it is

    @property
    def standard(self) -> str:
        """`ERC-1155`, as the standards are called, where a source says `ERC1155`; not yet safe to show."""
        number = self.nft_type.removeprefix("ERC")
        return f"ERC-{number}" if number != self.nft_type and number.isdecimal() else self.nft_type

    def __str__(self) -> str:
        return f"{self.network}:{self.collection_id}"


@dataclass(frozen=True, slots=True)
class Holding:
    """A collection that an account has NFTs of; `kinds` counts distinct NFTs, not copies.

    `is_counted` False: its source did not say a number that can be true. How many there are is unknown, which is not
    zero; `kinds` is 0 then, and says nothing. `copies` None: its source does not say how many units, in a list.
    """

    collection: Collection
    kinds: int
    is_counted: bool = True
    copies: int | None = field(default=None, compare=False)

    @property
    def counted_kinds(self) -> int | None:
        """`kinds`, or None where it says nothing."""
        return self.kinds if self.is_counted else None


@dataclass(frozen=True, slots=True)
class Origin:
    """The source that an answer is from.

    Attributes:
        name: As configured; "": not known.
        label: For people.
        is_live: It reports the present state; False: a past state, or it is not known.
    """

    name: str = ""
    label: Words | str = ""
    is_live: bool = False


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one account holds, as far as it is known.

    Attributes:
        account: The account.
        as_of: When this was true, at the latest.
        holdings: A row for each collection.
        complete: Every row that the source announced was received, once, without a fault. While a read is under way
            it is False, and `incomplete_reason` is None.
        total: How many collections the source announced; None: it did not say.
        incomplete_reason: Why a read that has ended is not complete.
        stale_reason: Why an older answer is shown again.
        contract: The only contract that was read; None: all.
        origin: The source that answered.
        fallback_reason: Why it was a fallback, and not the source that is asked first.
        never_seen: It is empty because the source says that it has never seen the account.
    """

    account: Account
    as_of: datetime
    holdings: tuple[Holding, ...] = ()
    complete: bool = False
    total: int | None = None
    incomplete_reason: Reason | None = None
    stale_reason: Reason | None = None
    contract: str | None = None
    origin: Origin = Origin()
    fallback_reason: Reason | None = None
    never_seen: bool = False

    @property
    def finished(self) -> bool:
        """Whether nothing more will come."""
        return self.complete or self.incomplete_reason is not None

    @property
    def kinds(self) -> int:
        """Distinct NFTs over all collections received."""
        return sum(holding.kinds for holding in self.holdings)

    @property
    def source_label(self) -> Words | str:
        """The source that answered, for people."""
        return self.origin.label

    def broken_off(self, words: Words) -> Holdings:
        """The same holdings, incomplete because of an error."""
        return replace(self, complete=False, incomplete_reason=source_error(words))

    def shown(self, order: Order | None = None, *, hide_scam: bool) -> ShownHoldings:
        """The rows as people see them.

        Args:
            order: None: as they were received.
            hide_scam: Leave out the collections that their source marks as scam.
        """
        rows = tuple(row for row in self.holdings if not (hide_scam and row.collection.is_scam))
        hidden = len(self.holdings) - len(rows)
        return ShownHoldings(self, tuple(sorted(rows, key=_SORT_KEYS[order])) if order else rows, hidden)


@dataclass(frozen=True, slots=True)
class ShownHoldings:
    """Holdings as people see them. Rows may be hidden, so it must not be used for counts: it is not a `Holdings`.

    Attributes:
        read: What was read, with every row.
        rows: The rows to show, in their order.
        hidden: How many collections were left out.
    """

    read: Holdings
    rows: tuple[Holding, ...]
    hidden: int

    @property
    def kinds(self) -> int:
        """Distinct NFTs over all collections shown."""
        return sum(holding.kinds for holding in self.rows)


@dataclass(frozen=True, slots=True)
class Nft:
    """One NFT that an account holds.

    Attributes:
        key: Unique within its source.
        nft_id: The token's id, decimal or hex.
        copies: How many units.
        name: Upstream's, as the other texts.
        description: Of this NFT.
        image_uris: In order of preference.
        traits: Name and value of each; None: its source does not report them.
    """

    key: str
    nft_id: str
    copies: int
    name: str = ""
    description: str = ""
    image_uris: tuple[str, ...] = ()
    traits: tuple[tuple[str, str], ...] | None = None

    @property
    def token_id(self) -> int | None:
        """The token's id as a number; None: `nft_id` is none."""
        try:
            number = int(self.nft_id, 16 if self.nft_id.startswith("0x") else 10)
        except ValueError:
            return None
        return number if 0 <= number < 2**256 else None


@dataclass(frozen=True, slots=True)
class NftList:
    """The NFTs of one collection that an account holds; the other fields as in `Holdings`."""

    nfts: tuple[Nft, ...] = ()
    complete: bool = False
    total: int | None = None
    incomplete_reason: Reason | None = None
    as_of: datetime | None = None
    origin: Origin = Origin()
    fallback_reason: Reason | None = None

    @property
    def source_label(self) -> Words | str:
        """The source that answered, for people."""
        return self.origin.label

    def broken_off(self, words: Words) -> NftList:
        """The same list, incomplete because of an error."""
        return replace(self, complete=False, incomplete_reason=source_error(words))

    def expecting(self, kinds: int | None) -> NftList:
        """The same list, marked incomplete unless its length matches the count in the account's list of collections.

        None: that list did not say how many.
        """
        if not self.complete or kinds is None or len(self.nfts) == kinds:
            return self
        why = Reason.of(ReasonCode.KINDS_DIFFER, arrived=len(self.nfts), kinds=kinds)
        return replace(self, complete=False, incomplete_reason=why)


class Order(Enum):
    """The orders in which a list of collections can be shown."""

    KINDS = "Most NFTs first"
    NAME = "Name"
    NEWEST = "Newest collection first"
    OLDEST = "Oldest collection first"


def _created(holding: Holding) -> float:
    created_at = holding.collection.created_at
    return created_at.timestamp() if created_at else 0.0


def _name(holding: Holding) -> str:
    return holding.collection.name.casefold()


_SORT_KEYS = {
    Order.KINDS: lambda holding: (-holding.kinds, _name(holding), holding.collection.collection_id),
    Order.NAME: lambda holding: (_name(holding) == "", _name(holding), holding.collection.collection_id),
    Order.NEWEST: lambda holding: (-_created(holding), _name(holding), holding.collection.collection_id),
    Order.OLDEST: lambda holding: (_created(holding), _name(holding), holding.collection.collection_id),
}
