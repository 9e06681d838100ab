"""What era1 files say is proven by Ethereum's hashes: every lie is named, and nothing counts as proven that is not."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.blocks.replay_folder import replay_folder
from bot.archive_api.era1.chain_proof import LAST_BEFORE_MERGE, KnownBlock, Run, TakenFile, proof_of
from bot.archive_api.era1.era1_file import Era1File
from bot.archive_api.era1.fetch_era1 import fetch_era1
from bot.archive_api.era1.rlp_items import RlpError, items_of, read_item
from bot.archive_api.era1.snappy_frames import SnappyError
from bot.archive_api.era1.taken_files import NAME, TakenBlocks, TakenFiles
from bot.errors import ConfigError, TesseraError
from bot.l2.block_errors import BlockError
from sandbox.rollup.era1 import snappy_pieces, write_era1, write_file
from sandbox.rollup.history import random_history
from sandbox.rollup.l1_chain import L1Block, Lie, l1_chain
from sandbox.rollup.submissions import submissions
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of

HISTORY = random_history(Random(3), 500)  # noqa: S311 - no secret
SUBMISSIONS = submissions(HISTORY.blocks)
CHAIN = l1_chain(SUBMISSIONS)
END = KnownBlock(CHAIN[-1].number, CHAIN[-1].hash)
KNOWN = (LAST_BEFORE_MERGE, END)
LAST = HISTORY.blocks[-1].number
# So few that the history takes several files.
EACH = 100


def take(files: Path, blocks: Path, known: Sequence[KnownBlock] = KNOWN) -> None:
    with BlockFolder(blocks).open_to_write() as folder:
        fetch_era1(files, folder, lambda _: None, known)


def proof(blocks: Path, known: Sequence[KnownBlock] = KNOWN) -> list[Run]:
    """What is proven of a folder, after all of its blocks were replayed."""
    taken = TakenFiles(blocks, BlockFolder(blocks).end())
    taken.check_known(known)
    seen = TakenBlocks(blocks, taken.files)
    replay_folder(BlockFolder(blocks), lambda _: None, seen.see)
    return proof_of(seen.compared(), known)


def stored(blocks: Path) -> list[int]:
    return [each.event.number for each in BlockFolder(blocks).iter_blocks()]


def test_a_whole_chain_to_a_known_hash_proves_all_blocks(tmp_path: Path) -> None:
    assert len(write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)) > 3
    take(tmp_path / "era1", tmp_path / "blocks")
    assert proof(tmp_path / "blocks") == [Run(CHAIN[0].number, END.number, (1, LAST), END)]


def test_files_may_be_taken_one_after_the_other_and_removed(tmp_path: Path) -> None:
    files = write_era1(tmp_path / "all", SUBMISSIONS, blocks_each=EACH)
    (tmp_path / "era1").mkdir()
    for place, file in enumerate(files):
        here = shutil.move(file, tmp_path / "era1" / file.name)
        take(tmp_path / "era1", tmp_path / "blocks")
        Path(here).unlink()
        (run,) = proof(tmp_path / "blocks")
        assert (run.known == END) is (place == len(files) - 1)
        assert (run.blocks or (0, 0))[1] == BlockFolder(tmp_path / "blocks").end()
    assert stored(tmp_path / "blocks")[-1] == LAST


def test_without_its_end_the_chain_proves_nothing_and_another_known_hash_proves_what_is_before(tmp_path: Path) -> None:
    files = write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    files[-1].unlink()
    take(tmp_path / "era1", tmp_path / "blocks")
    (run,) = proof(tmp_path / "blocks")
    assert run.known is None
    assert run.last == CHAIN[0].number + EACH * (len(files) - 1) - 1
    middle = CHAIN[2 * EACH - 1]
    known = KnownBlock(middle.number, middle.hash)
    proven, hanging = proof(tmp_path / "blocks", (*KNOWN, known))
    assert (proven.last, proven.known) == (middle.number, known)
    assert (hanging.first, hanging.known) == (middle.number + 1, None)
    assert proven.blocks
    assert hanging.blocks
    assert proven.blocks[1] + 1 == hanging.blocks[0]
    with pytest.raises(ConfigError, match="not Ethereum's history: the hash of block"):
        proof(tmp_path / "blocks", (*KNOWN, replace(known, hash=bytes(32))))


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (Lie.SWAPPED_RECEIPTS, r"the receipts of block [\d,]+ of Ethereum are not those that its header names"),
        (Lie.CHANGED_EVENT, r"the receipts of block [\d,]+ of Ethereum are not those that its header names"),
        (Lie.CHANGED_TRANSACTION, r"the transactions of block [\d,]+ of Ethereum are not those that its header names"),
        (Lie.BROKEN_PARENT, r"block [\d,]+ of Ethereum does not follow the one before"),
        (
            Lie.ALTERED_LAST_HEADER,
            rf"is not Ethereum's history: the hash of block {END.number:,} is 0x{END.hash.hex()}",
        ),
    ],
)
def test_every_lie_is_named_with_its_file(tmp_path: Path, lie: Lie, words: str) -> None:
    (path,) = write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=8_192, lie=lie)
    with pytest.raises(ConfigError, match=f"{path}: {words}"):
        take(tmp_path / "era1", tmp_path / "blocks")
    assert TakenFiles(tmp_path / "blocks", LAST).files == []
    if lie in (Lie.BROKEN_PARENT, Lie.ALTERED_LAST_HEADER):  # of the headers: found before anything else is read
        assert stored(tmp_path / "blocks") == []


@pytest.mark.parametrize("at", [EACH, 2 * EACH], ids=["the second file", "the third file"])
def test_a_forged_file_contradicts_the_one_beside_it_and_nothing_of_it_is_stored(tmp_path: Path, at: int) -> None:
    """In itself it is whole: all hashes were made again, but for that of the block before it."""
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    forged = l1_chain(SUBMISSIONS, before=bytes(32))
    file = write_file(tmp_path / "era1", forged[at : at + EACH], at // EACH)
    with pytest.raises(ConfigError, match=f"{file}: does not agree with mainnet-.*, which was taken before"):
        take(tmp_path / "era1", tmp_path / "blocks")
    before = [each for each in SUBMISSIONS if each.l1_block < forged[at].number]
    assert stored(tmp_path / "blocks")[-1] == before[-1].blocks[-1].number


def test_a_forged_file_that_was_taken_first_does_not_agree_with_the_true_one(tmp_path: Path) -> None:
    forged = l1_chain(SUBMISSIONS, before=bytes(32))
    write_file(tmp_path / "forged", forged[:EACH])
    take(tmp_path / "forged", tmp_path / "blocks")
    file = write_file(tmp_path / "era1", CHAIN[EACH : 2 * EACH], 1)
    with pytest.raises(ConfigError, match=f"{file}: does not agree with mainnet-"):
        take(tmp_path / "era1", tmp_path / "blocks")


def test_files_of_the_same_blocks_must_be_the_same(tmp_path: Path) -> None:
    write_file(tmp_path / "era1", CHAIN[:EACH])
    take(tmp_path / "era1", tmp_path / "blocks")
    longer = write_file(tmp_path / "longer", CHAIN[: EACH + 50])
    with pytest.raises(ConfigError, match=f"{longer}: does not have the same blocks of Ethereum as mainnet-"):
        take(tmp_path / "longer", tmp_path / "blocks")
    other = write_file(tmp_path / "other", l1_chain(SUBMISSIONS, before=bytes(32))[:EACH])
    with pytest.raises(ConfigError, match=f"{other}: does not have the same blocks of Ethereum as mainnet-"):
        take(tmp_path / "other", tmp_path / "blocks")


def test_a_known_block_has_to_be_the_last_of_its_file(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    inside = KnownBlock(CHAIN[5].number, CHAIN[5].hash)
    with pytest.raises(ConfigError, match=f"ends with block {CHAIN[EACH - 1].number:,} of Ethereum; a block with"):
        take(tmp_path / "era1", tmp_path / "blocks", (inside,))
    assert stored(tmp_path / "blocks") == []


def test_what_a_file_hides_is_not_proven_by_those_around_it(tmp_path: Path) -> None:
    """All of its hashes are right; nodes may have given anything for the blocks that it does not show."""
    folder_of(tmp_path / "blocks", fetched(HISTORY))
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    hiding = CHAIN[EACH : 2 * EACH]
    write_file(tmp_path / "era1", hiding, 1, compress=snappy_pieces)
    l1 = range(hiding[0].number, hiding[-1].number + 1)
    hidden = [block.number for each in SUBMISSIONS if each.l1_block in l1 for block in each.blocks]
    assert 1 < hidden[0] <= hidden[-1] < LAST
    take(tmp_path / "era1", tmp_path / "blocks")
    assert proof(tmp_path / "blocks") == [
        Run(CHAIN[0].number, END.number, (1, hidden[0] - 1), END),
        Run(CHAIN[0].number, END.number, (hidden[-1] + 1, LAST), END),
    ]


# ---------------------------------------------------------------- what nodes gave before, and what happens afterwards


def test_blocks_that_nodes_gave_are_proven_by_files_that_are_taken_later(tmp_path: Path) -> None:
    folder_of(tmp_path / "blocks", fetched(HISTORY))
    assert proof(tmp_path / "blocks") == []
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    assert proof(tmp_path / "blocks") == [Run(CHAIN[0].number, END.number, (1, LAST), END)]


@pytest.mark.parametrize("wrong", [1, 5, LAST])
def test_a_block_of_nodes_that_is_not_the_files_one_is_named(tmp_path: Path, wrong: int) -> None:
    blocks = fetched(HISTORY)
    other = replace(blocks[wrong - 1], l1_block=blocks[wrong - 1].l1_block + 1)
    folder_of(tmp_path / "blocks", [*blocks[: wrong - 1], other, *blocks[wrong:]])
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    with pytest.raises(ConfigError, match=f"block {wrong:,} of layer 2 is not the one that .*blocks has"):
        take(tmp_path / "era1", tmp_path / "blocks")


def test_blocks_that_are_replaced_afterwards_do_not_count_as_proven(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    blocks = list(BlockFolder(tmp_path / "blocks").iter_blocks())
    for each in (tmp_path / "blocks").glob("*.l2"):
        each.unlink()
    folder_of(tmp_path / "blocks", [replace(blocks[0], l1_block=1), *blocks[1:]])
    with pytest.raises(ConfigError, match=r"blocks 1 to \d+ of layer 2 are not those that mainnet-00000-"):
        proof(tmp_path / "blocks")


def test_a_file_whose_blocks_are_not_seen_to_its_end_does_not_count(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    taken = TakenFiles(tmp_path / "blocks", LAST)
    middle = next(each for each in taken.files if each.blocks and each.blocks[0] <= LAST // 2 <= each.blocks[1])
    assert middle.blocks
    first, last = middle.blocks
    seen = TakenBlocks(tmp_path / "blocks", taken.files)
    for block in BlockFolder(tmp_path / "blocks").iter_blocks():
        assert proof_of(seen.compared(), KNOWN)[0].blocks != (1, LAST)
        if block.event.number == last:
            assert proof_of(seen.compared(), KNOWN)[0].blocks == (1, first - 1)
        seen.see(block)
    assert proof_of(seen.compared(), KNOWN)[0].blocks == (1, LAST)


@pytest.mark.parametrize(
    "changed",
    [
        {"blocks": [2, 1]},  # nothing after it would be compared
        {"blocks": [1, 2**63]},
        {"blocks": ["1", 2]},
        {"blocks": [1]},
        {"blocks": 1},
        {"first": 11_149_814 - 8_192},  # no era1 file is so long
        {"first": 15_537_393},
        {"first": -1},
        {"last": 1e300},
        {"last": None},
        {"hash": "55b1"},
        {"parent": 5},
    ],
    ids=str,
)
def test_a_line_that_is_about_no_era1_file_is_damaged(tmp_path: Path, changed: dict[str, object]) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    kept = tmp_path / "blocks" / NAME
    lines = [orjson.loads(line) for line in kept.read_bytes().splitlines()]
    lines[0] |= changed
    kept.write_bytes(b"".join(orjson.dumps(each) + b"\n" for each in lines))
    with pytest.raises(ConfigError, match=f"{kept}: line 1 is damaged"):
        proof(tmp_path / "blocks")


def test_a_name_of_any_bytes_is_kept_as_it_can_be_printed(tmp_path: Path) -> None:
    folder = BlockFolder(tmp_path).open_to_write()
    taken = TakenFiles(tmp_path, 0)
    taken.add(TakenFile(b"odd\xff\x1b[2J.era1".decode("utf-8", "surrogateescape"), 0, 9, bytes(32), bytes(32)))
    folder.close()
    (again,) = TakenFiles(tmp_path, 0).files
    assert again.name.isprintable()
    assert (again.name[:3], again.name[-5:]) == ("odd", ".era1")


def test_files_whose_blocks_were_removed_are_taken_again(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    blocks = list(BlockFolder(tmp_path / "blocks").iter_blocks())
    for each in (tmp_path / "blocks").glob("*.l2"):
        each.unlink()
    folder_of(tmp_path / "blocks", blocks[: LAST // 2])
    (run,) = proof(tmp_path / "blocks")
    assert run.known is None
    assert (run.blocks or (0, 0))[1] <= LAST // 2
    take(tmp_path / "era1", tmp_path / "blocks")
    assert proof(tmp_path / "blocks") == [Run(CHAIN[0].number, END.number, (1, LAST), END)]


def test_after_a_crash_at_any_byte_the_file_that_was_cut_off_is_taken_again(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    kept = tmp_path / "blocks" / NAME
    whole = kept.read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == 0x0A]
    assert len(ends) > 3
    for before, end in pairwise([0, *ends]):
        for length in (before, before + 1, (before + end) // 2, end - 1):
            kept.write_bytes(whole[:length])
            assert len(TakenFiles(tmp_path / "blocks", LAST).files) == whole[:length].count(b"\n")
            take(tmp_path / "era1", tmp_path / "blocks")
            assert kept.read_bytes() == whole


def test_a_line_that_is_damaged_is_named(tmp_path: Path) -> None:
    write_era1(tmp_path / "era1", SUBMISSIONS, blocks_each=EACH)
    take(tmp_path / "era1", tmp_path / "blocks")
    kept = tmp_path / "blocks" / NAME
    lines = kept.read_bytes().splitlines(keepends=True)
    kept.write_bytes(b"".join([lines[0], lines[1].replace(b'"hash"', b'"hush"'), *lines[2:]]))
    with pytest.raises(ConfigError, match=f"{kept}: line 2 is damaged"):
        proof(tmp_path / "blocks")
    at = lines[1].index(b'"hash":"') + 9
    changed = lines[1][:at] + (b"0" if lines[1][at : at + 1] != b"0" else b"1") + lines[1][at + 1 :]
    kept.write_bytes(b"".join([lines[0], changed, *lines[2:]]))
    with pytest.raises(ConfigError, match="does not agree with mainnet-00001-"):
        proof(tmp_path / "blocks")


def test_the_file_about_files_may_be_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("")
    (tmp_path / NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="it is a link"):
        TakenFiles(tmp_path, 0)


# ---------------------------------------------------------------- any bit that matters


def outcome(path: Path, blocks: Path, end: L1Block) -> tuple[list[object], list[Run]] | None:
    """The blocks that a file gives, and what is proven of them; None: it is refused, or passed over."""
    shutil.rmtree(blocks, ignore_errors=True)
    try:
        take(path.parent, blocks, [KnownBlock(end.number, end.hash)])
    except (ConfigError, BlockError):
        return None
    if not TakenFiles(blocks, LAST).files:  # it says that it is of before the exchange
        assert stored(blocks) == []
        return None
    return list(BlockFolder(blocks).iter_blocks()), proof(blocks, [KnownBlock(end.number, end.hash)])


def what_matters(path: Path, with_events: Sequence[int]) -> object:
    """All headers, and the receipts and transactions of the blocks with events; None: it cannot be read."""
    try:
        file = Era1File(path)
        headers = [file.header(place) for place in range(file.count)]
        receipts = [file.receipts(place) for place in with_events]
        transactions = [items_of(read_item(file.body(place)))[0].content for place in with_events]
    except (TesseraError, SnappyError, RlpError, IndexError):
        return None
    return file.first, headers, receipts, transactions


def flip(path: Path, whole: bytes, bit: int) -> None:
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)


def test_one_bit_of_each_byte_of_a_small_file_is_found_where_it_matters(tmp_path: Path) -> None:
    chain = l1_chain(SUBMISSIONS[:1])
    path = write_file(tmp_path / "era1", chain)
    whole, expected = path.read_bytes(), outcome(path, tmp_path / "blocks", chain[-1])
    matters = what_matters(path, [0])
    assert expected
    found = 0
    for place in range(len(whole)):
        flip(path, whole, place * 8 + place % 8)
        got = outcome(path, tmp_path / "blocks", chain[-1])
        found += got is None
        assert got is None or (got == expected and what_matters(path, [0]) == matters)
    # The rest are checksums of frames, the difficulty, the accumulator, and places that are not looked up.
    assert found > len(whole) * 0.8


SMALL = l1_chain(SUBMISSIONS[:2])
EVENTS = [0, len(SMALL) - 1]


@given(st.data())
def test_any_bit_of_a_chain_is_found_where_it_matters(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flipped")
    path = write_file(folder / "era1", SMALL)
    whole, expected = path.read_bytes(), outcome(path, folder / "blocks", SMALL[-1])
    matters = what_matters(path, EVENTS)
    assert expected
    flip(path, whole, data.draw(st.integers(0, len(whole) * 8 - 1)))
    got = outcome(path, folder / "blocks", SMALL[-1])
    assert got is None or (got == expected and what_matters(path, EVENTS) == matters)
    shutil.rmtree(folder)
