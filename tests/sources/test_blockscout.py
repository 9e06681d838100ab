"""BlockscoutSource against the stand-in over HTTP: what an address holds, and what a server says of itself."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from bot.errors import NotFoundError, RefusedError, UnavailableError
from bot.holdings import Account
from bot.messages import Message
from bot.sources.blockscout import BlockscoutSource
from bot.sources.blockscout_version import KnownApi
from bot.sources.capabilities import holders_of, namer_of, resolver_of, wallets_of
from bot.sources.health import Health
from bot.sources.source import Abilities, Source
from tests.blockscout_source import (
    ADA,
    BRUNO,
    NOBODY,
    NOW,
    WHALE,
    answer,
    by_name,
    fault,
    holdings,
    hurry,
    last_of,
    open_blockscout,
    requests,
    sentence_of,
)
from tests.sandbox_client import SandboxClient


async def test_it_has_the_protocols_that_it_supports(eth: BlockscoutSource) -> None:
    source: Source = eth
    assert (source.name, source.label, source.network) == ("ethereum", "Ethereum (Blockscout)", "eip155:1")
    assert source.abilities == Abilities(numbers_copies=True, is_live=True)
    assert holders_of(source) is eth
    assert resolver_of(source) is eth
    assert (namer_of(source), wallets_of(source)) == (None, None)


@pytest.mark.parametrize(
    ("chain", "label", "expected"),
    [
        (8453, "", "Base (Blockscout)"),
        (100, "", "Gnosis (Blockscout)"),
        (167000, "", "chain 167000 (Blockscout)"),
        (1, "Our own node", "Our own node"),
    ],
)
async def test_its_label_names_the_chain(sandbox: SandboxClient, chain: int, label: str, expected: str) -> None:
    async with open_blockscout(sandbox, chain=chain, label=label) as source:
        assert (source.label, source.network) == (expected, f"eip155:{chain}")


# ---------------------------------------------------------------- holdings


@pytest.mark.parametrize("version", ["11", "12"])
async def test_a_whale_is_read_to_the_end_in_both_forms_of_paging(sandbox: SandboxClient, version: str) -> None:
    await hurry(sandbox, version=version)
    async with open_blockscout(sandbox) as source:
        sizes = []
        async for scan in source.iter_holdings(Account("eip155:1", WHALE), None, NOW):
            sizes.append(len(scan.rows))
    assert scan.complete
    assert sizes == [50, 100, 118]
    calls = await requests(sandbox, "/nft/collections")
    cursors = [call["response"]["next_page_params"] for call in calls]
    assert cursors[-1] is None
    assert ("items_count" in cursors[0]) == (version == "11")
    # Each page is requested with the key exactly as it was received.
    for call, key in zip(calls[1:], cursors, strict=False):
        assert call["query"] == {"type": "ERC-721,ERC-1155,ERC-404"} | {name: str(key[name]) for name in key}
    assert {call["headers"]["authorization"] for call in calls} == {"<present>"}


async def test_of_what_the_indexer_did_not_count_the_number_is_unknown_and_not_zero(eth: BlockscoutSource) -> None:
    scan = await holdings(eth, BRUNO)
    assert scan.complete
    assert [row.is_counted for row in scan.rows].count(False) == 1
    assert [row.counted_kinds for row in scan.rows if not row.is_counted] == [None]


async def test_collections_have_the_same_form_as_from_other_sources(eth: BlockscoutSource) -> None:
    held = await by_name(eth)
    founders, flags = held["Founders' Tiles"], held["Signal Flags"]
    assert (founders.kinds, flags.kinds) == (3, 4)
    tiles = founders.collection
    assert (tiles.network, tiles.nft_type, tiles.deploy_status, tiles.is_scam) == ("eip155:1", "ERC721", "", False)
    assert tiles.collection_id == tiles.contract_address == tiles.collection_id.lower()
    assert flags.collection.nft_type == "ERC1155"
    assert tiles.avatar_uris[0].startswith("http")
    assert len(set(tiles.avatar_uris)) == len(tiles.avatar_uris)


async def test_without_an_icon_the_picture_is_that_of_an_nft(eth: BlockscoutSource) -> None:
    pigeons = (await by_name(eth))["Pigeon Post"].collection
    assert "/ipfs/" in pigeons.avatar_uris[0]
    assert pigeons.avatar_uris[-1].startswith("ipfs://")


async def test_a_contract_without_name_symbol_and_pictures_is_a_row(eth: BlockscoutSource) -> None:
    unnamed = (await by_name(eth))[""]
    assert (unnamed.kinds, unnamed.collection.avatar_uris) == (1, ())


async def test_hostile_text_is_unchanged_and_a_scam_is_marked(eth: BlockscoutSource) -> None:
    (scam,) = [row.collection for row in (await by_name(eth)).values() if row.collection.is_scam]
    assert scam.name == "⚠️ Claim your reward: [claim-tessera.example](https://phish.example/claim) @everyone"
    assert scam.avatar_uris[0] == "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize("address", [NOBODY, ADA.upper().replace("0X", "0x")])
async def test_an_address_never_seen_is_complete_and_empty(eth: BlockscoutSource, address: str) -> None:
    scan = await holdings(eth, address)
    assert len(scan.rows) == (0 if address == NOBODY else 7)
    assert scan.complete


async def test_no_row_is_left_out_by_the_server_as_scam(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    flags = (await by_name(eth))["Signal Flags"].collection
    await last_of(eth.iter_nfts(Account("eip155:1", ADA), flags, NOW))
    await last_of(eth.iter_holders(flags.collection_id, NOW))
    calls = await requests(sandbox)
    assert len(calls) >= 3
    assert {call["headers"].get("show-scam-tokens") for call in calls} == {"true"}


async def test_one_contract_is_found_on_any_page(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    everything = await holdings(eth, WHALE)
    for wanted in (everything.rows[0], everything.rows[117]):
        scan = await holdings(eth, WHALE, wanted.collection.collection_id)
        assert scan.rows == (wanted,)
        assert scan.complete
    assert len(await requests(sandbox, "/nft/collections")) == 9


async def test_a_contract_that_is_not_held_is_not_held(eth: BlockscoutSource) -> None:
    scan = await holdings(eth, WHALE, NOBODY)
    assert (scan.rows, scan.complete) == ((), True)


async def test_one_contract_is_not_reported_missing_while_a_row_cannot_be_read(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await answer(sandbox, "/nft/collections", {"items": [{"amount": "3"}], "next_page_params": None})
    assert not (await holdings(eth, ADA, NOBODY)).complete


NEVER_SEEN = {"message": "Not found"}


async def test_an_address_never_seen_holds_nothing_at_servers_that_answer_404(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    """As blockscout#8979 and blockscout#11505 have it: servers before 2025."""
    await answer(sandbox, NOBODY, NEVER_SEEN, 404)
    scan = await holdings(eth, NOBODY)
    assert (scan.rows, scan.complete, scan.never_seen) == ((), True, True)


async def test_a_404_for_an_address_that_was_listed_before_is_no_answer(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await holdings(eth, WHALE)
    await answer(sandbox, WHALE, NEVER_SEEN, 404)
    listed_at = eth.health.last_success_at
    assert "HTTP 404" in await sentence_of(holdings(eth, WHALE), UnavailableError)
    assert eth.health.last_success_at == listed_at
    assert "HTTP 404" in eth.health.last_failure
    assert (await holdings(eth, NOBODY)).complete


@pytest.mark.parametrize(("seconds", "is_believed"), [(59, True), (61, False)])
async def test_a_404_is_believed_for_a_minute_after_another_address_was_listed(
    seconds: float, *, is_believed: bool
) -> None:
    """A server that is filled again, or repaired, says it of every address, whatever it said before."""
    now, asked = [0.0], []

    async def get(path: str, _params: Mapping[str, str]) -> Any:
        asked.append(path)
        raise NotFoundError(Message("404"))

    api = KnownApi(lambda: now[0])
    api.listed("/addresses/1", {"items": [], "next_page_params": None})
    now[0] += seconds
    for _ in range(3):
        assert await api.is_never_seen("/addresses/2", get) is is_believed
    assert len(asked) == (not is_believed)


async def test_a_404_for_everything_is_a_wrong_base_url_and_nothing_is_concluded(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await answer(sandbox, "/api/v2/", NEVER_SEEN, 404)
    assert "must check the base URL" in await sentence_of(holdings(eth, NOBODY), UnavailableError)
    assert eth.health.last_success_at is None
    assert "must check the base URL" in eth.health.last_failure


async def test_once_it_has_answered_a_404_needs_no_further_question(
    sandbox: SandboxClient, eth: BlockscoutSource
) -> None:
    await holdings(eth, WHALE)
    await answer(sandbox, NOBODY, NEVER_SEEN, 404)
    before = len(await requests(sandbox))
    assert (await holdings(eth, NOBODY)).complete
    assert len(await requests(sandbox)) == before + 1


@pytest.mark.parametrize(("version", "says"), [("11", "v11.2.7"), ("12", "v12.0.2")])
async def test_a_server_says_its_version(
    sandbox: SandboxClient, eth: BlockscoutSource, version: str, says: str
) -> None:
    await hurry(sandbox, version=version)
    assert await eth.fetch_version(NOW) == says


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        pytest.param("status", {"status": 200, "body": {"backend_version": "v12.0.2"}}, id="said"),
        pytest.param("status", {"status": 404, "body": NEVER_SEEN}, id="404 in JSON: before 2024"),
        pytest.param("html", {"status": 404}, id="404 in HTML"),
        pytest.param("status", {"status": 500}, id="500"),
        pytest.param("status", {"status": 503, "headers": {"Retry-After": "60"}}, id="503 with a pause"),
        pytest.param("status", {"status": 403, "body": {"message": "Forbidden"}}, id="403"),
        pytest.param("status", {"status": 403, "body": {"message": "Restricted access"}}, id="withheld"),
        pytest.param("reset", {}, id="reset"),
    ],
)
async def test_whether_a_server_says_its_version_is_no_sign_of_how_it_does(
    sandbox: SandboxClient,
    eth: BlockscoutSource,
    caplog: pytest.LogCaptureFixture,
    kind: str,
    options: dict[str, Any],
) -> None:
    await fault(sandbox, kind, "/config/", **options)
    for _ in range(3):
        await eth.fetch_version(NOW)
    assert eth.health == Health()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    await answer(sandbox, ADA, {"message": "Forbidden"}, 403)
    assert "must check" in await sentence_of(holdings(eth, ADA), RefusedError)  # the first that is refused
    assert (await holdings(eth, WHALE)).complete


@pytest.mark.parametrize("body", [{}, [], {"backend_version": None}, {"backend_version": "@everyone"}, "v12"])
async def test_what_is_no_version_is_not_shown(sandbox: SandboxClient, eth: BlockscoutSource, body: Any) -> None:
    await answer(sandbox, "/config/", body)
    assert await eth.fetch_version(NOW) == ""


async def test_thousands_of_collections_are_read_whole(sandbox: SandboxClient, eth: BlockscoutSource) -> None:
    await sandbox.post("/_sandbox/contracts", {"address": "0x" + "7" * 40, "contracts": 260})
    scan = await holdings(eth, "0x" + "7" * 40)
    assert (len(scan.rows), scan.complete) == (260, True)


async def test_each_chain_has_its_own_holdings(sandbox: SandboxClient) -> None:
    await hurry(sandbox)
    async with open_blockscout(sandbox, chain=8453, name="base") as source:
        assert list(await by_name(source)) == ["Tide Pools"]
