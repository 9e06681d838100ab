"""Every field of an answer missing, null, of another type or huge: never an exception, never a wrong complete answer.

The bodies are those that were recorded of Loopring, and those of the Blockscout stand-in, which Blockscout's own file
allows. "Wrong" is: a collection that is held is missing or has another number, and the answer says that it is whole.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from bot.errors import UnavailableError
from bot.holdings import Holding
from bot.sources.blockscout_wire import WireHolder, WireHolding, WireNft, WireRedirect, WireToken
from bot.sources.blockscout_wire import read_page as read_blockscout
from bot.sources.loopring_wire import WireHolding as LoopringHolding
from bot.sources.loopring_wire import WireNft as LoopringNft
from bot.sources.loopring_wire import read_page as read_loopring
from bot.sources.paging import PageCollector, RawPage, Scan
from bot.sources.wire import MOST_KINDS, read_one
from sandbox.world import BLOCKSCOUT_KEY
from tests.conformance.missing import shared
from tests.sandbox.serving import serving

ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
MISSING = object()
BROKEN = [
    pytest.param(MISSING, id="missing"),
    pytest.param(None, id="null"),
    pytest.param("", id="empty text"),
    pytest.param("x" * 100_000, id="long text"),
    pytest.param(-1, id="negative"),
    pytest.param(10**30, id="huge"),
    pytest.param("1875000000000000004", id="huge as text"),
    pytest.param(1.5, id="a fraction"),
    pytest.param(True, id="true"),
    pytest.param([], id="a list"),
    pytest.param([{}], id="a list of tables"),
    pytest.param({}, id="a table"),
]

# What stands in `token.type`, beside ERC-721 and ERC-1155: contracts of which an amount may be units of a currency.
OTHER_TYPES = [
    pytest.param(MISSING, id="missing"),
    pytest.param(None, id="null"),
    pytest.param("", id="empty"),
    pytest.param("ERC-20", id="ERC-20"),
    pytest.param("ERC-404", id="ERC-404"),
    pytest.param("ERC-7984", id="ERC-7984"),
    pytest.param("x" * 100_000, id="long text"),
    pytest.param(721, id="a number"),
    pytest.param(["ERC-721"], id="a list"),
]
HUGE = ["1875000000000000004", 10**30, 2**256, 1e30, "9" * 400, MOST_KINDS + 1]


def places(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body; of a list the first three."""
    pairs = body.items() if isinstance(body, dict) else enumerate(body[:3]) if isinstance(body, list) else ()
    for key, value in pairs:
        yield (*path, key)
        yield from places(value, (*path, key))


def broken_at(body: Any, path: tuple[Any, ...], value: object) -> Any:
    changed = copy.deepcopy(body)
    where = changed
    for key in path[:-1]:
        where = where[key]
    if value is MISSING:
        del where[path[-1]]
    else:
        where[path[-1]] = value
    return changed


def scan_of(page: RawPage[Holding], *, is_last: bool | None) -> Scan[Holding]:
    pages: PageCollector[Holding] = PageCollector(lambda row: row.collection.collection_id)
    pages.receive(RawPage(page.rows, page.unreadable, page.total, is_last))
    return pages.scan


def loopring_scan(body: Any) -> Scan[Holding]:
    page = read_loopring(body, "collections", LoopringHolding, LoopringHolding.to_holding)
    return scan_of(page, is_last=None)


def blockscout_scan(body: Any) -> Scan[Holding]:
    page, cursor = read_blockscout(body, WireHolding, partial(WireHolding.to_holding, network="eip155:1"), "Chain")
    return scan_of(page, is_last=cursor is None)


def numbers_of(scan: Scan[Holding]) -> dict[str, int | None]:
    return {row.collection.collection_id: row.counted_kinds for row in scan.rows}


def check_list(body: Any, read: Callable[[Any], Scan[Holding]], value: object, number: str) -> int:
    """Break each place; returns how many answers were complete all the same."""
    right = numbers_of(read(body))
    complete = 0
    for path in places(body):
        try:
            scan = read(broken_at(body, path, value))
        except UnavailableError:
            continue
        if not scan.complete:
            continue
        complete += 1
        found = numbers_of(scan)
        # A number that can be true is believed: nothing in the answer contradicts it. No collection may be missing.
        is_number = path[-1] == number
        for collection, kinds in right.items():
            if path[-1] in ("id", "address_hash") or (path[0] == "items" and len(path) < len(("items", 0, "token"))):
                continue  # another collection then, or another list without a total, as far as anybody can tell
            assert collection in found, path
            assert found[collection] == kinds or (is_number and (found[collection] or 0) <= MOST_KINDS), path
    return complete


@pytest.mark.parametrize("value", BROKEN)
def test_a_broken_field_of_loopring_never_makes_a_wrong_complete_answer(value: object) -> None:
    path = shared("samples/loopring") / "user_collection_details__uat2_17608.json"
    body = recorded(path.read_text(encoding="utf-8"))
    whole = body | {"totalNum": len(body["collections"])}  # it was the first of several pages
    assert check_list(whole, loopring_scan, value, "count") > 0


@pytest.mark.parametrize("value", BROKEN)
async def test_a_broken_field_of_blockscout_never_makes_a_wrong_complete_answer(value: object) -> None:
    body = (await blockscout_bodies())["addresses"]
    assert check_list(body, blockscout_scan, value, "amount") > 0


@pytest.mark.parametrize("kind", OTHER_TYPES)
async def test_whatever_the_type_says_a_number_is_right_or_unknown(kind: object) -> None:
    body = (await blockscout_bodies())["addresses"]
    right = numbers_of(blockscout_scan(body))
    first, *_ = right
    assert len(right) > 1
    other = broken_at(body, ("items", 0, "token", "type"), kind)
    assert numbers_of(blockscout_scan(other)) in (right, right | {first: None})
    for amount in HUGE:
        assert numbers_of(blockscout_scan(broken_at(other, ("items", 0, "amount"), amount))) == right | {first: None}
    if kind is not MISSING:  # units of a currency, with the NFTs that are held of it
        units = broken_at(other, ("items", 0, "amount"), "9000")
        few = broken_at(units, ("items", 0, "token_instances"), body["items"][0]["token_instances"][:2])
        assert numbers_of(blockscout_scan(few)) == right | {first: None}


@pytest.mark.parametrize("kind", ["ERC-721", "ERC-1155"])
async def test_a_huge_amount_of_nfts_is_no_number(kind: str) -> None:
    body = (await blockscout_bodies())["addresses"]
    right = numbers_of(blockscout_scan(body))
    first, *_ = right
    typed = broken_at(body, ("items", 0, "token", "type"), kind)
    for amount in HUGE:
        assert numbers_of(blockscout_scan(broken_at(typed, ("items", 0, "amount"), amount))) == right | {first: None}


def recorded(text: str) -> Any:
    body = json.loads(text)
    return body.get("body", body) if isinstance(body, dict) else body


async def blockscout_bodies() -> dict[str, Any]:
    """One body of each endpoint."""
    async with serving() as sandbox:
        base = "/blockscout/1/api/v2"
        _, held = await sandbox.get(f"{base}/addresses/{ADA}/nft/collections", key=None, apikey=BLOCKSCOUT_KEY)
        contract = held["items"][0]["token"]["address_hash"]
        paths = {
            "token": f"tokens/{contract}",
            "holders": f"tokens/{contract}/holders",
            "instances": f"tokens/{contract}/instances",
        }
        found = {"addresses": held}
        for name, path in paths.items():
            query = {"holder_address_hash": ADA} if name == "instances" else {}
            _, found[name] = await sandbox.get(f"{base}/{path}", key=None, apikey=BLOCKSCOUT_KEY, **query)
        return found


@pytest.mark.parametrize("value", BROKEN)
async def test_a_broken_field_anywhere_is_never_an_exception(value: object) -> None:
    bodies = await blockscout_bodies()
    loopring = shared("samples/loopring") / "user_nft_collection_balances__uat2.json"
    readers: list[tuple[Any, Callable[[Any], object]]] = [
        (bodies["instances"], lambda body: read_blockscout(body, WireNft, WireNft.to_nft, "Chain")),
        (bodies["holders"], lambda body: read_blockscout(body, WireHolder, WireHolder.to_part, "Chain")),
        (bodies["token"], lambda body: read_one(WireToken, body, "Chain").to_collection("eip155:1")),
        ({"redirect": True, "type": "address", "parameter": ADA}, lambda body: read_one(WireRedirect, body, "Chain")),
        (
            recorded(loopring.read_text(encoding="utf-8")),
            lambda body: read_loopring(body, "data", LoopringNft, LoopringNft.to_nft),
        ),
    ]
    read_count = 0
    for body, read in readers:
        read(body)
        for path in places(body):
            try:
                read(broken_at(body, path, value))
            except UnavailableError:
                continue
            read_count += 1
    assert read_count > 0
