"""What is in the place of a file and is none, or cannot be looked at, ends a command with a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.archive.new_file import refuse_existing
from bot.archive_api.blocks.one_node_ranges import OneNodeRanges
from bot.archive_api.metadata.metadata_file import MetadataFile
from bot.cli.main import main
from bot.errors import ConfigError
from tests.archive.fixtures import write_small
from tests.cli.result import Result, is_one_sentence

MOMENT = ("--as-of", "2026-01-01")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> Result:
    """Run one of the commands of `tessera archive`."""
    code = main(["archive", *map(str, arguments)])
    return Result(code, *capsys.readouterr())


@pytest.fixture(params=["pipe", "device"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Something that would be read for ever."""
    path = tmp_path / "no-file"
    if request.param == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "{it}"),
        ("show", "{it}"),
        ("serve", "{it}", "--no-key"),
        ("compare", "{it}", "{archive}"),
        ("compare", "{archive}", "{it}"),
        ("import-snapshot", "{list}", "-o", "{new}", *MOMENT, "--numbers", "{it}"),
        ("rebuild", "--from-dir", "{folder}", "-o", "{new}", "--known-blocks", "{it}"),
    ],
    ids=" ".join,
)
def test_a_file_that_is_named_is_one(
    tmp_path: Path, no_file: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    write_small(tmp_path / "archive")
    (tmp_path / "list").write_text("holder,nft_address,nft_id,nft_type,nft_amount\n")
    names = {name: tmp_path / name for name in ("archive", "list", "new", "folder")} | {"it": no_file}
    result = run(capsys, *(each.format(**names) for each in arguments))
    assert result.code == 2
    assert is_one_sentence(result)
    assert f"{no_file}: " in result.err
    assert result.err.endswith(": it is no file.\n")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("import-snapshot", "/dev/zero", *MOMENT),
        ("record", "--accounts", "/dev/zero"),
        ("rebuild", "--from-dir", "none", "--collections", "/dev/zero"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_a_list_may_come_from_a_pipe_and_from_no_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    result = run(capsys, *arguments, "-o", tmp_path / "new")
    assert result.code == 2
    assert is_one_sentence(result)
    assert "/dev/zero: " in result.err
    assert result.err.endswith(": it is no file.\n")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["blocks-000001.l2", "era1-files.jsonl", "x.era1"])
def test_a_file_in_a_folder_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / name)
    way = "--era1" if name.endswith(".era1") else "--from-dir"
    result = run(capsys, "rebuild", way, folder, "-o", tmp_path / "new")
    assert result.code == 2
    assert is_one_sentence(result)
    assert f"{folder / name}: " in result.err
    assert result.err.endswith(": it is no file.\n")


@pytest.mark.parametrize(
    ("name", "opens"),
    [("one-node.jsonl", lambda folder: OneNodeRanges(folder).all()), ("metadata.jsonl", MetadataFile)],
)
def test_so_is_what_is_kept_beside_blocks(tmp_path: Path, name: str, opens: Callable[[Path], object]) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(ConfigError, match="it is no file"):
        opens(tmp_path)


LONG = "x" * 300


@pytest.mark.parametrize(
    "arguments",
    [
        ("rebuild", "--from-dir", "{folder}", "-o", "{long}"),
        ("rebuild", "--from-dir", "{long}", "-o", "{new}"),
        ("rebuild", "--rpc", "http://127.0.0.1:9", "--blocks", "{long}", "-o", "{new}"),
        ("rebuild", "--era1", "{long}", "-o", "{new}"),
        ("rebuild", "--era1", "{folder}", "--blocks", "{long}", "-o", "{new}"),
        ("import-snapshot", "{list}", "-o", "{long}", *MOMENT),
        ("record", "--accounts", "{list}", "-o", "{long}"),
        ("record", "--accounts", "{list}", "-o", "{long}", "--resume"),
        ("compare", "{archive}", "{archive}", "--csv", "{long}"),
        ("verify", "{long}"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("looks", ["long", "file"])
def test_a_name_that_no_file_can_have_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], looks: str
) -> None:
    write_small(tmp_path / "archive")
    (tmp_path / "list").write_text("holder,nft_address,nft_id,nft_type,nft_amount\n")
    (tmp_path / "folder").mkdir()
    long = tmp_path / LONG if looks == "long" else tmp_path / "list" / "below"
    names = {name: tmp_path / name for name in ("archive", "list", "new", "folder")} | {"long": long}
    result = run(capsys, *(each.format(**names) for each in arguments))
    assert result.code > 0
    assert is_one_sentence(result), result.err
    assert not (tmp_path / "new").exists()


def test_a_name_that_leaves_no_place_for_that_of_an_unfinished_file_is_refused_before_the_work(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError, match="cannot be written: File name too long"):
        refuse_existing(tmp_path / ("x" * 250))
    refuse_existing(tmp_path / "x")
    for taken in (tmp_path, Path(), Path("/")):
        with pytest.raises(ConfigError, match="exists already"):
            refuse_existing(taken)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="exists already"):
        refuse_existing(tmp_path / "link")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gone", "there is no such folder of era1 files"),
        ("x.era1", "no folder: name the one that the era1 files are in"),
        ("empty", "no era1 files are there"),
    ],
)
def test_what_is_no_folder_of_era1_files_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, words: str
) -> None:
    (tmp_path / "x.era1").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    result = run(capsys, "rebuild", "--era1", tmp_path / name, "-o", tmp_path / "new")
    assert result.code == 2
    assert is_one_sentence(result)
    assert f"{tmp_path / name}: {words}" in result.err
