"""Where what a command prints cannot be written it says so, and what it writes into a file is whole or not there."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.archive.lines import AccountRecord
from bot.archive.new_file import new_file, refuse_existing
from bot.archive.writer import write_archive
from bot.cli.main import main
from bot.errors import ConfigError
from sandbox.community import load_world
from sandbox.rollup.era1 import write_era1
from sandbox.rollup.history import community_history
from sandbox.rollup.submissions import submissions
from tests.archive.fixtures import header, write_small
from tests.process import start


async def test_a_full_disk_behind_the_output_is_one_sentence(tmp_path: Path) -> None:
    write_small(tmp_path / "archive")
    with os.fdopen(os.open("/dev/full", os.O_WRONLY), "wb") as full:
        async with start("archive", "show", "archive", folder=tmp_path, stdout=full) as command:
            assert await command.exit_code() == 1
    assert command.output == "tessera: What this command prints cannot be written: No space left on device.\n"


def test_so_is_an_output_that_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_small(tmp_path / "archive")
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["archive", "show", str(tmp_path / "archive")]) == 1
    complaint = "tessera: What this command prints cannot be written: its output is closed.\n"
    assert capsys.readouterr().err == complaint


async def test_a_list_of_differences_is_whole_though_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    write_small(tmp_path / "one")
    write_archive(tmp_path / "other", header(), [], [])
    both = [str(tmp_path / name) for name in ("one", "other")]
    compare = ["archive", "compare", *both, "--csv", str(tmp_path / "all")]
    assert await asyncio.to_thread(main, compare) == 1
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        arguments = ("archive", "compare", "one", "other", "--csv", "differences")
        async with start(*arguments, folder=tmp_path, stdout=nobody) as command:
            assert await command.exit_code() == 1
    assert command.output == ""
    assert (tmp_path / "differences").read_bytes() == (tmp_path / "all").read_bytes()
    assert len((tmp_path / "all").read_text("utf-8").splitlines()) > 2


def _without_links(_path: Path, _target: Path) -> None:
    raise OSError(os.strerror(1))


@pytest.mark.parametrize("link", [None, _without_links], ids=["", "no-links"])
def test_what_came_to_be_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: Callable[[Path, Path], None] | None
) -> None:
    if link:
        monkeypatch.setattr(Path, "hardlink_to", link)
    with new_file(tmp_path / "free", may_exist=False) as file:
        file.write(b"new")
    assert (tmp_path / "free").read_bytes() == b"new"

    def accounts() -> Iterator[AccountRecord]:
        (tmp_path / "made").write_bytes(b"of another command")
        yield from ()

    with pytest.raises(ConfigError, match="made: exists already"):
        write_archive(tmp_path / "made", header(), [], accounts(), may_exist=False)
    assert (tmp_path / "made").read_bytes() == b"of another command"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["free", "made"]


def test_where_nothing_can_be_written_is_said_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ConfigError, match="new: cannot be written: No such file or directory"):
        refuse_existing(tmp_path / "none" / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="new: cannot be written: Not a directory"):
        refuse_existing(tmp_path / "file" / "new")
    write_era1(tmp_path / "era1", submissions(community_history(load_world()).blocks)[:3])
    place = str(tmp_path / "same")
    assert main(["archive", "rebuild", "--era1", str(tmp_path / "era1"), "--blocks", place, "-o", place]) == 2
    assert capsys.readouterr().err == (
        "tessera: The blocks are kept in a folder, and the archive is a file: choose two names.\n"
    )
    assert not (tmp_path / "same").exists()
