"""Loopring's JSON at its extremes: numbers, text and depth without end are bounded, and break nothing."""

from typing import Any

import orjson
import pytest

from bot.errors import UnavailableError
from bot.holdings import Collection, Holding
from bot.sources.loopring_wire import WireAccount, WireCollection, WireHolding, WireName, WireNft, read_one, read_page
from bot.sources.paging import RawPage
from bot.sources.wire import MOST_KINDS

OWNER = "0xb4a0c11e4d0d434bb4e9a133e5a6b7b058530e22"
LONG = "x" * 100_000


def holdings(*rows: Any, total: Any = 1) -> RawPage[Holding]:
    body = {"collections": list(rows), "totalNum": total}
    return read_page(body, "collections", WireHolding, WireHolding.to_holding)


def collection(**keys: Any) -> Collection:
    return read_one(WireCollection, {"id": 7} | keys).to_collection()


NO_COUNTS = [
    pytest.param(True, id="true"),
    pytest.param(False, id="false"),
    pytest.param(3.0, id="a float"),
    pytest.param(-1, id="negative"),
    pytest.param("-1", id="negative, a string"),
    pytest.param("٣", id="digits of another script"),
    pytest.param(" 3", id="a blank"),
    pytest.param("1_000", id="an underscore"),
    pytest.param("9" * 5000, id="more digits than Python reads"),
    pytest.param([3], id="a list"),
    pytest.param(None, id="null"),
]


@pytest.mark.parametrize("count", NO_COUNTS)
def test_what_is_no_count_is_not_read_as_one(count: Any) -> None:
    assert holdings({"id": 7, "count": count}).unreadable == 1
    assert holdings({"id": count, "count": 7}).unreadable == 1
    assert holdings(total=count).total is None
    nfts = read_page({"data": [{"nftData": "0xdd", "total": count}]}, "data", WireNft, WireNft.to_nft)
    assert nfts.unreadable == 1
    with pytest.raises(UnavailableError):
        read_one(WireAccount, {"accountId": count, "owner": OWNER})


def test_ids_and_counts_have_an_end() -> None:
    assert [row.kinds for row in holdings({"id": 2**63 - 1, "count": MOST_KINDS}).rows] == [MOST_KINDS]
    for count in (MOST_KINDS + 1, str(2**63)):
        assert holdings({"id": 7, "count": count}).unreadable == 1
    assert holdings({"id": str(2**63), "count": 7}).unreadable == 1


def test_copies_are_as_many_as_a_contract_can_count() -> None:
    rows = [{"nftData": "0xdd", "total": str(total)} for total in (2**256 - 1, 2**256)]
    page = read_page({"data": rows}, "data", WireNft, WireNft.to_nft)
    assert [nft.copies for nft in page.rows] == [2**256 - 1]
    assert page.unreadable == 1


def test_no_kinds_at_all_is_a_row() -> None:
    assert [row.kinds for row in holdings({"id": 7, "count": 0}).rows] == [0]


@pytest.mark.parametrize("address", ["x` @here `y", "`\u202e\n**b**`", "0x12", OWNER + "00", OWNER + "\n", 5])
def test_an_invalid_address_is_empty(address: Any) -> None:
    assert collection(owner=address, contractAddress=address) == Collection("loopring", "7")


def test_the_size_of_a_collections_values_is_limited() -> None:
    uris = dict.fromkeys(("avatar", "banner", "tileUri", "thumbnail"), f"https://a.example/{LONG}")
    properties = {f"is{number}{LONG}": True for number in range(50)}
    seen = collection(name=LONG, description=LONG, nftType=LONG, extra={"properties": properties}, **uris)
    assert seen.name == "x" * 999 + "…"
    assert seen.description == "x" * 19_999 + "…"
    assert len(seen.nft_type) == 1000
    assert seen.avatar_uris == seen.banner_uris == ()
    assert len(seen.properties) == 20
    assert all(len(name) == 1000 for name, _ in seen.properties)


def test_the_size_of_an_nfts_values_is_limited() -> None:
    metadata = {"base": {"name": LONG, "description": LONG, "image": LONG}, "imageSize": {"original": LONG}}
    row = {"nftData": "0xdd", "total": 1, "metadata": metadata}
    (nft,) = read_page({"data": [row]}, "data", WireNft, WireNft.to_nft).rows
    assert (len(nft.name), len(nft.description), nft.image_uris) == (1000, 20_000, ())


def test_text_up_to_the_limit_is_not_cut() -> None:
    seen = collection(name="x" * 1000, description="x" * 20_000, avatar="x" * 2048)
    assert (seen.name, seen.description, seen.avatar_uris) == ("x" * 1000, "x" * 20_000, ("x" * 2048,))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"data": OWNER}, id="no word of success"),
        pytest.param({"resultInfo": {"code": 5}, "data": OWNER}, id="no success"),
        pytest.param({"resultInfo": {"code": False}, "data": OWNER}, id="false is not zero"),
        pytest.param({"resultInfo": {"code": 0}, "data": "x" * 1001}, id="longer than any name"),
        pytest.param({"resultInfo": {"code": 0}, "data": 5}, id="a number"),
        pytest.param({"status": "maintenance"}, id="something else"),
        pytest.param([], id="a list"),
    ],
)
def test_an_answer_that_says_nothing_about_a_name_is_refused(body: Any) -> None:
    with pytest.raises(UnavailableError, match="Tessera does not know"):
        read_one(WireName, body)


# orjson reads 1,024 levels; some of them are around the value.
@pytest.mark.parametrize("levels", [300, 1000, 1018])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["lists", "tables"])
def test_depth_breaks_nothing(levels: int, brackets: tuple[str, str]) -> None:
    opening, closing = brackets
    nested = orjson.loads(opening * levels + "1" + closing * levels)
    for key in ("name", "description", "owner", "contractAddress", "avatar", "cached", "times", "extra"):
        assert collection(**{key: nested}) == Collection("loopring", "7")
    assert collection(times={"createdAt": nested}) == Collection("loopring", "7")
    assert collection(extra={"properties": {"isPublic": nested}}) == Collection("loopring", "7")
    assert holdings(nested, {"id": 7, "count": nested}, {"id": nested, "count": 1}).unreadable == 3
    assert holdings(total=nested).total is None
    for model in (WireCollection, WireAccount, WireName):
        for body in (nested, {"id": nested, "accountId": nested, "owner": OWNER, "resultInfo": {"code": nested}}):
            with pytest.raises(UnavailableError):
                read_one(model, body)
