"""From blocks to an archive: accounts, owners and collections; and what happens where a block is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from bot.archive.integrity import verify
from bot.archive.known_collections import KnownCollection, collection_number, read_known_collections
from bot.archive.reader import Archive
from bot.archive.show import summary_text
from bot.archive.snapshot_holdings import SnapshotHoldings
from bot.archive.snapshot_rows import SnapshotRow
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.archive_api.rebuilt_archive import write_rebuilt
from bot.errors import ConfigError
from bot.l2.block_errors import BlockError, ChainError
from bot.l2.submissions import SubmittedBlock
from sandbox.rollup import layouts
from sandbox.rollup.history import random_history
from sandbox.rollup.rollup import Rollup
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.l2.made_blocks import after

HISTORY = random_history(Random(11), 600)  # noqa: S311 - no secret
CONTRACT = "0x" + "cc" * 20
ANN = b"\xa1" * 20


def rebuilt(tmp_path: Path, history: Rollup, known: dict[str, KnownCollection] | None = None) -> Archive:
    path = tmp_path / "rebuilt.tessera"
    replay = replay_folder(folder_of(tmp_path / "blocks", fetched(history)), lambda _: None)
    write_rebuilt(path, replay, known or {})
    return Archive.open(path, network="loopring")


def test_an_archive_has_every_account_its_owner_and_what_it_holds(tmp_path: Path) -> None:
    archive = rebuilt(tmp_path, HISTORY)
    held = HISTORY.ledger.holdings()
    for account, owner in HISTORY.ledger.owners.items():
        record = archive.find_account(str(account))
        assert record is not None
        assert (record.owner, record.owner_since) == ("0x" + owner.hex(), HISTORY.ledger.since[account])
        assert record.whole
        assert record.total == len(record.holdings)
        found: dict[bytes, dict[int, int]] = {}
        for each in record.holdings:
            collection = archive.find_collection(each.collection_id)
            assert collection is not None
            assert each.nfts is not None
            assert each.kinds == len(each.nfts.nfts)
            contract = bytes.fromhex(collection.contract_address[2:])
            found[contract] = {nft.token_id or 0: nft.copies for nft in each.nfts.nfts}
        assert found == held.get(account, {})
        assert archive.find_account_of("0x" + owner.hex()) is not None
    archive.close()
    assert verify(archive.path).faults == ()


def test_it_says_which_block_it_ends_with_and_when_that_was(tmp_path: Path) -> None:
    archive = rebuilt(tmp_path, HISTORY)
    last = HISTORY.blocks[-1]
    assert archive.header.rebuilt is not None
    assert (archive.header.rebuilt.block, archive.header.rebuilt.root) == (last.number, "0x" + last.root.hex())
    moment = datetime.fromtimestamp(int.from_bytes(last.data[84:88], "big"), UTC)
    assert archive.header.recorded_at == moment
    assert f"As of block {last.number} of {moment:%Y-%m-%d %H:%M:%S} UTC" in summary_text(archive)
    assert "0x" + last.root.hex() in summary_text(archive)
    archive.close()


def test_the_same_blocks_make_the_same_file(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        rebuilt(tmp_path / name, HISTORY).close()
    assert (tmp_path / "one/rebuilt.tessera").read_bytes() == (tmp_path / "other/rebuilt.tessera").read_bytes()


def test_a_known_collection_has_its_number_name_and_picture_and_any_other_one_of_its_contract(tmp_path: Path) -> None:
    contracts = sorted({contract for held in HISTORY.ledger.holdings().values() for contract in held})
    first, other = ("0x" + contract.hex() for contract in contracts[:2])
    archive = rebuilt(tmp_path, HISTORY, {first: KnownCollection("254", "Harbour Lights", "ipfs://picture")})
    known, unknown = archive.find_collection("254"), archive.find_collection(collection_number(other))
    archive.close()
    assert known is not None
    assert (known.name, known.avatar_uris, known.contract_address) == ("Harbour Lights", ("ipfs://picture",), first)
    assert unknown is not None
    assert (unknown.name, unknown.contract_address) == ("", other)


def test_a_number_that_follows_from_a_contract_has_eighteen_digits_and_never_changes() -> None:
    assert collection_number(CONTRACT) == "597875416184113202"
    assert {len(collection_number(f"0x{place:040x}")) for place in range(2_000)} == {18}


# Found by trying 1.3 thousand million of them, which took one core two minutes: their 18 digits are the same.
TWINS = ("0x0000000000000000000000000560e97092530e2e", "0x0000000000000000000000000d44e2f6f7f1d3d2")


def test_contracts_that_were_made_to_share_a_number_stop_nothing_and_none_of_them_has_it(tmp_path: Path) -> None:
    assert {collection_number(contract) for contract in TWINS} == {"414926480156655263"}
    rollup = Rollup()
    rollup.deposit(10_001, ANN)
    for place, contract in enumerate((*TWINS, CONTRACT)):
        minted = layouts.MadeNft(ANN, 0, bytes.fromhex(contract[2:]), bytes([place]) * 32, 0)
        rollup.deposit(900 + place, minted.contract)
        rollup.mint(10_001, 1, 900 + place, minted)
    rollup.close()
    numbers = {**{contract: collection_number(contract, 1) for contract in TWINS}, CONTRACT: "597875416184113202"}
    archive = rebuilt(tmp_path, rollup)
    found = {number: archive.find_collection(number) for number in (*numbers.values(), "414926480156655263")}
    archive.close()
    assert {each.contract_address: number for number, each in found.items() if each} == numbers
    assert len(set(numbers.values())) == 3
    # An imported list of holders calls them the same, in whatever order it names them.
    for contracts in (TWINS, TWINS[::-1]):
        rows = [SnapshotRow(2, "0x" + ANN.hex(), contract, 1, "ERC721", 1) for contract in contracts]
        imported = SnapshotHoldings(rows).collections("loopring", {})
        assert {each.contract_address: each.collection_id for each in imported} == {
            contract: numbers[contract] for contract in TWINS
        }


def test_a_list_that_gives_two_contracts_one_number_is_refused(tmp_path: Path) -> None:
    contracts = sorted({contract for held in HISTORY.ledger.holdings().values() for contract in held})
    known = {"0x" + contract.hex(): KnownCollection("254") for contract in contracts[:2]}
    with pytest.raises(ConfigError, match="both have the number 254: leave it out of one of their lines"):
        rebuilt(tmp_path, HISTORY, known)
    assert not (tmp_path / "rebuilt.tessera").exists()


def test_an_account_that_a_block_contradicts_is_incomplete_and_the_others_are_not(tmp_path: Path) -> None:
    replay = after(
        layouts.deposit(ANN, 1001, 0, 1),
        layouts.deposit(b"\xb2" * 20, 1002, 0, 1),
        layouts.withdrawal(0, ANN, 1001, 0x8000, 1),
    )
    write_rebuilt(tmp_path / "a", replay, {})
    archive = Archive.open(tmp_path / "a")
    incomplete, whole = archive.find_account("1001"), archive.find_account("1002")
    archive.close()
    assert incomplete is not None
    assert (incomplete.complete, incomplete.total) == (False, None)
    assert incomplete.incomplete_reason == "More copies leave a slot of this account than it holds."
    assert whole is not None
    assert whole.complete
    assert archive.index.incomplete == 1


@pytest.mark.parametrize("fault", ["missing", "another", "cut off"])
def test_a_wrong_block_stops_the_rebuild_and_is_named(tmp_path: Path, fault: str) -> None:
    blocks = fetched(HISTORY)
    folder = folder_of(tmp_path, blocks)
    if fault == "missing":
        folder.iter_blocks = lambda: iter([*blocks[:4], *blocks[5:]])  # type: ignore[method-assign]
        words = "Block 5 is missing: 6 comes after 4"
    else:
        data = blocks[4].block.data
        data = data[:-1] if fault == "cut off" else data[:-1] + b"\x01"
        broken = replace(blocks[4], block=SubmittedBlock(blocks[4].block.size, 0, data))
        folder = folder_of(tmp_path / "broken", [*blocks[:4], broken, *blocks[5:]])
        words = "Block 5: the SHA-256"
    with pytest.raises(BlockError, match=words) as caught:
        replay_folder(folder, lambda _: None)
    assert isinstance(caught.value, ChainError)


def test_an_empty_folder_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there are no blocks"):
        replay_folder(folder_of(tmp_path, []), lambda _: None)


def test_known_collections_are_read_from_a_table(tmp_path: Path) -> None:
    path = tmp_path / "known.csv"
    path.write_text(
        f'number,contract,name\n0254,{CONTRACT.upper().replace("0X", "0x")},"Harbour, Lights"\n', "utf-8-sig"
    )
    assert read_known_collections(path) == {CONTRACT: KnownCollection("254", "Harbour, Lights")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must name the columns"),
        ("number,name\n1,a\n", "must name the columns"),
        ("contract,colour\n", "must name the columns"),
        ("contract\n0x12\n", "line 2: “0x12” is not a contract"),
        (f"contract,number\n{CONTRACT},12a\n", "line 2: “12a” is not a collection's number"),
        (f"contract,number\n{CONTRACT},{10**17}\n", "1 to 17 digits"),
        (f"contract,number\n{CONTRACT},000\n", "“000” is not a collection's number"),
        (f'contract,name\n{CONTRACT},"never closed\n', "is not CSV: unexpected end of data"),
        (f'contract,name\n{CONTRACT},"{"x" * 200_000}"\n', "is not CSV: field larger than field limit"),
        (f"contract\n{CONTRACT}\n{CONTRACT}\n", f"line 3: the contract {CONTRACT} is there twice"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "known.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=words):
        read_known_collections(path)


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_known_collections(tmp_path / "missing")
    (tmp_path / "latin").write_bytes(b"contract,name\n\xff,\xe9\n")
    with pytest.raises(ConfigError, match="not a text in UTF-8"):
        read_known_collections(tmp_path / "latin")
