"""ArchiveSource: what was recorded, with its time; and what was not is an error, never an empty account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.archive.lines import AccountRecord, HeldRecord, RebuiltFrom
from bot.archive.writer import write_archive
from bot.errors import ConfigError, SourceError, UnavailableError
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft, NftList
from bot.messages import language_of, reader_text, written_in
from bot.reasons import as_recorded, reason_words
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import holders_of, namer_of, recorded_at, resolver_of, wallets_of
from bot.sources.chain import ChainedSource
from bot.sources.paging import Scan
from bot.sources.source import Abilities, Source
from tests.archive.fixtures import ADA, RECORDED_AT, header, write_small

NOW = Askers(Asker.member(1))
ACCOUNT = Account(LOOPRING, "10001")
STRANGER = Account(LOOPRING, "99999")


@pytest.fixture
async def source(tmp_path: Path) -> AsyncIterator[ArchiveSource]:
    """The small archive."""
    write_small(tmp_path / "a")
    source = await ArchiveSource.open(tmp_path / "a", name="old")
    yield source
    await source.close()


async def holdings(source: Source, account: Account = ACCOUNT, contract: str | None = None) -> Scan[Holding]:
    (scan,) = [scan async for scan in source.iter_holdings(account, contract, NOW)]
    return scan


async def sentence_of(asked: Awaitable[Any]) -> str:
    with pytest.raises(SourceError) as caught:
        await asked
    return caught.value.sentence


async def test_it_has_label_network_and_abilities(source: ArchiveSource) -> None:
    asked: Source = source
    assert (asked.name, str(asked.label), asked.network) == ("old", "Loopring, recorded 2026-06-01", LOOPRING)
    assert asked.abilities == Abilities(numbers_copies=False, is_live=False)
    assert [find(asked) for find in (holders_of, resolver_of, namer_of, wallets_of)] == [None] * 4
    assert [recorded_at(each) for each in (asked, ChainedSource(asked, asked))] == [RECORDED_AT] * 2


async def test_what_was_recorded_is_returned_at_once_with_its_time(source: ArchiveSource) -> None:
    scan = await holdings(source)
    assert [(row.collection.name, row.kinds) for row in scan.rows] == [
        ("Number 1", 1),
        ("Number 2", 1),
        ("Number 3", 1),
    ]
    assert (scan.complete, scan.total, scan.as_of) == (True, 3, RECORDED_AT)
    assert source.health.last_success_at


async def test_only_collections_of_a_contract(source: ArchiveSource) -> None:
    scan = await holdings(source, contract="0x" + "02" * 20)
    assert [row.collection.collection_id for row in scan.rows] == ["2"]
    assert (scan.total, scan.complete) == (1, True)
    scan = await holdings(source, contract="0x" + "77" * 20)
    assert (scan.rows, scan.total, scan.complete) == ((), 0, True)


async def test_a_collection_without_a_contract_may_be_of_any(tmp_path: Path) -> None:
    record = AccountRecord("1", RECORDED_AT, total=1, holdings=(HeldRecord("7", 1),))
    write_archive(tmp_path / "b", header(), [Collection(LOOPRING, "7")], [record])
    source = await ArchiveSource.open(tmp_path / "b", name="b")
    scan = await holdings(source, Account(LOOPRING, "1"), "0x" + "77" * 20)
    assert (scan.complete, reason_words(scan.incomplete_reason)) == (
        False,
        "1 of its collections were recorded without a contract",
    )
    await source.close()


@pytest.mark.parametrize(
    ("its_source", "rebuilt", "english", "german"),
    [
        ("Loopring", None, "Loopring, recorded 2026-06-01", "Loopring, aufgezeichnet am 2026-06-01"),
        ("Snapshot", None, "Snapshot, recorded 2026-06-01", "Schnappschuss, aufgezeichnet am 2026-06-01"),
        (
            "Loopring's blocks on Ethereum",
            RebuiltFrom(40087, "0x" + "0" * 64, "0x" + "1" * 40),
            "Loopring's blocks on Ethereum, block 40087 (2026-06-01)",
            "Loopring-Blöcke auf Ethereum, Block 40087 (2026-06-01)",
        ),
        ("Our {list}", None, "Our {list}, recorded 2026-06-01", "Our {list}, aufgezeichnet am 2026-06-01"),
    ],
)
async def test_its_own_label_is_read_in_the_readers_language_and_in_the_log_in_english(
    tmp_path: Path, its_source: str, rebuilt: RebuiltFrom | None, english: str, german: str
) -> None:
    write_archive(tmp_path / "b", replace(header(), source=its_source, rebuilt=rebuilt), [], [])
    source = await ArchiveSource.open(tmp_path / "b", name="b")
    await source.close()
    assert f"{source.label}" == english
    with written_in(language_of("de")):
        assert reader_text(source.label) == german


@pytest.mark.parametrize(
    ("recorded", "german"),
    [
        ("the list changed while it was being read", "die Liste hat sich beim Lesen geändert"),
        (
            "More copies leave a slot of this account than it holds.",
            "Von einem Platz dieses Kontos gehen mehr Exemplare ab, als dort liegen.",
        ),
        ("what {nobody} has translated", "what {nobody} has translated"),
    ],
)
async def test_a_sentence_that_was_recorded_is_read_in_the_readers_language_if_it_is_the_programs(
    tmp_path: Path, recorded: str, german: str
) -> None:
    write_small(tmp_path / "b", incomplete_reason=recorded)
    source = await ArchiveSource.open(tmp_path / "b", name="b")
    scan = await holdings(source)
    await source.close()
    with written_in(language_of("de")):
        assert reason_words(scan.incomplete_reason) == german
    assert reason_words(scan.incomplete_reason) == recorded


async def test_what_was_recorded_incompletely_stays_incomplete(tmp_path: Path) -> None:
    write_small(tmp_path / "b", incomplete_reason="3 of the 9 announced arrived")
    source = await ArchiveSource.open(tmp_path / "b", name="b", label="The old days")
    scan = await holdings(source)
    assert (scan.finished, scan.complete, reason_words(scan.incomplete_reason)) == (
        True,
        False,
        "3 of the 9 announced arrived",
    )
    assert (await holdings(source, contract="0x" + "77" * 20)).complete is False
    with pytest.raises(SourceError, match="contains only a part"):
        [scan async for scan in source.iter_nfts(ACCOUNT, Collection(LOOPRING, "5"), NOW)]
    assert source.label == "The old days"
    await source.close()


async def test_its_label_has_nothing_of_the_file_that_acts_on_the_terminal_or_in_a_message(tmp_path: Path) -> None:
    hostile = replace(header(), source="\x1b[2J\u202e<@1> https://evil.example\n" + "x" * 1000)
    write_archive(tmp_path / "c", hostile, [], [])
    source = await ArchiveSource.open(tmp_path / "c", name="c")
    assert str(source.label).startswith("[2J<\u200b@\u200b1> https:\u200b//evil.example xxx")
    assert len(str(source.label)) < 120
    await source.close()


async def test_an_account_that_was_not_recorded_is_unknown(source: ArchiveSource) -> None:
    wanted = "The archive of loopring does not contain account 99999; it was recorded on 2026-06-01."
    assert await sentence_of(holdings(source, STRANGER)) == wanted
    assert await sentence_of(source.fetch_owner(STRANGER, NOW)) == wanted
    assert "does not contain account" in await sentence_of(holdings(source, Account("eip155:1", "10001")))
    assert source.health.last_failure == ""  # the file is in good health


async def test_owners_and_collections(source: ArchiveSource) -> None:
    assert await source.fetch_owner(ACCOUNT, NOW) == ADA
    assert await source.fetch_account(ADA, NOW) == ACCOUNT
    assert "contains no account of 0x9999…9999" in await sentence_of(source.fetch_account("0x" + "9" * 40, NOW))
    assert (await source.fetch_collection("3", NOW)).name == "Number 3"
    assert "does not contain collection 77" in await sentence_of(source.fetch_collection("77", NOW))


async def test_on_a_chain_the_account_is_the_address(tmp_path: Path) -> None:
    write_archive(tmp_path / "b", header(network="eip155:1"), [], [AccountRecord(ADA, RECORDED_AT)])
    source = await ArchiveSource.open(tmp_path / "b", name="b", network="eip155:1")
    account = Account("eip155:1", ADA)
    assert await source.fetch_account(ADA, NOW) == account
    assert await source.fetch_owner(account, NOW) == ADA
    assert (await holdings(source, account)).complete
    await source.close()


async def test_nfts_if_they_were_recorded(source: ArchiveSource, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not list the single NFTs"):
        [scan async for scan in source.iter_nfts(ACCOUNT, Collection(LOOPRING, "1"), NOW)]
    nft = Nft("0xkey", "0x1", 2**200, "Name", image_uris=("ipfs://x",))
    held = (
        HeldRecord("1", 1, NftList((nft,), complete=True, total=1)),
        HeldRecord("2", 5, NftList(incomplete_reason=as_recorded("torn"))),
    )
    known = [Collection(LOOPRING, "1"), Collection(LOOPRING, "2")]
    write_archive(
        tmp_path / "b", header(has_nfts=True), known, [AccountRecord("10001", RECORDED_AT, total=2, holdings=held)]
    )
    other = await ArchiveSource.open(tmp_path / "b", name="b")
    assert other.abilities.numbers_copies
    found = [
        (scan.rows, scan.total, scan.complete, reason_words(scan.incomplete_reason))
        for number in "123"
        async for scan in other.iter_nfts(ACCOUNT, Collection(LOOPRING, number), NOW)
    ]
    assert found == [((nft,), 1, True, ""), ((), None, False, "torn"), ((), 0, True, "")]
    await other.close()


async def test_many_ask_at_once(source: ArchiveSource) -> None:
    scans = await asyncio.gather(*(holdings(source, Account(LOOPRING, str(10001 + n))) for n in range(40)))
    assert [scan.rows[0].kinds for scan in scans] == list(range(1, 41))


async def test_a_file_that_breaks_while_in_use_is_reported_as_a_failure(source: ArchiveSource, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UnavailableError, match="is damaged"):
        await holdings(source)
    assert "is damaged" in source.health.last_failure


async def test_after_closing_there_are_errors_and_no_answers(source: ArchiveSource) -> None:
    await source.close()
    await source.close()
    assert "is closed" in await sentence_of(holdings(source))


async def test_a_file_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        await ArchiveSource.open(tmp_path / "none", name="none")
