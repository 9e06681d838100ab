"""NFTs that are bought, sold and given away: gone for one, there for the other, on Loopring and on the chains."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from sandbox.chains import ETHEREUM
from sandbox.community import load_world
from sandbox.trades import trade
from sandbox.world import BLOCKSCOUT_KEY, World
from tests.sandbox.serving import RunningSandbox, serving

ADA, BRUNO, HARBOUR = "10001", "10002", "254"
CONTRACT = next(iter(load_world().chains[ETHEREUM].held_by(load_world().accounts[10001].owner)))


def held(world: World, account: str) -> dict[str, int]:
    """The copies of Harbour Lights by kind."""
    return world.accounts[int(account)].holdings.get(int(HARBOUR), {})


def owner(world: World, account: str) -> str:
    return world.accounts[int(account)].owner


def on_chain(world: World, account: str) -> dict[int, int]:
    return world.chains[ETHEREUM].held_by(owner(world, account)).get(CONTRACT, {})


def test_a_sale_leaves_empty_rows_on_loopring() -> None:
    world = load_world()
    before = dict(held(world, ADA))
    sold = trade(world, "loopring", ADA, None, HARBOUR)
    assert held(world, ADA) == dict.fromkeys(before, 0)
    assert (sold.kinds, sold.copies) == (len(before), sum(before.values()))
    assert sold.sentence().endswith("of Harbour Lights went from 10001 to elsewhere.")


def test_a_part_may_be_sold() -> None:
    world = load_world()
    kind = next(iter(held(world, ADA)))
    before = copy.copy(held(world, ADA))
    trade(world, "loopring", ADA, None, HARBOUR, kind, 1)
    assert held(world, ADA) == before | {kind: before[kind] - 1}


def test_what_is_given_away_is_the_others() -> None:
    world = load_world()
    given, had = dict(held(world, ADA)), dict(held(world, BRUNO))
    trade(world, "loopring", ADA, BRUNO, HARBOUR)
    assert held(world, BRUNO) == had | {kind: had.get(kind, 0) + copies for kind, copies in given.items()}
    assert set(held(world, ADA).values()) == {0}


def test_of_a_purchase_the_kind_is_one_that_the_taker_does_not_hold() -> None:
    world = load_world()
    sold = list(held(world, ADA))[3]
    trade(world, "loopring", ADA, None, HARBOUR, sold)
    trade(world, "loopring", None, ADA, HARBOUR)
    assert held(world, ADA)[sold] == 1
    world.accounts[10001].holdings.pop(int(HARBOUR))
    trade(world, "loopring", None, ADA, HARBOUR, copies=4)
    assert list(held(world, ADA).values()) == [4]


def test_on_a_chain_what_is_gone_leaves_no_trace() -> None:
    world = load_world()
    given = dict(on_chain(world, ADA))
    trade(world, str(ETHEREUM), owner(world, ADA), owner(world, BRUNO), CONTRACT)
    assert on_chain(world, ADA) == {}
    assert CONTRACT not in world.chains[ETHEREUM].held_by(owner(world, ADA))
    assert given.items() <= on_chain(world, BRUNO).items()
    trade(world, str(ETHEREUM), None, owner(world, ADA), CONTRACT)
    assert list(on_chain(world, ADA).values()) == [1]


@pytest.mark.parametrize(
    ("network", "giver", "taker", "collection", "words"),
    [
        pytest.param("loopring", None, None, HARBOUR, "is somebody", id="nobody"),
        pytest.param("loopring", "7", BRUNO, HARBOUR, "no account 7", id="unknown giver"),
        pytest.param("loopring", ADA, "7", HARBOUR, "no account 7", id="unknown taker"),
        pytest.param("loopring", ADA, BRUNO, "7", "no collection 7", id="unknown collection"),
        pytest.param("loopring", "10003", BRUNO, HARBOUR, "holds nothing", id="nothing to give"),
        pytest.param("777", ADA, BRUNO, HARBOUR, "network is", id="unknown chain"),
        pytest.param("1", ADA, BRUNO, CONTRACT, "an address", id="account on a chain"),
        pytest.param("1", None, ADA, "0x00", "no contract", id="unknown contract"),
    ],
)
def test_what_cannot_be_traded_changes_nothing(
    network: str, giver: str | None, taker: str | None, collection: str, words: str
) -> None:
    world = load_world()
    world.accounts[10003].holdings.clear()
    before = copy.deepcopy(world)
    with pytest.raises(ValueError, match=words):
        trade(world, network, giver, taker, collection)
    assert world == before


async def test_the_page_sees_who_holds_what_and_trades() -> None:
    async with serving() as sandbox:
        user = sandbox.world.accounts[10001].discord_user
        before = await rows(sandbox, str(user))
        _, sold = await sandbox.post("/_sandbox/trade", {"from": ADA, "to": None, "collection": HARBOUR})
        assert sold["sentence"].endswith("to elsewhere.")
        after = await rows(sandbox, str(user))
        assert before.keys() - after.keys() == {("loopring", HARBOUR)}
        _, body = await sandbox.get("/_sandbox/holdings", user=str(user))
        assert {"network": "loopring", "collection": HARBOUR, "name": "Harbour Lights"} in body["collections"]
        status, refused = await sandbox.post("/_sandbox/trade", {"from": ADA, "to": None, "collection": HARBOUR})
        assert (status, refused["error"]) == (400, "10001 holds nothing of that in Harbour Lights")


async def rows(sandbox: RunningSandbox, user: str) -> dict[tuple[str, str], Any]:
    _, body = await sandbox.get("/_sandbox/holdings", user=user)
    return {
        (place["network"], row["collection"]): row["copies"] for place in body["places"] for row in place["collections"]
    }


async def test_for_an_hour_every_answer_may_be_empty_for_one_account_or_for_all() -> None:
    async with serving() as sandbox:
        blank = {"service": "loopring", "kind": "empty", "total": 0, "times": None, "name": "blank"}
        _, fault = await sandbox.post("/_sandbox/faults", blank | {"account": ADA})
        assert (fault["name"], fault["account"]) == ("blank", ADA)
        assert [await total(sandbox, account) > 0 for account in (10001, 10002)] == [False, True]
        await sandbox.post("/_sandbox/faults", blank)
        assert [await total(sandbox, account) > 0 for account in (10001, 10002)] == [False, False]
        _, faults = await sandbox.get("/_sandbox/faults")
        assert len(faults) == 1
        async with sandbox.session.delete(f"{sandbox.address}/_sandbox/faults?name=blank") as answer:
            assert answer.status == 200
        assert [await total(sandbox, account) > 0 for account in (10001, 10002)] == [True, True]


async def total(sandbox: RunningSandbox, account: int) -> int:
    status, page = await sandbox.details(account, limit=50)
    assert status == 200
    assert len(page["collections"]) == page["totalNum"]
    return int(page["totalNum"])


async def test_an_account_of_which_the_number_is_a_part_of_another_is_another() -> None:
    async with serving() as sandbox:
        fault = {"service": "loopring", "kind": "html", "times": None, "account": "1000"}
        await sandbox.post("/_sandbox/faults", fault)
        assert await total(sandbox, 10001) > 0


async def test_a_scam_is_left_out_of_what_an_address_holds_unless_it_is_asked_for() -> None:
    async with serving() as sandbox:
        address = sandbox.world.accounts[10001].owner
        assert CONTRACT in await listed(sandbox, address)
        await sandbox.post("/_sandbox/reputation", {"contract": CONTRACT, "reputation": "scam"})
        assert CONTRACT not in await listed(sandbox, address)
        assert CONTRACT in await listed(sandbox, address, **{"show-scam-tokens": "true"})
        await sandbox.post("/_sandbox/blockscout", {"hides_scams": False})
        assert CONTRACT in await listed(sandbox, address)


async def listed(sandbox: RunningSandbox, address: str, **headers: str) -> set[str]:
    url = f"{sandbox.address}/blockscout/1/api/v2/addresses/{address}/nft/collections"
    async with sandbox.session.get(url, params={"apikey": BLOCKSCOUT_KEY}, headers=headers) as answer:
        return {item["token"]["address_hash"].lower() for item in (await answer.json())["items"]}
