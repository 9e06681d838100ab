"""The contents of an archive in the JSON of Loopring's v3 API, so that a client of that API receives what was recorded.

A client reads pictures from eight fields in order of preference, and drops duplicates. Lists of URIs are distributed
over the fields so that they are read in the same order; what has no field in Loopring's JSON is in `extra.tessera`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import permutations
from typing import Any

from bot.archive.lines import AccountRecord
from bot.holdings import Collection, Holding

Json = dict[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Uris = tuple[str, ...]


def collection_json(collection: Collection) -> Json:
    """A collection with the keys of recorded bodies; what is not in the archive is ""."""
    slots = _image_slots(collection.avatar_uris, collection.banner_uris, collection.wide_uris)
    extra: Json = {"properties": dict(collection.properties), "mintChannel": ""}
    without_field: Json = {}
    if slots is None:
        without_field |= {"avatarUris": collection.avatar_uris, "bannerUris": collection.banner_uris}
        slots = (collection.avatar_uris[:2], (), (), collection.banner_uris[:2])
    if collection.is_scam:
        without_field["isScam"] = True
    if without_field:
        extra["tessera"] = without_field
    fields: dict[str, str] = {}
    cached: dict[str, str] = {}
    for name, uris in zip(("avatar", "tileUri", "thumbnail", "banner"), slots, strict=True):
        # Of two, the first is preferred: it goes to `cached`.
        cached[name], fields[name] = uris if len(uris) > 1 else ("", *uris) if uris else ("", "")
    return {
        "id": int(collection.collection_id),
        "owner": collection.owner,
        "name": collection.name,
        "contractAddress": collection.contract_address,
        "collectionAddress": "",
        "baseUri": "",
        "nftFactory": "",
        "description": collection.description,
        **fields,
        "cached": cached,
        "deployStatus": collection.deploy_status,
        "nftType": collection.nft_type,
        "times": {"createdAt": _milliseconds(collection.created_at), "updatedAt": _milliseconds(collection.updated_at)},
        "extra": extra,
    }


def page_json(record: AccountRecord, rows: Sequence[Holding], *, contract: str, offset: int, limit: int) -> Json:
    """A page of `user/collection/details`.

    `totalNum` of an account that was recorded incompletely is always larger than its number of rows: this API has no
    other way to express that something is missing.
    """
    complete = record.complete
    total = record.total or 0
    if contract:
        # A collection without a contract may belong to this one.
        complete = complete and all(row.collection.contract_address for row in rows)
        rows = [row for row in rows if row.collection.contract_address == contract]
        total = 0
    total = len(rows) if complete else max(total, len(rows) + 1)
    return {
        "collections": [
            {"collection": collection_json(row.collection), "count": row.kinds} for row in rows[offset : offset + limit]
        ],
        "totalNum": total,
    }


def account_json(account_id: str, owner: str) -> Json:
    """An account; keys and nonces were not recorded, and look like those of one that was never activated."""
    return {
        "accountId": int(account_id),
        "owner": owner,
        "frozen": False,
        "publicKey": {"x": "", "y": ""},
        "tags": "",
        "nonce": 0,
        "keyNonce": 0,
        "keySeed": "",
    }


def _milliseconds(moment: datetime | None) -> int:
    return round((moment - _EPOCH) / timedelta(milliseconds=1)) if moment else 0


@lru_cache(4096)
def _image_slots(avatar: _Uris, banner: _Uris, wide: _Uris) -> tuple[_Uris, _Uris, _Uris, _Uris] | None:
    """Up to two URIs each for avatar, tile, thumbnail and banner from which a client reads both lists, or None.

    A client takes avatar, tile, thumbnail, banner for the one list and banner, tile, avatar for the other; and what is
    in the field of the banner, it shows as a wide picture.
    """
    for last in dict.fromkeys((wide[:2], banner[:2], banner[:1], ())):
        for first in (avatar[:2], avatar[:1], ()):
            for tile in _pairs(avatar):
                if _distinct(first, tile) != avatar[: len(_distinct(first, tile))]:
                    continue
                if _distinct(last, tile, first) != banner:
                    continue
                for thumbnail in _pairs(avatar):
                    if _distinct(first, tile, thumbnail, last) == avatar:
                        return first, tile, thumbnail, last
    return None


def _pairs(uris: _Uris) -> Iterator[_Uris]:
    for length in (0, 1, 2):
        yield from permutations(uris, length)


def _distinct(*parts: _Uris) -> _Uris:
    return tuple(dict.fromkeys(uri for part in parts for uri in part))
