"""Blocks on the disk: read again as they were, cut off by a crash at any byte, damaged, in use, and of another form."""

from __future__ import annotations

import re
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path
from random import Random
from struct import pack
from typing import Any

import orjson
import pytest

from bot.archive_api.blocks.block_folder import BlockFolder
from bot.errors import ConfigError
from sandbox.rollup.history import random_history
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of

BLOCKS = fetched(random_history(Random(3), 60))  # noqa: S311 - no secret


# So that a few blocks fill more than one file.
PER_FILE = 3


def test_blocks_are_read_again_from_several_files(tmp_path: Path) -> None:
    assert list(folder_of(tmp_path, BLOCKS, blocks_per_file=PER_FILE).iter_blocks()) == BLOCKS
    assert len(list(tmp_path.glob("blocks-*.l2"))) == -(-len(BLOCKS) // 3) > 1


@pytest.mark.parametrize("count", [0, 1, 3, 4, 6])
def test_blocks_are_read_from_any_one_on(tmp_path: Path, count: int) -> None:
    folder = folder_of(tmp_path, BLOCKS[:count], blocks_per_file=PER_FILE)
    for first in range(1, count + 3):
        assert list(folder.iter_from(first)) == BLOCKS[first - 1 : count]
    assert folder.end() == count


def test_files_before_the_first_that_is_wanted_are_not_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:6], blocks_per_file=PER_FILE)
    (tmp_path / "blocks-000001.l2").write_bytes(b"damaged")
    assert list(folder.iter_from(5)) == BLOCKS[4:6]
    assert folder.end() == 6


@pytest.mark.parametrize("length", [0, 5, 30])
def test_the_end_is_known_where_a_crash_cut_off_the_first_record_of_a_file(tmp_path: Path, length: int) -> None:
    folder = folder_of(tmp_path, BLOCKS[:4], blocks_per_file=PER_FILE)
    last = tmp_path / "blocks-000004.l2"
    last.write_bytes(last.read_bytes()[:length])
    assert folder.end() == 3


def test_after_a_crash_at_any_byte_it_goes_on_and_ends_in_the_same_files(tmp_path: Path) -> None:
    folder_of(tmp_path / "whole", BLOCKS[:4], blocks_per_file=PER_FILE)
    files = {path.name: path.read_bytes() for path in sorted((tmp_path / "whole").glob("*.l2"))}
    first, last = files
    for length in range(len(files[last])):
        path = tmp_path / "cut"
        path.mkdir(exist_ok=True)
        (path / first).write_bytes(files[first])
        (path / last).write_bytes(files[last][:length])
        before = list(BlockFolder(path).iter_blocks())
        assert before == BLOCKS[: len(before)]
        with BlockFolder(path, blocks_per_file=PER_FILE).open_to_write() as folder:
            assert folder.last == before[-1]
            folder.append(BLOCKS[len(before) : 4])
        assert {each.name: each.read_bytes() for each in sorted(path.glob("*.l2"))} == files


def test_zeros_that_a_crash_left_at_the_end_are_dropped(tmp_path: Path) -> None:
    folder_of(tmp_path, BLOCKS[:2], blocks_per_file=PER_FILE)
    (file,) = tmp_path.glob("*.l2")
    file.write_bytes(file.read_bytes() + bytes(100))
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS[:2]
    with BlockFolder(tmp_path, blocks_per_file=PER_FILE).open_to_write() as folder:
        folder.append(BLOCKS[2:3])
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS[:3]


@pytest.mark.parametrize("name", ["blocks-000001.l2", "blocks-000004.l2"])
def test_no_byte_can_change_unnoticed(tmp_path: Path, name: str) -> None:
    folder = folder_of(tmp_path, BLOCKS[:5], blocks_per_file=PER_FILE)
    whole = (tmp_path / name).read_bytes()
    for place in range(0, len(whole), 7):
        (tmp_path / name).write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        try:
            read = list(folder.iter_blocks())
        except ConfigError:
            continue
        # A length that became larger looks like a record that was cut off: it and all after it are missing.
        assert read == BLOCKS[: len(read)]
        assert len(read) < 5


def test_damage_is_named_with_its_file_and_what_to_do(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:5], blocks_per_file=PER_FILE)
    file = tmp_path / "blocks-000001.l2"
    content = bytearray(file.read_bytes())
    content[60] ^= 1
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(f"{file}: damaged at byte 20. Remove this file")):
        list(folder.iter_blocks())


def test_what_the_sentence_about_damage_says_to_do_works_for_the_last_file_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:5], blocks_per_file=PER_FILE)
    file = tmp_path / "blocks-000004.l2"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1  # the last record has its full length
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(f"--blocks {tmp_path} fetches their blocks again")):
        folder.open_to_write()
    file.unlink()
    assert list(folder.iter_blocks()) == BLOCKS[:3]
    with BlockFolder(tmp_path, blocks_per_file=PER_FILE).open_to_write() as again:
        again.append(BLOCKS[3:5])
    assert list(folder.iter_blocks()) == BLOCKS[:5]


def test_a_file_that_is_missing_is_named_and_those_before_it_are_read(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:5], blocks_per_file=2)
    (tmp_path / "blocks-000003.l2").unlink()
    blocks = folder.iter_blocks()
    assert [next(blocks), next(blocks)] == BLOCKS[:2]
    named = f"{tmp_path / 'blocks-000005.l2'}: before it the blocks from 3 on are missing."
    with pytest.raises(ConfigError, match=re.escape(named)):
        next(blocks)


def test_files_of_another_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "blocks-000001.l2").write_bytes(b"tessera-l2-blocks 2\nabc")
    for use in (lambda: list(BlockFolder(tmp_path).iter_blocks()), lambda: BlockFolder(tmp_path).open_to_write()):
        with pytest.raises(ConfigError, match="one of a newer Tessera"):
            use()


def test_only_one_process_writes(tmp_path: Path) -> None:
    with (
        BlockFolder(tmp_path).open_to_write(),
        pytest.raises(ConfigError, match="another process is writing"),
    ):
        BlockFolder(tmp_path).open_to_write()
    BlockFolder(tmp_path).open_to_write().close()


def test_a_block_that_is_not_the_next_is_not_written(tmp_path: Path) -> None:
    with BlockFolder(tmp_path, blocks_per_file=PER_FILE).open_to_write() as folder:
        folder.append(BLOCKS[:1])
        for wrong in (BLOCKS[0], BLOCKS[2]):
            with pytest.raises(ConfigError, match="cannot follow block 1"):
                folder.append([wrong])
    assert list(BlockFolder(tmp_path).iter_blocks()) == BLOCKS[:1]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it is not there, or is no folder"):
        list(BlockFolder(tmp_path / "missing").iter_blocks())
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be used"):
        BlockFolder(tmp_path / "file").open_to_write()


def test_a_large_block_number_fits(tmp_path: Path) -> None:
    high = replace(BLOCKS[0], event=replace(BLOCKS[0].event, number=1), l1_block=99_999_999)
    assert list(folder_of(tmp_path, [high], blocks_per_file=PER_FILE).iter_blocks()) == [high]


@pytest.mark.parametrize("name", ["lock", "blocks-000004.l2"])
def test_a_link_does_not_say_where_is_written(tmp_path: Path, name: str) -> None:
    folder_of(tmp_path / "blocks", BLOCKS[:5], blocks_per_file=PER_FILE)
    file, other = tmp_path / "blocks" / name, tmp_path / "other"
    file.touch()
    content = file.rename(other).read_bytes()
    file.symlink_to(other)
    with pytest.raises(ConfigError, match=f"{name}: the folder of blocks cannot be used: it is a link"):
        BlockFolder(tmp_path / "blocks", blocks_per_file=PER_FILE).open_to_write()
    assert other.read_bytes() == content
    assert len(list(BlockFolder(tmp_path / "blocks").iter_blocks())) == 5


TRUE: dict[str, Any] = {
    "number": 5,
    "root": "11" * 32,
    "data_hash": "22" * 32,
    "size": 16,
    "version": 0,
    "l1_block": 11_149_900,
    "transaction": "0x" + "ab" * 32,
}
ENDLESS = zlib.compress(bytes(100_000_000))


def record(**changed: object) -> bytes:
    """What somebody else wrote, packed as records are; None: it is not there."""
    line = {key: value for key, value in (TRUE | changed).items() if value is not None}
    return zlib.compress(orjson.dumps(line) + b"\n")


def test_what_is_changed_below_can_be_read_unchanged(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:4], blocks_per_file=PER_FILE)
    with (tmp_path / "blocks-000004.l2").open("ab") as file:
        file.write(pack(">II", len(record()), zlib.crc32(record())) + record())
    assert folder.end() == 5


@pytest.mark.parametrize(
    "packed",
    [
        *[record(**{key: None}) for key in TRUE],
        *[record(**{key: "a"}) for key in TRUE],
        *[record(**{key: -1}) for key in TRUE],
        record(number=2**63),
        record(number=True),
        record(root="11"),
        b"not compressed",
        zlib.compress(b"no JSON\n"),
        zlib.compress(b"[]\n"),
        record()[:-1],
        ENDLESS,
    ],
)
def test_a_record_of_somebody_else_that_is_none_is_damage(tmp_path: Path, packed: bytes) -> None:
    """Its checksum is right, so that it is no accident."""
    folder = folder_of(tmp_path, BLOCKS[:4], blocks_per_file=PER_FILE)
    with (tmp_path / "blocks-000004.l2").open("ab") as file:
        at = file.tell()
        file.write(pack(">II", len(packed), zlib.crc32(packed)) + packed)
    for use in (folder.end, folder.open_to_write, lambda: list(folder.iter_blocks())):
        with pytest.raises(ConfigError, match=re.escape(f"blocks-000004.l2: damaged at byte {at:,}.")):
            use()


def test_a_small_record_that_comes_to_very_much_takes_little_memory(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, BLOCKS[:1])
    with (tmp_path / "blocks-000001.l2").open("ab") as file:
        file.write(pack(">II", len(ENDLESS), zlib.crc32(ENDLESS)) + ENDLESS)
    tracemalloc.start()
    try:
        with pytest.raises(ConfigError, match="damaged at byte"):
            folder.end()
        assert tracemalloc.get_traced_memory()[1] < 64 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("place", [1, 2], ids=["a file before the last", "the last file"])
def test_a_record_that_is_longer_than_any_of_ours_is_damage(tmp_path: Path, place: int) -> None:
    folder = folder_of(tmp_path, BLOCKS[: place * PER_FILE - 1], blocks_per_file=PER_FILE)
    name = f"blocks-{place * PER_FILE - 2:06}.l2"
    long = zlib.compress(orjson.dumps(TRUE | {"number": place * PER_FILE}) + b"\n" + bytes(2_000_000), level=0)
    with (tmp_path / name).open("ab") as file:
        file.write(pack(">II", len(long), zlib.crc32(long)) + long)
    if place == 1:
        (tmp_path / "blocks-000004.l2").write_bytes(b"")
    with pytest.raises(ConfigError, match=re.escape(f"{name}: damaged at byte")):
        list(folder.iter_blocks())
