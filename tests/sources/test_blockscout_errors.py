"""What Blockscout's errors mean: each has a class and one sentence, and an unclear answer is never an empty address."""

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.errors import NotFoundError, RefusedError, TesseraError, ThrottledError, UnavailableError
from bot.holdings import Account, Collection
from bot.reasons import reason_words
from bot.sources.blockscout import BlockscoutSource
from sandbox.world import BLOCKSCOUT_KEY
from tests.blockscout_source import (
    ADA,
    NOBODY,
    NOW,
    WHALE,
    answer,
    fault,
    holdings,
    hurry,
    last_of,
    open_at,
    open_blockscout,
    requests,
    sentence_of,
)
from tests.sandbox_client import SandboxClient

LABEL = "Ethereum (Blockscout)"
UNKNOWN_FORM = f"{LABEL} sent an answer of a form that Tessera does not know. Try again later."
TYPES = {"type": "ERC-721,ERC-1155,ERC-404"}


# ---------------------------------------------------------------- the key


async def test_a_wrong_key_is_for_the_operator_to_fix_and_not_sent_again(sandbox: SandboxClient) -> None:
    async with open_blockscout(sandbox, key="proapi_wrong", name="my-eth") as source:
        assert await sentence_of(holdings(source), RefusedError) == (
            f"{LABEL} refuses this bot's API key (HTTP 401): its operator must check MY_ETH_API_KEY."
        )
        await sentence_of(holdings(source, WHALE), RefusedError)  # one question's trouble is not everybody's
        again = await sentence_of(holdings(source, NOBODY), RefusedError)
    assert "MY_ETH_API_KEY" in again
    assert "asks again in 5 minutes" in again
    assert len(await requests(sandbox)) == 2


async def test_without_a_key_the_error_says_where_to_put_one(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    async with open_blockscout(sandbox, key=None) as source:
        await answer(sandbox, "/nft/collections", {"message": "Unverified email"}, 403)
        assert await sentence_of(holdings(source), RefusedError) == (
            f"{LABEL} requires an API key (HTTP 403) and this bot has none: its operator must set ETHEREUM_API_KEY."
        )
    assert "authorization" not in (await requests(sandbox))[0]["headers"]


# ---------------------------------------------------------------- what a status means


async def test_a_missing_contract_is_missing_but_a_missing_endpoint_is_unknown(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await answer(sandbox, "/api/v2/", {"message": "Resource not found"}, 404)
    assert "knows no collection" in await sentence_of(eth.fetch_collection(NOBODY, NOW), NotFoundError)
    assert "must check the base URL" in await sentence_of(holdings(eth), UnavailableError)
    assert "must check the base URL" in await sentence_of(eth.resolve_name("ada.eth", NOW), UnavailableError)


async def test_a_404_that_is_not_from_the_api_says_nothing_about_a_contract(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await answer(sandbox, "/tokens/", {"error": "no route"}, 404)
    assert "must check the base URL" in await sentence_of(eth.fetch_collection(NOBODY, NOW), UnavailableError)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        pytest.param(404, {"error": "Network not supported", "source": "internal"}, "check the base URL", id="network"),
        pytest.param(404, {"error": "Not found", "source": "internal"}, "check the base URL", id="path"),
        pytest.param(502, {"error": "Bad gateway", "source": "upstream"}, "HTTP 502", id="502"),
        pytest.param(503, {"error": "Service unavailable", "source": "upstream"}, "HTTP 503", id="503"),
        pytest.param(504, {"error": "Gateway timeout", "source": "upstream"}, "HTTP 504", id="504"),
        pytest.param(501, {"error": "Not implemented", "source": "upstream"}, "HTTP 501", id="501"),
    ],
)
async def test_an_error_of_the_hosted_api_is_never_taken_for_an_empty_account(
    sandbox: SandboxClient, eth: BlockscoutSource, status: int, body: Any, words: str
) -> None:
    """docs.blockscout.com/devs/error-responses."""
    await holdings(eth, NOBODY)
    await answer(sandbox, "/addresses/", body, status)
    assert words in await sentence_of(holdings(eth), UnavailableError)


async def test_a_list_that_vanishes_in_the_middle_is_unknown(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    first = {"items": [{"address": {"hash": ADA}, "token_id": None, "value": "1"}], "next_page_params": {"value": 1}}
    await answer(sandbox, "/holders", first, times=1)
    await answer(sandbox, "/holders", {"message": "Resource not found"}, 404)
    assert "base URL" in await sentence_of(last_of(eth.iter_holders(NOBODY, NOW)), UnavailableError)


def pointing(field: str) -> dict[str, Any]:
    return {"errors": [{"title": "Invalid value", "source": {"pointer": f"/{field}"}, "detail": "Invalid format"}]}


async def test_only_an_address_that_is_pointed_at_is_refused(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    await answer(sandbox, "/nft/collections", pointing("address_hash_param"), 422, times=1)
    assert await sentence_of(holdings(eth), NotFoundError) == f"{LABEL} does not accept this address."
    bodies: list[Any] = [pointing("type"), {"errors": None}, {"errors": [5, {"source": "/"}]}, []]
    for body in bodies:
        await sandbox.reset()
        await answer(sandbox, "/nft/collections", body, 422)
        assert await sentence_of(holdings(eth), UnavailableError) == (
            f"{LABEL} did not accept the request. Try again later."
        )
        assert len(await requests(sandbox)) == 1  # it would say so again


@pytest.mark.parametrize(
    ("kind", "options", "error", "words"),
    [
        pytest.param("status", {"status": 400, "body": {"message": "?"}}, UnavailableError, "(HTTP 400)", id="400"),
        pytest.param("status", {"status": 503}, UnavailableError, "(HTTP 503)", id="503"),
        pytest.param("status", {"status": 401, "body": "no"}, RefusedError, "operator must check", id="401 of a proxy"),
        pytest.param("html", {}, UnavailableError, "HTML instead of JSON", id="html"),
        pytest.param("reset", {}, UnavailableError, "cannot be reached, or broke off", id="reset"),
        pytest.param("torn", {}, UnavailableError, "cannot be reached, or broke off", id="torn"),
        pytest.param("garbage", {}, UnavailableError, "not JSON", id="garbage"),
        pytest.param("huge", {}, UnavailableError, "more than 2 MiB", id="huge"),
        pytest.param("bomb", {}, UnavailableError, "more than 2 MiB", id="bomb"),
        pytest.param("redirect", {"location": "https://x.example"}, UnavailableError, "a redirect", id="redirect"),
        pytest.param("throttle", {"retry_after": "60"}, ThrottledError, "too many requests", id="429"),
    ],
)
async def test_a_fault_is_an_error_with_one_sentence(
    sandbox: SandboxClient,
    eth: BlockscoutSource,
    kind: str,
    options: dict[str, Any],
    error: type[TesseraError],
    words: str,
) -> None:
    await fault(sandbox, kind, **options)
    sentence = await sentence_of(holdings(eth), error)
    assert sentence.startswith(LABEL)
    assert words in sentence


async def test_a_slow_answer_is_an_error(sandbox: SandboxClient) -> None:
    await fault(sandbox, "slow", seconds=2)
    async with open_blockscout(sandbox, timeout_seconds=0.2) as source:
        assert "did not answer within" in await sentence_of(holdings(source), UnavailableError)


async def test_a_fault_on_a_later_page_leaves_the_list_unfinished(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await fault(sandbox, "html", after=1)
    scans = eth.iter_holdings(Account("eip155:1", WHALE), None, NOW)
    scan = await anext(scans)
    assert (len(scan.rows), scan.finished, scan.complete) == (50, False, False)
    await sentence_of(anext(scans), UnavailableError)
    assert (len(scan.rows), scan.finished, scan.complete) == (50, False, False)


async def test_a_server_that_repeats_a_page_gives_an_incomplete_list(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await fault(sandbox, "repeat")
    scan = await holdings(eth, WHALE)
    assert (len(scan.rows), scan.complete) == (50, False)
    assert "again and again" in reason_words(scan.incomplete_reason)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"items": None, "next_page_params": None},
        {"items": []},
        {"items": {}, "next_page_params": None},
        {"items": [], "next_page_params": {}},
        {"items": [], "next_page_params": []},
        {"items": [], "next_page_params": "0x"},
        {"items": [], "next_page_params": {"token_id": [1]}},
        {"items": [], "next_page_params": {"token_id": 1.5}},
        {"items": [], "next_page_params": {"token_id": "9" * 300}},
        {"items": [], "next_page_params": dict.fromkeys(map(str, range(30)), 1)},
        {"message": "maintenance"},
    ],
)
async def test_an_answer_of_another_shape_is_not_an_empty_one(
    sandbox: SandboxClient, eth: BlockscoutSource, body: Any
) -> None:
    await answer(sandbox, "/api/v2/", body)
    assert await sentence_of(holdings(eth), UnavailableError) == UNKNOWN_FORM
    assert await sentence_of(last_of(eth.iter_holders(NOBODY, NOW)), UnavailableError) == UNKNOWN_FORM
    nfts = eth.iter_nfts(Account("eip155:1", ADA), Collection("eip155:1", NOBODY), NOW)
    assert await sentence_of(last_of(nfts), UnavailableError) == UNKNOWN_FORM
    assert await sentence_of(eth.fetch_collection(NOBODY, NOW), UnavailableError) == UNKNOWN_FORM


# ---------------------------------------------------------------- keys that JSON readers spoil


class Scripted:
    """A Blockscout that gives out these pages one after the other."""

    def __init__(self, *pages: Any) -> None:
        self.pages = list(pages)
        self.queries: list[dict[str, str]] = []

    async def handle(self, request: web.Request) -> web.Response:
        self.queries.append(dict(request.query))
        return web.Response(body=self.pages.pop(0), content_type="application/json")


async def nfts_from(scripted: Scripted) -> list[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", scripted.handle)
    async with TestServer(app, host="127.0.0.1") as server, open_at(str(server.make_url("/api/v2"))) as source:
        collection = Collection("eip155:1", NOBODY)
        scan = await last_of(source.iter_nfts(Account("eip155:1", ADA), collection, NOW))
    assert scan.complete
    return [nft.nft_id for nft in scan.rows]


async def test_a_token_id_of_78_digits_is_sent_back_exactly() -> None:
    """Names are NFTs whose ids are hashes; the key has the id as a JSON number, which most parsers would round."""
    wide = 2**255 + 12345
    first = b'{"items": [{"id": "%d", "value": "1"}], "next_page_params": {"unique_token": %d}}' % (wide, wide)
    scripted = Scripted(first, orjson.dumps({"items": [{"id": "7", "value": "1"}], "next_page_params": None}))
    assert await nfts_from(scripted) == [str(wide), "7"]
    assert scripted.queries[1] == {"holder_address_hash": ADA, "unique_token": str(wide)}


async def test_a_number_that_is_not_exact_is_not_guessed() -> None:
    page = b'{"items": [{"id": "7", "value": "1"}], "next_page_params": {"unique_token": %d}}' % (2**255)
    assert await sentence_of(nfts_from(Scripted(page)), UnavailableError) == UNKNOWN_FORM


async def test_every_kind_of_key_is_sent_back_as_json_writes_it() -> None:
    key = {"value": None, "is_last": True, "is_first": False, "n": 5, "t": "a b&c", "holder_address_hash": NOBODY}
    first = orjson.dumps({"items": [{"id": "8", "value": "1"}], "next_page_params": key})
    scripted = Scripted(first, orjson.dumps({"items": [], "next_page_params": None}))
    await nfts_from(scripted)
    assert scripted.queries[1] == {
        "value": "null",
        "is_last": "true",
        "is_first": "false",
        "n": "5",
        "t": "a b&c",
        "holder_address_hash": NOBODY,
    }


# ---------------------------------------------------------------- limits


async def test_a_limit_that_is_used_up_is_waited_for(sandbox: SandboxClient) -> None:
    await hurry(sandbox, per_second=2)
    async with open_blockscout(sandbox) as source:
        assert (await holdings(source, WHALE)).complete
    assert [call["status"] for call in await requests(sandbox)] == [200, 200, 200]


async def test_headers_without_meaning_delay_no_request(sandbox: SandboxClient) -> None:
    await hurry(sandbox, headers="broken")
    async with open_blockscout(sandbox) as source, asyncio.timeout(60):
        assert (await holdings(source, WHALE)).complete


async def test_too_many_requests_are_sent_again_when_the_window_is_over(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await fault(sandbox, "throttle", retry_after="0.3", times=1)
    assert (await holdings(eth, NOBODY)).complete
    first, second = await requests(sandbox)
    assert (first["status"], second["status"]) == (429, 200)
    assert second["at_ms"] - first["at_ms"] >= 290


async def test_a_key_is_in_no_url(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    await holdings(eth, WHALE)
    assert all(BLOCKSCOUT_KEY not in str(call["query"]) for call in await requests(sandbox))
