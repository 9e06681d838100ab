"""Loopring's JSON, as it is really sent, into our values.

Tolerant where recorded bodies, the API page and old clients disagree: rows wrapped in `collection` or flat, keys that
are missing, null or empty, integers as strings, totals as strings. Strict where it matters: a row without an id or a
count that can be true is unreadable, and a body without its list is refused. Whatever the JSON, this module raises only
`UnavailableError`, and the size of a row's values is limited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import AliasPath, BaseModel, Field, model_validator

from bot.errors import UnavailableError
from bot.holdings import LOOPRING, Collection, Holding, Nft
from bot.sources import wire
from bot.sources.paging import RawPage
from bot.sources.wire import (
    MAX_NAME,
    MOST_KINDS,
    Address,
    Copies,
    Count,
    Description,
    Moment,
    Table,
    Text,
    Uri,
    Wire,
    whole_number,
)

NAME = "Loopring"

# The API knows six.
_MAX_PROPERTIES = 20


class WireImages(Wire):
    """The four pictures of a collection; "" where there is none."""

    avatar: Uri = ""
    banner: Uri = ""
    tile_uri: Annotated[Uri, Field(alias="tileUri")] = ""
    thumbnail: Uri = ""


class WireTimes(Wire):
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
    cached: Annotated[WireImages, Table] = WireImages()
    times: Annotated[WireTimes, Table] = WireTimes()
    properties: Annotated[
        dict[str, Any], Table, Field(default_factory=dict, validation_alias=AliasPath("extra", "properties"))
    ]

    def to_collection(self) -> Collection:
        """Our value. Pictures are listed in the order in which they should be tried."""
        cached = self.cached
        properties = [(wire.text(name), value) for name, value in self.properties.items() if isinstance(value, bool)]
        return Collection(
            network=LOOPRING,
            collection_id=str(self.id),
            name=self.name,
            description=self.description,
            contract_address=self.contract_address,
            owner=self.owner,
            nft_type=self.nft_type,
            deploy_status=self.deploy_status,
            # An empty string is not a value: Loopring's own web app lets "" win, and shows a placeholder.
            avatar_uris=wire.non_empty(
                cached.avatar,
                self.avatar,
                cached.tile_uri,
                self.tile_uri,
                cached.thumbnail,
                self.thumbnail,
                cached.banner,
                self.banner,
            ),
            banner_uris=wire.non_empty(
                cached.banner, self.banner, cached.tile_uri, self.tile_uri, cached.avatar, self.avatar
            ),
            wide_uris=wire.non_empty(cached.banner, self.banner),
            created_at=self.times.created_at,
            updated_at=self.times.updated_at,
            properties=_shared(tuple(properties[:_MAX_PROPERTIES])),
        )


@lru_cache(1024)
def _shared(properties: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
    """The same in one place: there are few combinations, and thousands of collections are remembered."""
    return properties


class WireHolding(Wire):
    """A row of `user/collection/details`: `{collection: {…}, count}`, or flat as on the API page."""

    collection: WireCollection
    count: Annotated[Count, Field(le=MOST_KINDS)]

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, row: Any) -> Any:
        if isinstance(row, dict) and not isinstance(row.get("collection"), dict):
            return {"collection": row, "count": row.get("count")}
        return row

    def to_holding(self) -> Holding:
        """Our value; `count` is "how many kinds of nfts user hold"."""
        return Holding(self.collection.to_collection(), self.count)


class WireNft(Wire):
    """A row of `user/nft/collection/balances`; `total` counts copies and comes as a string."""

    nft_data: Annotated[Text, Field(alias="nftData")] = ""
    nft_id: Annotated[Text, Field(alias="nftId")] = ""
    total: Copies
    name: Annotated[Text, Field(validation_alias=AliasPath("metadata", "base", "name"))] = ""
    description: Annotated[Description, Field(validation_alias=AliasPath("metadata", "base", "description"))] = ""
    image: Annotated[Uri, Field(validation_alias=AliasPath("metadata", "base", "image"))] = ""
    sizes: Annotated[
        dict[str, Any], Table, Field(default_factory=dict, validation_alias=AliasPath("metadata", "imageSize"))
    ]

    @model_validator(mode="after")
    def _is_named(self) -> WireNft:
        if not (self.nft_data or self.nft_id):
            raise ValueError("neither nftData nor nftId")
        return self

    def to_nft(self) -> Nft:
        """Our value. The outer `nftId` is hex that may have lost leading zeros; the metadata's one is unreliable."""
        sizes = [wire.uri(self.sizes.get(size)) for size in ("332-332", "original", "240-240")]
        return Nft(
            key=self.nft_data or self.nft_id,
            nft_id=self.nft_id or self.nft_data,
            copies=self.total,
            name=self.name,
            description=self.description,
            image_uris=wire.non_empty(*sizes, self.image),
        )


class WireAccount(Wire):
    """The answer of `account`."""

    account_id: Annotated[Count, Field(alias="accountId", gt=0)]
    owner: Annotated[Address, Field(min_length=1)]


class WireCounterfactual(Wire):
    """The answer of `counterFactualInfo`; `walletSalt` is a uint256 and comes as text."""

    wallet: Annotated[Address, Field(min_length=1)]
    factory: Annotated[Address, Field(alias="walletFactory", min_length=1)]
    salt: Annotated[int, Field(alias="walletSalt", ge=0, lt=2**256)]
    owner: Annotated[Address, Field(alias="walletOwner", min_length=1)]


class WireName(Wire):
    """The answer of `resolveEns` and `resolveName`; unless its code is success, nothing follows for the name."""

    code: Annotated[Count, Field(validation_alias=AliasPath("resultInfo", "code"), le=0)]
    data: Annotated[str | None, Field(max_length=MAX_NAME)] = None


W = TypeVar("W", bound=BaseModel)
V = TypeVar("V")


def read_one(model: type[W], body: Any) -> W:
    """One object of an answer.

    Raises:
        UnavailableError: the body is not what the API sends.
    """
    return wire.read_one(model, body, NAME)


def read_page(body: Any, list_key: str, model: type[W], to_value: Callable[[W], V]) -> RawPage[V]:
    """The rows below `list_key`, and `totalNum`. Rows that cannot be read are counted, never ignored.

    Raises:
        UnavailableError: there is no list at all: an answer of another shape is not an empty one.
    """
    rows = body.get(list_key) if isinstance(body, Mapping) else None
    if not isinstance(rows, list):
        raise not_understood()
    values, unreadable = wire.read_rows(rows, model, to_value)
    return RawPage(values, unreadable=unreadable, total=whole_number(body.get("totalNum")))


def not_understood() -> UnavailableError:
    """The answer is JSON, but not of the shape that this API has."""
    return wire.not_understood(NAME)
