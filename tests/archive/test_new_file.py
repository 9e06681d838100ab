"""A file that comes to be as a whole, where somebody else may have put links beside its place."""

from __future__ import annotations

import os
from pathlib import Path

from bot.archive.new_file import new_file


def test_a_link_beside_its_place_does_not_say_where_is_written(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "folder" / "a"
    path.parent.mkdir()
    for target in (other, tmp_path / "missing"):
        (path.parent / f".a.{os.getpid()}.new").symlink_to(target)
        other.write_text("mine")
        with new_file(path) as file:
            file.write(b"whole")
        assert (path.read_text(), other.read_text()) == ("whole", "mine")
        assert not (tmp_path / "missing").exists()


def test_two_of_one_process_do_not_write_into_each_other(tmp_path: Path) -> None:
    with new_file(tmp_path / "a") as first, new_file(tmp_path / "a") as second:
        second.write(b"second")
        first.write(b"first")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]
