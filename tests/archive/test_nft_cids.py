"""The ids of NFTs that are hashes, and those that are not."""

from __future__ import annotations

import hashlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive.nft_cids import metadata_cid
from bot.text.image_url import safe_image_url
from tests.conformance.missing import shared


def test_the_recorded_ids_are_those_of_the_recorded_metadata() -> None:
    body = orjson.loads((shared("samples/loopring") / "user_nft_collection_balances__uat2.json").read_bytes())
    rows = body["data"]
    assert len(rows) == 3
    assert [f"ipfs://{metadata_cid(int(row['nftId'], 16))}" for row in rows] == [row["metadata"]["uri"] for row in rows]


@given(st.binary(max_size=8))
def test_a_hash_becomes_an_address_that_a_gateway_takes(seed: bytes) -> None:
    cid = metadata_cid(int.from_bytes(hashlib.sha256(seed).digest(), "big"))
    assert (
        safe_image_url(f"ipfs://{cid}", gateways=("https://ipfs.example/ipfs/",)) == f"https://ipfs.example/ipfs/{cid}"
    )


@pytest.mark.parametrize(
    "token_id",
    [None, 0, 7, 2**224 - 1, 2**256, -1, int("90e78956725e312a4217e90bdd1d8a496f018a71" + 24 * "0", 16)],
)
def test_what_is_no_hash_has_no_address(token_id: int | None) -> None:
    assert metadata_cid(token_id) == ""
