"""The NFTs of one collection in the JSON of Loopring's `user/nft/collection/balances`.

A client reads pictures from three sizes and the metadata, in that order. What was not recorded (slots, minters,
royalties, hidden and favourite ones) looks as if there were none. `metadata.uri` follows from the id if that is a CID.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.archive.lines import AccountRecord
from bot.archive.nft_cids import metadata_cid
from bot.archive_api.loopring_json import Json, collection_json
from bot.holdings import Collection, Nft, NftList

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HASH = re.compile(r"0x[0-9a-fA-F]{1,64}")
_SIZES = ("332-332", "original", "240-240")


def balances_json(record: AccountRecord, collection: Collection, held: NftList, *, offset: int, limit: int) -> Json:
    """A page of an account's NFTs of one collection.

    `totalNum` of a list that was recorded incompletely is always larger than its number of rows: this API has no other
    way to express that something is missing.
    """
    known = len(held.nfts)
    total = known if held.complete else max(held.total or 0, known + 1)
    about = collection_json(collection)
    rows = held.nfts[offset : offset + limit]
    return {"totalNum": total, "data": [_nft_json(nft, record, collection, about) for nft in rows]}


def _nft_json(nft: Nft, record: AccountRecord, collection: Collection, about: Json) -> Json:
    token = {"tokenAddress": collection.contract_address, "nftId": nft.nft_id}
    return {
        "id": 0,
        "accountId": int(record.account_id),
        "tokenId": 0,
        # Of an archive that was rebuilt from blocks the key is no hash of Loopring's.
        "nftData": nft.key if _HASH.fullmatch(nft.key) else "",
        **token,
        "nftType": collection.nft_type,
        "total": str(nft.copies),
        "locked": "0",
        "pending": {"withdraw": "0", "deposit": "0"},
        "deploymentStatus": collection.deploy_status,
        "isCounterFactualNFT": dict(collection.properties).get("isCounterFactualNFT", False),
        "metadata": _metadata_json(nft) | {"nftType": int(collection.nft_type == "ERC1155"), "network": 0, **token},
        "minter": "",
        "royaltyPercentage": 0,
        "preference": {"favourite": False, "hide": False},
        "collectionInfo": about,
        "updatedAt": round((record.as_of - _EPOCH) / timedelta(milliseconds=1)),
    }


def _metadata_json(nft: Nft) -> Json:
    *larger, image = nft.image_uris or ("",)
    sizes = dict.fromkeys(_SIZES, "") | dict(zip(_SIZES, larger, strict=False))
    extra: dict[str, Any] = dict.fromkeys(
        ("imageData", "externalUrl", "attributes", "backgroundColor", "animationUrl", "youtubeUrl", "minter"), ""
    )
    if len(larger) > len(_SIZES):
        extra["tessera"] = {"imageUris": nft.image_uris}
    cid = metadata_cid(nft.token_id)
    return {
        "uri": f"ipfs://{cid}" if cid else "",
        "base": {
            "name": nft.name,
            "decimals": -1,
            "description": nft.description,
            "image": image,
            "properties": "",
            "localization": "",
            "createdAt": 0,
            "updatedAt": 0,
        },
        "imageSize": sizes,
        "extra": extra,
        "status": 1,
    }
