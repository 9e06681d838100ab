"""The list of what only one node confirmed, in a folder that somebody else filled: no link of it is followed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.archive_api.blocks.one_node_ranges import OneNodeRanges
from bot.errors import ConfigError


def test_a_link_does_not_say_where_is_written(tmp_path: Path) -> None:
    other, folder = tmp_path / "other", tmp_path / "blocks"
    other.write_text("mine")
    folder.mkdir()
    (folder / ".one-node.jsonl.1.0.new").symlink_to(other)
    OneNodeRanges(folder).add(1, 2, [])
    assert other.read_text() == "mine"
    assert OneNodeRanges(folder).joined() == [(1, 2)]
    assert [each.name for each in folder.iterdir()] == ["one-node.jsonl"]


def test_the_list_may_be_no_link(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    (tmp_path / "one-node.jsonl").symlink_to(tmp_path / "other")
    with pytest.raises(ConfigError, match=r"one-node\.jsonl: cannot be read or written: it is a link"):
        OneNodeRanges(tmp_path).all()


@pytest.mark.parametrize(
    "line",
    [
        {"first": "a", "last": 2, "digest": ""},
        {"first": 1, "last": None, "digest": ""},
        {"first": 1, "last": 2, "digest": ["0"]},
        {"first": 1, "last": True, "digest": ""},
        {"first": 3, "last": 2, "digest": ""},
        {"first": -1, "last": 2, "digest": ""},
        {"first": 1, "last": 2**63, "digest": ""},
        {"first": 1, "last": 2},
        [1, 2, ""],
        7,
    ],
    ids=str,
)
def test_a_line_with_anything_else_is_damaged(tmp_path: Path, line: object) -> None:
    OneNodeRanges(tmp_path).add(1, 2, [])
    with (tmp_path / "one-node.jsonl").open("a") as file:
        file.write(f"{json.dumps(line)}\n")
    with pytest.raises(ConfigError, match=r"one-node\.jsonl: line 2 is damaged"):
        OneNodeRanges(tmp_path).joined()
