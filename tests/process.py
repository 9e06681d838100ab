"""The bot as a process of its own: `python -m bot run`, as an operator starts and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO

from tests.sandbox_client import SECRETS, SandboxClient, write_config

# Far above what anything here takes; a run that hangs is to fail, not to wait for.
PATIENCE = 120.0
# Far above what it takes to end on a busy machine, and below every time for which the bot would wait.
AT_ONCE = 8.0


class BotProcess:
    """A process whose output goes into a file."""

    def __init__(self, process: asyncio.subprocess.Process, output: Path) -> None:
        self.process = process
        self._output = output

    @property
    def output(self) -> str:
        """Everything printed so far, on either channel."""
        return self._output.read_text(encoding="utf-8")

    @property
    def output_lines(self) -> list[str]:
        """The lines that are no log lines: messages to the operator, and tracebacks."""
        return [line for line in self.output.splitlines() if not re.match(r"\d{4}-\d\d-\d\d ", line)]

    async def says(self, words: str, times: int = 1) -> None:
        """Return when the words were printed, so many times since the start."""
        await until(lambda: self.output.count(words) >= times or self.process.returncode is not None)
        assert self.output.count(words) >= times, f"it ended with {self.process.returncode}: {self.output}"

    async def exit_code(self) -> int:
        """The exit code, once it has ended."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; the exit code, and the seconds until the end."""
        began = time.monotonic()
        self.process.send_signal(number)
        return await self.exit_code(), time.monotonic() - began


@asynccontextmanager
async def start(
    *arguments: str | Path, folder: Path, secrets: Mapping[str, str] = SECRETS, stdout: IO[bytes] | None = None
) -> AsyncIterator[BotProcess]:
    """`python -m bot` with these arguments in `folder`; ended with the block if it still runs."""
    output = folder / f"output-{time.monotonic_ns()}.txt"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "LOOPRING_"))}
    with output.open("wb") as file, _interruptible():
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", *map(str, arguments)),
            cwd=folder,
            env={**environ, **secrets},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=stdout or file,
            stderr=file,
        )
    try:
        yield BotProcess(process, output)
    finally:
        # Terminated first: the coverage of a killed process would be missing.
        for end in (process.terminate, process.kill):
            if process.returncode is None:
                end()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), 5)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let a process that is started here be interrupted, also where a shell runs the tests in the background."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        yield
        return
    # A child inherits that a signal is ignored, but not that it has a handler.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@asynccontextmanager
async def running(sandbox: SandboxClient, folder: Path, **tables: str) -> AsyncIterator[BotProcess]:
    """The bot, connected to the sandbox; `tables` are further lines of its configuration."""
    loopring = f"requests_per_second = 1000\n{tables.pop('loopring', '')}"
    async with start(
        "run", "--config", write_config(folder, sandbox, loopring=loopring, **tables), folder=folder
    ) as bot:
        await bot.says(": ready as ")
        await sandbox.online()
        yield bot


async def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Return when a condition of another process holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - nothing of another process sets an event here
            await asyncio.sleep(0.02)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
