"""The stand-in for Loopring against the recorded bodies and what is known of the API, over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.community import load_world
from tests.sandbox.recordings import RECORDED, needs_recordings, recorded, shape
from tests.sandbox.serving import serving

API = "/loopring/api/v3"
WALLET = "/loopring/api/wallet/v3"
ADA = "0x90E78956725e312A4217e90Bdd1D8a496f018A71"


def code(answer: tuple[int, Any]) -> tuple[int, int]:
    status, body = answer
    return status, body["resultInfo"]["code"]


@needs_recordings
async def test_details_have_the_recorded_shape_key_by_key_in_order() -> None:
    sample = recorded("user_collection_details__uat2_17608.json")
    async with serving() as sandbox:
        status, body = await sandbox.details(10001, limit=50)
    assert status == 200
    assert list(body) == list(sample)
    expected = shape(sample["collections"][0])
    assert [shape(row) for row in body["collections"]] == [expected] * 30
    assert json.dumps(shape(body["collections"][0])) == json.dumps(expected)


@needs_recordings
async def test_the_other_answers_have_the_recorded_shapes() -> None:
    async with serving() as sandbox:
        _, active = await sandbox.get(f"{API}/account", accountId=10001)
        _, dormant = await sandbox.get(f"{API}/account", accountId=10004)
        _, collection = await sandbox.get(f"{API}/nft/public/collection", id=254)
        _, balances = await sandbox.get(
            f"{API}/user/nft/collection/balances", accountId=10001, collectionId=254, metadata="true"
        )
        _, name = await sandbox.get(f"{WALLET}/resolveName", owner=ADA)
    assert shape(active) == shape(recorded("account__uat2_11329.json"))
    sample = recorded("account__uat2_not_activated.json")
    assert shape(dormant) == shape(sample)
    assert {**dormant, "accountId": 0, "owner": ""} == {**sample, "accountId": 0, "owner": ""}
    assert shape(collection) == shape(recorded("nft_public_collection__uat2_59.json"))
    expected = shape(recorded("user_nft_collection_balances__uat2.json"))
    sizes = expected["data"][0]["metadata"].pop("imageSize")  # may be {}: the reference, 4.3
    assert sizes
    got = shape(balances)
    assert got["data"][0]["metadata"].pop("imageSize") == {}
    assert got == expected
    assert shape(name) == shape(recorded("wallet_resolveName__success.json"))


@needs_recordings
@pytest.mark.parametrize(
    ("path", "query", "file"),
    [
        (f"{API}/account", {"owner": "0x" + "7" * 40}, "error_101002_account_not_found.json"),
        (f"{API}/account", {"accountId": "999999"}, "error_104007_invalid_accountId.json"),
        (f"{WALLET}/resolveName", {"owner": "0x1234"}, "error_100001_invalid_owner.json"),
    ],
)
async def test_errors_are_the_recorded_ones_with_status_400(path: str, query: dict[str, str], file: str) -> None:
    async with serving() as sandbox:
        assert await sandbox.get(path, **query) == (400, recorded(file))


@pytest.mark.parametrize(
    ("path", "needs_key"),
    [
        (f"{API}/user/collection/details?accountId=10001", True),
        (f"{API}/user/nft/collection/balances?accountId=10001&collectionId=254", True),
        (f"{API}/account?accountId=10001", False),
        (f"{API}/nft/public/collection?id=254", False),
        (f"{WALLET}/resolveEns?fullName=vitalik.eth", False),
        (f"{WALLET}/resolveName?owner={ADA}", False),
    ],
)
async def test_holdings_need_the_key_and_the_rest_does_not(path: str, *, needs_key: bool) -> None:
    async with serving() as sandbox:
        without, wrong = await sandbox.get(path, key=None), await sandbox.get(path, key="wrong")
    if needs_key:
        assert (code(without), code(wrong)) == ((400, 104001), (400, 104002))
    else:
        assert (without[0], wrong[0]) == (200, 200)


async def test_answers_are_json_without_a_charset() -> None:
    async with serving() as sandbox, sandbox.session.get(f"{sandbox.address}{API}/account?accountId=10001") as answer:
        assert answer.headers["Content-Type"] == "application/json"


async def test_pages_cover_everything_once_and_a_large_limit_is_clamped_in_silence() -> None:
    async with serving() as sandbox:
        pages = [(await sandbox.details(10005, limit=500, offset=offset))[1] for offset in (0, 50, 100)]
        again = (await sandbox.details(10005, limit=500))[1]
        _, past = await sandbox.details(10005, limit=50, offset=132)
        held = list(sandbox.world.accounts[10005].holdings)
    assert [len(page["collections"]) for page in pages] == [50, 50, 32]
    assert {page["totalNum"] for page in pages} == {132}
    assert [row["collection"]["id"] for page in pages for row in page["collections"]] == held
    assert again == pages[0]
    assert past == {"collections": [], "totalNum": 0}


@pytest.mark.parametrize(("limit", "rows"), [(None, 20), ("0", 20), ("-3", 20), ("seven", 20), ("7", 7), ("51", 50)])
async def test_limits(limit: str | None, rows: int) -> None:
    query = {} if limit is None else {"limit": limit}
    async with serving() as sandbox:
        _, body = await sandbox.details(10005, **query)
    assert len(body["collections"]) == rows


async def test_nothing_held_is_an_empty_list_and_not_an_error() -> None:
    async with serving() as sandbox:
        assert await sandbox.details(10003) == (200, {"collections": [], "totalNum": 0})


@pytest.mark.parametrize("account", ["999999", "abc", "-1", "9" * 400])
async def test_unknown_accounts_are_refused(account: str) -> None:
    async with serving() as sandbox:
        answer = await sandbox.get(f"{API}/user/collection/details", accountId=account)
    assert code(answer) == (400, 104007)


async def test_a_missing_account_is_an_invalid_argument() -> None:
    async with serving() as sandbox:
        assert code(await sandbox.get(f"{API}/user/collection/details")) == (400, 100001)


async def test_sold_rows_stay_unless_non_zero_is_requested() -> None:
    async with serving() as sandbox:
        _, everything = await sandbox.details(10010)
        _, held = await sandbox.details(10010, nonZero="true")
    assert [row["count"] for row in everything["collections"]] == [2, 0, 4]
    assert [row["count"] for row in held["collections"]] == [2, 4]
    assert (everything["totalNum"], held["totalNum"]) == (3, 2)


async def test_the_token_address_selects_in_any_case() -> None:
    async with serving() as sandbox:
        contract = sandbox.world.collections[305].contract_address
        _, body = await sandbox.details(10001, tokenAddress=contract.upper().replace("0X", "0x"))
    assert [row["collection"]["id"] for row in body["collections"]] == [305, 306, 307]


async def test_count_is_kinds_and_totals_are_copies_as_text() -> None:
    async with serving() as sandbox:
        _, details = await sandbox.details(10008)
        _, balances = await sandbox.get(f"{API}/user/nft/collection/balances", accountId=10008, collectionId=350)
    assert details["collections"][0]["count"] == 1
    assert [row["total"] for row in balances["data"]] == ["78000"]
    assert "metadata" not in balances["data"][0]
    assert balances["data"][0]["tokenAddress"] != balances["data"][0]["collectionInfo"]["contractAddress"]


async def test_balances_of_a_contract_cover_all_its_collections() -> None:
    async with serving() as sandbox:
        contract = sandbox.world.collections[305].contract_address
        _, body = await sandbox.get(f"{API}/user/nft/collection/balances", accountId=10011, tokenAddress=contract)
        nothing = await sandbox.get(f"{API}/user/nft/collection/balances", accountId=10011)
    assert {row["collectionInfo"]["id"] for row in body["data"]} == {305, 306, 307}
    assert sum(int(row["total"]) for row in body["data"]) == 60
    assert code(nothing) == (400, 100001)


async def test_an_owner_is_found_in_any_case_and_must_agree_with_the_id() -> None:
    async with serving() as sandbox:
        _, account = await sandbox.get(f"{API}/account", owner=ADA.lower())
        both = await sandbox.get(f"{API}/account", owner=ADA, accountId=10002)
        malformed = await sandbox.get(f"{API}/account", owner="0x12")
    assert (account["accountId"], account["owner"]) == (10001, ADA)
    assert code(both) == (400, 104007)
    assert code(malformed) == (400, 100001)


async def test_names_resolve_both_ways_and_unknown_ones_to_nothing() -> None:
    async with serving() as sandbox:
        _, ada = await sandbox.get(f"{WALLET}/resolveEns", fullName="Ada.Loopring.eth")
        _, nomad = await sandbox.get(f"{WALLET}/resolveEns", fullName="nomad.eth")
        _, nobody = await sandbox.get(f"{WALLET}/resolveEns", fullName="nobody.eth")
        _, name = await sandbox.get(f"{WALLET}/resolveName", owner=ADA.lower())
        _, other = await sandbox.get(f"{WALLET}/resolveName", owner=nomad["data"])
        _, nameless = await sandbox.get(f"{WALLET}/resolveName", owner="0x" + "9" * 40)
        missing = await sandbox.get(f"{API}/account", owner=nomad["data"])
    assert ada == {"resultInfo": {"code": 0, "message": "SUCCESS"}, "data": ADA}
    assert nobody == {"resultInfo": {"code": 0, "message": "SUCCESS"}, "data": ""}
    assert (name["data"], other["data"], nameless["data"]) == ("ada.loopring.eth", "nomad.eth", "")
    assert code(missing) == (400, 101002)


async def test_a_collection_is_found_by_id_or_address_and_returned_alone() -> None:
    async with serving() as sandbox:
        _, by_id = await sandbox.get(f"{API}/nft/public/collection", id=235)
        address = by_id["collectionAddress"].upper()
        _, by_address = await sandbox.get(f"{API}/nft/public/collection", collectionAddress=address)
        unknown = await sandbox.get(f"{API}/nft/public/collection", id=999999)
        nothing = await sandbox.get(f"{API}/nft/public/collection")
    assert by_id == by_address
    assert by_id["id"] == 235
    assert (code(unknown), code(nothing)) == ((400, 108002), (400, 100001))


async def test_a_change_of_the_world_shows_in_the_next_answer() -> None:
    world = load_world()
    async with serving(world) as sandbox:
        await sandbox.details(10001)
        world.collections[254].name = "Renamed"
        world.accounts[10001].holdings = {254: world.accounts[10001].holdings[254]}
        _, body = await sandbox.details(10001)
    assert [row["collection"]["name"] for row in body["collections"]] == ["Renamed"]


@needs_recordings
@pytest.mark.parametrize(
    ("path", "query", "file"),
    [
        ("user/collection/details", {"accountId": "17608"}, "user_collection_details__uat2_17608.json"),
        ("user/collection/details", {"accountId": "17608", "limit": "5"}, "user_collection_details__uat2_17608.json"),
        ("account", {"accountId": "11329"}, "account__uat2_11329.json"),
        ("account", {"owner": "0x8656920C85342D646E5286cB841F90209272abEB"}, "account__uat2_11329.json"),
        ("account", {"accountId": "10500"}, "account__uat2_not_activated.json"),
        ("nft/public/collection", {"id": "59"}, "nft_public_collection__uat2_59.json"),
        (
            "user/nft/collection/balances",
            {"accountId": "10032", "collectionId": "6"},
            "user_nft_collection_balances__uat2.json",
        ),
    ],
)
async def test_recorded_bodies_are_served_byte_for_byte(path: str, query: dict[str, str], file: str) -> None:
    headers = {"X-API-KEY": "sandbox-loopring-key"}
    async with (
        serving(bodies=RECORDED) as sandbox,
        sandbox.session.get(f"{sandbox.address}{API}/{path}", params=query, headers=headers) as answer,
    ):
        assert answer.status == 200
        assert await answer.read() == (RECORDED / file).read_bytes()


@needs_recordings
async def test_past_a_recorded_page_there_is_nothing_but_its_total() -> None:
    async with serving(bodies=RECORDED) as sandbox:
        assert await sandbox.details(17608, offset=12) == (200, {"collections": [], "totalNum": 35})


@needs_recordings
async def test_recordings_are_for_their_own_account_and_need_the_key() -> None:
    async with serving(bodies=RECORDED) as sandbox:
        _, ours = await sandbox.details(10001)
        other = await sandbox.get(f"{API}/user/nft/collection/balances", accountId="10032", collectionId="7")
        no_key = await sandbox.get(f"{API}/user/collection/details", accountId=17608, key=None)
    assert ours["totalNum"] == 30
    assert code(other) == (400, 104007)
    assert code(no_key) == (400, 104001)


async def test_files_that_are_no_recordings_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "wallet_resolveName__success.json").write_text("not even JSON")
    (tmp_path / "notes.json").write_text("{}")
    async with serving(bodies=tmp_path) as sandbox:
        assert (await sandbox.details(10002))[1]["totalNum"] == 1
