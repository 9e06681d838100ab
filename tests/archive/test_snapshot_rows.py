"""A published list of holders, line by line: what is read, and what is refused with its line."""

from __future__ import annotations

import pytest

from bot.archive.known_collections import KnownCollection, collection_number
from bot.archive.lines import HeldRecord
from bot.archive.snapshot_holdings import SnapshotHoldings
from bot.archive.snapshot_rows import SnapshotRow, read_rows
from bot.errors import InputError
from tests.archive.fixtures import ADA, RECORDED_AT

HEAD = "holder,nft_address,nft_id,nft_type,nft_amount"
BEN = "0x" + "b" * 40
FOX, OWL = "0x" + "f" * 40, "0x" + "1" * 40


def test_a_row_is_read_whatever_the_order_of_the_columns_and_the_case_of_the_letters() -> None:
    lines = [
        "\ufeffNote,NFT_Amount,nft_type,nft_id,nft_address,Holder",
        f"x,3,1,0xFf,{FOX.upper().replace('X', 'x')},{ADA}",
        "",
    ]

    assert list(read_rows(lines)) == [SnapshotRow(2, ADA, FOX, 255, "ERC1155", 3)]


def test_types_are_the_other_way_round_than_in_the_blocks() -> None:
    rows = read_rows([HEAD, f"{ADA},{FOX},1,0,1", f"{ADA},{FOX},2,1,1"])

    assert [row.standard for row in rows] == ["ERC721", "ERC1155"]


REFUSED = {
    "nothing": ([], "The snapshot is empty: its first line must name the columns"),
    "no column": (["holder,nft_address,nft_id,nft_type"], "no column nft_amount"),
    "short row": ([HEAD, f"{ADA},{FOX},1,1"], "Line 2: fewer fields than columns."),
    "not an address": ([HEAD, f"{ADA[:-1]},{FOX},1,1,1"], "Line 2: holder is “0x90e"),
    "a name": ([HEAD, f"{ADA},fox.eth,1,1,1"], "Line 2: nft_address is “fox.eth”, and must be an address"),
    "negative id": ([HEAD, f"{ADA},{FOX},-1,1,1"], "Line 2: nft_id is “-1”"),
    "id of 257 bits": ([HEAD, f"{ADA},{FOX},{2**256},1,1"], "Line 2: nft_id is"),
    "other digits": ([HEAD, f"{ADA},{FOX},٣,1,1"], "Line 2: nft_id is “٣”"),
    "type": ([HEAD, f"{ADA},{FOX},1,2,1"], "Line 2: nft_type is “2”, and must be 0 (ERC-721) or 1 (ERC-1155)."),
    "half an NFT": ([HEAD, f"{ADA},{FOX},1,1,0.5"], "Line 2: nft_amount is “0.5”"),
    "amount of 97 bits": ([HEAD, f"{ADA},{FOX},1,1,{2**96}"], "Line 2: nft_amount is"),
    "open quote": ([HEAD, f'"{ADA},{FOX},1,1,1'], "Line 2: not CSV: unexpected end of data."),
}


@pytest.mark.parametrize(("lines", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_holding_is_refused_with_its_line(lines: list[str], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        list(read_rows(lines))

    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 250


def test_a_long_wrong_value_is_cut_in_the_sentence() -> None:
    with pytest.raises(InputError) as refused:
        list(read_rows([HEAD, f"{'x' * 5000},{FOX},1,1,1"]))

    assert f"“{'x' * 60}…”" in str(refused.value)


def test_holdings_are_grouped_by_holder_and_contract() -> None:
    rows = [
        SnapshotRow(2, BEN, FOX, 2, "ERC721", 1),
        SnapshotRow(3, ADA, FOX, 1, "ERC721", 1),
        SnapshotRow(4, ADA, OWL, 9, "ERC1155", 5),
        SnapshotRow(5, ADA, OWL, 8, "ERC1155", 0),
    ]
    holdings = SnapshotHoldings(rows)

    assert (holdings.held, holdings.zeros, holdings.holders) == (3, 1, 2)
    collections = holdings.collections("loopring", {FOX: KnownCollection("254", "Foxes")})
    owls = collection_number(OWL)
    assert [(each.collection_id, each.contract_address, each.name, each.nft_type) for each in collections] == [
        ("254", FOX, "Foxes", "ERC721"),
        (owls, OWL, "", "ERC1155"),
    ]
    ada, ben = holdings.accounts(RECORDED_AT, collections, lambda owner: "10001" if owner == ADA else None)
    assert (ada.account_id, ada.owner, ada.complete, ada.total) == ("10001", ADA, True, 2)
    assert [(held.collection_id, held.kinds, copies(held)) for held in ada.holdings] == [
        ("254", 1, [1]),
        (owls, 1, [5]),
    ]
    assert (ben.account_id, ben.owner) == (BEN, BEN)


def copies(held: HeldRecord) -> list[int]:
    """Of each NFT."""
    assert held.nfts
    return [nft.copies for nft in held.nfts.nfts]


def test_a_contract_of_both_standards_has_none() -> None:
    rows = [SnapshotRow(2, ADA, FOX, 1, "ERC721", 1), SnapshotRow(3, ADA, FOX, 1, "ERC1155", 1)]

    (collection,) = SnapshotHoldings(rows).collections("loopring", {})

    assert collection.nft_type == ""


def test_a_row_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"Line 7: the same NFT of the same holder"):
        SnapshotHoldings([SnapshotRow(2, ADA, FOX, 1, "ERC721", 1), SnapshotRow(7, ADA, FOX, 1, "ERC721", 0)])


def test_one_number_for_two_owners_is_refused() -> None:
    holdings = SnapshotHoldings([SnapshotRow(2, ADA, FOX, 1, "ERC721", 1), SnapshotRow(3, BEN, FOX, 2, "ERC721", 1)])

    with pytest.raises(InputError, match="Account 7 would belong to"):
        list(holdings.accounts(RECORDED_AT, [], lambda _owner: "7"))
