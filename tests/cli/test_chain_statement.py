"""What a rebuild says that its blocks rest on: Ethereum's hashes where the chain is whole, and never more than that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.archive_api.era1.chain_proof import LAST_BEFORE_MERGE, KnownBlock, Run, TakenFile, proof_of, unused
from bot.archive_api.era1.known_blocks import read_known_blocks
from bot.archive_api.era1.taken_files import NAME, EventDigest, TakenFiles
from bot.cli.chain_statement import chain_statement
from bot.cli.main import main
from bot.errors import ConfigError
from sandbox.community import load_world
from sandbox.rollup.era1 import write_era1
from sandbox.rollup.history import community_history
from sandbox.rollup.l1_chain import L1Block, Lie, l1_chain
from sandbox.rollup.submissions import submissions
from tests.archive_api.blocks.fetched_blocks import fetched, folder_of
from tests.cli.result import Command, Result

EACH = 200
HOLDS = "This holds if nobody but you has written to the folder of blocks."
HASH = "0x" + "ab" * 32


def said(*runs: Run, last: int, known: tuple[KnownBlock, ...] = ()) -> list[str]:
    return [str(each) for each in chain_statement(runs, last, known)]


def test_nothing_is_said_where_no_file_was_taken() -> None:
    assert said(last=40) == []


def test_blocks_up_to_the_merge_are_proven_and_those_after_it_are_as_nodes_said() -> None:
    run = Run(11_149_312, LAST_BEFORE_MERGE.number, (1, 45_000), LAST_BEFORE_MERGE)
    assert said(run, last=68_000) == [
        (
            "Blocks 1 to 45,000 of layer 2 are proven by Ethereum's own hashes: its blocks 11,149,312 to 15,537,393 "
            f"follow each other, and the last one has its known hash. {HOLDS}"
        ),
        "Blocks 45,001 to 68,000 of layer 2 are as nodes said, or an era1 file that was not read to its end.",
    ]


def test_what_hangs_in_the_air_is_named_with_what_is_missing() -> None:
    known = KnownBlock(200, b"\1" * 32)
    runs = Run(100, 200, (3, 9), known), Run(201, 300, (10, 12), None), Run(401, 500, None, None)
    assert said(*runs, last=12) == [
        "Blocks 1 to 2 of layer 2 are as nodes said, or an era1 file that was not read to its end.",
        (
            "Blocks 3 to 9 of layer 2 are proven by Ethereum's own hashes: its blocks 100 to 200 follow each other, "
            f"and the last one has its known hash. {HOLDS}"
        ),
        (
            "Blocks 10 to 12 of layer 2 are as the era1 files say: Ethereum's blocks 201 to 300 lead to no known "
            "hash so far. Take the files of the blocks from 301 on too."
        ),
    ]


@pytest.mark.parametrize(("last", "stretches"), [(14, [(3, 9), (10, 14)]), (9, [(3, 9)]), (7, [(3, 7)])])
def test_nothing_is_said_of_blocks_that_were_not_replayed(last: int, stretches: list[tuple[int, int]]) -> None:
    known = KnownBlock(200, b"\1" * 32)
    found = said(Run(100, 200, (3, 9), known), Run(201, 300, (10, 20), None), Run(301, 400, (21, 22), None), last=last)
    starts = [f"Blocks {first} to {end} of layer 2 are " for first, end in [(1, 2), *stretches]]
    assert [each[: len(start)] for each, start in zip(found, starts, strict=True)] == starts


def test_a_hash_that_proves_nothing_is_named() -> None:
    sentence = "The hash of Ethereum's block 150 proves nothing: it is not the last block of a file that was taken."
    known = (KnownBlock(150, bytes(32)),)
    assert said(last=9, known=known) == [sentence]
    assert said(Run(100, 200, (1, 9), None), last=9, known=known)[1:] == [sentence]


def test_a_hash_proves_something_though_a_later_one_proves_more() -> None:
    files = [TakenFile("", 100, 200, bytes(32), b"\1" * 32), TakenFile("", 201, 300, b"\1" * 32, b"\2" * 32)]
    known = [LAST_BEFORE_MERGE, KnownBlock(200, b"\1" * 32), KnownBlock(300, b"\2" * 32), KnownBlock(250, bytes(32))]
    assert proof_of(files, known) == [Run(100, 300, None, known[2])]
    assert unused(files, known) == [known[3]]


@pytest.mark.parametrize(
    "text",
    [f"1300 {HASH}", f"1300:{HASH[2:]}\n", f"\n  1300,  0x{HASH[2:].upper()}\r\n\n"],
    ids=["one", "two", "three"],
)
def test_a_known_block_is_a_number_and_a_hash(tmp_path: Path, text: str) -> None:
    (tmp_path / "known").write_text(text)
    assert read_known_blocks(tmp_path / "known") == [LAST_BEFORE_MERGE, KnownBlock(1_300, bytes.fromhex("ab" * 32))]


@pytest.mark.parametrize(
    "line",
    ["1300", HASH, f" {HASH}", f"-1 {HASH}", f"1300 {HASH[:-1]}", f"1300 {HASH}0", f"1300{HASH[2:]}", "1300 0x…"],
)
def test_anything_else_is_refused_and_not_repeated(tmp_path: Path, line: str) -> None:
    path = tmp_path / "known"
    path.write_text(f"1300 {HASH}\n\n{line}\n", "utf-8")
    with pytest.raises(ConfigError, match=f"{path}: line 3 is not the number and the hash of a block") as caught:
        read_known_blocks(path)
    assert HASH not in caught.value.sentence


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="missing: cannot be read: No such file"):
        read_known_blocks(tmp_path / "missing")
    assert read_known_blocks(None) == [LAST_BEFORE_MERGE]


# ---------------------------------------------------------------- the command


@pytest.fixture
def rebuild(capsys: pytest.CaptureFixture[str], config: Path, tmp_path: Path) -> Command:
    """Run `tessera archive rebuild`, with an archive of a new name each time; in a thread, as it makes a loop."""
    made = iter(range(100))

    async def run(command: str, *arguments: str) -> Result:
        output = ("-o", str(tmp_path / f"{next(made)}.tessera"))
        code = await asyncio.to_thread(main, ["archive", command, "--config", str(config), *output, *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Result(code, out, err)

    return run


def known_block(folder: Path, block: L1Block) -> tuple[str, str]:
    """The arguments that name it."""
    path = folder / "known_blocks"
    path.write_text(f"{block.number} 0x{block.hash.hex()}\n")
    return "--known-blocks", str(path)


async def test_files_that_are_taken_in_parts_are_proven_once_the_last_one_is_there(
    rebuild: Command, tmp_path: Path
) -> None:
    history = submissions(community_history(load_world()).blocks)
    end, last = l1_chain(history)[-1], history[-1].blocks[-1].number
    files = write_era1(tmp_path / "all", history, blocks_each=EACH)
    known = known_block(tmp_path, end)
    arguments = ("--era1", str(tmp_path / "era1"), "--blocks", str(tmp_path / "blocks"))
    (tmp_path / "era1").mkdir()

    for file in files[:-1]:
        taken = file.rename(tmp_path / "era1" / file.name)
        result = await rebuild("rebuild", *arguments, *known)
        assert (result.code, result.err) == (0, "")
        assert " of layer 2 are as the era1 files say: Ethereum's blocks 11,149,814 to " in result.lines[1]
        assert result.lines[2].startswith(f"The hash of Ethereum's block {end.number:,} proves nothing")
        taken.unlink()
    files[-1].rename(tmp_path / "era1" / files[-1].name)

    assert (
        (await rebuild("rebuild", *arguments)).lines[1].startswith(f"Blocks 1 to {last:,} of layer 2 are as the era1")
    )
    (sentence,) = (await rebuild("rebuild", *arguments, *known)).lines[1:]
    assert sentence == (
        f"Blocks 1 to {last:,} of layer 2 are proven by Ethereum's own hashes: its blocks 11,149,814 to "
        f"{end.number:,} follow each other, and the last one has its known hash. {HOLDS}"
    )


async def test_a_folder_of_somebody_else_proves_nothing_whatever_it_says(rebuild: Command, tmp_path: Path) -> None:
    """It was written by hand, beside blocks that nobody compared with Ethereum."""
    blocks = fetched(community_history(load_world()))
    folder_of(tmp_path / "blocks", blocks)
    digest = EventDigest()
    for each in blocks:
        digest.add(each.event, each.l1_block)
    merge, end = LAST_BEFORE_MERGE, len(blocks)
    said = TakenFile("any", merge.number - 8_191, merge.number, bytes(32), merge.hash, (1, end), digest.hexdigest())
    TakenFiles(tmp_path / "blocks", end).add(said)
    whose = (
        f"Blocks 1 to {end:,} of layer 2 are as this folder says of the era1 files that were taken into it: Ethereum's "
    )
    (sentence,) = (await rebuild("rebuild", "--from-dir", str(tmp_path / "blocks"))).lines[1:]
    assert sentence == (
        f"{whose}blocks 15,529,202 to 15,537,393 followed each other there, and the last one had its known hash. If "
        "somebody else filled the folder, that proves nothing: take the files yourself."
    )
    (tmp_path / "blocks" / NAME).unlink()
    TakenFiles(tmp_path / "blocks", end).add(replace(said, first=100, last=200))
    (sentence,) = (await rebuild("rebuild", "--from-dir", str(tmp_path / "blocks"))).lines[1:]
    assert sentence.startswith(f"{whose}blocks 100 to 200 led to no known hash so far. ")


async def test_a_rebuild_from_nodes_alone_says_nothing_of_files(rebuild: Command, tmp_path: Path) -> None:
    folder_of(tmp_path / "blocks", fetched(community_history(load_world())))
    assert len((await rebuild("rebuild", "--from-dir", str(tmp_path / "blocks"))).lines) == 1


@pytest.mark.parametrize("lie", Lie)
async def test_files_with_a_lie_in_them_give_no_archive(rebuild: Command, tmp_path: Path, lie: Lie) -> None:
    history = submissions(community_history(load_world()).blocks)
    end = l1_chain(history)[-1]
    write_era1(tmp_path / "era1", history, blocks_each=EACH, lie=lie)
    result = await rebuild("rebuild", "--era1", str(tmp_path / "era1"), *known_block(tmp_path, end))
    assert result.code == 2
    assert result.complaint.startswith(f"tessera: {tmp_path / 'era1' / 'mainnet-'}")
    assert not (tmp_path / "0.tessera").exists()


async def test_known_blocks_that_are_none_are_refused(rebuild: Command, tmp_path: Path) -> None:
    (tmp_path / "known").write_text("13000000\n")
    result = await rebuild("rebuild", "--era1", str(tmp_path), "--known-blocks", str(tmp_path / "known"))
    assert result.code == 2
    assert result.complaint.startswith(
        f"tessera: {tmp_path / 'known'}: line 1 is not the number and the hash of a block"
    )
