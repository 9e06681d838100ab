"""The list of what only one node confirmed, in a folder that somebody else filled: no link of it is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.archive_api.one_node_ranges import OneNodeRanges
from bot.errors import ConfigError


def test_a_link_does_not_say_where_is_written(tmp_path: Path) -> None:
    other, folder = tmp_path / "other", tmp_path / "blocks"
    other.write_text("mine")
    folder.mkdir()
    (folder / "one-node.new").symlink_to(other)
    OneNodeRanges(folder).add(1, 2, [])
    assert other.read_text() == "mine"
    assert OneNodeRanges(folder).joined() == [(1, 2)]
    assert [each.name for each in folder.iterdir()] == ["one-node.jsonl"]


def test_the_list_may_be_no_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    (tmp_path / "one-node.jsonl").symlink_to(tmp_path / "other")
    with pytest.raises(ConfigError, match=r"one-node\.jsonl: cannot be read or written: it is a link"):
        OneNodeRanges(tmp_path).all()
