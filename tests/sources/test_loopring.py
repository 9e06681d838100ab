"""LoopringSource against the stand-in over HTTP: its requests, and how it reads the answers."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.config.source_tables import LoopringTable
from bot.errors import NotFoundError, TesseraError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from bot.sources.paging import Scan
from tests.sandbox_client import SandboxClient

ADA = Account(LOOPRING, "10001")
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
NOW = Askers(Asker.job("test"))

DETAILS = "user/collection/details"
BALANCES = "user/nft/collection/balances"

NO_ACCOUNT = "Loopring has no such account: check the number, address or name."
UNKNOWN_FORM = "Loopring sent an answer of a form that Tessera does not know. Try again later."


async def holdings(source: LoopringSource, account: str = "10001", contract: str | None = None) -> Scan[Holding]:
    async for scan in source.iter_holdings(Account(LOOPRING, account), contract, NOW):
        last = scan
    return last


async def nfts(source: LoopringSource, account: str, collection: Collection) -> Scan[Nft]:
    async for scan in source.iter_nfts(Account(LOOPRING, account), collection, NOW):
        last = scan
    return last


async def answer(sandbox: SandboxClient, path: str, body: Any, status: int = 200) -> None:
    """Let the stand-in answer every request for a path with this JSON."""
    await sandbox.fault("status", path=path, status=status, body=body)


async def sentence_of(asked: Awaitable[Any], kind: type[TesseraError]) -> str:
    with pytest.raises(TesseraError) as caught:
        await asked
    assert type(caught.value) is kind
    return caught.value.sentence


# ---------------------------------------------------------------- requests and answers


async def test_holdings_are_read_to_the_end_with_counts(sandbox: SandboxClient, source: LoopringSource) -> None:
    scan = await holdings(source, "10005")
    assert scan.complete
    assert (len(scan.rows), scan.total) == (132, 132)
    assert all(holding.kinds > 0 for holding in scan.rows)
    calls = await sandbox.requests(DETAILS)
    asked = {"accountId": "10005", "nonZero": "true", "limit": "50"}
    assert [call["query"] for call in calls] == [asked | {"offset": offset} for offset in ("0", "50", "100")]
    assert {call["headers"]["x-api-key"] for call in calls} == {"<present>"}


async def test_a_contract_is_asked_for_and_only_its_collections_come(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    contract = (await holdings(source, "10011")).rows[0].collection.contract_address
    scan = await holdings(source, "10001", contract)
    assert {row.collection.collection_id for row in scan.rows} == {"305", "306", "307"}
    assert (await sandbox.requests(DETAILS))[-1]["query"]["tokenAddress"] == contract


async def test_an_account_without_nfts_is_complete_and_empty(source: LoopringSource) -> None:
    scan = await holdings(source, "10003")
    assert scan.complete
    assert (scan.rows, scan.total) == ((), 0)


async def test_nfts_of_a_collection_come_with_copies(sandbox: SandboxClient, source: LoopringSource) -> None:
    held = {row.collection.collection_id: row.collection for row in (await holdings(source, "10008")).rows}
    scan = await nfts(source, "10008", held["350"])
    assert scan.complete
    assert [nft.copies for nft in scan.rows] == [78_000]
    nft = scan.rows[0]
    assert nft.name
    assert nft.image_uris[0].startswith("ipfs://Qm")
    assert nft.nft_id.startswith("0x")
    assert (await sandbox.requests(BALANCES))[0]["query"] == {
        "accountId": "10008",
        "collectionId": "350",
        "tokenAddress": held["350"].contract_address,
        "metadata": "true",
        "nonZero": "true",
        "offset": "0",
        "limit": "50",
    }


async def test_a_contract_that_is_not_known_is_not_asked_for(sandbox: SandboxClient, source: LoopringSource) -> None:
    await nfts(source, "10008", Collection(LOOPRING, "350"))
    assert "tokenAddress" not in (await sandbox.requests(BALANCES))[0]["query"]


async def test_a_collection_by_its_number(sandbox: SandboxClient, source: LoopringSource) -> None:
    collection = await source.fetch_collection("254", NOW)
    assert (collection.collection_id, collection.name) == ("254", "Harbour Lights")
    assert [call["query"] for call in await sandbox.requests("nft/public/collection")] == [{"id": "254"}]


async def test_the_owner_is_found_by_account_and_the_account_by_owner(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    assert await source.fetch_owner(ADA, NOW) == ADA_OWNER
    assert await source.fetch_account(ADA_OWNER, NOW) == ADA
    assert [call["query"] for call in await sandbox.requests("/account")] == [
        {"accountId": "10001"},
        {"owner": ADA_OWNER},
    ]


async def test_names_and_addresses_are_resolved_both_ways(sandbox: SandboxClient, source: LoopringSource) -> None:
    assert await source.resolve_name("ada.loopring.eth", NOW) == ADA_OWNER
    assert await source.fetch_name(ADA_OWNER, NOW) == "ada.loopring.eth"
    assert await source.fetch_name("0x" + "9" * 40, NOW) == ""
    assert (await sandbox.requests("resolveEns"))[0]["query"] == {"fullName": "ada.loopring.eth"}
    assert (await sandbox.requests("resolveName"))[0]["query"] == {"owner": ADA_OWNER}


async def test_a_name_of_nobody_and_an_address_without_an_account(source: LoopringSource) -> None:
    assert await sentence_of(source.resolve_name("nobody.eth", NOW), NotFoundError) == (
        "The name nobody.eth has no address."
    )
    assert await sentence_of(source.fetch_account("0x" + "9" * 40, NOW), NotFoundError) == (
        "Loopring has no account for 0x9999…9999."
    )
    assert await sentence_of(source.fetch_owner(Account(LOOPRING, "999999"), NOW), NotFoundError) == NO_ACCOUNT
    assert await sentence_of(source.fetch_collection("999999", NOW), NotFoundError) == (
        "Loopring knows no collection 999999."
    )


# ---------------------------------------------------------------- answers about somebody or something else


async def test_an_account_other_than_the_one_asked_for_is_refused(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await answer(sandbox, "/account", {"accountId": 10002, "owner": ADA_OWNER})
    assert await sentence_of(source.fetch_owner(ADA, NOW), UnavailableError) == UNKNOWN_FORM


async def test_an_account_of_another_owner_is_refused(sandbox: SandboxClient, source: LoopringSource) -> None:
    await answer(sandbox, "/account", {"accountId": 10001, "owner": "0x" + "9" * 40})
    assert await sentence_of(source.fetch_account(ADA_OWNER, NOW), UnavailableError) == UNKNOWN_FORM


async def test_a_collection_other_than_the_one_asked_for_is_refused(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await answer(sandbox, "nft/public/collection", {"id": 96, "name": "Another"})
    assert await sentence_of(source.fetch_collection("254", NOW), UnavailableError) == UNKNOWN_FORM


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(5, id="a number"),
        pytest.param({"address": ADA_OWNER}, id="a table"),
        pytest.param("0x12", id="too short"),
        pytest.param("vitalik.eth", id="a name"),
        pytest.param("0x" + "z" * 40, id="no hex digits"),
        pytest.param("0x](https://evil.example/aaaaaaaaaaaaaaaa)", id="words of an address's length"),
    ],
)
async def test_a_name_leads_to_an_address_or_to_nothing(
    sandbox: SandboxClient, source: LoopringSource, data: Any
) -> None:
    await answer(sandbox, "resolveEns", {"resultInfo": {"code": 0, "message": "SUCCESS"}, "data": data})
    assert await sentence_of(source.resolve_name("ada.eth", NOW), UnavailableError) == UNKNOWN_FORM


@pytest.mark.parametrize("data", [{}, {"data": ""}, {"data": None}])
async def test_a_name_without_data_leads_nowhere(
    sandbox: SandboxClient, source: LoopringSource, data: dict[str, Any]
) -> None:
    await answer(sandbox, "resolveEns", {"resultInfo": {"code": 0, "message": "SUCCESS"}} | data)
    assert "has no address" in await sentence_of(source.resolve_name("ada.eth", NOW), NotFoundError)


@pytest.mark.parametrize("body", [[], {"status": "maintenance"}, {"data": None}, {"resultInfo": {}, "data": ""}])
async def test_an_answer_of_another_shape_does_not_say_that_a_name_leads_nowhere(
    sandbox: SandboxClient, source: LoopringSource, body: Any
) -> None:
    await answer(sandbox, "/resolve", body)
    assert await sentence_of(source.resolve_name("ada.eth", NOW), UnavailableError) == UNKNOWN_FORM
    assert await sentence_of(source.fetch_name(ADA_OWNER, NOW), UnavailableError) == UNKNOWN_FORM


async def test_a_name_or_a_collection_that_cannot_exist_does_not(
    sandbox: SandboxClient, source: LoopringSource
) -> None:
    await sandbox.fault("error", path="/api/", code=100001, message="Invalid argument")
    assert "has no address" in await sentence_of(source.resolve_name("ada.eth", NOW), NotFoundError)
    assert "knows no collection" in await sentence_of(source.fetch_collection("254", NOW), NotFoundError)
    assert "did not accept the request" in await sentence_of(source.fetch_owner(ADA, NOW), UnavailableError)


@pytest.mark.parametrize("code", [b"true", b"0.0", b"[" * 1000 + b"]" * 1000], ids=["true", "a float", "deep"])
async def test_a_code_that_is_no_number_is_a_fault(code: bytes) -> None:
    async def handle(_request: web.Request) -> web.Response:
        body = b'{"resultInfo": {"code": ' + code + b'}, "collections": [], "totalNum": 0}'
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        source = LoopringSource(
            session, LoopringTable(name="loopring", base_url=str(server.make_url("")), requests_per_second=1000)
        )
        assert "has an internal error" in await sentence_of(holdings(source), UnavailableError)
        await source.close()
