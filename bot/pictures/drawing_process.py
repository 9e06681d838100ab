"""The process that draws: started at the first picture, used again, and gone after a while without any.

It gets none of the bot's environment, and so no secret; it draws one picture at a time. Where it dies, answers nonsense
or takes too long, it is killed, and the next picture gets a new one: the picture that it died of is missing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from bot.errors import DrawingBusyError, PictureError
from bot.messages import Message
from bot.pictures import frames

log = logging.getLogger(__name__)

# A cold start with a chart takes half a second here, and a picture of 16 megapixels as long.
SECONDS = 8.0
IDLE_SECONDS = 60.0
_MOST_WAITING = 16
# What needs Pillow alone; for all else the process loads Matplotlib, which is three quarters of its memory.
_WITHOUT_MATPLOTLIB = frozenset({"small", "card"})
_COMMAND = (sys.executable, "-I", "-m", "bot.pictures.child")

_FAILED = Message("The picture could not be drawn this time; here is what it would show.")
_BUSY = Message("So many pictures are being drawn that this one would come too late; here is what it would show.")


class DrawingProcess:
    """Draws in a child process. To be closed.

    Args:
        command: Starts it.
        seconds: The longest time for one picture, with the start of the process; it is killed then.
        idle_seconds: After so long without a picture `end_if_idle` ends it.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = _COMMAND,
        seconds: float = SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._command = tuple(command)
        self._seconds = seconds
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._process: asyncio.subprocess.Process | None = None
        self._has_drawn_charts = False
        self._used_at = 0.0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._is_closed = False
        self.starts = 0

    @property
    def pid(self) -> int | None:
        """The number of the process; None: there is none now."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def draw(self, content: Mapping[str, Any], files: Sequence[bytes] = (), *, is_large: bool = False) -> bytes:
        """One picture.

        Args:
            content: What is drawn, as `bot.pictures.child` takes it.
            files: Pictures in it.
            is_large: One of them needs so much memory that the process must have loaded little before.

        Raises:
            PictureError: there is none; the sentence says so.
        """
        if self._waiting >= _MOST_WAITING:
            raise DrawingBusyError(_BUSY)
        self._waiting += 1
        try:
            async with self._turn:
                if is_large and self._has_drawn_charts:
                    await self._end()
                drawn = await self._answered(frames.encode(content, files))
                self._has_drawn_charts = self._has_drawn_charts or content["draw"] not in _WITHOUT_MATPLOTLIB
                return drawn
        finally:
            self._waiting -= 1

    async def end_if_idle(self) -> None:
        """End the process if it has drawn nothing for a while; to be called every few seconds."""
        if self._process and not self._turn.locked() and self._clock() - self._used_at >= self._idle_seconds:
            async with self._turn:
                await self._end()

    async def close(self) -> None:
        """End the process, whatever it does; what waits for a picture gets none, and starts no other process."""
        self._is_closed = True
        await self._end()
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    async def _answered(self, frame: bytes) -> bytes:
        """What the process answers; or a new one, if it is gone: it may have died of something else."""
        was_there = self._process is not None
        try:
            return await self._draw(frame)
        except PictureError as error:
            if was_there and isinstance(error.__cause__, OSError | asyncio.IncompleteReadError):
                return await self._draw(frame)
            raise

    async def _draw(self, frame: bytes) -> bytes:
        try:
            async with asyncio.timeout(self._seconds):
                answer, files = await _exchange(await self._started(), frame)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, frames.FrameError) as error:
            process = self._process
            await self._end()
            code = process.returncode if process else None
            log.warning("the drawing process is replaced: %s, exit status %s", type(error).__name__, code)
            # A `TimeoutError` is an `OSError`: it is no reason for another try.
            cause = frames.FrameError("too late") if isinstance(error, TimeoutError) else error
            raise PictureError(_FAILED) from cause
        except BaseException:  # cancelled in the middle: what it answers would be taken for the next picture
            await asyncio.shield(self._end())
            raise
        self._used_at = self._clock()
        if "error" in answer or len(files) != 1:
            log.info("a picture is not drawn: %s", str(answer.get("error"))[:200])
            raise PictureError(_FAILED)
        return files[0]

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process and self._process.returncode is None:
            return self._process
        if self._is_closed:
            raise PictureError(_FAILED)
        self._folder = self._folder or tempfile.TemporaryDirectory(
            prefix="tessera-pictures-", ignore_cleanup_errors=True
        )
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(self._folder.name),
            cwd=self._folder.name,
            start_new_session=True,  # Ctrl-C is for the bot, which ends it
        )
        self.starts += 1
        return self._process

    async def _end(self) -> None:
        process, self._process, self._has_drawn_charts = self._process, None, False
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)  # it has nothing to lose
        await process.wait()


async def _exchange(process: asyncio.subprocess.Process, frame: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Send a frame, and receive the answer."""
    assert process.stdin is not None  # noqa: S101 - asked for by PIPE
    assert process.stdout is not None  # noqa: S101 - likewise
    process.stdin.write(frame)
    await process.stdin.drain()
    length = frames.object_length(await process.stdout.readexactly(4))
    answer, lengths = frames.read_object(await process.stdout.readexactly(length))
    return answer, [await process.stdout.readexactly(each) for each in lengths]


def _environment(folder: str) -> dict[str, str]:
    """All that the process gets: nothing of the bot's, a folder for the list of fonts, and one thread."""
    return {
        "HOME": folder,
        "MPLCONFIGDIR": folder,
        "XDG_DATA_HOME": folder,
        "PATH": "",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "1",
        # Only there where tests measure which lines ran.
        **{key: value for key, value in os.environ.items() if key.startswith("COVERAGE_")},
    }
