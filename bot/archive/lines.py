"""The lines of an archive: plain frozen values ↔ one JSON object each. Strict: invalid lines are refused.

Unknown keys are ignored; a change to the meaning of known ones must increase `VERSION`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

import orjson
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.holdings import Collection, Nft, NftList
from bot.reasons import as_recorded, reason_words

FORMAT = "tessera-archive"
VERSION = 1


class LineError(ValueError):
    """A line that is not what it should be."""


@dataclass(frozen=True, slots=True)
class RebuiltFrom:
    """The last block of layer 2 that an archive was rebuilt from: its number, the root after it, whose block it is."""

    block: int
    root: str
    exchange: str


@dataclass(frozen=True, slots=True)
class Header:
    """The metadata of an archive: network, source, time of recording, and the program that wrote it.

    Attributes:
        rebuilt: Where the holdings follow from blocks; None: a source was asked.
    """

    network: str
    source: str
    recorded_at: datetime
    tool: str
    has_nfts: bool = False
    rebuilt: RebuiltFrom | None = None


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """Kinds held of one collection; `nfts` None: they were not recorded."""

    collection_id: str
    kinds: int
    nfts: NftList | None = None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What one account held at `as_of`; `owner` "": unknown. Complete unless `incomplete_reason` says why not.

    Attributes:
        owner_since: Block of layer 2 and transaction in which it got its owner; None: a source named the owner.
    """

    account_id: str
    as_of: datetime
    owner: str = ""
    total: int | None = None
    incomplete_reason: str = ""
    holdings: tuple[HeldRecord, ...] = ()
    owner_since: tuple[int, int] | None = None

    @property
    def complete(self) -> bool:
        """Every collection that the source announced is here."""
        return not self.incomplete_reason

    @property
    def whole(self) -> bool:
        """Complete, and so is each list of NFTs that was recorded."""
        return self.complete and all(held.nfts is None or held.nfts.complete for held in self.holdings)


def order(identifier: str) -> tuple[int, str]:
    """The order of ids in an archive: the shorter first, then by code point. For numbers that is their own order."""
    return len(identifier), identifier


def encode_header(header: Header) -> bytes:
    """The first line; `LineError` if no archive with it could be opened."""
    line: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "network": header.network,
        "source": header.source,
        "recorded_at": header.recorded_at,
        "tool": header.tool,
        "nfts": header.has_nfts,
    }
    if header.rebuilt:
        line["rebuilt"] = asdict(header.rebuilt)
    encoded = orjson.dumps(line)
    decode_header(encoded)
    return encoded


def encode_collection(collection: Collection) -> bytes:
    """One collection; what is empty is left out."""
    fields = {name: getattr(collection, name) for name in _COLLECTION_FIELDS}
    return orjson.dumps(
        {"kind": "collection", "id": collection.collection_id} | {key: value for key, value in fields.items() if value}
    )


def encode_account(record: AccountRecord) -> bytes:
    """One account with everything it held."""
    line: dict[str, Any] = {"kind": "account", "id": record.account_id}
    if record.owner:
        line["owner"] = record.owner
    if record.owner_since:
        line["owner_since"] = record.owner_since
    line |= {"as_of": record.as_of, "complete": record.complete, "total": record.total}
    if record.incomplete_reason:
        line["gap"] = record.incomplete_reason
    line["holdings"] = [_held(held) for held in record.holdings]
    return orjson.dumps(line)


def encode_owner(owner: str, account_id: str) -> bytes:
    """The account of an owner."""
    return orjson.dumps({"kind": "owner", "id": owner, "account": account_id})


def _held(held: HeldRecord) -> list[Any]:
    pair: list[Any] = [held.collection_id, held.kinds]
    nfts = held.nfts
    if nfts is None:
        return pair
    # Copies as text: a balance of ERC-1155 has up to 78 digits, and readers of JSON lose them.
    rows = [[nft.key, nft.nft_id, str(nft.copies), nft.name, nft.image_uris] for nft in nfts.nfts]
    gap = reason_words(nfts.incomplete_reason)
    return [*pair, {"complete": nfts.complete, "total": nfts.total, "gap": gap, "rows": rows}]


def _copies(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 78 else None  # noqa: PLR2004 - digits of 2**256


_Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
_Id = Annotated[str, Field(min_length=1)]
# Quoted to members, such as `loopring` and `eip155:1`; and never so long that a header is not read.
_Network = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9:-]{0,63}$")]
_Label = Annotated[str, Field(max_length=4_000)]
_Count = Annotated[int, Field(ge=0)]
_NftRow = tuple[str, str, Annotated[int, BeforeValidator(_copies)], str, tuple[str, ...]]


class _Line(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class _RebuiltLine(_Line):
    block: _Count
    root: str
    exchange: str


class _HeaderLine(_Line):
    format: Literal["tessera-archive"]
    version: int
    network: _Network
    source: _Label
    recorded_at: _Moment
    tool: _Label
    nfts: bool
    rebuilt: _RebuiltLine | None = None


class _CollectionLine(_Line):
    kind: Literal["collection"]
    id: _Id
    name: str = ""
    description: str = ""
    contract_address: str = ""
    owner: str = ""
    nft_type: str = ""
    deploy_status: str = ""
    avatar_uris: tuple[str, ...] = ()
    banner_uris: tuple[str, ...] = ()
    wide_uris: tuple[str, ...] = ()
    created_at: _Moment | None = None
    updated_at: _Moment | None = None
    properties: tuple[tuple[str, bool], ...] = ()
    is_scam: bool = False


_COLLECTION_FIELDS = tuple(name for name in _CollectionLine.model_fields if name not in ("kind", "id"))


class _NftsLine(_Line):
    complete: bool
    total: _Count | None
    gap: str
    rows: tuple[_NftRow, ...]

    def to_list(self) -> NftList:
        nfts = tuple(Nft(key, nft_id, copies, name, image_uris=uris) for key, nft_id, copies, name, uris in self.rows)
        return NftList(nfts, complete=self.complete, total=self.total, incomplete_reason=as_recorded(self.gap))


class _AccountLine(_Line):
    kind: Literal["account"]
    id: _Id
    owner: str = ""
    owner_since: tuple[_Count, _Count] | None = None
    as_of: _Moment
    complete: bool
    total: _Count | None
    gap: str = ""
    holdings: tuple[tuple[_Id, _Count] | tuple[_Id, _Count, _NftsLine], ...]


class _OwnerLine(_Line):
    kind: Literal["owner"]
    id: _Id
    account: _Id


L = TypeVar("L", bound=_Line)


def _read(model: type[L], line: bytes) -> L:
    try:
        return model.model_validate_json(line)
    except ValidationError:
        raise LineError(f"not a line of the kind {model.__name__[1:-4].lower()}") from None


def read_version(line: bytes) -> int:
    """The version of the archive whose first line this is.

    Raises:
        LineError: it is not the first line of an archive.
    """
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise LineError("not JSON") from None
    version = header.get("version") if isinstance(header, dict) and header.get("format") == FORMAT else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise LineError("not the first line of an archive")
    return version


def decode_header(line: bytes) -> Header:
    """What `encode_header` was given; `LineError` if it does not have this version's form."""
    read = _read(_HeaderLine, line)
    rebuilt = RebuiltFrom(**read.rebuilt.model_dump()) if read.rebuilt else None
    return Header(read.network, read.source, read.recorded_at, read.tool, has_nfts=read.nfts, rebuilt=rebuilt)


def decode_collection(line: bytes, network: str) -> Collection:
    """What `encode_collection` was given; `LineError` if the line is invalid."""
    read = _read(_CollectionLine, line)
    fields = {name: getattr(read, name) for name in _COLLECTION_FIELDS}
    return Collection(network, read.id, **fields)


def decode_account(line: bytes) -> AccountRecord:
    """What `encode_account` was given; `LineError` if the line is invalid or contradicts itself."""
    read = _read(_AccountLine, line)
    if read.complete != (read.gap == ""):
        raise LineError("complete and gap contradict each other")
    holdings = tuple(_held_record(*held) for held in read.holdings)
    return AccountRecord(read.id, read.as_of, read.owner, read.total, read.gap, holdings, read.owner_since)


def _held_record(collection_id: str, kinds: int, nfts: _NftsLine | None = None) -> HeldRecord:
    return HeldRecord(collection_id, kinds, nfts.to_list() if nfts else None)


def decode_owner(line: bytes) -> tuple[str, str]:
    """Owner and account; `LineError` if the line is invalid."""
    read = _read(_OwnerLine, line)
    return read.id, read.account


def id_of(line: bytes) -> str:
    """The id of a line; `LineError` if it has none."""
    try:
        found = orjson.loads(line)["id"]
    except (orjson.JSONDecodeError, TypeError, KeyError):
        found = None
    if not isinstance(found, str):
        raise LineError("a line without an id")
    return found
