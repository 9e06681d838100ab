"""The stand-in for Blockscout against what is known of the API, over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.checksums import checksummed
from sandbox.fixtures import contract_address
from tests.sandbox.serving import Json, RunningSandbox, serving

BRUNO = "0x9940bdc4b2eed7dde7417db86832ac84b30079ba"
ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
WHALE = "0xF1831929cC806E6056A79143446D869985CAE32C"
NEVER_SEEN = "0x" + "7" * 40
FOUNDERS = contract_address("founders")
FLAGS = contract_address("signalflags")
API = "/blockscout/1/api/v2"
COLLECTIONS = f"{API}/addresses/{ADA}/nft/collections"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        await served.post("/_sandbox/blockscout", {"per_second": 1000, "hides_scams": False})
        yield served


async def ask(sandbox: RunningSandbox, path: str, **query: Any) -> Json:
    status, body = await sandbox.get(path, key=None, **query)
    assert status == 200, body
    assert isinstance(body, dict)
    return body


async def pages(sandbox: RunningSandbox, path: str, **query: Any) -> list[Json]:
    """Every page, as a client reads them: `next_page_params` is sent again unchanged."""
    found = [await ask(sandbox, path, **query)]
    while following := found[-1]["next_page_params"]:
        found.append(await ask(sandbox, path, **query | following))
    return found


async def collection(sandbox: RunningSandbox, word: str) -> Json:
    """What Ada holds of one contract."""
    address = checksummed(contract_address(word))
    body = await ask(sandbox, COLLECTIONS)
    found: Json = next(item for item in body["items"] if item["token"]["address_hash"] == address)
    return found


async def test_the_example_account_holds_seven_collections_of_which_all_is_known(
    sandbox: RunningSandbox,
) -> None:
    body = await ask(sandbox, COLLECTIONS)
    named = {item["token"]["name"]: item for item in body["items"]}
    assert body["next_page_params"] is None
    assert {name: item["amount"] for name, item in named.items() if name and "reward" not in name} == {
        "Founders' Tiles": "3",
        "Signal Flags": "4",
        "Pigeon Post": "2",
        "Harbour Lights": "2",
        "Neon Apiary": "3",
    }
    assert [item["token"]["reputation"] for name, item in named.items() if name and "reward" in name] == ["scam"]
    assert named[None]["token"]["symbol"] is None
    assert named[None]["token_instances"][0]["metadata"] is None
    assert named[None]["token_instances"][0]["image_url"] is None


async def test_lists_go_by_type_and_then_by_contract(sandbox: RunningSandbox) -> None:
    for path in (COLLECTIONS, f"{API}/addresses/{WHALE}/nft/collections?items_count=100"):
        body = await ask(sandbox, path)
        order = [(item["token"]["type"], item["token"]["address_hash"].lower()) for item in body["items"]]
        standards = ["ERC-721", "ERC-1155", "ERC-404"]
        assert order == sorted(order, key=lambda row: (standards.index(row[0]), row[1]))


async def test_addresses_have_their_checksum_and_are_taken_in_any_case(sandbox: RunningSandbox) -> None:
    lower = await ask(sandbox, COLLECTIONS)
    upper = await ask(sandbox, COLLECTIONS.replace(ADA, "0x" + ADA[2:].upper()))
    addresses = [item["token"]["address_hash"] for item in lower["items"]]
    assert lower == upper
    assert addresses == [checksummed(address) for address in addresses]
    assert addresses != [address.lower() for address in addresses]


async def test_an_icon_is_an_address_of_the_web_and_draws_a_picture(sandbox: RunningSandbox) -> None:
    token = (await collection(sandbox, "founders"))["token"]
    assert token["icon_url"].startswith(f"{sandbox.address}/ipfs/Qm")
    async with sandbox.session.get(token["icon_url"]) as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")


async def test_without_an_icon_the_first_instance_has_a_picture(sandbox: RunningSandbox) -> None:
    item = await collection(sandbox, "pigeonpost")
    first = item["token_instances"][0]
    assert item["token"]["icon_url"] is None
    assert first["image_url"].startswith(f"{sandbox.address}/ipfs/Qm")
    assert first["metadata"]["image"].startswith("ipfs://Qm")


async def test_instances_are_few_have_no_token_and_the_highest_is_first(sandbox: RunningSandbox) -> None:
    item = await collection(sandbox, "signalflags")
    assert [(each["id"], each["value"]) for each in item["token_instances"]] == [
        ("5", "1"),
        ("4", "5"),
        ("3", "1"),
        ("1", "2"),
    ]
    assert {each["token"] for each in item["token_instances"]} == {None}
    whale = await pages(sandbox, f"{API}/addresses/{WHALE}/nft/collections")
    assert max(len(item["token_instances"]) for page in whale for item in page["items"]) == 9


async def test_an_address_never_seen_holds_nothing_and_that_is_no_error(sandbox: RunningSandbox) -> None:
    nothing: Json = {"items": [], "next_page_params": None}
    assert await ask(sandbox, f"{API}/addresses/{NEVER_SEEN}/nft/collections") == nothing
    assert await ask(sandbox, f"{API}/addresses/{NEVER_SEEN}/nft") == nothing


async def test_each_chain_has_its_own_contracts(sandbox: RunningSandbox) -> None:
    base = await ask(sandbox, COLLECTIONS.replace("/1/", "/8453/"))
    assert [item["token"]["name"] for item in base["items"]] == ["Tide Pools"]
    status, _ = await sandbox.get(COLLECTIONS.replace("/1/", "/10/"), key=None)
    assert status == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{API}/addresses/0x1234/nft/collections", 422),
        (f"{API}/addresses/ada.eth/nft", 422),
        (f"{API}/tokens/{'0x' + 'g' * 40}", 422),
        (f"{API}/tokens/{ADA}", 404),
        (f"{API}/tokens/{ADA}/holders", 404),
        (f"{API}/tokens/{ADA}/instances", 404),
        (f"{API}/tokens/{FOUNDERS}/instances?holder_address_hash=0x12", 422),
        (f"{COLLECTIONS}?type=ERC721", 422),
        (f"{COLLECTIONS}?page=2", 422),
        (f"{COLLECTIONS}?items_count=0", 422),
        (f"{COLLECTIONS}?items_count=101", 422),
        (f"{COLLECTIONS}?items_count=all", 422),
        (f"{API}/tokens/{FOUNDERS}/instances?items_count=50", 422),
        (f"{API}/tokens/{FOUNDERS}/holders?address_hash={ADA}&value={'9' * 5000}", 422),
    ],
)
async def test_statuses_of_refusals(sandbox: RunningSandbox, path: str, status: int) -> None:
    got, body = await sandbox.get(path, key=None)
    assert got == status
    assert set(body) == ({"errors"} if status == 422 else {"message"})


@pytest.mark.parametrize(
    ("types", "found"),
    [
        ("ERC-721", {"ERC-721"}),
        ("ERC-1155,ERC-404", {"ERC-1155", "ERC-404"}),
        ("[ERC-404]", {"ERC-404"}),
        ("", {"ERC-721", "ERC-1155", "ERC-404"}),
        ("ERC-20", {"ERC-721", "ERC-1155", "ERC-404"}),
    ],
)
async def test_types_select(sandbox: RunningSandbox, types: str, found: set[str]) -> None:
    for end in ("/collections", ""):
        bodies = [await ask(sandbox, f"{API}/addresses/{holder}/nft{end}", type=types) for holder in (ADA, BRUNO)]
        assert {(item["token"] or item)["type"] for body in bodies for item in body["items"]} == found


async def test_of_a_hybrid_the_amount_is_null(sandbox: RunningSandbox) -> None:
    body = await ask(sandbox, f"{API}/addresses/{BRUNO}/nft/collections", type="ERC-404")
    assert [(item["token"]["name"], item["amount"]) for item in body["items"]] == [("Half-Life Herbarium", None)]


async def test_a_whale_has_three_pages_that_cover_everything_once(sandbox: RunningSandbox) -> None:
    found = await pages(sandbox, f"{API}/addresses/{WHALE}/nft/collections")
    addresses = [item["token"]["address_hash"].lower() for page in found for item in page["items"]]
    assert [len(page["items"]) for page in found] == [50, 50, 18]
    assert len(set(addresses)) == 118
    assert set(addresses) == set(sandbox.world.chains[1].held_by(WHALE))


@pytest.mark.parametrize("version", ["11", "12"])
async def test_each_list_is_covered_whatever_the_version(sandbox: RunningSandbox, version: str) -> None:
    await sandbox.post("/_sandbox/blockscout", {"version": version})
    held = sandbox.world.chains[1].held_by(WHALE)
    nfts = await pages(sandbox, f"{API}/addresses/{WHALE}/nft")
    rows = [(item["token"]["address_hash"].lower(), int(item["id"])) for page in nfts for item in page["items"]]
    assert len(rows) == len(set(rows))
    assert set(rows) == {(contract, token_id) for contract, tokens in held.items() for token_id in tokens}
    instances = await pages(sandbox, f"{API}/tokens/{FOUNDERS}/instances")
    assert [int(item["id"]) for page in instances for item in page["items"]] == list(range(69, 0, -1))
    holders = await pages(sandbox, f"{API}/tokens/{FOUNDERS}/holders")
    assert [len(page["items"]) for page in holders] == [50, 16]


async def test_version_11_counts_in_the_key_and_pages_by_fifty(sandbox: RunningSandbox) -> None:
    await sandbox.post("/_sandbox/blockscout", {"version": "11"})
    path = f"{API}/addresses/{WHALE}/nft/collections"
    body = await ask(sandbox, path, items_count=7)
    assert len(body["items"]) == 50
    assert body["next_page_params"].keys() == {"token_contract_address_hash", "token_type", "items_count"}
    assert body["next_page_params"]["items_count"] == 50
    assert (await sandbox.get(path, key=None, items_count=100))[0] == 422


async def test_version_12_takes_a_size_and_does_not_echo_it(sandbox: RunningSandbox) -> None:
    path = f"{API}/addresses/{WHALE}/nft/collections"
    found = await pages(sandbox, path, items_count=100)
    assert [len(page["items"]) for page in found] == [100, 18]
    assert found[0]["next_page_params"].keys() == {"token_contract_address_hash", "token_type"}
    last = found[0]["items"][-1]["token"]["address_hash"]
    assert found[0]["next_page_params"]["token_contract_address_hash"] == last.lower()


async def test_a_filter_is_returned_in_the_key(sandbox: RunningSandbox) -> None:
    body = await ask(sandbox, f"{API}/addresses/{WHALE}/nft/collections", type="ERC-1155")
    assert body["next_page_params"]["type"] == "ERC-1155"


async def test_half_a_key_is_the_first_page_again(sandbox: RunningSandbox) -> None:
    path = f"{API}/addresses/{WHALE}/nft/collections"
    first = await ask(sandbox, path)
    del first["next_page_params"]["token_type"]
    assert (await ask(sandbox, path, **first["next_page_params"]))["items"] == first["items"]


async def test_a_contract_is_described(sandbox: RunningSandbox) -> None:
    token = await ask(sandbox, f"{API}/tokens/{FOUNDERS}")
    assert (token["name"], token["symbol"], token["type"]) == ("Founders' Tiles", "TILE", "ERC-721")
    assert (token["holders_count"], token["total_supply"]) == ("66", "69")


async def test_holders_go_by_value_and_know_their_names(sandbox: RunningSandbox) -> None:
    body = await ask(sandbox, f"{API}/tokens/{FOUNDERS}/holders")
    rows = [(int(item["value"]), item["address"]["hash"].lower()) for item in body["items"]]
    assert rows == sorted(rows, reverse=True)
    assert {item["token_id"] for item in body["items"]} == {None}
    assert body["items"][0]["address"]["hash"].lower() == ADA
    assert body["items"][0]["address"]["ens_domain_name"] == "ada.loopring.eth"


async def test_a_holder_of_several_kinds_has_several_rows(sandbox: RunningSandbox) -> None:
    body = await ask(sandbox, f"{API}/tokens/{FLAGS}/holders")
    ada = [(item["token_id"], item["value"]) for item in body["items"] if item["address"]["hash"].lower() == ADA]
    assert ada == [("4", "5"), ("1", "2"), ("5", "1"), ("3", "1")]
    assert len(body["items"]) == 7
    assert (await ask(sandbox, f"{API}/tokens/{FLAGS}"))["holders_count"] == "3"


async def test_rows_of_one_holder_and_one_value_are_lost_at_the_end_of_a_page(sandbox: RunningSandbox) -> None:
    found = await pages(sandbox, f"{API}/tokens/{FLAGS}/holders", items_count=4)
    rows = [(item["address"]["hash"].lower(), item["token_id"]) for page in found for item in page["items"]]
    assert len(rows) == 6
    assert {holder for holder, _ in rows} == {holder for holder, _ in sandbox.world.chains[1].holders_of(FLAGS)}


async def test_instances_of_one_holder(sandbox: RunningSandbox) -> None:
    body = await ask(sandbox, f"{API}/tokens/{FLAGS}/instances", holder_address_hash=ADA)
    assert [(item["id"], item["value"], item["is_unique"]) for item in body["items"]] == [
        ("5", "1", True),
        ("4", "5", False),
        ("3", "1", False),
        ("1", "2", False),
    ]
    assert body["items"][0]["owner"]["hash"].lower() == ADA
    assert body["items"][1]["owner"] is None
    assert body["items"][0]["token"]["name"] == "Signal Flags"
    nobody = await ask(sandbox, f"{API}/tokens/{FLAGS}/instances", holder_address_hash=NEVER_SEEN)
    assert nobody == {"items": [], "next_page_params": None}


@pytest.mark.parametrize(
    ("wanted", "address"),
    [
        ("Nomad.eth", "0x316aa9EDc9300EbB80c51d5Cf16aD98d9c5b151D"),
        ("vitalik.eth", "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"),
        (ADA, checksummed(ADA)),
        (ADA.removeprefix("0x"), checksummed(ADA)),
        (FOUNDERS, checksummed(FOUNDERS)),
        (NEVER_SEEN, None),
        ("nobody.eth", None),
        ("", None),
    ],
)
async def test_a_search_leads_to_an_address_or_nowhere(
    sandbox: RunningSandbox, wanted: str, address: str | None
) -> None:
    body = await ask(sandbox, f"{API}/search/check-redirect", q=wanted)
    type_ = None if address is None else "address"
    assert body == {"parameter": address, "redirect": address is not None, "type": type_}


async def test_an_address_can_be_given_contracts_more_than_once(sandbox: RunningSandbox) -> None:
    for number, total in ((60, 60), (3, 63)):
        given = await sandbox.post("/_sandbox/contracts", {"address": NEVER_SEEN, "contracts": number})
        assert given == (200, {"address": NEVER_SEEN, "chain": 1, "contracts": total})
    found = await pages(sandbox, f"{API}/addresses/{NEVER_SEEN}/nft/collections")
    assert [len(page["items"]) for page in found] == [50, 13]
    await sandbox.post("/_sandbox/contracts", {"address": NEVER_SEEN, "contracts": 1, "chain": 8453})
    base = await ask(sandbox, f"/blockscout/8453/api/v2/addresses/{NEVER_SEEN}/nft/collections")
    assert len(base["items"]) == 1
    for wrong in ({"address": "0x1"}, {"chain": 10}, {"contracts": 9999}):
        body = {"address": NEVER_SEEN, "contracts": 1} | wrong
        assert (await sandbox.post("/_sandbox/contracts", body))[0] == 400
