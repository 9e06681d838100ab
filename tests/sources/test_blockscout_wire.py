"""Blockscout's JSON into values: tolerant where versions differ, strict about what a row and a list are."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UnavailableError
from bot.holdings import Collection, Holding, Nft
from bot.sources.blockscout_wire import (
    HeldPart,
    WireHolder,
    WireHolding,
    WireNft,
    WireRedirect,
    WireToken,
    read_page,
)
from bot.sources.paging import RawPage
from bot.sources.wire import read_one

CONTRACT = "0xB4A0C11E4d0D434bb4E9A133E5a6B7b058530e22"
LOWER = CONTRACT.lower()
LONG = "x" * 100_000


def to_holding(row: WireHolding) -> Holding:
    return row.to_holding("eip155:1")


def holdings(*rows: Any) -> RawPage[Holding]:
    body = {"items": list(rows), "next_page_params": None}
    return read_page(body, WireHolding, to_holding, "Chain")[0]


def held(amount: Any = "1", instances: Any = (), **token: Any) -> Collection:
    row = {"token": {"address_hash": CONTRACT} | token, "amount": amount, "token_instances": list(instances)}
    page = holdings(row)
    assert page.unreadable == 0
    return page.rows[0].collection


def nfts(*rows: Any) -> RawPage[Nft]:
    return read_page({"items": list(rows), "next_page_params": None}, WireNft, WireNft.to_nft, "Chain")[0]


def parts(*rows: Any) -> RawPage[HeldPart]:
    return read_page({"items": list(rows), "next_page_params": None}, WireHolder, WireHolder.to_part, "Chain")[0]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"token": {"address_hash": CONTRACT}, "amount": "3", "token_instances": []}, id="as specified"),
        pytest.param({"token": {"address": CONTRACT}, "amount": "3", "token_instances": []}, id="an older key"),
        pytest.param({"token": {"address_hash": CONTRACT}, "amount": 3}, id="a number, and no instances"),
        pytest.param({"token": {"address_hash": CONTRACT, "x": 1}, "amount": "3", "y": []}, id="unknown keys"),
    ],
)
def test_a_row_is_read_in_each_of_its_forms(row: dict[str, Any]) -> None:
    expected = Holding(Collection("eip155:1", LOWER, contract_address=LOWER), 3)
    assert holdings(row) == RawPage((expected,))


@pytest.mark.parametrize(
    ("kind", "values", "copies"),
    [
        pytest.param("ERC-1155", ["5", "1", "3"], 9, id="each says how many"),
        pytest.param("ERC-1155", ["5", "1"], None, id="one was not sent"),
        pytest.param("ERC-1155", ["5", None, "3"], None, id="one does not say"),
        pytest.param("ERC-1155", ["5", "0", "3"], None, id="one is said to be none"),
        pytest.param("ERC-721", [], 3, id="one of each"),
    ],
)
def test_copies_are_known_where_every_nft_says_how_many(kind: str, values: list[Any], copies: int | None) -> None:
    instances = [{"id": str(place), "value": value} for place, value in enumerate(values)]
    row = {"token": {"address_hash": CONTRACT, "type": kind}, "amount": "3", "token_instances": instances}
    assert holdings(row).rows[0].copies == copies


@pytest.mark.parametrize("amount", [None, "", "-1", "1.0", 1.0, True, "٣", " 3", "9" * 5000, str(2**63), [3], {}])
def test_what_is_no_count_is_unknown_and_not_zero(amount: Any) -> None:
    page = holdings({"token": {"address_hash": CONTRACT}, "amount": amount})
    assert ([row.counted_kinds for row in page.rows], page.unreadable) == ([None], 0)


@pytest.mark.parametrize(
    ("amount", "instances", "kinds"),
    [
        pytest.param("1875000000000000004", 1, None, id="blockscout#9699"),
        pytest.param("5000", 1, None, id="a fraction of a unit"),
        pytest.param("1", 1, 1, id="blockscout#9700"),
        pytest.param("30", 9, 30, id="blockscout#8931"),
        pytest.param("3", 2, None, id="more than came with it"),
    ],
)
def test_units_of_an_erc404_are_not_taken_for_its_nfts(amount: str, instances: int, kinds: int | None) -> None:
    row = {
        "token": {"address_hash": CONTRACT, "type": "ERC-404"},
        "amount": amount,
        "token_instances": [{}] * instances,
    }
    assert [found.counted_kinds for found in holdings(row).rows] == [kinds]


def test_more_than_any_collection_has_is_no_number_of_nfts() -> None:
    found = [
        holdings({"token": {"address_hash": CONTRACT, "type": "ERC-1155"}, "amount": amount}).rows[0]
        for amount in (10_000_000, 10_000_001)
    ]
    assert [row.counted_kinds for row in found] == [10_000_000, None]


@pytest.mark.parametrize("kind", ["ERC404", "erc-404", "ERC-20", "DN404", "", None])
def test_only_contracts_of_nfts_alone_are_believed_without_their_nfts(kind: str | None) -> None:
    for instances, counted in ((1, None), (9, 1_000_000)):
        row = {
            "token": {"address_hash": CONTRACT, "type": kind},
            "amount": "1000000",
            "token_instances": [{}] * instances,
        }
        assert [found.counted_kinds for found in holdings(row).rows] == [counted]
    untold = {"token": {"address_hash": CONTRACT, "type": kind}, "amount": "1000000"}
    assert [found.counted_kinds for found in holdings(untold).rows] == [None]


@pytest.mark.parametrize("kind", ["ERC-721", "ERC721", "erc-1155"])
def test_the_number_of_a_contract_of_nfts_is_believed(kind: str) -> None:
    row = {"token": {"address_hash": CONTRACT, "type": kind}, "amount": "1000000", "token_instances": [{}]}
    assert [found.counted_kinds for found in holdings(row).rows] == [1_000_000]


@pytest.mark.parametrize("address", [None, "", "0x12", CONTRACT + "0", CONTRACT + "\n", "0x" + "z" * 40, 5, [CONTRACT]])
def test_what_has_no_address_is_no_row(address: Any) -> None:
    assert holdings({"token": {"address_hash": address}, "amount": "1"}).unreadable == 1
    assert parts({"address": {"hash": address}, "token_id": None, "value": "1"}).unreadable == 1
    with pytest.raises(UnavailableError):
        read_one(WireToken, {"address_hash": address}, "Chain")


def test_a_name_is_the_name_or_the_symbol_or_nothing() -> None:
    assert held(name="Cats", symbol="CAT").name == "Cats"
    assert held(name=None, symbol="CAT").name == "CAT"
    assert held(name="", symbol=None).name == ""


@pytest.mark.parametrize(
    ("upstream", "expected"),
    [("ERC-721", "ERC721"), ("ERC-1155", "ERC1155"), ("ERC-404", "ERC404"), (None, ""), ("@here", "@here")],
)
def test_kinds_of_contracts_are_named_as_everywhere(upstream: Any, expected: str) -> None:
    assert held(type=upstream).nft_type == expected


@pytest.mark.parametrize(
    ("token", "is_scam"),
    [
        ({"reputation": "scam"}, True),
        ({"reputation": "ok"}, False),
        ({"reputation": None}, False),
        ({"reputation": ["scam"]}, False),
        ({"is_scam": True}, True),
        ({"is_scam": False}, False),
        ({"is_scam": "no"}, False),
    ],
)
def test_a_scam_is_what_blockscout_calls_one(token: dict[str, Any], is_scam: bool) -> None:  # noqa: FBT001 - a column
    assert held(**token).is_scam is is_scam


def test_pictures_are_in_order_of_preference_and_each_once() -> None:
    instance = {
        "thumbnails": {"60x60": "t60", "250x250": "t250", "500x500": "t500", "original": "big"},
        "image_url": "image",
        "media_url": "big",
        "media_type": "image/png",
        "metadata": {"image": "ipfs://own"},
    }
    collection = held(icon_url="icon", instances=[instance, {"image_url": "second"}, 5, {"image_url": "too many"}])
    assert collection.avatar_uris == ("icon", "t500", "t250", "big", "image", "ipfs://own", "second")
    assert held(icon_url=None, instances=[instance]).avatar_uris[0] == "t500"


@pytest.mark.parametrize(
    "media_type",
    ["video/mp4", "text/html", "image/svg+xml", "IMAGE/SVG+XML; q=1", "audio/mpeg", "model/gltf-binary"],
)
def test_what_discord_shows_no_picture_of_is_left_out_wherever_it_stands(media_type: str) -> None:
    film = {
        "media_url": "film",
        "media_type": media_type,
        "image_url": "film",
        "thumbnails": {"original": "film", "500x500": "still"},
        "metadata": {"image": "film"},
    }
    assert held(instances=[film]).avatar_uris == ("still",)
    assert held(instances=[film | {"metadata": {"image": "other"}}]).avatar_uris == ("still", "other")


def test_an_nft_is_counted_by_its_value_and_one_where_there_can_be_but_one() -> None:
    page = nfts(
        {"id": "1", "value": "5", "token_type": "ERC-1155"},
        {"id": "2", "value": None, "token_type": "ERC-721"},
        {"id": "3", "token_type": "ERC-721", "metadata": None, "thumbnails": None},
        {"id": str(2**256 - 1), "value": str(2**256 - 1)},
        {"id": "6", "value": None, "token": {"type": "ERC-721"}},
        {"id": "7", "value": None, "token_type": None, "token": {"type": "ERC-721"}},
        {"id": "4", "value": None, "token_type": "ERC-1155"},
        {"id": "8", "value": None, "token_type": "ERC-1155", "token": {"type": "ERC-721"}},
        {"id": "9", "value": None, "token": {"type": ["ERC-721"]}},
        {"id": "5"},
        {"value": "1"},
        {"id": str(2**256), "value": "1"},
    )
    assert [nft.copies for nft in page.rows] == [5, 1, 1, 2**256 - 1, 1, 1]
    assert page.unreadable == 6


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param(
            {"attributes": [{"trait_type": "Background", "value": "Gold"}]}, (("Background", "Gold"),), id="one"
        ),
        pytest.param({"attributes": [{"trait_type": "Level", "value": 5}]}, (("Level", "5"),), id="a number"),
        pytest.param({"attributes": []}, (), id="none of them"),
        pytest.param({"name": "x"}, None, id="not reported"),
        pytest.param(None, None, id="no metadata"),
        pytest.param({"attributes": {"Background": "Gold"}}, None, id="of another form"),
        pytest.param(
            {"attributes": [{"trait_type": "A", "value": "1"}, {"value": "B"}]}, None, id="one without a name"
        ),
        pytest.param({"attributes": [{"trait_type": "A", "value": None}]}, None, id="one without a value"),
        pytest.param({"attributes": [{"trait_type": "A", "value": "1"}] * 201}, None, id="too many"),
    ],
)
def test_traits_are_all_that_the_metadata_has_or_not_known(metadata: Any, expected: Any) -> None:
    [nft] = nfts({"id": "1", "value": "1", "metadata": metadata}).rows
    assert nft.traits == expected


def test_a_holder_has_a_count_or_is_unreadable() -> None:
    page = parts(
        {"address": {"hash": CONTRACT}, "token_id": "7", "value": "2"},
        {"address": {"hash": CONTRACT}, "token_id": None, "value": "3"},
        {"address": {"hash": CONTRACT}, "token_id": None, "value": None},
        {"address": None, "token_id": None, "value": "1"},
    )
    assert page.rows == (HeldPart(LOWER, 7, 2), HeldPart(LOWER, None, 3))
    assert page.unreadable == 2


def test_the_size_of_values_is_limited() -> None:
    collection = held(name=LONG, type=LONG, icon_url="https://x.example/" + LONG)
    assert (len(collection.name), len(collection.nft_type), collection.avatar_uris) == (1000, 1000, ())
    (nft,) = nfts(
        {"id": "1", "value": "1", "metadata": {"name": LONG, "description": LONG, "image": LONG}, "image_url": LONG}
    ).rows
    assert (len(nft.name), len(nft.description), nft.image_uris) == (1000, 20_000, ())


# orjson reads 1,024 levels; some of them are around the value.
@pytest.mark.parametrize("levels", [300, 1000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}")], ids=["lists", "tables"])
def test_depth_breaks_nothing(levels: int, brackets: tuple[str, str]) -> None:
    nested = orjson.loads(brackets[0] * levels + "1" + brackets[1] * levels)
    for key in ("name", "symbol", "type", "icon_url", "reputation", "is_scam"):
        assert held(**{key: nested}) == Collection("eip155:1", LOWER, contract_address=LOWER)
    assert held(instances=[nested, {"metadata": nested, "thumbnails": nested}]).avatar_uris == ()
    assert holdings(nested, {"token": nested, "amount": "1"}).unreadable == 2
    with pytest.raises(UnavailableError):
        read_page({"items": [], "next_page_params": {"k": nested}}, WireNft, WireNft.to_nft, "Chain")


KNOWN = """
items next_page_params token amount token_instances address_hash address hash name type icon_url reputation is_scam id
value token_id token_type metadata image thumbnails original image_url media_url redirect parameter
"""
KEYS = st.text(max_size=5) | st.sampled_from(sorted(KNOWN.split()))
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(CONTRACT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=30,
)


def body_of(rows: Any) -> Any:
    return st.fixed_dictionaries({"items": rows, "next_page_params": json})


@settings(max_examples=300, deadline=None)
@given(json | body_of(json) | body_of(st.lists(json, max_size=4)))
def test_no_json_breaks_it(body: Any) -> None:
    for read in (
        lambda: read_page(body, WireHolding, to_holding, "Chain"),
        lambda: read_page(body, WireNft, WireNft.to_nft, "Chain"),
        lambda: read_page(body, WireHolder, WireHolder.to_part, "Chain"),
        lambda: read_one(WireRedirect, body, "Chain"),
        lambda: read_one(WireToken, body, "Chain").to_collection("eip155:1"),
    ):
        try:
            answer = read()
        except UnavailableError:
            continue
        if isinstance(answer, tuple) and isinstance(answer[0], RawPage):
            page, cursor = answer
            assert len(page.rows) + page.unreadable == len(body["items"])
            assert cursor is None or all(isinstance(text, str) for text in cursor.values())


@pytest.mark.parametrize(
    ("row", "copies"),
    [
        pytest.param({"is_unique": True}, 1, id="version 12: no token, no type"),
        pytest.param({"is_unique": True, "token_type": "ERC-1155"}, 1, id="the only one of an ERC-1155"),
        pytest.param({"is_unique": True, "token_type": "ERC-404"}, None, id="an ERC-404 is always called unique"),
        pytest.param({"is_unique": False}, None, id="several"),
        pytest.param({"is_unique": None, "token_type": None}, None, id="nobody knows"),
        pytest.param({"is_unique": "true"}, None, id="no truth value"),
        pytest.param({"is_unique": True, "value": "5"}, 5, id="a value is more than that"),
    ],
)
def test_what_is_the_only_one_counts_once(row: dict[str, Any], copies: int | None) -> None:
    page, _ = read_page({"items": [{"id": "7"} | row], "next_page_params": None}, WireNft, WireNft.to_nft, "Chain")
    assert [nft.copies for nft in page.rows] == ([] if copies is None else [copies])
    assert page.unreadable == (copies is None)
