"""Blocks of layer 2 from era1 files: the same as from nodes, checked as these are, and resumed at any place."""

from __future__ import annotations

import resource
import tracemalloc
from dataclasses import replace
from pathlib import Path
from random import Random
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archive_api.blocks.block_folder import BlockFolder
from bot.archive_api.era1.era1_events import called
from bot.archive_api.era1.fetch_era1 import fetch_era1
from bot.archive_api.era1.rlp_items import RlpError, items_of, read_item
from bot.archive_api.era1.snappy_frames import SnappyError, read_block, read_frames
from bot.errors import ConfigError
from bot.l2.block_check import BLOCK_SUBMITTED
from bot.l2.block_errors import BlockError
from sandbox.rollup.era1 import snappy_block, snappy_frames, write_era1
from sandbox.rollup.history import random_history
from sandbox.rollup.ordered_trie import root_of
from sandbox.rollup.rlp import rlp
from sandbox.rollup.submissions import submissions
from tests.archive_api.blocks.fetched_blocks import fetched

HISTORY = random_history(Random(3), 500)  # noqa: S311 - no secret
SUBMISSIONS = submissions(HISTORY.blocks)
FIRST = SUBMISSIONS[0].l1_block


def taken(files: Path, blocks: Path) -> list[tuple[int, bytes]]:
    """The blocks in the folder after the files were read."""
    with BlockFolder(blocks).open_to_write() as folder:
        fetch_era1(files, folder, lambda _: None)
    return [(each.event.number, each.block.data) for each in BlockFolder(blocks).iter_blocks()]


def test_the_blocks_are_those_that_nodes_give(tmp_path: Path) -> None:
    assert len(write_era1(tmp_path / "era1", SUBMISSIONS)) > 2
    assert taken(tmp_path / "era1", tmp_path / "blocks") == [
        (each.event.number, each.block.data) for each in fetched(HISTORY)
    ]


def test_a_transaction_of_ethereum_has_the_hash_that_ethereum_says() -> None:
    """The very first one, of block 46,147."""
    signed = bytes.fromhex(
        "f86780862d79883d2000825208945df9b87991262f6ba471f09758cde1c0fc1de734827a69801ca088ff6cf0fefd94db46111149ae4bfc17"
        "9e9b94721fffd821d38d16464b3f71d0a045e0aff800961cfce805daef7016b9b675c137a6a41a548f7b60a3484c06a33a"
    )
    known = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060"
    assert called(read_item(signed)) == (known, b"")


@pytest.mark.parametrize("stored", [1, 2, 3, 4, 5, 6])
def test_what_is_there_already_is_not_taken_again_wherever_it_ended(tmp_path: Path, stored: int) -> None:
    """Also in the middle of a transaction that submitted several blocks."""
    write_era1(tmp_path / "era1", SUBMISSIONS)
    expected = fetched(HISTORY)
    with BlockFolder(tmp_path / "blocks").open_to_write() as folder:
        folder.append(expected[:stored])
    assert len(taken(tmp_path / "era1", tmp_path / "blocks")) == len(expected)


def test_a_file_that_is_missing_is_a_gap_that_is_named(tmp_path: Path) -> None:
    files = write_era1(tmp_path / "era1", SUBMISSIONS)
    files[1].unlink()
    with pytest.raises(BlockError, match=r"Block \d+ is missing"):
        taken(tmp_path / "era1", tmp_path / "blocks")


def test_a_block_that_is_not_that_of_its_event_is_named(tmp_path: Path) -> None:
    written = SUBMISSIONS[2].calldata
    place = written.index(SUBMISSIONS[2].blocks[0].root)
    wrong = replace(SUBMISSIONS[2], calldata=written[:place] + bytes([written[place] ^ 1]) + written[place + 1 :])
    write_era1(tmp_path / "era1", [*SUBMISSIONS[:2], wrong])
    with pytest.raises(BlockError, match=r"transaction 0x\w{64}: Block \d+: the SHA-256 of its data is"):
        taken(tmp_path / "era1", tmp_path / "blocks")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not an era1 file"),
        (b"short", "not an era1 file"),
        (b"not one at all" * 9, "not an era1 file"),
        (b"\1\0\0\0\0\0\0\0" * 9, "not an era1 file"),
        (None, "not an era1 file"),
    ],
    ids=["empty", "short", "another", "numbers", "cut off"],
)
def test_what_is_no_such_file_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    (path,) = write_era1(tmp_path / "era1", SUBMISSIONS[:1])
    path.write_bytes(path.read_bytes()[:-20] if content is None else content)
    with pytest.raises(ConfigError, match=words):
        taken(tmp_path / "era1", tmp_path / "blocks")


@pytest.mark.parametrize("length", range(64_470, 64_525))
def test_an_event_is_found_wherever_a_frame_ends(tmp_path: Path, length: int) -> None:
    others = Random(length).randbytes(length)  # noqa: S311 - no secret
    write_era1(tmp_path / "era1", SUBMISSIONS[:1], others=others)
    assert len(taken(tmp_path / "era1", tmp_path / "blocks")) == len(SUBMISSIONS[0].blocks)


def test_a_file_of_which_the_middle_is_missing_is_named(tmp_path: Path) -> None:
    (path,) = write_era1(tmp_path / "era1", SUBMISSIONS[:2])
    content = path.read_bytes()
    path.write_bytes(content[:3_000] + content[3_500:])
    with pytest.raises(ConfigError, match="not an era1 file, or one that is cut off"):
        taken(tmp_path / "era1", tmp_path / "blocks")


def test_receipts_that_are_damaged_are_named_with_their_block(tmp_path: Path) -> None:
    (path,) = write_era1(tmp_path / "era1", SUBMISSIONS[:1])
    content = path.read_bytes()
    place = content.index(BLOCK_SUBMITTED)
    path.write_bytes(content[: place - 30] + bytes(20) + content[place - 10 :])
    with pytest.raises(ConfigError, match=r"block 11,149,814 of Ethereum is damaged: "):
        taken(tmp_path / "era1", tmp_path / "blocks")


def test_a_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no era1 files are there"):
        taken(tmp_path, tmp_path / "blocks")


def one_block(path: Path, receipts: bytes, *, root: bytes = bytes(32), bodies: int = 1, number: int = FIRST) -> None:
    """A file of one block with these receipts, made by somebody who means harm."""
    header = rlp([bytes(32), b"", b"", b"", bytes(32), root, b"", b"", number, *[b""] * 6])
    entries = b"".join(
        pack("<HIH", kind, len(content), 0) + content
        for kind, content in [
            (0x3265, b""),
            (0x03, snappy_frames(header)),
            *[(0x04, b"")] * bodies,
            (0x05, receipts),
        ]
    )
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(entries + pack("<HIHQqQ", 0x3266, 24, 0, number, 0, 1))


def framed(content: bytes) -> bytes:
    """Compressed, with the topic where it is searched."""
    return snappy_frames(content) + b"\xfe" + len(BLOCK_SUBMITTED).to_bytes(3, "little") + BLOCK_SUBMITTED


@pytest.mark.parametrize(
    ("receipts", "root", "fault"),
    [
        (framed(rlp([[1, 2, 3]])), root_of([rlp([1, 2, 3])]), "parts"),
        (framed(rlp([[1, 2, 3, [[b"", []]]]])), root_of([rlp([1, 2, 3, [[b"", []]]])]), "parts"),
        (framed(rlp([b"\1"] * 200_000)), bytes(32), "more items than a block"),
        (framed(bytes(40 * 1024 * 1024)), bytes(32), "too long"),
        (
            b"\x00" + (2_000_000).to_bytes(3, "little") + bytes(4) + b"\xff" * 1_999_996 + BLOCK_SUBMITTED,
            bytes(32),
            "too long",
        ),
    ],
    ids=["three fields", "a log without data", "many items", "large", "a length without an end"],
)
def test_receipts_that_are_made_to_harm_are_named_and_cost_little(
    tmp_path: Path, receipts: bytes, root: bytes, fault: str
) -> None:
    one_block(tmp_path / "era1" / "made.era1", receipts, root=root)
    with pytest.raises(ConfigError, match=f"block 11,149,814 of Ethereum is damaged: .*{fault}"):
        taken(tmp_path / "era1", tmp_path / "blocks")


def test_entries_are_not_listed_beyond_those_of_the_blocks(tmp_path: Path) -> None:
    """Eight bytes each in the file, and far more once they are listed."""
    one_block(tmp_path / "era1" / "made.era1", b"", bodies=500_000)
    tracemalloc.start()
    try:
        with pytest.raises(ConfigError, match="not an era1 file"):
            taken(tmp_path / "era1", tmp_path / "blocks")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_more_files_are_read_than_may_be_open_at_once(tmp_path: Path) -> None:
    """All of Ethereum before the merge has 1,897, and a process may usually have 1,024 open."""
    for place in range(100):
        one_block(tmp_path / "era1" / f"{place}.era1", b"", number=FIRST + 2 * place)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (sum(1 for _ in Path("/proc/self/fd").iterdir()) + 30, before[1]))
    try:
        assert taken(tmp_path / "era1", tmp_path / "blocks") == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


# ---------------------------------------------------------------- the formats


VECTORS = [
    # From format_description.txt: a literal, a copy of one byte, and one whose source overlaps it ("xababab").
    ("00", b""),
    ("0308616263", b"abc"),
    ("0708786162" + "01" + "02", b"xababab"),
    ("0a" + "00" + "61" + "22" + "0100", b"a" * 10),
    ("0a" + "00" + "61" + "23" + "01000000", b"a" * 10),
    ("3d" + "f0" + "3c" + "62" * 61, b"b" * 61),
]


@pytest.mark.parametrize(("block", "content"), VECTORS)
def test_blocks_of_snappy(block: str, content: bytes) -> None:
    assert read_block(bytes.fromhex(block)) == content


@pytest.mark.parametrize(
    "block",
    ["", "80", "03086162", "0400610101" + "05", "0a0061220000", "0a0061220200", "0208616263", "ffffffffff0f"],
)
def test_a_block_that_is_wrong_is_refused(block: str) -> None:
    with pytest.raises(SnappyError):
        read_block(bytes.fromhex(block))


@given(st.lists(st.binary(max_size=40) | st.sampled_from([b"abcdabcd" * 5, b"\0" * 200]), max_size=30).map(b"".join))
def test_what_was_compressed_comes_back(content: bytes) -> None:
    assert read_block(snappy_block(content)) == content
    assert read_frames(snappy_frames(content)) == content


def test_frames_of_every_kind() -> None:
    long = Random(1).randbytes(150_000)  # noqa: S311 - no secret
    assert read_frames(snappy_frames(long)) == long
    plain = b"\x01\x07\x00\x00" + bytes(4) + b"abc"
    padding = b"\xfe\x02\x00\x00xx" + b"\x80\x01\x00\x00x"
    assert read_frames(padding + plain + plain) == b"abcabc"
    for wrong in (plain[:-1], b"\x02\x00\x00\x00", b"\x01\x09"):
        with pytest.raises(SnappyError):
            read_frames(wrong)


@given(st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=6), max_leaves=20))
def test_rlp_comes_back(value: object) -> None:
    def read(item: object) -> object:
        return [read(each) for each in items_of(item)] if item.is_list else item.content  # type: ignore[attr-defined,arg-type]

    encoded = rlp(value)  # type: ignore[arg-type]
    assert read(read_item(encoded)) == value
    for length in range(len(encoded)):
        with pytest.raises(RlpError):
            read_item(encoded[:length])
