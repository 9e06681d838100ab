"""Loopring's JSON into values: tolerant where bodies differ, strict about what a row and a list are."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.errors import UnavailableError
from bot.holdings import Collection, Holding
from bot.sources.loopring_wire import WireAccount, WireCollection, WireHolding, WireNft, read_one, read_page
from bot.sources.paging import RawPage

OWNER = "0xB4A0C11E4d0D434bb4E9A133E5a6B7B058530e22"
MOMENT = datetime(2022, 11, 10, 7, 4, 35, 766000, UTC)


def collection(**keys: Any) -> Collection:
    return read_one(WireCollection, {"id": 7} | keys).to_collection()


def holdings(*rows: Any, **keys: Any) -> RawPage[Holding]:
    return read_page({"collections": list(rows)} | keys, "collections", WireHolding, WireHolding.to_holding)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"collection": {"id": 254, "name": "Cats"}, "count": 3}, id="wrapped, as recorded"),
        pytest.param({"id": 254, "name": "Cats", "count": 3}, id="flat, as on the API page"),
        pytest.param({"collection": None, "id": 254, "name": "Cats", "count": 3}, id="flat beside a null"),
        pytest.param({"collection": {"id": "254", "name": "Cats"}, "count": "3"}, id="integers as strings"),
        pytest.param({"collection": {"id": 254, "name": "Cats", "new": {}}, "count": 3, "more": 1}, id="unknown keys"),
    ],
)
def test_a_row_is_read_in_each_of_its_forms(row: dict[str, Any]) -> None:
    page = holdings(row)
    assert page.unreadable == 0
    assert page.rows == (Holding(Collection("loopring", "254", name="Cats"), 3),)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({"collection": {"name": "Cats"}, "count": 3}, id="no id"),
        pytest.param({"collection": {"id": None}, "count": 3}, id="id null"),
        pytest.param({"collection": {"id": ""}, "count": 3}, id="id empty"),
        pytest.param({"collection": {"id": "0xabc"}, "count": 3}, id="id no number"),
        pytest.param({"collection": {"id": -1}, "count": 3}, id="id negative"),
        pytest.param({"collection": {"id": True}, "count": 3}, id="id true"),
        pytest.param({"collection": {"id": "9" * 4000}, "count": 3}, id="id of four thousand digits"),
        pytest.param({"collection": {}, "count": 3}, id="collection empty"),
        pytest.param({"collection": [254], "count": 3}, id="collection a list"),
        pytest.param({"collection": {"id": 254}}, id="count missing"),
        pytest.param({"id": 254}, id="count missing, flat"),
        pytest.param({"collection": {"id": 254}, "count": None}, id="count null"),
        pytest.param({"collection": {"id": 254}, "count": ""}, id="count empty"),
        pytest.param({"collection": {"id": 254}, "count": "some"}, id="count a word"),
        pytest.param({"collection": {"id": 254}, "count": 1.5}, id="count a fraction"),
        pytest.param({"collection": {"id": 254}, "count": True}, id="count true"),
        pytest.param({"collection": {"id": 254}, "count": "9" * 4000}, id="count of four thousand digits"),
        pytest.param(None, id="null"),
        pytest.param([], id="a list"),
        pytest.param("254", id="a string"),
        pytest.param(254, id="a number"),
    ],
)
def test_an_unreadable_row_is_counted_and_affects_no_other_row(row: Any) -> None:
    page = holdings({"collection": {"id": 1}, "count": 1}, row, {"collection": {"id": 2}, "count": 2}, totalNum=3)
    assert [holding.collection.collection_id for holding in page.rows] == ["1", "2"]
    assert page.unreadable == 1
    assert page.total == 3


def test_a_collection_may_lack_everything_but_its_id() -> None:
    assert collection() == Collection("loopring", "7")


EMPTY = ["name", "description", "owner", "contractAddress", "deployStatus", "nftType", "avatar", "banner", "tileUri"]
EMPTY += ["thumbnail", "cached", "times", "extra"]


@pytest.mark.parametrize("key", EMPTY)
@pytest.mark.parametrize("value", [None, "", {}, []], ids=["null", "empty", "table", "list"])
def test_a_key_without_a_value_is_like_a_missing_one(key: str, value: Any) -> None:
    assert collection(**{key: value}) == Collection("loopring", "7")


def test_addresses_are_compared_in_lower_case() -> None:
    seen = collection(owner=OWNER, contractAddress=OWNER.upper().replace("0X", "0x"))
    assert seen.owner == seen.contract_address == OWNER.lower()


@pytest.mark.parametrize(
    "address", ["0x12", "`@everyone`", "0x](https://evil.example/aaaaaaaaaaaaaaaaa)", 7, OWNER + "0"]
)
def test_what_is_no_address_does_not_pass_for_one(address: Any) -> None:
    assert collection(owner=address, contractAddress=address) == Collection("loopring", "7")


def test_text_is_unchanged_until_it_is_shown() -> None:
    seen = collection(name="im don&apos;t &lt;know&gt;", description="如标题描述\nthis\n")
    assert seen.name == "im don&apos;t &lt;know&gt;"
    assert seen.description == "如标题描述\nthis\n"


def test_a_name_that_is_a_number_is_shown_as_one() -> None:
    assert collection(name=55555).name == "55555"


@pytest.mark.parametrize(
    ("times", "created_at"),
    [
        pytest.param({"createdAt": 1668063875766}, MOMENT, id="milliseconds"),
        pytest.param({"createdAt": "1668063875766"}, MOMENT, id="a string"),
        pytest.param({}, None, id="absent"),
        pytest.param(None, None, id="times null"),
        pytest.param("2022-11-10", None, id="times a string"),
        pytest.param({"createdAt": None}, None, id="null"),
        pytest.param({"createdAt": ""}, None, id="empty"),
        pytest.param({"createdAt": 0}, None, id="zero"),
        pytest.param({"createdAt": "yesterday"}, None, id="a word"),
        pytest.param({"createdAt": {"ms": 1}}, None, id="a table"),
        pytest.param({"createdAt": True}, None, id="true"),
        pytest.param({"createdAt": 10**18}, None, id="beyond the calendar"),
        pytest.param({"createdAt": -(10**18)}, None, id="before the calendar"),
        pytest.param({"createdAt": "9" * 400}, None, id="beyond any number"),
    ],
)
def test_a_time_is_a_moment_or_nothing(times: Any, created_at: datetime | None) -> None:
    assert collection(times=times).created_at == created_at


def test_both_times_are_read() -> None:
    seen = collection(times={"createdAt": 1668063875766, "updatedAt": "1668063875766"})
    assert seen.created_at == seen.updated_at == MOMENT


def test_properties_come_from_extra() -> None:
    properties = {"isLegacy": True, "isPublic": False, "isMintable": "yes", "isEditable": 1, "isNew": None}
    seen = collection(extra={"properties": properties, "mintChannel": "GME"})
    assert seen.properties == (("isLegacy", True), ("isPublic", False))


PICTURES = ("avatar", "tileUri", "thumbnail", "banner")
ORDER = [(where, key) for key in PICTURES for where in ("cached", "own")]


def pictures(without: set[tuple[str, str]] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment] # no changes
    own = {key: "" if ("own", key) in without else f"own {key}" for key in PICTURES}
    return own | {"cached": {key: "" if ("cached", key) in without else f"cached {key}" for key in PICTURES}}


def test_avatars_are_tried_in_this_order() -> None:
    assert collection(**pictures()).avatar_uris == (
        "cached avatar",
        "own avatar",
        "cached tileUri",
        "own tileUri",
        "cached thumbnail",
        "own thumbnail",
        "cached banner",
        "own banner",
    )


@pytest.mark.parametrize("count", range(1, 9))
def test_an_empty_picture_is_never_chosen(count: int) -> None:
    seen = collection(**pictures(set(ORDER[:count]))).avatar_uris
    assert seen == tuple(f"{where} {key}" for where, key in ORDER[count:])


def test_a_picture_is_in_the_list_once() -> None:
    same = "ipfs://Qm"
    assert collection(avatar=same, tileUri=same, banner=same, cached={"avatar": same}).avatar_uris == (same,)


def test_banners_are_tried_first_where_a_banner_is_wanted() -> None:
    assert collection(**pictures()).banner_uris[:3] == ("cached banner", "own banner", "cached tileUri")
    assert collection(**pictures()).wide_uris == ("cached banner", "own banner")


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        pytest.param(35, 35, id="a number"),
        pytest.param("35", 35, id="a string"),
        pytest.param(35.5, None, id="a fraction"),
        pytest.param(0, 0, id="zero"),
        pytest.param(None, None, id="null"),
        pytest.param("", None, id="empty"),
        pytest.param("many", None, id="a word"),
        pytest.param([35], None, id="a list"),
        pytest.param(True, None, id="true"),
        pytest.param(-5, None, id="below zero"),
        pytest.param("9" * 4000, None, id="four thousand digits"),
        pytest.param("9" * 5000, None, id="more digits than Python reads"),
    ],
)
def test_a_total_is_a_number_or_missing(total: Any, expected: int | None) -> None:
    assert holdings(totalNum=total).total == expected


def test_a_missing_total_is_none() -> None:
    assert holdings().total is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="empty table"),
        pytest.param({"totalNum": 0}, id="a total without a list"),
        pytest.param({"data": [], "totalNum": 0}, id="another list"),
        pytest.param({"collections": None, "totalNum": 0}, id="list null"),
        pytest.param({"collections": {}, "totalNum": 0}, id="list a table"),
        pytest.param({"collections": "", "totalNum": 0}, id="list a string"),
        pytest.param([], id="a list"),
        pytest.param(None, id="null"),
        pytest.param(0, id="a number"),
        pytest.param("", id="a string"),
        pytest.param(True, id="true"),
    ],
)
def test_a_body_of_another_shape_is_not_an_empty_one(body: Any) -> None:
    with pytest.raises(UnavailableError, match="an answer of a form that Tessera does not know"):
        read_page(body, "collections", WireHolding, WireHolding.to_holding)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        pytest.param(WireCollection, {"name": "Cats"}, id="a collection without an id"),
        pytest.param(WireCollection, {"collection": {"id": 1}}, id="a wrapped collection where a bare one belongs"),
        pytest.param(WireCollection, [], id="a list"),
        pytest.param(WireAccount, {"accountId": 1}, id="an account without an owner"),
        pytest.param(WireAccount, {"accountId": 1, "owner": ""}, id="an empty owner"),
        pytest.param(WireAccount, {"accountId": 1, "owner": "0x12"}, id="half an owner"),
        pytest.param(WireAccount, {"accountId": 0, "owner": OWNER}, id="the exchange's own account"),
        pytest.param(WireAccount, {"owner": OWNER}, id="no account id"),
        pytest.param(WireAccount, None, id="null"),
    ],
)
def test_an_invalid_object_is_refused(model: type[BaseModel], body: Any) -> None:
    with pytest.raises(UnavailableError, match="Tessera does not know"):
        read_one(model, body)


def test_an_accounts_owner_is_lower_case_and_its_id_may_be_a_string() -> None:
    account = read_one(WireAccount, {"accountId": "10001", "owner": OWNER, "keySeed": ""})
    assert (account.account_id, account.owner) == (10001, OWNER.lower())


KEYS = ["collections", "data", "collection", "id", "count", "totalNum", "cached", "times", "extra", "properties"]
KEYS += ["createdAt", "avatar", "tileUri", "name", "metadata", "base", "imageSize", "332-332", "total", "nftData"]
KEYS += ["accountId", "owner", "nftId"]
LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
LEAVES |= st.sampled_from(["9" * 5000, OWNER, "254", "1668063875766"])
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner),
    max_leaves=25,
)
BODY = JSON | st.builds(
    lambda rows, total: {"collections": rows, "data": rows, "totalNum": total}, st.lists(JSON), JSON
)


@settings(max_examples=300, deadline=None)
@given(BODY)
def test_no_json_breaks_the_reading_of_a_list(body: Any) -> None:
    for key, read in (
        ("collections", lambda: read_page(body, "collections", WireHolding, WireHolding.to_holding)),
        ("data", lambda: read_page(body, "data", WireNft, WireNft.to_nft)),
    ):
        try:
            page = read()
        except UnavailableError:
            assert not isinstance(body, dict) or not isinstance(body.get(key), list)
        else:
            assert len(page.rows) + page.unreadable == len(body[key])


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_no_json_breaks_the_reading_of_one_thing(body: Any) -> None:
    for model in (WireCollection, WireAccount, WireHolding, WireNft):
        try:
            found = read_one(model, body)
        except UnavailableError:
            continue
        if isinstance(found, WireCollection):
            found.to_collection()
