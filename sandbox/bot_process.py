"""The bot as a child process: started, its output read, restarted when it dies, stopped with the sandbox."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOG_LINES = 2000
BETWEEN_STARTS = 2.0  # seconds: a bot that dies at once must not occupy a core
TIME_TO_END = 10.0  # seconds between SIGTERM and SIGKILL
LONGEST_LINE = 1024 * 1024


class BotProcess:
    """Keeps one command running, and stores its output.

    Args:
        command: what to run; its standard output and error are read together.
        environment: variables on top of this process's own; secrets go here, never on the command line.
        on_line: called with each line of output, without its end.
        between_starts: seconds from one start to the next, at least.
        time_to_end: seconds it has to end after SIGTERM; then it is killed.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        on_line: Callable[[str], None],
        *,
        between_starts: float = BETWEEN_STARTS,
        time_to_end: float = TIME_TO_END,
    ) -> None:
        self.lines: deque[str] = deque(maxlen=LOG_LINES)
        self.starts = 0
        self._command = command
        self._environment = environment
        self._on_line = on_line
        self._between_starts = between_starts
        self._time_to_end = time_to_end
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._is_restarting = False

    @property
    def running(self) -> bool:
        """Whether the child runs."""
        return self._process is not None and self._process.returncode is None

    def json(self) -> dict[str, Any]:
        """What `/_sandbox/bot` returns about it."""
        pid = self._process.pid if self._process is not None and self.running else None
        return {"running": self.running, "pid": pid, "starts": self.starts}

    def start(self) -> None:
        """Start it, and keep it running until `stop`."""
        if self._supervisor is None:
            self._supervisor = asyncio.create_task(self._supervise())

    async def restart(self) -> None:
        """End it; the supervisor starts it again."""
        self._is_restarting = self.running
        await self._end()

    def reload(self) -> None:
        """Let it read its settings again, and try again what failed. Only for one that is ready for this signal."""
        if self._process is not None and self.running:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        """End it for good; when this returns there is no child."""
        if self._supervisor is None:
            return
        self._supervisor.cancel()
        await asyncio.gather(self._supervisor, return_exceptions=True)
        self._supervisor = None
        await self._end()

    async def _supervise(self) -> None:
        while True:
            started_at = time.monotonic()
            try:
                await self._run()
            except OSError as error:
                self._report(f"sandbox: the bot could not be started: {error}")
            pause = max(0.0, self._between_starts - (time.monotonic() - started_at))
            if self._process is not None:
                ended = "was ended" if self._is_restarting else f"ended with status {self._process.returncode}"
                self._report(f"sandbox: the bot {ended}; starting it again in {pause:.1f} s")
            self._is_restarting = False
            await asyncio.sleep(pause)

    async def _run(self) -> None:
        self.starts += 1
        self._process = None
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self._environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
        )
        output = self._process.stdout
        if output is not None:
            await self._read_lines(output)
        await self._process.wait()

    async def _read_lines(self, output: asyncio.StreamReader) -> None:
        while True:
            try:
                line = await output.readline()
            except ValueError:  # longer than LONGEST_LINE; the reader has dropped it
                self._report("sandbox: a line of the bot was too long to show")
                continue
            if not line:
                return
            self._report(line.decode("utf-8", "replace").rstrip("\r\n"))

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), self._time_to_end)
        except TimeoutError:
            self._report("sandbox: the bot did not end when asked to and was killed")
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _report(self, line: str) -> None:
        self.lines.append(line)
        self._on_line(line)
