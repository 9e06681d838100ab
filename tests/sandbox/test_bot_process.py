"""The child process: read line by line, restarted when it dies but not too fast, and stopped."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable

import pytest

from sandbox.bot_process import LOG_LINES, BotProcess


class LineCollector:
    """Collects lines and wakes those who wait for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._arrived = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._arrived.set()

    async def wait_for_line(self, wanted: Callable[[str], bool]) -> None:
        """Wait until a line is as wanted, for ten seconds at most."""
        async with asyncio.timeout(60):
            while not any(wanted(line) for line in self.lines):
                self._arrived.clear()
                await self._arrived.wait()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_standard_output_and_error_are_read_in_lines() -> None:
    collector = LineCollector()
    code = "import sys, time; print('out ü'); print('err', file=sys.stderr); print('end', end=''); time.sleep(60)"
    process = BotProcess(python(code), {}, collector)
    process.start()
    try:
        await collector.wait_for_line(lambda line: line == "err")
    finally:
        await process.stop()
    assert collector.lines[:2] == ["out ü", "err"]
    assert list(process.lines) == collector.lines


async def test_the_environment_carries_the_secrets() -> None:
    collector = LineCollector()
    code = "import os, time; print(os.environ['DISCORD_TOKEN'] + os.environ['PATH'][:0]); time.sleep(60)"
    process = BotProcess(python(code), {"DISCORD_TOKEN": "made up"}, collector)
    process.start()
    try:
        await collector.wait_for_line(lambda line: line == "made up")
    finally:
        await process.stop()


async def test_a_bot_that_dies_is_announced_and_started_again_but_not_in_a_hurry() -> None:
    collector = LineCollector()
    process = BotProcess(python("raise SystemExit(3)"), {}, collector, between_starts=0.4)
    started = time.monotonic()
    process.start()
    try:
        await collector.wait_for_line(lambda _: process.starts == 3)
        took = time.monotonic() - started
    finally:
        await process.stop()
    assert took >= 0.8
    assert "ended with status 3; starting it again" in collector.lines[0]


async def test_a_command_that_does_not_exist_is_reported_and_tried_again() -> None:
    collector = LineCollector()
    process = BotProcess(["/nonexistent/bot"], {}, collector, between_starts=0.05)
    process.start()
    try:
        await collector.wait_for_line(lambda line: "could not be started" in line)
        assert not process.running
    finally:
        await process.stop()


async def test_stopping_leaves_no_child_even_when_it_will_not_listen() -> None:
    collector = LineCollector()
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    process = BotProcess(python(code), {}, collector, time_to_end=0.3)
    process.start()
    await collector.wait_for_line(lambda line: line == "deaf")
    pid = process.json()["pid"]
    await process.stop()
    assert not process.running
    assert "killed" in collector.lines[-1]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_restart_is_a_new_process_and_is_not_called_a_death() -> None:
    collector = LineCollector()
    process = BotProcess(python("import time; print('up'); time.sleep(60)"), {}, collector, between_starts=0.1)
    process.start()
    try:
        await collector.wait_for_line(lambda line: line == "up")
        first = process.json()["pid"]
        collector.lines.clear()
        await process.restart()
        await collector.wait_for_line(lambda line: line == "up")
        assert process.json()["pid"] != first
        assert [line for line in collector.lines if "ended with status" in line] == []
    finally:
        await process.stop()


async def test_a_reload_is_the_signal_for_it_and_the_process_goes_on() -> None:
    collector = LineCollector()
    code = (
        "import signal, time\n"
        "signal.signal(signal.SIGHUP, lambda *_: print('reloaded'))\n"
        "print('up'); time.sleep(60); time.sleep(60)"
    )
    process = BotProcess(python(code), {}, collector)
    process.reload()  # nothing runs yet
    process.start()
    try:
        await collector.wait_for_line(lambda line: line == "up")
        process.reload()
        await collector.wait_for_line(lambda line: line == "reloaded")
        assert process.json()["starts"] == 1
    finally:
        await process.stop()


async def test_starting_twice_and_stopping_twice_is_once() -> None:
    collector = LineCollector()
    process = BotProcess(python("import time; print('up'); time.sleep(60)"), {}, collector)
    await process.stop()
    process.start()
    process.start()
    await collector.wait_for_line(lambda line: line == "up")
    await process.stop()
    await process.stop()
    assert process.starts == 1


async def test_the_ring_of_lines_is_bounded_and_endless_lines_are_survived() -> None:
    collector = LineCollector()
    code = (
        "import sys, time\n"
        "for n in range(2500): print(n)\n"
        "sys.stdout.write('x' * 3_000_000 + '\\n'); print('after'); time.sleep(60)"
    )
    process = BotProcess(python(code), {}, collector)
    process.start()
    try:
        await collector.wait_for_line(lambda line: line.endswith("after"))
    finally:
        await process.stop()
    assert len(process.lines) == LOG_LINES
    assert "sandbox: a line of the bot was too long to show" in collector.lines
