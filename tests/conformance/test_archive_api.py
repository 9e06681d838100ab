"""What `archive serve` answers, held against what Loopring itself answered: the same keys, types and values.

What differs is listed for each endpoint: it was not recorded, or has one form in an archive (addresses without
capitals, the id of an NFT in hex), or is in another of several places (a picture, which clients look for in all).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from bot.archive.lines import AccountRecord, HeldRecord, order
from bot.archive.reader import Archive
from bot.archive.writer import write_archive
from bot.archive_api.http_api import make_app
from bot.holdings import LOOPRING, Collection, Nft, NftList
from bot.sources.loopring_wire import WireCollection, WireNft, read_one, read_page
from tests.archive.fixtures import RECORDED_AT, header
from tests.conformance.missing import shared

_PICTURES = {"avatar", "tileUri", "cached.avatar", "cached.tileUri"}
_OF_COLLECTION = {"collectionAddress", "baseUri", "nftFactory", "extra.mintChannel"}
_COLLECTION = _OF_COLLECTION | _PICTURES | {"owner"}
_METADATA = {"base.createdAt", "base.description", "base.properties", "base.updatedAt", "nftId"} | {
    "extra.animationUrl",
    "extra.attributes",
}
_NFT = (
    {"id", "tokenId", "minter", "royaltyPercentage", "updatedAt"}
    | {f"metadata.{field}" for field in _METADATA}
    | {f"collectionInfo.{field}" for field in _OF_COLLECTION | {"tileUri", "cached.tileUri"}}
)
ENDPOINTS = {
    "user/collection/details": (
        "user_collection_details__uat2_17608",
        {"accountId": "17608"},
        {f"collections.collection.{field}" for field in _COLLECTION},
    ),
    "user/nft/collection/balances": (
        "user_nft_collection_balances__uat2",
        {"accountId": "10032", "collectionId": "6", "metadata": "true"},
        {f"data.{field}" for field in _NFT},
    ),
    "account": (
        "account__uat2_11329",
        {"accountId": "11329"},
        {"owner", "publicKey.x", "publicKey.y", "nonce", "keyNonce", "keySeed"},
    ),
    "nft/public/collection": ("nft_public_collection__uat2_59", {"id": "59"}, _COLLECTION),
}


def recorded(name: str) -> Any:
    return json.loads((shared("samples/loopring") / f"{name}.json").read_bytes())


def the_archive(path: Path) -> Archive:
    """What those bodies say, as the source reads them."""
    details, balances, _, public = (recorded(name) for name, _, _ in ENDPOINTS.values())
    held = [read_one(WireCollection, row["collection"]).to_collection() for row in details["collections"]]
    shown = read_one(WireCollection, balances["data"][0]["collectionInfo"]).to_collection()
    nfts: list[Nft] = list(read_page(balances, "data", WireNft, WireNft.to_nft).rows)
    collections: list[Collection] = [*held, shown, read_one(WireCollection, public).to_collection()]
    kinds = [row["count"] for row in details["collections"]]
    rows = sorted(zip(held, kinds, strict=True), key=lambda row: order(row[0].collection_id))
    listed = HeldRecord("6", len(nfts), NftList(tuple(nfts), complete=True, total=len(nfts)))
    accounts = [
        AccountRecord("10032", RECORDED_AT, total=1, holdings=(listed,)),
        AccountRecord("11329", RECORDED_AT, recorded("account__uat2_11329")["owner"].lower(), total=0),
        AccountRecord(
            "17608",
            RECORDED_AT,
            total=details["totalNum"],
            incomplete_reason="12 of the 35 announced arrived",
            holdings=tuple(HeldRecord(each.collection_id, count) for each, count in rows),
        ),
    ]
    write_archive(
        path, header(has_nfts=True), sorted(collections, key=lambda each: order(each.collection_id)), accounts
    )
    return Archive.open(path, network=LOOPRING)


@pytest.fixture
async def url(tmp_path: Path) -> AsyncIterator[str]:
    archive = the_archive(tmp_path / "a")
    async with TestServer(make_app(archive, key="")) as server:
        yield str(server.make_url("/api/v3"))
    archive.close()


def by_id(body: Any) -> Any:
    """Loopring lists collections in an order of its own, an archive in that of their numbers."""
    if isinstance(body, dict) and "collections" in body:
        return body | {"collections": sorted(body["collections"], key=lambda row: row["collection"]["id"])}
    return body


def differences(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Where two bodies have other values. A missing or further key, or another type, is an error."""
    assert type(ours) is type(theirs), path
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys(), path
        for key in ours:
            yield from differences(ours[key], theirs[key], f"{path}.{key}".removeprefix("."))
    elif isinstance(ours, list):
        assert len(ours) == len(theirs), path
        for one, other in zip(ours, theirs, strict=True):
            yield from differences(one, other, path)
    elif ours != theirs:
        yield path


@pytest.mark.parametrize("endpoint", ENDPOINTS)
async def test_an_archive_answers_as_loopring_did_but_for_what_was_not_recorded(endpoint: str, url: str) -> None:
    name, query, not_recorded = ENDPOINTS[endpoint]
    async with aiohttp.ClientSession() as session, session.get(f"{url}/{endpoint}", params=query) as response:
        assert response.status == 200
        body = await response.json()
    assert {*differences(by_id(body), by_id(recorded(name)))} == not_recorded
