"""What `serve` offers is what was recorded, read by the source that reads Loopring, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.partial import Partial
from bot.archive.reader import Archive
from bot.archive.writer import write_archive
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.archive_api.http_api import make_app, start_serving, url_of
from bot.archive_api.loopring_json import collection_json
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.archive_api.record import parse_refs, record
from bot.config.source_tables import LoopringTable
from bot.errors import ConfigError, NotFoundError, RefusedError, SourceError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft, NftList
from bot.names import Names
from bot.reasons import reason_words
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.loopring import LoopringSource
from bot.sources.loopring_wire import WireCollection, read_one
from bot.sources.paging import Scan
from bot.sources.source import Source
from sandbox.community import load_world
from sandbox.rollup import layouts
from sandbox.rollup.history import community_history
from sandbox.rollup.layouts import MadeNft
from tests.archive.fixtures import ADA, RECORDED_AT, header, write_small
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.conformance.missing import shared
from tests.l2.made_blocks import after
from tests.loopring_source import open_source
from tests.sandbox_client import open_sandbox

NOW = Askers(Asker.member(1))
KEY = "a key"


@asynccontextmanager
async def served(path: Path, *, key: str = "", covers_all: bool = False) -> AsyncIterator[str]:
    """An archive over HTTP; its base URL."""
    archive = Archive.open(path)
    runner = await start_serving(make_app(archive, key=key, covers_all=covers_all), "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        archive.close()


@asynccontextmanager
async def reading(url: str, key: str = "") -> AsyncIterator[LoopringSource]:
    """The source that reads Loopring, pointed there."""
    secret = SecretStr(key) if key else None
    settings = LoopringTable(name="loopring", base_url=url, api_key=secret, requests_per_second=1000)
    async with aiohttp.ClientSession() as session:
        source = LoopringSource(session, settings)
        yield source
        await source.close()


async def read(source: Source, account_id: str, contract: str | None = None) -> Scan[Holding]:
    async for scan in source.iter_holdings(Account(LOOPRING, account_id), contract, NOW):
        last = scan
    return last


async def record_all(source: Source, accounts: Sequence[str], path: Path) -> None:
    partial = Partial.create(path.with_suffix(".partial"), header())
    report = await record(source, parse_refs(accounts, Names()), partial)
    assert report.failed == {}
    partial.finish(path)
    partial.remove()


# ---------------------------------------------------------------- from the archive to a source and back


async def test_the_recorded_body_comes_back_equal(tmp_path: Path) -> None:
    async with open_sandbox(shared("samples/loopring")) as sandbox, open_source(sandbox) as source:
        upstream = await read(source, "17608")
        await record_all(source, ["17608"], tmp_path / "a")
    async with served(tmp_path / "a") as url, reading(url) as source:
        again = await read(source, "17608")
    assert again.rows == upstream.rows
    assert (len(again.rows), again.total, reason_words(again.incomplete_reason)) == (
        12,
        35,
        "12 of the 35 announced arrived",
    )


async def test_the_whole_community_is_served_equal(tmp_path: Path) -> None:
    accounts = ["10001", "10002", "10003", "10005", "10008", "10011"]
    async with open_sandbox() as sandbox, open_source(sandbox) as source:
        upstream = {account: await read(source, account) for account in accounts}
        owners = {account: await source.fetch_owner(Account(LOOPRING, account), NOW) for account in accounts}
        await record_all(source, accounts, tmp_path / "a")
    async with served(tmp_path / "a") as url, reading(url) as source:
        for account in accounts:
            again = await read(source, account)
            assert again.rows == upstream[account].rows
            assert again.complete
            assert again.total == len(again.rows)
            assert await source.fetch_owner(Account(LOOPRING, account), NOW) == owners[account]
            assert await source.fetch_account(owners[account], NOW) == Account(LOOPRING, account)
        held = upstream["10001"].rows[0].collection
        assert await source.fetch_collection(held.collection_id, NOW) == held


async def test_what_is_read_of_the_archive_itself_is_the_same(tmp_path: Path) -> None:
    known, records = write_small(tmp_path / "a")
    async with served(tmp_path / "a") as url, reading(url) as source:
        for each in records:
            rows = (await read(source, each.account_id)).rows
            assert [(row.collection.collection_id, row.kinds) for row in rows] == [
                (held.collection_id, held.kinds) for held in each.holdings
            ]
        assert [await source.fetch_collection(each.collection_id, NOW) for each in known] == list(known)
        (row,) = (await read(source, "10001", "0x" + "02" * 20)).rows
        assert row.collection.collection_id == "2"


images = st.sampled_from(["", "ipfs://a", "ipfs://b", "https://c.example/d", "https://c.example/e"])
many_images = st.sampled_from(["", *(f"ipfs://{number}" for number in range(8))])


@given(
    st.fixed_dictionaries(
        dict.fromkeys(("avatar", "banner", "tileUri", "thumbnail"), images | many_images)
        | {"cached": st.fixed_dictionaries(dict.fromkeys(("avatar", "banner", "tileUri", "thumbnail"), images))}
    ),
    st.text(max_size=30),
    st.integers(0, 2**43),
    st.dictionaries(st.text(max_size=8), st.booleans(), max_size=4),
)
def test_everything_loopring_can_say_about_a_collection_is_served(
    pictures: dict[str, Any], text: str, moment: int, properties: dict[str, bool]
) -> None:
    body = {
        **pictures,
        "id": 7,
        "owner": ADA,
        "name": text,
        "description": text,
        "contractAddress": ADA,
        "deployStatus": "DEPLOYED",
        "nftType": "ERC1155",
        "times": {"createdAt": moment, "updatedAt": moment},
        "extra": {"properties": properties},
    }
    seen = read_one(WireCollection, body).to_collection()
    body = orjson.loads(orjson.dumps(collection_json(seen)))
    assert "tessera" not in body["extra"]
    assert read_one(WireCollection, body).to_collection() == seen


# ---------------------------------------------------------------- what is not known


@pytest.mark.parametrize("total", [None, 0, 3, 9])
@pytest.mark.parametrize("contract", [None, "0x" + "02" * 20])
async def test_an_incomplete_recording_is_never_read_as_complete(
    tmp_path: Path, total: int | None, contract: str | None
) -> None:
    known, (first, *_) = write_small(tmp_path / "a")
    torn = AccountRecord("1", RECORDED_AT, total=total, incomplete_reason="the list changed", holdings=first.holdings)
    nothing = AccountRecord("2", RECORDED_AT, total=total, incomplete_reason="the list changed")
    write_archive(tmp_path / "b", header(), known, [torn, nothing])
    async with served(tmp_path / "b") as url, reading(url) as source:
        for account in ("1", "2"):
            scan = await read(source, account, contract)
            assert scan.finished
            assert not scan.complete


async def test_an_account_that_was_not_recorded_is_unknown_and_not_empty(tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    async with served(tmp_path / "a") as url, reading(url) as source:
        for asked in (
            read(source, "99999"),
            source.fetch_account("0x" + "9" * 40, NOW),
            source.fetch_collection("77", NOW),
        ):
            with pytest.raises(UnavailableError):
                await asked


async def test_in_an_archive_that_covers_all_they_do_not_exist(tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    async with served(tmp_path / "a", covers_all=True) as url, reading(url) as source:
        for asked in (
            read(source, "99999"),
            source.fetch_account("0x" + "9" * 40, NOW),
            source.fetch_collection("77", NOW),
        ):
            with pytest.raises(NotFoundError):
                await asked


async def test_an_owner_that_was_not_recorded_is_unknown(tmp_path: Path) -> None:
    write_archive(tmp_path / "a", header(), [], [AccountRecord("1", RECORDED_AT)])
    async with served(tmp_path / "a", covers_all=True) as url, reading(url) as source:
        with pytest.raises(SourceError):
            await source.fetch_owner(Account(LOOPRING, "1"), NOW)


# ---------------------------------------------------------------- the key, and the shapes of answers


async def test_only_the_right_key_is_accepted(tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    async with served(tmp_path / "a", key=KEY) as url:
        async with reading(url, KEY) as source:
            assert (await read(source, "10001")).complete
        for wrong, words in (("", "requires an API key"), ("another", "refuses this bot's API key")):
            async with reading(url, wrong) as source:
                assert await source.fetch_account(ADA, NOW) == Account(LOOPRING, "10001")  # no key is wanted there
                with pytest.raises(RefusedError, match=words):
                    await read(source, "10001")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("user/collection/details?accountId=10001", 200, None),
        ("user/collection/details", 400, 104007),
        ("user/collection/details?accountId=-1", 400, 104007),
        ("user/collection/details?accountId=10001&tokenAddress=0x12", 400, 100001),
        ("user/collection/details?accountId=10001&offset=x&limit=x", 200, None),
        ("user/nft/collection/balances?accountId=10001&collectionId=2", 400, 100000),
        ("user/nft/collection/balances?accountId=10001", 400, 100000),
        ("user/nft/collection/balances?collectionId=2", 400, 104007),
        ("user/nft/collection/balances?accountId=10001&collectionId=2&tokenAddress=0x12", 400, 100001),
        ("account?owner=0x12", 400, 100001),
        (f"account?owner={ADA.upper().replace('X', 'x')}", 200, None),
        (f"account?owner={ADA}&accountId=10002", 400, 104007),
        ("account", 400, 104007),
        ("account?accountId=10001", 200, None),
    ],
)
async def test_answers_have_loopring_s_shapes(tmp_path: Path, query: str, status: int, code: int | None) -> None:
    write_small(tmp_path / "a")
    async with served(tmp_path / "a") as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/api/v3/{query}") as response:
            body = await response.json()
        assert response.status == status
        assert (response.headers["Cache-Control"], response.headers["X-Content-Type-Options"]) == (
            "no-store",
            "nosniff",
        )
    assert body.get("resultInfo", {}).get("code") == code


async def test_pages_are_of_fifty_at_most(tmp_path: Path) -> None:
    async with open_sandbox() as sandbox, open_source(sandbox) as source:
        await record_all(source, ["10005"], tmp_path / "a")
    async with served(tmp_path / "a") as url, aiohttp.ClientSession() as session:
        seen = []
        for paging in ("limit=500", "limit=500&offset=100", "", "offset=132", "limit=7&offset=999999999"):
            query = f"user/collection/details?accountId=10005&{paging}"
            async with session.get(f"{url}/api/v3/{query}") as response:
                body = await response.json()
            seen.append((len(body["collections"]), body["totalNum"]))
    assert seen == [(50, 132), (32, 132), (20, 132), (0, 132), (0, 132)]


# ---------------------------------------------------------------- what cannot be served


def test_only_archives_of_loopring_are_served(tmp_path: Path) -> None:
    write_archive(tmp_path / "a", header(network="eip155:1"), [], [])
    archive = Archive.open(tmp_path / "a")
    with pytest.raises(ConfigError, match="only those of loopring can be served"):
        make_app(archive, key="")
    archive.close()


async def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    write_small(tmp_path / "a")
    async with served(tmp_path / "a") as url:
        archive = Archive.open(tmp_path / "a")
        with pytest.raises(ConfigError, match="is in use already"):
            await start_serving(make_app(archive, key=""), "127.0.0.1", int(url.rpartition(":")[2]))
        archive.close()


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("x" * 70, r"--host x{70}: this machine cannot listen there: no host can have this name\."),
        ("fe80::1%nowhere", r"--host fe80::1%nowhere: this machine cannot listen there: [A-Z][a-z ]+\."),
        ("192.0.2.1", r"--host 192\.0\.2\.1: this machine cannot listen there: Cannot assign requested address\."),
    ],
    ids=["no name", "not known", "not ours"],
)
async def test_a_host_that_cannot_be_listened_on_is_reported(tmp_path: Path, host: str, words: str) -> None:
    write_small(tmp_path / "a")
    archive = Archive.open(tmp_path / "a")
    with pytest.raises(ConfigError, match=words) as caught:
        await start_serving(make_app(archive, key=""), host, 0)
    assert "Unknown error" not in caught.value.sentence
    archive.close()


def test_where_it_listens_is_printed_as_a_url() -> None:
    assert url_of(("127.0.0.1", 80)) == "http://127.0.0.1:80"
    assert url_of(("::1", 34609, 0, 0)) == "http://[::1]:34609"


# ---------------------------------------------------------------- single NFTs


async def nfts_of(source: Source, account_id: str, collection: Collection) -> Scan[Nft]:
    async for scan in source.iter_nfts(Account(LOOPRING, account_id), collection, NOW):
        last = scan
    return last


def same_keys(one: Any, other: Any, where: str = "") -> None:
    """Every key of one body is in the other, and no other one, however deep."""
    if isinstance(one, dict):
        assert isinstance(other, dict), where
        assert one.keys() == other.keys(), where
        for key in one:
            same_keys(one[key], other[key], f"{where}.{key}")
    else:
        assert type(one) is type(other), where


async def test_the_recorded_nfts_come_back_equal_and_in_the_same_shape(tmp_path: Path) -> None:
    recorded = orjson.loads((shared("samples/loopring") / "user_nft_collection_balances__uat2.json").read_bytes())
    about = read_one(WireCollection, recorded["data"][0]["collectionInfo"]).to_collection()
    async with open_sandbox(shared("samples/loopring")) as sandbox, open_source(sandbox) as source:
        upstream = await nfts_of(source, "10032", about)
    held = HeldRecord(about.collection_id, 3, NftList(upstream.rows, complete=True, total=3))
    write_archive(
        tmp_path / "a",
        header(has_nfts=True),
        [about],
        [AccountRecord("10032", RECORDED_AT, ADA, total=1, holdings=(held,))],
    )
    async with served(tmp_path / "a") as url, reading(url) as source:
        again = await nfts_of(source, "10032", about)
        async with aiohttp.ClientSession() as session:
            where = f"{url}/api/v3/user/nft/collection/balances"
            query = {"accountId": "10032", "collectionId": "6", "tokenAddress": about.contract_address}
            async with session.get(where, params=query) as response:
                body = await response.json()
    assert again.complete
    assert [replace(nft, description="") for nft in upstream.rows] == list(again.rows)
    same_keys(recorded, body | {"data": body["data"][:3]})
    for ours, theirs in zip(body["data"], recorded["data"], strict=True):
        same_keys(theirs, ours)
        same = ("accountId", "nftData", "tokenAddress", "nftId", "nftType", "total", "deploymentStatus")
        assert [ours[key] for key in same] == [theirs[key] for key in same]
        assert ours["metadata"]["uri"] == theirs["metadata"]["uri"]
        assert ours["isCounterFactualNFT"] == theirs["isCounterFactualNFT"]


def archive_with_nfts(path: Path, held: HeldRecord, *, gap: str = "") -> None:
    known = [Collection(LOOPRING, "7", name="Foxes"), Collection(LOOPRING, "8", name="Owls")]
    record = AccountRecord("1", RECORDED_AT, ADA, total=None if gap else 1, incomplete_reason=gap, holdings=(held,))
    write_archive(path, header(has_nfts=True), known, [record])


def foxes(count: int, *, complete: bool = True, total: int | None = None) -> HeldRecord:
    rows = tuple(Nft(f"0x{number:064x}", f"0x{number:064x}", number) for number in range(1, count + 1))
    return HeldRecord("7", count, NftList(rows, complete=complete, total=total))


async def test_nfts_are_served_page_by_page(tmp_path: Path) -> None:
    archive_with_nfts(tmp_path / "a", foxes(120, total=120))
    async with served(tmp_path / "a") as url, reading(url) as source:
        scan = await nfts_of(source, "1", Collection(LOOPRING, "7"))
        none = await nfts_of(source, "1", Collection(LOOPRING, "8"))
    assert (len(scan.rows), scan.complete, sum(nft.copies for nft in scan.rows)) == (120, True, 7260)
    assert (none.rows, none.complete) == ((), True)


async def test_a_list_of_nfts_that_was_not_recorded_is_never_empty_or_whole(tmp_path: Path) -> None:
    archive_with_nfts(tmp_path / "a", HeldRecord("7", 3))
    archive_with_nfts(tmp_path / "b", foxes(2, complete=False))
    archive_with_nfts(tmp_path / "c", foxes(2, total=2), gap="the list changed")
    async with served(tmp_path / "a") as url, reading(url) as source:
        with pytest.raises(UnavailableError):
            await nfts_of(source, "1", Collection(LOOPRING, "7"))
    async with served(tmp_path / "b") as url, reading(url) as source:
        assert not (await nfts_of(source, "1", Collection(LOOPRING, "7"))).complete
    async with served(tmp_path / "c") as url, reading(url) as source:
        assert (await nfts_of(source, "1", Collection(LOOPRING, "7"))).complete
        for collection in ("8", "9"):
            with pytest.raises(UnavailableError):
                await nfts_of(source, "1", Collection(LOOPRING, collection))


async def test_an_archive_that_was_rebuilt_from_blocks_is_served_like_any_other(tmp_path: Path) -> None:
    world = load_world()
    history = community_history(world)
    replay = replay_folder(folder_of(tmp_path / "blocks", fetched(history)), lambda _: None)
    write_rebuilt(tmp_path / "a", replay, {})
    account, held = next((account, held) for account, held in history.ledger.holdings().items() if len(held) > 1)
    async with served(tmp_path / "a", covers_all=True) as url, reading(url) as source:
        assert await source.fetch_owner(Account(LOOPRING, str(account)), NOW) == world.accounts[account].owner.lower()
        scan = await read(source, str(account))
        assert scan.complete
        assert {row.collection.contract_address for row in scan.rows} == {f"0x{contract.hex()}" for contract in held}
        for row in scan.rows:
            nfts = await nfts_of(source, str(account), row.collection)
            assert nfts.complete
            found = {nft.token_id: nft.copies for nft in nfts.rows}
            assert found == held[bytes.fromhex(row.collection.contract_address[2:])]


async def test_no_list_of_nfts_of_an_account_that_a_block_contradicts_claims_to_be_whole(tmp_path: Path) -> None:
    ann, contract = b"\xa1" * 20, b"\xcc" * 20
    first, second, third = (MadeNft(ann, 0, contract, number.to_bytes(32, "big"), 5) for number in (77, 78, 79))
    replay = after(
        *(layouts.deposit(owner, number, 0, 5) for owner, number in ((ann, 1001), (contract, 900))),
        layouts.mint_to_self(1001, 0x8000, 5, 900, first),
        layouts.mint_to_self(1001, 0x8001, 3, 900, second),
        *layouts.nft_data(1001, 0x8000, third),
    )
    write_rebuilt(tmp_path / "a", replay, {})
    itself = await ArchiveSource.open(tmp_path / "a", name="a")
    held = await read(itself, "1001")
    (collection,) = (row.collection for row in held.rows)
    scan = await nfts_of(itself, "1001", collection)
    await itself.close()
    assert ([nft.token_id for nft in scan.rows], scan.total) == ([78], None)
    assert reason_words(scan.incomplete_reason) == reason_words(held.incomplete_reason) != ""
    async with served(tmp_path / "a") as url, reading(url) as source:
        scan = await nfts_of(source, "1001", collection)
    assert ([nft.token_id for nft in scan.rows], scan.total) == ([78], 2)
    assert reason_words(scan.incomplete_reason) == "1 of the 2 announced arrived"


async def test_an_account_without_a_number_is_not_served_by_its_owner(tmp_path: Path) -> None:
    write_archive(tmp_path / "a", header(), [], [AccountRecord(ADA, RECORDED_AT, ADA, total=0)])
    async with served(tmp_path / "a", covers_all=True) as url, reading(url) as source:
        with pytest.raises(UnavailableError):
            await source.fetch_account(ADA, NOW)
