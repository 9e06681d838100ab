"""The nouns: what an account is, what a collection is, and what an account holds.

Plain frozen values. `Holdings.complete` is the most important bit of the program: only a complete answer may say
that something is *not* held. Everything else is unknown, and unknown is not zero.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from bot.errors import InputError
from bot.text import safe_text

LOOPRING = "loopring"

# Account ids are 32 bits wide in Loopring's circuits (protocols, Constants.NUM_BITS_ACCOUNT); 0 is the exchange itself.
_MAX_ACCOUNT_ID = 2**32 - 1
_ACCEPTED = "Use an account id such as `10001`, an address `0x…` with 40 hex digits, or a name such as `vitalik.eth`."

_NAME = re.compile(r"(?=.{5,255}$)(?:[^\s.:/@<>`*_|\\]{1,63}\.)+eth", re.IGNORECASE)
# Controls, bidi marks and halves of characters: a name with them is not the name that is seen.
_UNSEEN = ("Cc", "Cf", "Cs")


@dataclass(frozen=True, slots=True)
class Account:
    """One account of one source, for example `loopring:10001`."""

    source: str
    account_id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.account_id}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an account is: the L1 address (lower case), and its name; "" for what is not known."""

    address: str = ""
    name: str = ""


class RefKind(Enum):
    """How an account was named by a person."""

    ID = "id"
    OWNER = "owner"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a person typed to mean an account: an id, an owner's address (lower case), or a name."""

    source: str
    kind: RefKind
    value: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection as its source tells it; all text and URIs are upstream's, not yet safe to show.

    `avatar_uris` and `banner_uris` are in order of preference and hold no empty strings.
    """

    source: str
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

    def __str__(self) -> str:
        return f"{self.source}:{self.collection_id}"


@dataclass(frozen=True, slots=True)
class Holding:
    """A collection that an account has NFTs of; `kinds` counts distinct NFTs, not copies."""

    collection: Collection
    kinds: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one account holds, as far as it is known.

    `complete` is True only when every row the source announced was received, once, without a fault. A reading that is
    still under way is not complete and has no `gap`; one that ended incomplete says why in `gap`. `total` is how many
    collections the source announced (None: not told). `stale_because` says why an older answer is given again.
    `contract` is the only contract that was asked about (None: any).
    """

    account: Account
    as_of: datetime
    holdings: tuple[Holding, ...] = ()
    complete: bool = False
    total: int | None = None
    gap: str = ""
    stale_because: str = ""
    contract: str | None = None

    @property
    def kinds(self) -> int:
        """Distinct NFTs over all collections received."""
        return sum(holding.kinds for holding in self.holdings)

    def sorted_by(self, order: Order) -> Holdings:
        """The same holdings, in another order."""
        return replace(self, holdings=tuple(sorted(self.holdings, key=_SORT_KEYS[order])))


@dataclass(frozen=True, slots=True)
class Nft:
    """One kind of NFT that an account holds; `copies` is how many units, `key` is unique within its source."""

    key: str
    nft_id: str
    copies: int
    name: str = ""
    description: str = ""
    image_uris: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NftList:
    """The NFTs of one collection that an account holds; `complete` and `gap` as in `Holdings`."""

    nfts: tuple[Nft, ...] = ()
    complete: bool = False
    total: int | None = None
    gap: str = ""


class Order(Enum):
    """The orders a list of collections can be shown in."""

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


def parse_account(text: str, default_source: str = LOOPRING) -> AccountRef:
    """What a person typed, as a reference to an account.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    text = text.strip()
    source, colon, rest = text.rpartition(":")
    if colon:
        if source.lower() != default_source:
            raise InputError(f"Tessera has no source named “{_echo(source)}” here. {_ACCEPTED}")
        text = rest.strip()
    if re.fullmatch(r"[0-9]+", text):
        return AccountRef(default_source, RefKind.ID, _parse_account_id(text))
    if re.fullmatch(r"0[xX][0-9a-fA-F]{40}", text):
        return AccountRef(default_source, RefKind.OWNER, text.lower())
    if text[:2].lower() == "0x":
        raise InputError(f"“{_echo(text)}” is not a whole address: an address is 0x and 40 hex digits. {_ACCEPTED}")
    if _NAME.fullmatch(text) and not any(unicodedata.category(char) in _UNSEEN for char in text):
        return AccountRef(default_source, RefKind.NAME, text.lower())
    if not text:
        raise InputError(f"No account was given. {_ACCEPTED}")
    raise InputError(f"“{_echo(text)}” is not an account. {_ACCEPTED}")


def _echo(text: str) -> str:
    return safe_text(text, 50, plain=True)


def _parse_account_id(digits: str) -> str:
    # Counted before int(): Python refuses to read thousands of digits, with words of its own.
    digits = digits.lstrip("0")
    if not digits or len(digits) > len(str(_MAX_ACCOUNT_ID)) or int(digits) > _MAX_ACCOUNT_ID:
        raise InputError(f"An account id is a number from 1 to {_MAX_ACCOUNT_ID}. {_ACCEPTED}")
    return digits


def parse_contract(text: str) -> str:
    """A contract address, lower case.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    text = text.strip()
    if not re.fullmatch(r"0[xX][0-9a-fA-F]{40}", text):
        raise InputError(f"“{_echo(text)}” is not a contract address: use 0x and 40 hex digits.")
    return text.lower()


def parse_collection_id(text: str) -> str:
    """A collection id, as digits without leading zeros; `#254` (as on cards) and `loopring:254` are understood too.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    digits = text.strip().removeprefix(f"{LOOPRING}:").removeprefix("#").lstrip("0")
    # 18 digits stay below 2**63, the widest id that a JSON reader on the other side can be trusted with.
    if not re.fullmatch(r"[0-9]{1,18}", digits):
        raise InputError(f"“{_echo(text)}” is not a collection id: use its number, such as `254`.")
    return digits
