"""The process that draws: there while it is used, replaced when it dies, and never trusted."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import PictureError
from bot.pictures.drawing_process import DrawingProcess
from sandbox.pictures.hostile import files, picture
from tests.pictures.examples import exact, trend

CHART = {**trend(exact(1), exact(2)).content(), "font": None}
SMALL = {"draw": "small", "format": "PNG", "side": 32}
IS_PNG = b"\x89PNG\r\n\x1a\n"
# Children that are not ours: each reads what it is sent, and then misbehaves.
DIES = "import sys; sys.stdin.buffer.read(8); sys.exit(3)"
HANGS = "import sys, time; sys.stdin.buffer.read(8); time.sleep(600)"
TALKS = (
    "import sys; sys.stdin.buffer.read(8); sys.stdout.buffer.write(b'x' * 100); sys.stdout.flush(); sys.stdin.read()"
)
ENDLESS = (
    "import sys, json; sys.stdin.buffer.read(8); h = json.dumps({'files': [10**12]}).encode();"
    "sys.stdout.buffer.write(len(h).to_bytes(4, 'big') + h); sys.stdout.flush(); sys.stdin.read()"
)
NO_FILES = (
    "import sys; sys.stdin.buffer.read(8);"
    "sys.stdout.buffer.write((2).to_bytes(4, 'big') + b'[]'); sys.stdout.flush(); sys.stdin.read()"
)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Now."""
        return self.seconds


@asynccontextmanager
async def misbehaving(script: str, seconds: float = 60) -> AsyncIterator[DrawingProcess]:
    """A process that runs a script in place of ours."""
    drawing = DrawingProcess(command=(sys.executable, "-c", script), seconds=seconds)
    try:
        yield drawing
    finally:
        await drawing.close()


def of_process(drawing: DrawingProcess, name: str) -> bytes:
    """What the system says of the process."""
    return Path(f"/proc/{drawing.pid}/{name}").read_bytes()


def pid_of(drawing: DrawingProcess) -> int | None:
    """The number of the process now."""
    return drawing.pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_it_is_started_at_the_first_picture_and_used_again() -> None:
    drawing = DrawingProcess(seconds=60)
    assert pid_of(drawing) is None
    assert (await drawing.draw(CHART)).startswith(IS_PNG)
    pid = pid_of(drawing)
    assert pid
    assert (await drawing.draw(SMALL, [picture("PNG")])).startswith(IS_PNG)
    assert (pid_of(drawing), drawing.starts) == (pid, 1)
    await drawing.close()
    assert not is_running(pid)


async def test_after_a_minute_without_a_picture_it_is_gone_and_the_next_picture_starts_another() -> None:
    clock = Clock()
    drawing = DrawingProcess(seconds=60, clock=clock)
    await drawing.draw(SMALL, [picture("PNG")])
    pid = pid_of(drawing)
    assert pid
    clock.seconds += 59
    await drawing.end_if_idle()
    assert pid_of(drawing) == pid
    await drawing.draw(SMALL, [picture("PNG")])  # the minute begins again
    clock.seconds += 59
    await drawing.end_if_idle()
    assert pid_of(drawing) == pid
    clock.seconds += 1
    await drawing.end_if_idle()
    assert pid_of(drawing) is None
    assert not is_running(pid)
    assert (await drawing.draw(SMALL, [picture("PNG")])).startswith(IS_PNG)
    await drawing.close()


async def test_one_that_was_killed_is_replaced_without_anybody_seeing_it() -> None:
    drawing = DrawingProcess(seconds=60)
    await drawing.draw(SMALL, [picture("PNG")])
    assert drawing.pid
    os.kill(drawing.pid, signal.SIGKILL)
    assert (await drawing.draw(SMALL, [picture("PNG")])).startswith(IS_PNG)
    assert drawing.starts == 2
    await drawing.close()


async def test_a_large_picture_is_decoded_by_one_that_has_drawn_no_chart() -> None:
    drawing = DrawingProcess(seconds=60)
    for _ in range(2):
        await drawing.draw(SMALL, [picture("PNG")], is_large=True)
    assert drawing.starts == 1
    await drawing.draw(CHART)
    await drawing.draw(SMALL, [picture("PNG")])
    assert drawing.starts == 1
    await drawing.draw(SMALL, [picture("PNG")], is_large=True)
    assert drawing.starts == 2
    await drawing.close()


async def test_one_that_dies_in_the_middle_costs_its_picture_and_no_other() -> None:
    async with misbehaving(DIES) as drawing:
        with pytest.raises(PictureError, match="could not be drawn this time"):
            await drawing.draw(CHART)
        assert (pid_of(drawing), drawing.starts) == (None, 1)
        with pytest.raises(PictureError):
            await drawing.draw(CHART)
        assert drawing.starts == 2


async def test_one_that_takes_too_long_is_killed() -> None:
    async with misbehaving(HANGS, seconds=0.3) as drawing:
        with pytest.raises(PictureError):
            await drawing.draw(CHART)
        assert (pid_of(drawing), drawing.starts) == (None, 1)


@pytest.mark.parametrize("script", [TALKS, ENDLESS, NO_FILES], ids=["talks", "endless", "no files"])
async def test_one_that_answers_nonsense_is_killed(script: str) -> None:
    async with misbehaving(script) as drawing:
        with pytest.raises(PictureError):
            await drawing.draw(CHART)
        assert pid_of(drawing) is None


async def test_one_that_cannot_be_started_costs_the_picture() -> None:
    drawing = DrawingProcess(command=("/nowhere/python",))
    with pytest.raises(PictureError):
        await drawing.draw(CHART)
    await drawing.close()


async def test_who_leaves_in_the_middle_gets_nobody_elses_picture() -> None:
    async with misbehaving(HANGS) as drawing:
        waiting = asyncio.create_task(drawing.draw(CHART))
        while pid_of(drawing) is None:  # noqa: ASYNC110 - a process starts in its own time
            await asyncio.sleep(0)
        pid = pid_of(drawing)
        assert pid is not None
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert pid_of(drawing) is None
        assert not is_running(pid)


async def test_of_many_at_once_those_who_would_wait_too_long_are_told_so_at_once() -> None:
    async with misbehaving(HANGS, seconds=0.3) as drawing:
        tasks = [asyncio.create_task(drawing.draw(CHART)) for _ in range(17)]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        (refused,) = done
        with pytest.raises(PictureError, match="So many pictures"):
            refused.result()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.parametrize("name", ["half.png", "noise.png", "svg.png", "film.png", "huge.png", "wide.png"])
async def test_a_file_that_cannot_be_decoded_costs_its_picture_alone(process: DrawingProcess, name: str) -> None:
    await process.draw(SMALL, [picture("PNG")])
    pid = pid_of(process)
    with pytest.raises(PictureError):
        await process.draw(SMALL, [files()[name][0]])
    assert (await process.draw(SMALL, [picture("PNG")])).startswith(IS_PNG)
    assert pid_of(process) == pid


async def test_it_gets_nothing_of_the_bots_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-secret-of-the-bot")
    drawing = DrawingProcess(seconds=60)
    await drawing.draw(SMALL, [picture("PNG")])
    environment = of_process(drawing, "environ")
    await drawing.close()
    assert b"a-secret-of-the-bot" not in environment
    names = {each.partition(b"=")[0] for each in environment.split(b"\0") if each}
    allowed = {b"HOME", b"MPLCONFIGDIR", b"XDG_DATA_HOME", b"PATH", b"LANG", b"TZ", b"OPENBLAS_NUM_THREADS"}
    allowed |= {b"OMP_NUM_THREADS", b"MALLOC_ARENA_MAX"}
    assert {name for name in names if not name.startswith((b"COVERAGE_", b"COV_"))} <= allowed


async def test_memory_and_processor_time_have_limits(process: DrawingProcess) -> None:
    await process.draw(SMALL, [picture("PNG")])
    limits = of_process(process, "limits").decode()
    by_name = {line[:26].strip(): line[26:].split() for line in limits.splitlines()[1:]}
    assert int(by_name["Max address space"][0]) <= 1024**3
    assert int(by_name["Max cpu time"][0]) <= 60
    assert int(by_name["Max core file size"][0]) == 0
    assert int(by_name["Max file size"][0]) <= 8 * 1024**2


async def test_no_part_of_it_is_loaded_by_the_bot() -> None:
    script = (
        "import sys, bot.cli.main; print([m for m in ('matplotlib', 'PIL', 'numpy', 'fontTools') if m in sys.modules])"
    )
    loaded = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    printed, _ = await loaded.communicate()
    assert printed.decode().strip() == "[]"


async def test_after_it_is_closed_nobody_who_waits_for_a_picture_starts_another() -> None:
    drawing = DrawingProcess(seconds=60)
    await drawing.draw(SMALL, [picture("PNG")])
    waiting = [asyncio.create_task(drawing.draw(CHART)) for _ in range(2)]
    await asyncio.sleep(0)
    await drawing.close()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(each) for each in found] == [PictureError, PictureError]
    assert (pid_of(drawing), drawing.starts) == (None, 1)
