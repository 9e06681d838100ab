"""What several accounts of a member hold together: nothing that is unknown of one of them becomes a number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.writer import write_archive
from bot.cogs.holdings.pages import HoldingsPages
from bot.cogs.holdings.summed_pages import SummedPages, summed
from bot.errors import SourceError
from bot.holdings import LOOPRING, Account, Collection, Holdings, Nft, NftList, Order, Owner
from bot.lookup.lookup import Lookup
from bot.sources.archive import ArchiveSource
from bot.sources.askers import Asker
from bot.sources.chain import ChainedSource
from bot.sources.source import Source
from bot.store import Store
from sandbox.community import load_world
from tests.archive.fixtures import RECORDED_AT, header
from tests.blockscout_source import BRUNO, open_blockscout
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient

SOMEONE = Asker.member(1)
COPPERKETTLE = load_world().accounts[10015].owner.lower()  # holds a hybrid too, and little else
NOBODY = "4000000"


@asynccontextmanager
async def summing(source: Source, *accounts: Account) -> AsyncIterator[SummedPages]:
    """All that these accounts hold at a source."""
    store = await Store.open(None)
    lookup = Lookup([source], store, cache_for=timedelta(0))
    first = Holdings(accounts[0], datetime.now(UTC))
    pages = HoldingsPages(lookup, SOMEONE, first, owner=Owner(), gateways=(), order=Order.KINDS, reading=False)
    try:
        yield await summed(pages).read(accounts)
    finally:
        await lookup.close()
        await store.close()


def texts(pages: SummedPages) -> list[str]:
    return [embed.description or "" for page in range(pages.page_count()) for embed in pages.embeds(page)]


async def test_where_the_number_of_one_account_is_unknown_so_is_that_of_both(sandbox: SandboxClient) -> None:
    async with open_blockscout(sandbox) as source:
        both = (Account("eip155:1", BRUNO), Account("eip155:1", COPPERKETTLE))
        async with summing(source, *both) as pages:
            (card,) = [text for text in texts(pages) if text.startswith("**Half-Life Herbarium**")]
            assert card.endswith("number not known")
            assert not any(letter.isdigit() for letter in card)
            assert "of 1 collection the source does not say how many" in texts(pages)[0]


async def test_an_account_that_a_source_does_not_know_hides_nothing_of_the_others(sandbox: SandboxClient) -> None:
    await sandbox.fault("error", account=NOBODY, code=102002, message="account not found")
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, NOBODY)) as pages,
    ):
        assert not pages.holdings.complete
        assert len(pages.shown.rows) == 30
        assert "At least **30 collections** · 94 different" in texts(pages)[0]


async def test_nfts_that_may_be_the_same_are_not_added_up(sandbox: SandboxClient) -> None:
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, "10007")) as pages,
    ):
        header, *cards = texts(pages)
        assert any(" + " in card for card in cards)
        assert "different" not in header


@pytest.mark.parametrize("is_first", [True, False])
async def test_what_answers_instead_is_named_wherever_its_account_stands(
    sandbox: SandboxClient, tmp_path: Path, *, is_first: bool
) -> None:
    """10001 is answered by Loopring, and 10007 by an archive."""
    nfts = NftList((Nft("old", "7", 1, name="Old"),), complete=True, total=1)
    record = AccountRecord("10007", RECORDED_AT, BRUNO, 1, "", (HeldRecord("254", 1, nfts),))
    path = tmp_path / "old.tessera"
    write_archive(path, header(has_nfts=True), [Collection(LOOPRING, "254", name="Harbour Lights")], [record])
    for endpoint in ("collection/details", "nft/collection/balances"):
        await sandbox.fault("error", path=endpoint, account="10007", code=100000, message="x")
    accounts = [Account(LOOPRING, "10001"), Account(LOOPRING, "10007")]
    archive = await ArchiveSource.open(path, name="old", label="The old archive")
    async with open_source(sandbox) as source:
        async with summing(ChainedSource(source, archive), *(accounts if is_first else accounts[::-1])) as pages:
            said = [line for line in texts(pages)[0].splitlines() if "answers instead" in line]
            collection = await pages.open(f"{LOOPRING}:254")
            said += [text for embed in collection.embeds(0) if "answers instead" in (text := embed.description or "")]
        await archive.close()
    assert len(said) == 2
    assert all(line.startswith("📜 The old archive answers instead: ") for line in said)


def shared_collection(pages: SummedPages) -> str:
    """One that both accounts hold of."""
    held = [{str(row.collection) for row in part.holdings} for part in pages.parts]
    return min(held[0] & held[1])


async def opened(pages: SummedPages, value: str) -> tuple[str, str]:
    """What is held of a collection, and what else is said, on its first and last page."""
    collection = await pages.open(value)
    first, last = collection.embeds(0), collection.embeds(collection.page_count() - 1)
    held = next((str(field.value) for field in first[0].fields if field.name == "Held"), "")
    return held, last[-1].description or ""


@pytest.mark.parametrize("unread", ["10001", "10007"])
async def test_a_collection_is_opened_with_what_the_others_hold_where_one_account_cannot_be_read(
    sandbox: SandboxClient, unread: str
) -> None:
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, "10007")) as pages,
    ):
        collection = shared_collection(pages)
        whole, remark = await opened(pages, collection)
        assert whole.endswith("copies")
        assert "Incomplete" not in remark
    await sandbox.fault("error", path="nft/collection/balances", account=unread, code=100000, message="x")
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, "10007")) as pages,
    ):
        held, remark = await opened(pages, collection)
        rows = [row.kinds for part in pages.parts for row in part.holdings if str(row.collection) == collection]
        assert held == f"at least {max(rows)} different NFTs"
        assert remark.startswith(f"⚠️ **Incomplete:** account {unread}: Loopring ")
        assert remark.endswith("What is missing here is unknown, not zero.")


async def test_an_account_of_which_nothing_was_read_leaves_each_collection_of_its_network_uncertain(
    sandbox: SandboxClient,
) -> None:
    await sandbox.fault("error", account=NOBODY, code=102002, message="account not found")
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, NOBODY)) as pages,
    ):
        assert f"**Incomplete:** account {NOBODY}: " in texts(pages)[0]
        held, remark = await opened(pages, str(pages.shown.rows[0].collection))
        assert held.startswith("at least ")
        assert f"account {NOBODY}: " in remark


async def test_where_no_account_can_be_read_there_is_only_the_reason(sandbox: SandboxClient) -> None:
    await sandbox.fault("error", path="nft/collection/balances", code=100000, message="x")
    async with (
        open_source(sandbox) as source,
        summing(source, Account(LOOPRING, "10001"), Account(LOOPRING, "10007")) as pages,
    ):
        with pytest.raises(SourceError):
            await pages.open(shared_collection(pages))
