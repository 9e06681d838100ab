"""Ctrl-C ends what a command does by itself at once, and leaves nothing half written."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bot.archive.new_file import new_file
from bot.cli.interruptible import interruptible
from bot.cli.main import main
from sandbox.community import load_world
from sandbox.rollup.era1 import write_era1
from sandbox.rollup.history import community_history
from sandbox.rollup.submissions import submissions
from tests.process import PATIENCE, BotProcess, start


@pytest.fixture(autouse=True)
def as_in_a_terminal() -> Iterator[None]:
    """The tests may run where a shell lets nothing be interrupted."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_work_on_a_file_ends_at_once_and_leaves_none(tmp_path: Path) -> None:
    def write() -> None:
        with new_file(tmp_path / "new") as file:
            file.write(b"a half")
            signal.raise_signal(signal.SIGINT)
            pytest.fail("it went on")

    async def command() -> None:
        try:
            interruptible(write)
        finally:
            await asyncio.sleep(0)  # what it opened before is closed all the same

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(command())
    assert list(tmp_path.iterdir()) == []


def test_what_waits_before_and_after_it_is_ended_by_the_loop_as_ever() -> None:
    async def command() -> str:
        assert interruptible(lambda: 1 + 1) == 2
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "cancelled"
        return "not reached"

    assert asyncio.run(command()) == "cancelled"


async def test_where_a_shell_has_started_it_in_the_background_it_stays_deaf() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def work() -> str:
        signal.raise_signal(signal.SIGINT)
        return "done"

    assert interruptible(work) == "done"
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN


class Terminal(io.StringIO):
    """One at which Ctrl-C is pressed as soon as some words stand there."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self._words = words

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._words in text:
            self._words = "\0"  # once
            signal.raise_signal(signal.SIGINT)
        return written


@pytest.mark.parametrize("words", ["of layer 2, Ethereum's", " replayed"])
def test_a_rebuild_ends_in_its_middle_and_goes_on_the_next_time(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_era1(tmp_path / "era1", submissions(community_history(load_world()).blocks))
    monkeypatch.chdir(tmp_path)
    command = ["archive", "rebuild", "--era1", "era1", "-o"]
    terminal = Terminal(words)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", terminal)
        assert main([*command, "one"]) == 130
    assert "Stopped. What was fetched stays in one.blocks: the same command goes on from there." in terminal.getvalue()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["era1", "one.blocks"]

    assert main([*command, "one"]) == 0
    assert main([*command, "other"]) == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


async def interrupted(command: BotProcess) -> int:
    """The exit code after Ctrl-C; again, as one that comes just before Python begins to wait is seen after its wait."""
    while True:
        command.process.send_signal(signal.SIGINT)
        with suppress(TimeoutError):
            return await asyncio.wait_for(command.process.wait(), 5)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rebuild", "--from-dir", "none", "-o", "new", "--collections", "fed"),
        ("import-snapshot", "fed", "-o", "new", "--as-of", "2026-06-28"),
        ("record", "-o", "new", "--accounts", "fed"),
    ],
    ids=lambda arguments: arguments[0],
)
async def test_a_list_that_somebody_else_feeds_is_waited_for_no_longer(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "fed")
    async with start("archive", *arguments, folder=tmp_path) as command:
        feeding = await asyncio.to_thread(os.open, tmp_path / "fed", os.O_WRONLY)  # returns once it is read from
        try:
            async with asyncio.timeout(PATIENCE):
                code = await interrupted(command)
        finally:
            os.close(feeding)
    assert (code, command.output) == (130, "")
    assert not (tmp_path / "new").exists()
