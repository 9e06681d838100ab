"""Loopring's JSON, as it is really sent, into our values.

Tolerant where recorded bodies, the API page and old clients disagree: rows wrapped in `collection` or flat, keys that
are missing, null or empty, integers as strings, totals as strings. Strict where it matters: a row without an id or a
count, or a body without its list, is no row and no body. Whatever the JSON, nothing but `UnavailableError` leaves this
module, and what is kept of a row is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from bot.errors import UnavailableError
from bot.holdings import LOOPRING, Collection, Holding, Nft
from bot.sources.paging import RawPage
from bot.text import MAX_TEXT, MAX_URL

NAME = "Loopring"

ADDRESS = re.compile(r"0x[0-9a-f]{40}")

# Ten times what a card shows of a name.
_MAX_NAME = 1000
# The API knows six.
_MAX_PROPERTIES = 20


def whole_number(value: object) -> int | None:
    """A number from 0 on, from JSON's own or from decimal digits; None for anything else, `true` included."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[0-9]{1,78}", value) else None  # 2**256 has 78 digits
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: object, most: int = _MAX_NAME) -> str:
    """Text, or "" for whatever is none: an absent name must not cost the row."""
    text = value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
    return text if len(text) <= most else text[: most - 1] + "…"


def _description(value: object) -> str:
    return _text(value, MAX_TEXT)


def _uri(value: object) -> str:
    """A URI, or "": one that is too long to be shown would lead elsewhere if it were cut."""
    return value if isinstance(value, str) and len(value) <= MAX_URL else ""


def _address(value: object) -> str:
    """An address in lower case, or "": it stands on cards without further ado, so nothing else may pass for one."""
    address = value.lower() if isinstance(value, str) else ""
    return address if ADDRESS.fullmatch(address) else ""


def _table(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _moment(value: object) -> datetime | None:
    """Milliseconds since 1970, as an int or a string; None for anything that is no moment."""
    try:
        milliseconds = whole_number(value)
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None
    except (ValueError, OverflowError, OSError):
        return None


# Ids and counts of rows: what a database counts with.
Count = Annotated[int, Field(lt=2**63), BeforeValidator(whole_number)]
# Units of one NFT: a balance of ERC-1155 is a uint256, and some creators mint as many as they can.
Copies = Annotated[int, Field(lt=2**256), BeforeValidator(whole_number)]
Text = Annotated[str, BeforeValidator(_text)]
Description = Annotated[str, BeforeValidator(_description)]
Uri = Annotated[str, BeforeValidator(_uri)]
Address = Annotated[str, BeforeValidator(_address)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class WireImages(_Wire):
    """The four pictures of a collection; "" where there is none."""

    avatar: Uri = ""
    banner: Uri = ""
    tile_uri: Annotated[Uri, Field(alias="tileUri")] = ""
    thumbnail: Uri = ""


class WireTimes(_Wire):
    """`times` of a collection: milliseconds."""

    created_at: Annotated[Moment, Field(alias="createdAt")] = None
    updated_at: Annotated[Moment, Field(alias="updatedAt")] = None


class WireCollection(WireImages):
    """A collection as `user/collection/details` and `nft/public/collection` send it."""

    id: Count
    owner: Address = ""
    name: Text = ""
    description: Description = ""
    contract_address: Annotated[Address, Field(alias="contractAddress")] = ""
    deploy_status: Annotated[Text, Field(alias="deployStatus")] = ""
    nft_type: Annotated[Text, Field(alias="nftType")] = ""
    cached: Annotated[WireImages, BeforeValidator(_table)] = WireImages()
    times: Annotated[WireTimes, BeforeValidator(_table)] = WireTimes()
    properties: Annotated[
        dict[str, Any], BeforeValidator(_table), Field(validation_alias=AliasPath("extra", "properties"))
    ] = {}

    def to_collection(self) -> Collection:
        """Our value. Pictures are listed in the order in which they should be tried."""
        cached = self.cached
        properties = [(_text(name), value) for name, value in self.properties.items() if isinstance(value, bool)]
        return Collection(
            source=LOOPRING,
            collection_id=str(self.id),
            name=self.name,
            description=self.description,
            contract_address=self.contract_address,
            owner=self.owner,
            nft_type=self.nft_type,
            deploy_status=self.deploy_status,
            # An empty string is not a value: Loopring's own web app lets "" win, and shows a placeholder.
            avatar_uris=_non_empty(
                cached.avatar,
                self.avatar,
                cached.tile_uri,
                self.tile_uri,
                cached.thumbnail,
                self.thumbnail,
                cached.banner,
                self.banner,
            ),
            banner_uris=_non_empty(
                cached.banner, self.banner, cached.tile_uri, self.tile_uri, cached.avatar, self.avatar
            ),
            created_at=self.times.created_at,
            updated_at=self.times.updated_at,
            properties=tuple(properties[:_MAX_PROPERTIES]),
        )


class WireHolding(_Wire):
    """A row of `user/collection/details`: `{collection: {…}, count}`, or flat as on the API page."""

    collection: WireCollection
    count: Count

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, row: Any) -> Any:
        if isinstance(row, dict) and not isinstance(row.get("collection"), dict):
            return {"collection": row, "count": row.get("count")}
        return row

    def to_holding(self) -> Holding:
        """Our value; `count` is "how many kinds of nfts user hold"."""
        return Holding(self.collection.to_collection(), self.count)


class WireNft(_Wire):
    """A row of `user/nft/collection/balances`; `total` counts copies and comes as a string."""

    nft_data: Annotated[Text, Field(alias="nftData")] = ""
    nft_id: Annotated[Text, Field(alias="nftId")] = ""
    total: Copies
    name: Annotated[Text, Field(validation_alias=AliasPath("metadata", "base", "name"))] = ""
    description: Annotated[Description, Field(validation_alias=AliasPath("metadata", "base", "description"))] = ""
    image: Annotated[Uri, Field(validation_alias=AliasPath("metadata", "base", "image"))] = ""
    sizes: Annotated[
        dict[str, Any], BeforeValidator(_table), Field(validation_alias=AliasPath("metadata", "imageSize"))
    ] = {}

    @model_validator(mode="after")
    def _is_named(self) -> WireNft:
        if not (self.nft_data or self.nft_id):
            raise ValueError("neither nftData nor nftId")
        return self

    def to_nft(self) -> Nft:
        """Our value. The outer `nftId` is hex that may have lost leading zeros; metadata's own is not to be trusted."""
        sizes = [_uri(self.sizes.get(size)) for size in ("332-332", "original", "240-240")]
        return Nft(
            key=self.nft_data or self.nft_id,
            nft_id=self.nft_id or self.nft_data,
            copies=self.total,
            name=self.name,
            description=self.description,
            image_uris=_non_empty(*sizes, self.image),
        )


class WireAccount(_Wire):
    """The answer of `account`."""

    account_id: Annotated[Count, Field(alias="accountId", gt=0)]
    owner: Annotated[Address, Field(min_length=1)]


class WireName(_Wire):
    """The answer of `resolveEns` and `resolveName`; unless it says success, it says nothing of the name."""

    code: Annotated[Count, Field(validation_alias=AliasPath("resultInfo", "code"), le=0)]
    data: Annotated[str | None, Field(max_length=_MAX_NAME)] = None


W = TypeVar("W", bound=BaseModel)
V = TypeVar("V")


def read_one(model: type[W], body: Any) -> W:
    """One object of an answer.

    Raises:
        UnavailableError: the body is not what the API sends.
    """
    try:
        return model.model_validate(body)
    except ValidationError:
        raise not_understood() from None  # the cause would quote upstream text into the log


def read_page(body: Any, list_key: str, model: type[W], to_value: Callable[[W], V]) -> RawPage[V]:
    """The rows below `list_key`, and `totalNum`. Rows that cannot be read are counted, never passed over.

    Raises:
        UnavailableError: there is no list at all: an answer of another shape is not an empty one.
    """
    rows = body.get(list_key) if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise not_understood()
    values: list[V] = []
    for row in rows:
        try:
            values.append(to_value(model.model_validate(row)))
        except ValidationError:
            continue  # counted below
    return RawPage(tuple(values), unreadable=len(rows) - len(values), total=whole_number(body.get("totalNum")))


def not_understood() -> UnavailableError:
    """The answer is JSON, but not of the shape that this API has."""
    return UnavailableError(f"{NAME} sent an answer of a form that Tessera does not know. Try again later.")


def _non_empty(*uris: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(uri for uri in uris if uri))
