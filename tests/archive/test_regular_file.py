"""Only files are opened where a file is meant: nothing waits for somebody to write into a pipe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.archive.known_collections import read_known_collections
from bot.archive.new_file import new_file
from bot.archive.regular_file import open_file, read_file, text_lines
from tests.archive.fixtures import ADA


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """A pipe that nobody writes into."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("mode", ["rb", "r+b", "a+b", "wb", "ab"])
def test_a_pipe_is_refused_at_once(pipe: Path, mode: str) -> None:
    with pytest.raises(OSError, match=r"it is no file|No such device"), open_file(pipe, mode):  # type: ignore[call-overload]
        pass


def test_so_are_a_folder_a_device_and_where_it_is_said_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"some")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for path, words in ((tmp_path, "Is a directory"), (Path("/dev/zero"), "it is no file")):
        with pytest.raises(OSError, match=words):
            read_file(path)
    assert read_file(tmp_path / "link") == b"some"
    with pytest.raises(OSError, match="it is a link"):
        read_file(tmp_path / "link", may_be_link=False)


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.truncate(2**40)  # takes no place on the disk
    with open_file(path) as opened, pytest.raises(OSError, match="more than a million letters"):
        list(text_lines(opened))


def test_a_new_file_passes_by_a_pipe_that_looks_like_one_of_its_own(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".made.1.cafe.new")
    with new_file(tmp_path / "made") as file:
        file.write(b"whole")
    assert (tmp_path / "made").read_bytes() == b"whole"


def test_a_list_of_collections_may_come_from_a_command() -> None:
    reading, writing = os.pipe()
    try:
        os.write(writing, f"\ufeffcontract,name\r\n{ADA},Foxes\r\n".encode())
        os.close(writing)
        assert read_known_collections(Path(f"/dev/fd/{reading}"))[ADA].name == "Foxes"
    finally:
        os.close(reading)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_may_have_the_line_ends_of_any_system(tmp_path: Path, end: str) -> None:
    (tmp_path / "list").write_bytes(end.join(("contract,name", f"{ADA},Foxes", "")).encode())
    assert read_known_collections(tmp_path / "list")[ADA].name == "Foxes"


def test_only_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    names = (".list.7.cafe0123.new", ".list.my-own.new", ".list.b.7.cafe0123.new")
    left, own, others = (tmp_path / name for name in names)
    for path in (left, own, others):
        path.write_bytes(b"")
    with new_file(tmp_path / "list") as file:
        file.write(b"whole")
    assert [path.exists() for path in (left, own, others)] == [False, True, True]
