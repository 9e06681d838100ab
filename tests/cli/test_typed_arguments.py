"""Every argument of the command line that takes a number, an age, a date or a text: one sentence, never a traceback.

They are found by walking the parser, so that a new one is tried too.
"""

from __future__ import annotations

import argparse
import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.main import command_parser, main
from bot.cli.typed_arguments import STORED_ID, WholeNumber
from bot.store import Store
from tests.test_typed_values import HOSTILE

# Those that work until they are stopped: nothing but their numbers is tried.
LASTING = {("run",), ("archive", "serve")}
# What stands in each place that is not the one that is tried; else a number.
USUAL = {"account": "10001", "address": "0x" + "ab" * 20, "as_of": "2026-06-28", "rule": "254", "accounts": "-"}
Leaf = tuple[tuple[str, ...], argparse.ArgumentParser]


def leaves(parser: argparse.ArgumentParser, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Each command with its parser."""
    below = [each for each in actions(parser) if isinstance(each.choices, dict)]
    if not below:
        yield path, parser
    for each in below:
        assert isinstance(each.choices, dict)
        for name, inner in each.choices.items():
            yield from leaves(inner, (*path, name))


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What can be typed after a command."""
    return list(parser._actions)  # noqa: SLF001 - argparse lists them nowhere else


LEAVES = dict(leaves(command_parser([])))
NUMBERS = [
    (path, action.dest)
    for path, leaf in LEAVES.items()
    for action in actions(leaf)
    if isinstance(action.type, WholeNumber)
]
TEXTS = [
    (path, action.dest)
    for path, leaf in LEAVES.items()
    if path not in LASTING
    for action in actions(leaf)
    if action.type is None and action.nargs != 0 and not action.choices
]


def in_groups(leaf: argparse.ArgumentParser) -> Iterator[tuple[list[argparse.Action], bool]]:
    """What excludes one another, and whether one of it is needed."""
    for group in leaf._mutually_exclusive_groups:  # noqa: SLF001 - likewise
        yield list(group._group_actions), group.required  # noqa: SLF001 - likewise


def typed_for(path: tuple[str, ...], dest: str, value: str, folder: Path) -> list[str]:
    """A command line in which only one argument is of interest."""
    leaf = LEAVES[path]
    others, needed = set(), set()
    for members, is_needed in in_groups(leaf):
        names = {each.dest for each in members}
        others |= names - {dest} if dest in names else names
        if is_needed and dest not in names:
            needed.add(members[0].dest)
    line, last = list(path), []
    for action in actions(leaf):
        is_wanted = action.dest == dest or action.dest in needed
        if not (is_wanted or ((action.required or not action.option_strings) and action.dest not in others)):
            continue
        if action.nargs == "?" and not is_wanted:
            continue
        usual = str(folder / f"{action.dest}.out") if action.type is Path else USUAL.get(action.dest, "1")
        content = value if action.dest == dest else usual
        if action.option_strings:
            line.append(f"{action.option_strings[-1]}={content}")
        else:
            last.append(content)
    return [*line, "--", *last] if last and value.startswith("-") and not value[1:2].isdigit() else [*line, *last]


async def run(line: list[str]) -> int:
    """The exit code; in a thread, as a command makes a loop of its own."""

    def call() -> int:
        try:
            return main(line)
        except SystemExit as stop:
            return int(stop.code or 0)

    return await asyncio.to_thread(call)


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Path) -> Path:
    """Where the commands run: with a store, and settings that ask nobody but the sandbox."""
    assert config == tmp_path / "config.toml"
    monkeypatch.chdir(tmp_path)
    await (await Store.open(tmp_path / "tessera.db")).close()
    return tmp_path


def test_no_argument_takes_a_number_without_bounds() -> None:
    bare = [(path, each.dest) for path, leaf in LEAVES.items() for each in actions(leaf) if each.type in (int, float)]
    assert bare == []
    assert (("snapshot", "make"), "server") in NUMBERS
    assert (("contest", "decide"), "winner") in NUMBERS
    assert (("archive", "serve"), "port") in NUMBERS
    assert (("audit",), "since") in TEXTS
    assert (("archive", "import-snapshot"), "as_of") in TEXTS


@pytest.mark.parametrize(("path", "dest"), NUMBERS, ids=str)
async def test_a_number_that_cannot_be_meant_gets_one_sentence(
    path: tuple[str, ...], dest: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (kind,) = {each.type for each in actions(LEAVES[path]) if each.dest == dest}
    assert isinstance(kind, WholeNumber)
    for typed in HOSTILE:
        assert await run(typed_for(path, dest, typed, folder)) == 2, typed[:24]
        _, err = capsys.readouterr()
        (sentence,) = [line for line in err.splitlines() if ": error: " in line]
        assert sentence.endswith(f"is no whole number from {kind.least:,} to {kind.most:,}."), sentence
        assert "Traceback" not in err
        assert len(sentence) < 250


@pytest.mark.parametrize(("path", "dest"), TEXTS, ids=str)
async def test_a_text_in_place_of_a_time_or_an_id_gets_one_sentence(
    path: tuple[str, ...],
    dest: str,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for typed in HOSTILE:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        code = await run(typed_for(path, dest, typed, folder))
        out, err = capsys.readouterr()
        assert code in (0, 1, 2), (typed[:24], err)
        assert "Traceback" not in out + err
        if code == 2:
            assert [line for line in err.splitlines() if line.startswith("tessera")], (typed[:24], out, err)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("typed", ["1", str(STORED_ID.most), "１２"])
async def test_a_number_within_bounds_is_looked_up(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert await run(["snapshot", "show", typed]) == 2
    assert "There is no snapshot" in capsys.readouterr().err
