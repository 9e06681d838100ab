"""What differs between two archives, and what is only unclear."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.archive.compare import Comparison, Difference, DifferenceKind, compare
from bot.archive.lines import AccountRecord, HeldRecord
from bot.archive.reader import Archive
from bot.archive.writer import write_archive
from bot.errors import ConfigError
from bot.holdings import Collection, Nft, NftList
from tests.archive.fixtures import ADA, RECORDED_AT, header

FOX = "0x" + "f" * 40
BEN = "0x" + "b" * 40


def nfts(*held: tuple[str, int], complete: bool = True) -> NftList:
    """NFTs by id and copies."""
    rows = tuple(Nft(f"key-{nft_id}", nft_id, copies) for nft_id, copies in held)
    return NftList(rows, complete=complete, total=len(rows))


def account(number: str, *held: HeldRecord, owner: str = ADA, gap: str = "") -> AccountRecord:
    """A recorded account."""
    return AccountRecord(number, RECORDED_AT, owner, len(held), gap, held)


def of(collection_id: str, listed: NftList | None, kinds: int | None = None) -> HeldRecord:
    """What is held of one collection."""
    return HeldRecord(collection_id, len(listed.nfts) if listed and kinds is None else kinds or 0, listed)


def compared(
    folder: Path, first: list[AccountRecord], second: list[AccountRecord]
) -> tuple[list[Difference], Comparison]:
    """The first calls the collection by its number, the second by its contract."""
    archives = []
    for name, collection_id, records in (("first", "254", first), ("second", FOX, second)):
        known = [Collection("loopring", collection_id, contract_address=FOX.upper().replace("X", "x"))]
        write_archive(folder / name, header(has_nfts=True), known, records)
        archives.append(Archive.open(folder / name))
    counts = Comparison()
    found = list(compare(archives[0], archives[1], counts))
    for archive in archives:
        archive.close()
    return found, counts


def test_the_same_holdings_are_the_same_under_other_names(tmp_path: Path) -> None:
    first = account("10001", of("254", nfts(("0x01", 2), ("7", 1))))
    second = account(ADA, of(FOX, nfts(("1", 2), ("0x7", 1))))

    differences, counts = compared(tmp_path, [first], [second])

    assert differences == []
    assert (counts.accounts, counts.same, counts.unclear) == (1, 2, 0)


def test_other_copies_missing_nfts_and_accounts_are_rows(tmp_path: Path) -> None:
    first = [account("1", of("254", nfts(("1", 2), ("2", 1)))), account("2", owner=BEN)]
    second = [account("1", of(FOX, nfts(("1", 3)))), account("3", of(FOX, nfts(("9", 1))), owner="")]

    differences, counts = compared(tmp_path, first, second)

    assert [(each.kind, each.account_id, each.nft_id[-2:], each.first, each.second) for each in differences] == [
        (DifferenceKind.COPIES, "1", "01", "2", "3"),
        (DifferenceKind.COPIES, "1", "02", "1", "0"),
        (DifferenceKind.ONLY_FIRST, "2", "", "0 collections", ""),
        (DifferenceKind.ONLY_SECOND, "3", "", "", "1 collections"),
    ]
    assert counts.same == 0


def test_another_owner_is_a_row(tmp_path: Path) -> None:
    (difference,), _ = compared(tmp_path, [account("1")], [account("1", owner=BEN)])

    assert (difference.kind, difference.first, difference.second) == (DifferenceKind.OWNER, ADA, BEN)


@pytest.mark.parametrize(
    ("here", "there"),
    [
        (account("1", gap="cut"), account("1", of(FOX, nfts(("1", 2))))),
        (account("1", of("254", nfts(complete=False), 1)), account("1", of(FOX, nfts(("1", 2))))),
        (account("1", of("254", nfts(("1", 2)))), account("1", gap="cut")),
    ],
    ids=["account incomplete", "list incomplete", "the other one incomplete"],
)
def test_what_an_incomplete_account_lacks_is_unclear(here: AccountRecord, there: AccountRecord, tmp_path: Path) -> None:
    differences, counts = compared(tmp_path, [here], [there])

    assert (differences, counts.unclear) == ([], 1)


def test_more_than_a_whole_archive_has_is_a_difference_even_of_an_incomplete_account(tmp_path: Path) -> None:
    here = account("1", of("254", nfts(("1", 5))), gap="cut")

    (difference,), counts = compared(tmp_path, [here], [account("1", of(FOX, nfts(("1", 2))))])

    assert (difference.first, difference.second, counts.unclear) == ("5", "2", 0)


def test_without_single_nfts_the_kinds_are_compared(tmp_path: Path) -> None:
    first = [account("1", of("254", None, 3)), account("2", of("254", None, 1), owner=BEN)]
    second = [account("1", of(FOX, nfts(("1", 9), ("2", 1)))), account("2", of(FOX, nfts(("1", 9))), owner=BEN)]

    (difference,), counts = compared(tmp_path, first, second)

    assert (difference.kind, difference.nft_id, difference.first, difference.second) == (
        DifferenceKind.KINDS,
        "",
        "3",
        "2",
    )
    assert counts.same == 1


def test_archives_of_two_networks_are_refused(tmp_path: Path) -> None:
    for network in ("loopring", "eip155:1"):
        write_archive(tmp_path / network.replace(":", "-"), header(network=network), [], [])
    first, second = Archive.open(tmp_path / "loopring"), Archive.open(tmp_path / "eip155-1")

    with pytest.raises(ConfigError, match="only archives of one network can be compared"):
        list(compare(first, second, Comparison()))

    first.close()
    second.close()
