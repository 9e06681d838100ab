"""An NFT that leaves Loopring for Ethereum is counted once on each side of the move, and never twice."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.chains import ETHEREUM
from sandbox.community import load_world
from sandbox.withdrawals import withdraw
from sandbox.world import World
from tests.sandbox.serving import serving

ADA = 10001


def copies(world: World, account_id: int, collection_id: int) -> tuple[int, int]:
    """How many copies of a collection an account has on Loopring, and its owner on Ethereum."""
    account, contract = world.accounts[account_id], world.collections[collection_id].contract_address
    above = world.chains[ETHEREUM].held_by(account.owner).get(contract.lower(), {})
    return sum(account.holdings[collection_id].values()), sum(above.values())


def test_what_goes_down_on_loopring_goes_up_on_ethereum() -> None:
    world = load_world()
    before = copies(world, ADA, 254)
    first = next(iter(world.accounts[ADA].holdings[254]))
    held = world.accounts[ADA].holdings[254][first]
    moved = withdraw(world, ADA, 254)
    assert (moved.copies, moved.left) == (held, 0)
    assert copies(world, ADA, 254) == (before[0] - held, before[1] + held)
    assert world.accounts[ADA].holdings[254][first] == 0


def test_a_part_of_one_kind_may_go() -> None:
    world = load_world()
    nft = list(world.accounts[ADA].holdings[32])[1]
    before = copies(world, ADA, 32)
    moved = withdraw(world, ADA, 32, nft, 3)
    assert (moved.name, moved.copies) == ("Waxing", 3)
    assert moved.sentence().startswith("3 copies of Waxing went from Loopring account 10001 to 0x90E78956725e312A")
    assert copies(world, ADA, 32) == (before[0] - 3, before[1] + 3)


def test_a_contract_that_was_only_promised_is_deployed_with_the_first_of_its_nfts() -> None:
    world = load_world()
    contract = world.collections[249].contract_address.lower()
    assert contract not in world.chains[ETHEREUM].contracts
    withdraw(world, ADA, 249)
    assert world.collections[249].deploy_status == "DEPLOYED"
    assert world.chains[ETHEREUM].contracts[contract].name == "Unfired"


def test_collections_behind_one_contract_are_one_on_ethereum() -> None:
    world = load_world()
    moved = [withdraw(world, ADA, collection) for collection in (305, 306, 307)]
    assert len({each.contract for each in moved}) == 1
    assert len(world.chains[ETHEREUM].contracts[moved[0].contract].tokens) == 3


def test_the_example_has_withdrawn_kinds_that_it_also_has_below_and_kinds_that_it_has_not() -> None:
    world = load_world()
    for collection_id, shared in ((254, 2), (117, 0)):
        collection = world.collections[collection_id]
        below = {int(collection.nfts[kind].nft_id, 16) for kind in world.accounts[ADA].holdings[collection_id]}
        above = world.chains[ETHEREUM].held_by(world.accounts[ADA].owner)[collection.contract_address.lower()]
        assert len(below & above.keys()) == shared
        assert len(above) >= 2


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"account": 99}, "there is no account 99"),
        ({"collection": 99}, "there is no collection 99"),
        ({"account": 10003}, "account 10003 holds nothing of collection 254"),
        ({"account": 10009, "collection": 117}, "account 10009 holds nothing of collection 117"),
        ({"nft": "0xabc"}, "account 10001 does not hold 0xabc"),
        ({"copies": 0}, "copies is between 1 and 9: so many are held"),
        ({"copies": 10}, "copies is between 1 and 9: so many are held"),
        ({"copies": -1}, "copies is a whole number"),
        ({"account": None}, "account is a whole number"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    async with serving() as sandbox:
        body = {"account": ADA, "collection": 254} | fields
        assert await sandbox.post("/_sandbox/withdraw", body) == (400, {"error": sentence})
        assert sandbox.world == load_world()


async def test_the_route_moves_it_for_both_stand_ins_and_a_reset_restores_it() -> None:
    async with serving() as sandbox:
        status, moved = await sandbox.post("/_sandbox/withdraw", {"account": "10007", "collection": "254"})
        assert (status, moved["copies"], moved["left"]) == (200, 1, 0)
        assert moved["sentence"].startswith("1 copy of Skerryvore, Dusk went from Loopring account 10007")
        _, below = await sandbox.details(10007, nonZero="true")
        assert {row["collection"]["id"]: row["count"] for row in below["collections"]} == {254: 2, 243: 2, 88: 1}
        path = f"/blockscout/1/api/v2/addresses/{moved['owner']}/nft/collections"
        _, above = await sandbox.get(path, key=None)
        assert {item["token"]["name"]: item["amount"] for item in above["items"]} == {
            "Signal Flags": "2",
            "Half-Life Herbarium": None,
            "Harbour Lights": "1",
        }
        shown = next(each for each in above["items"] if each["token"]["name"] == "Harbour Lights")
        assert [each["id"] for each in shown["token_instances"]] == [moved["token_id"]]
        await sandbox.post("/_sandbox/reset")
        assert sandbox.world == load_world()
