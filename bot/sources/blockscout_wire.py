"""Blockscout's JSON (API v2, versions 11 and 12) into our values.

Tolerant where versions differ: an address as `address_hash` or `address`, a scam as `reputation` or `is_scam`.
Strict where it matters: a row without its address or its count is unreadable, and a body without its list or its
`next_page_params` is refused. Whatever the JSON, this module raises only `UnavailableError`, and the size of a row's
values is limited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, Field, model_validator

from bot.holdings import Account, Collection, Holding, Nft
from bot.sources.paging import RawPage
from bot.sources.source import Holder
from bot.sources.wire import (
    MAX_NAME,
    MOST_KINDS,
    Address,
    Copies,
    Description,
    Table,
    Text,
    Uri,
    Wire,
    non_empty,
    not_understood,
    read_rows,
    text,
    uri,
    whole_number,
)

UNIQUE = "ERC-721"
# Contracts of NFTs alone. In others, as of ERC-404, what is reported as their number may be units of a currency.
_OF_NFTS = ("ERC721", "ERC1155")
_MOST_OF_AN_UNKNOWN = 10_000
# So many NFTs come with each collection, at least.
_SENT_INSTANCES = 9

# A card has one picture: the icon, or that of an NFT. The API sends up to nine NFTs with each collection.
_MAX_INSTANCES = 3
# More than any collection that we know of has.
_MAX_TRAITS = 200
_MAX_TRAIT = 200
# The longest paging key that we know of has four parts: addresses, and numbers of 78 digits.
_MAX_CURSOR_PARTS = 20
_MAX_CURSOR_TEXT = 200
# What paging keys are made of; rows have it as text.
_KEYS_OF_A_ROW = ("id", "value", "token_id")


def _list(value: object) -> object:
    return value if isinstance(value, list) else []


class WireToken(Wire):
    """A contract, as `tokens/{address}` and as `token` in lists."""

    address: Annotated[Address, Field(min_length=1, validation_alias=AliasChoices("address_hash", "address"))]
    name: Text = ""
    symbol: Text = ""
    type: Text = ""
    icon_url: Uri = ""
    reputation: Text = ""
    is_scam: Any = None

    def to_collection(self, network: str, *more_uris: str) -> Collection:
        """Our value; `more_uris` are pictures to try after the icon."""
        return Collection(
            network=network,
            collection_id=self.address,
            name=self.name or self.symbol,
            contract_address=self.address,
            nft_type=self.type.replace("ERC-", "ERC", 1),  # as Loopring writes it
            avatar_uris=non_empty(self.icon_url, *more_uris),
            is_scam=self.reputation == "scam" or self.is_scam is True,
        )


class WirePictures(Wire):
    """The pictures of an NFT: small ones first, then those that Blockscout found, then the one in the metadata."""

    thumbnails: Annotated[dict[str, Any], Table, Field(default_factory=dict)]
    image_url: Uri = ""
    media_url: Uri = ""
    media_type: Text = ""
    image: Annotated[Uri, Field(validation_alias=AliasPath("metadata", "image"))] = ""

    @property
    def uris(self) -> tuple[str, ...]:
        """In order of preference."""
        sizes = [uri(self.thumbnails.get(size)) for size in ("500x500", "250x250", "original")]
        found = non_empty(*sizes, self.image_url, self.media_url, self.image)
        # The type is that of the media, which other fields repeat: a film in `image_url` is a film, too. Discord shows
        # no drawings (SVG).
        kind = self.media_type.partition(";")[0].strip().lower()
        is_shown = not kind or (kind.startswith("image/") and "svg" not in kind)
        media = self.media_url.partition("?")[0].rstrip()
        return found if is_shown else tuple(each for each in found if each.partition("?")[0].rstrip() != media)


def _amount(value: object) -> int | None:
    """A number of distinct NFTs; None for what is none, or cannot be true: units of an ERC-404 come here too."""
    number = whole_number(value)
    return number if number is not None and number <= MOST_KINDS else None


class WireHolding(Wire):
    """A row of `addresses/{address}/nft/collections`; `amount` counts kinds, and is null where it was not counted."""

    token: WireToken
    amount: Annotated[int | None, BeforeValidator(_amount)] = None
    instances: Annotated[list[Any], BeforeValidator(_list), Field(alias="token_instances", default_factory=list)]

    def to_holding(self, network: str) -> Holding:
        """Our value."""
        pictures, _ = read_rows(self.instances[:_MAX_INSTANCES], WirePictures, lambda found: found.uris)
        more = [each for uris in pictures for each in uris]
        collection = self.token.to_collection(network, *more)
        if self.amount is None or not self._is_number_of_nfts(self.amount):
            return Holding(collection, 0, is_counted=False)
        return Holding(collection, self.amount, copies=self._copies(self.amount))

    def _copies(self, kinds: int) -> int | None:
        """All units, where every NFT came with the row and says how many of it there are."""
        if self.token.type == UNIQUE:
            return kinds
        values = [whole_number(each.get("value")) for each in self.instances if isinstance(each, dict)]
        counted = [value for value in values if value]
        return sum(counted) if len(counted) == kinds else None

    def _is_number_of_nfts(self, amount: int) -> bool:
        """Whether an amount is one: it is not where fewer NFTs came than there is room for, and than it says."""
        kind = (self.token.type or "").upper().replace("-", "")
        if kind in _OF_NFTS:
            return True
        if not kind and not self.instances:  # a server that says neither
            return amount <= _MOST_OF_AN_UNKNOWN
        return len(self.instances) >= min(amount, _SENT_INSTANCES)


def _traits(value: object) -> tuple[tuple[str, str], ...] | None:
    """Traits as `metadata.attributes` has them; None, which is "not known", for anything that cannot be read."""
    if not isinstance(value, list) or len(value) > _MAX_TRAITS:
        return None
    traits = []
    for each in value:
        name, its = (each.get("trait_type"), each.get("value")) if isinstance(each, dict) else (None, None)
        if isinstance(its, bool) or not isinstance(name, str) or not isinstance(its, str | int | float):
            return None
        traits.append((text(name, _MAX_TRAIT), text(its, _MAX_TRAIT)))
    return tuple(traits)


def _type_of(row: dict[str, Any]) -> object:
    """The type of an NFT's contract: some servers say it only in `token`."""
    token = row.get("token")
    return row.get("token_type") or (token.get("type") if isinstance(token, dict) else None)


def _is_one(row: dict[str, Any]) -> bool:
    """Whether there is one unit of an NFT. Version 12 leaves `token` out; it says `is_unique` of one holder's one."""
    kind = _type_of(row)
    return kind == UNIQUE or (kind in (None, "ERC-1155") and row.get("is_unique") is True)


class WireNft(WirePictures):
    """A row of `tokens/{address}/instances` of one holder; `value` counts copies, and of an ERC-721 there is one."""

    id: Copies  # a token id is a uint256, as a balance is
    value: Copies
    name: Annotated[Text, Field(validation_alias=AliasPath("metadata", "name"))] = ""
    description: Annotated[Description, Field(validation_alias=AliasPath("metadata", "description"))] = ""
    traits: Annotated[
        tuple[tuple[str, str], ...] | None,
        BeforeValidator(_traits),
        Field(validation_alias=AliasPath("metadata", "attributes")),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _count_what_is_unique(cls, row: Any) -> Any:
        if isinstance(row, dict) and row.get("value") is None and _is_one(row):
            return row | {"value": 1}
        return row

    def to_nft(self) -> Nft:
        """Our value."""
        return Nft(
            key=str(self.id),
            nft_id=str(self.id),
            copies=self.value,
            name=self.name,
            description=self.description,
            image_uris=self.uris,
            traits=self.traits,
        )


@dataclass(frozen=True, slots=True)
class HeldPart:
    """How many units of one kind an address holds; of all kinds together, where `token_id` is None."""

    address: str
    token_id: int | None
    copies: int

    @property
    def key(self) -> str:
        """What makes it the same part on two pages."""
        return f"{self.address} {self.token_id}"


class WireHolder(Wire):
    """A row of `tokens/{address}/holders`."""

    address: Annotated[Address, Field(min_length=1, validation_alias=AliasPath("address", "hash"))]
    token_id: Copies | None = None
    value: Copies

    def to_part(self) -> HeldPart:
        """Our value."""
        return HeldPart(self.address, self.token_id, self.value)


class WireRedirect(Wire):
    """The answer of `search/check-redirect`; without `redirect` nothing follows from it."""

    redirect: Annotated[bool | None, Field(strict=True)]
    type: Text = ""
    parameter: Annotated[str | None, Field(max_length=MAX_NAME)] = None


W = TypeVar("W", bound=BaseModel)
V = TypeVar("V")


def read_page(
    body: Any, model: type[W], to_value: Callable[[W], V], name: str
) -> tuple[RawPage[V], Mapping[str, str] | None]:
    """The rows of a page, and the key of the next one or None. Rows that cannot be read are counted.

    Raises:
        UnavailableError: the list or `next_page_params` is missing: an unexpected shape does not mean the end.
    """
    rows = body.get("items") if isinstance(body, Mapping) else None
    if not isinstance(rows, list) or "next_page_params" not in body:
        raise not_understood(name)
    values, unreadable = read_rows(rows, model, to_value)
    return RawPage(values, unreadable=unreadable), _read_cursor(body["next_page_params"], rows, name)


def _read_cursor(params: Any, rows: list[Any], name: str) -> Mapping[str, str] | None:
    """`next_page_params` as the next request sends them back."""
    if params is None:
        return None
    if not isinstance(params, dict) or not 0 < len(params) <= _MAX_CURSOR_PARTS:
        raise not_understood(name)
    last = rows[-1] if rows and isinstance(rows[-1], dict) else {}
    cursor = {key: _cursor_text(value, last) for key, value in params.items()}
    # A key that was cut or guessed would silently leave rows out.
    if any(text is None or len(key) + len(text) > _MAX_CURSOR_TEXT for key, text in cursor.items()):
        raise not_understood(name)
    return {key: text for key, text in cursor.items() if text is not None}


def _cursor_text(value: Any, last_row: Mapping[str, Any]) -> str | None:
    """A part of a key as JSON writes it: Blockscout's own pages send null as `null`. None: it cannot be determined."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float):
        # Token ids and values come as JSON numbers of up to 78 digits, and orjson reads those from 2**64 on as floats.
        # The key is the last row's, which has the same number as text.
        numbers = [whole_number(last_row.get(key)) for key in _KEYS_OF_A_ROW]
        return next((str(number) for number in numbers if number is not None and float(number) == value), None)
    return str(value) if isinstance(value, str | int) else None


def points_at(body: Any, pointers: tuple[str, ...]) -> bool:
    """Whether an error of an answer is about one of these parameters of the request."""
    errors = body.get("errors") if isinstance(body, dict) else None
    sources = [error.get("source") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return any(source.get("pointer") in pointers for source in sources if isinstance(source, dict))


def added_up(network: str, parts: Iterable[HeldPart]) -> Iterable[Holder]:
    """A holder for each address, with all its kinds together."""
    copies: dict[str, int] = {}
    for part in parts:
        copies[part.address] = copies.get(part.address, 0) + part.copies
    return (Holder(Account(network, address), count) for address, count in copies.items())
