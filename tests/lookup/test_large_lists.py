"""Answers that are larger than the cache of a `Lookup`: they are shown like others, and read again when asked again."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.writer import write_archive
from bot.holdings import LOOPRING, Account, Collection, Holding, Nft, NftList
from bot.lookup.lookup import Lookup
from bot.sources.archive import ArchiveSource
from bot.store import Store
from tests.archive.fixtures import ADA, RECORDED_AT, header
from tests.lookup.conftest import LONG, SOMEONE

HOLDER = Account(LOOPRING, "10001")
LARGE = Collection(LOOPRING, "7", name="Large")


def archive_of(path: Path, kinds: int) -> Path:
    """An archive in which one account holds that many NFTs of one collection."""
    nfts = NftList(tuple(Nft(str(number), str(number), 1) for number in range(kinds)), complete=True, total=kinds)
    held = AccountRecord(HOLDER.account_id, RECORDED_AT, ADA, 1, "", (HeldRecord(LARGE.collection_id, kinds, nfts),))
    write_archive(path, header(has_nfts=True), [LARGE], [held])
    return path


@pytest.mark.parametrize("kinds", [19_999, 20_000, 25_000])
async def test_a_collection_of_any_size_can_be_opened(store: Store, tmp_path: Path, kinds: int) -> None:
    source = await ArchiveSource.open(archive_of(tmp_path / "large.tessera", kinds), name="old")
    for cache_for in (timedelta(0), LONG):
        lookup = Lookup([source], store, cache_for=cache_for)
        for _ in range(2):
            found = await lookup.nfts(HOLDER, Holding(LARGE, kinds), SOMEONE)
            assert (len(found.nfts), found.complete) == (kinds, True)
    await source.close()
