"""Loopring's NFT rows into values: metadata may be missing or malformed, copies and a key may not."""

from typing import Any

import pytest

from bot.holdings import Nft
from bot.sources.loopring_wire import WireNft, read_page
from bot.sources.paging import RawPage


def nfts(*rows: Any) -> RawPage[Nft]:
    return read_page({"data": list(rows)}, "data", WireNft, WireNft.to_nft)


def nft(**keys: Any) -> Nft:
    page = nfts({"nftData": "0xdd", "total": "1"} | keys)
    assert page.unreadable == 0
    return page.rows[0]


def test_an_nft_without_metadata_still_counts() -> None:
    assert nfts({"nftData": "0xdd", "total": "78000"}).rows == (Nft("0xdd", "0xdd", 78000),)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"nftData": "0xdd", "nftId": "0x01", "total": 10}, id="total a number"),
        pytest.param({"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": None}, id="metadata null"),
        pytest.param({"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {}}, id="metadata empty"),
        pytest.param({"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {"base": None}}, id="base null"),
        pytest.param(
            {"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {"imageSize": None}}, id="imageSize null"
        ),
        pytest.param(
            {"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {"nftId": "0x3648"}}, id="a bogus inner id"
        ),
        pytest.param(
            {"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {"extra": {"attributes": "[{"}}},
            id="attributes malformed",
        ),
        pytest.param(
            {"nftData": "0xdd", "nftId": "0x01", "total": "10", "metadata": {"extra": {"attributes": ""}}},
            id="attributes empty",
        ),
    ],
)
def test_an_nft_is_read_in_each_of_its_forms(row: dict[str, Any]) -> None:
    assert nfts(row).rows == (Nft("0xdd", "0x01", 10),)


def test_an_nft_has_its_words_and_pictures_from_metadata() -> None:
    sizes = {"240-240": "https://a.example/240", "332-332": "https://a.example/332", "original": "https://a.example/o"}
    base = {"name": "A &amp; B", "description": "x\ny", "image": "ipfs://Qm/0.jpg"}
    seen = nft(metadata={"base": base, "imageSize": sizes})
    assert (seen.name, seen.description) == ("A &amp; B", "x\ny")
    assert seen.image_uris == (sizes["332-332"], sizes["original"], sizes["240-240"], "ipfs://Qm/0.jpg")


@pytest.mark.parametrize("sizes", [{}, {"332-332": ""}, {"original": None}, [], "x", {"999-999": "https://a.example"}])
def test_without_sizes_the_picture_is_the_image(sizes: Any) -> None:
    assert nft(metadata={"base": {"image": "ipfs://Qm"}, "imageSize": sizes}).image_uris == ("ipfs://Qm",)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"total": "1"}, id="neither nftData nor nftId"),
        pytest.param({"nftData": "", "nftId": None, "total": "1"}, id="both empty"),
        pytest.param({"nftData": "0xdd"}, id="no total"),
        pytest.param({"nftData": "0xdd", "total": ""}, id="total empty"),
        pytest.param({"nftData": "0xdd", "total": "many"}, id="total a word"),
        pytest.param({"nftData": "0xdd", "total": "9" * 4000}, id="total of four thousand digits"),
        pytest.param(None, id="null"),
    ],
)
def test_what_is_no_nft_is_counted(row: Any) -> None:
    page = nfts(row, {"nftData": "0x2", "total": 1})
    assert (len(page.rows), page.unreadable) == (1, 1)
