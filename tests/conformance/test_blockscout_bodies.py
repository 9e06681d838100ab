"""Every body that the Blockscout stand-in serves is allowed by Blockscout's file; and the check is tested."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conformance.blockscout_openapi import BlockscoutSpec, check_blockscout_exchange
from tests.sandbox.serving import RunningSandbox, serving

ADA = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
WHALE = "0xF1831929cC806E6056A79143446D869985CAE32C"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with serving() as served:
        await served.post("/_sandbox/blockscout", {"per_second": 100_000})
        yield served


async def ask(sandbox: RunningSandbox, path: str, **query: Any) -> None:
    """Every page of an answer."""
    status, body = await sandbox.get(path, key=None, **query)
    while status == 200 and body.get("next_page_params"):
        status, body = await sandbox.get(path, key=None, **query | body["next_page_params"])


async def ask_everything(sandbox: RunningSandbox) -> None:
    """Each endpoint about each address and contract of each chain."""
    for chain in sandbox.world.chains.values():
        base = f"/blockscout/{chain.chain_id}/api/v2"
        for holder in chain.holdings:
            await ask(sandbox, f"{base}/addresses/{holder}/nft/collections")
            await ask(sandbox, f"{base}/addresses/{holder}/nft", type="ERC-1155,ERC-404")
        for contract in chain.contracts:
            await ask(sandbox, f"{base}/tokens/{contract}")
            await ask(sandbox, f"{base}/tokens/{contract}/holders")
            await ask(sandbox, f"{base}/tokens/{contract}/instances")
            await ask(sandbox, f"{base}/tokens/{contract}/instances", holder_address_hash=WHALE)
        for name in ("ada.loopring.eth", "nobody.eth", ADA):
            await ask(sandbox, f"{base}/search/check-redirect", q=name)


async def problems(sandbox: RunningSandbox) -> tuple[list[str], set[int]]:
    """The mistakes in all exchanges, and their statuses."""
    _, traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    found = [problem for each in traffic["exchanges"] for problem in check_blockscout_exchange(each)]
    return sorted(set(found)), {each["status"] for each in traffic["exchanges"]}


@pytest.mark.parametrize("version", ["11", "12"])
async def test_every_body_is_valid(blockscout_spec: BlockscoutSpec, sandbox: RunningSandbox, version: str) -> None:
    await sandbox.post("/_sandbox/blockscout", {"version": version})
    await ask_everything(sandbox)
    assert await problems(sandbox) == ([], {200})
    _, traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    assert {blockscout_spec.match(each["path"]) for each in traffic["exchanges"]} == blockscout_spec.templates


async def test_refusals_are_valid(blockscout_spec: BlockscoutSpec, sandbox: RunningSandbox) -> None:
    base = "/blockscout/1/api/v2"
    await ask(sandbox, f"{base}/tokens/{ADA}")
    await ask(sandbox, f"{base}/tokens/0x12/holders")
    await ask(sandbox, f"{base}/addresses/{ADA}/nft/collections", items_count=0)
    _, traffic = await sandbox.get("/_sandbox/traffic", service="blockscout")
    assert [each["status"] for each in traffic["exchanges"]] == [404, 422, 422]
    assert [blockscout_spec.check_response(each) for each in traffic["exchanges"]] == [[], [], []]


async def test_after_a_withdrawal_bodies_are_valid(blockscout_spec: BlockscoutSpec, sandbox: RunningSandbox) -> None:
    assert blockscout_spec.templates
    for collection in sandbox.world.accounts[10001].holdings:
        status, moved = await sandbox.post("/_sandbox/withdraw", {"account": 10001, "collection": collection})
        assert status == 200, moved
    await ask(sandbox, f"/blockscout/1/api/v2/addresses/{ADA}/nft/collections")
    await ask(sandbox, f"/blockscout/1/api/v2/addresses/{ADA}/nft")
    assert await problems(sandbox) == ([], {200})


def exchange(path: str = f"/blockscout/1/api/v2/tokens/{ADA}", **changes: Any) -> dict[str, Any]:
    """One whose answer the file does not describe, so that only the request counts."""
    return {"method": "GET", "path": path, "query": {}, "status": 503, "response": None, "fault": None} | changes


@pytest.mark.parametrize(
    ("exchange", "problem"),
    [
        (exchange(method="POST"), "Blockscout has no such operation"),
        (exchange("/blockscout/1/api/v2/nfts"), "Blockscout has no such operation"),
        (exchange(query={"page": "2"}), "unknown query 'page'"),
        (exchange("/blockscout/1/api/v2/tokens/0x12"), "address_hash_param: '0x12' does not match"),
        (exchange(f"/blockscout/1/api/v2/tokens/{ADA}/holders", query={"items_count": "101"}), "greater than"),
        (exchange(f"/blockscout/1/api/v2/addresses/{ADA}/nft", query={"type": "ERC721"}), "type: 'ERC721'"),
        (exchange(status=200), "None is not of type 'object'"),
        (exchange(status=404, response={"message": 4}), "message: 4 is not of type 'string'"),
        (exchange(status=302), "302, where Blockscout answers 200, 404, 422"),
    ],
)
@pytest.mark.usefixtures("blockscout_spec")
def test_what_is_wrong_is_named(exchange: dict[str, Any], problem: str) -> None:
    (found,) = check_blockscout_exchange(exchange)
    assert problem in found


@pytest.mark.usefixtures("blockscout_spec")
async def test_a_body_with_a_key_or_a_picture_that_cannot_be_is_named(sandbox: RunningSandbox) -> None:
    contract = next(iter(sandbox.world.chains[1].contracts))
    path = f"/blockscout/1/api/v2/tokens/{contract}"
    _, body = await sandbox.get(path, key=None)
    assert check_blockscout_exchange(exchange(path, status=200, response=body)) == []
    for change, problem in (
        ({"surprise": 1}, "surprise"),
        ({"icon_url": "ipfs://QmX"}, "is not a 'uri'"),
        ({"reputation": "neutral"}, "is not one of"),
        ({"holders_count": 4}, "is not of type 'string', 'null'"),
    ):
        (found,) = check_blockscout_exchange(exchange(path, status=200, response=body | change))
        assert problem in found


@pytest.mark.parametrize(
    "exchange",
    [
        exchange(status=401, response={"message": "Unauthorized"}),
        exchange(status=429),
        exchange(status=None),
        exchange(status=200, fault="html"),
    ],
    ids=["a wrong key", "too many", "a cut line", "spoiled on purpose"],
)
@pytest.mark.usefixtures("blockscout_spec")
def test_what_the_file_does_not_describe_passes(exchange: dict[str, Any]) -> None:
    assert check_blockscout_exchange(exchange) == []
