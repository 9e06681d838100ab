"""The bot as a child process: started as its operator starts it, measured from outside, and always stopped."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.discord.oauth import CLIENT_SECRET
from sandbox.world import API_KEY, BLOCKSCOUT_KEY, BOT_TOKEN

REPOSITORY = Path(__file__).resolve().parent.parent
# A start takes a second or two; this is for a machine that is busy with something else.
LONGEST_START = 60.0
TIME_TO_END = 10.0
READY = "ready as "
# Each has a line when it is over; what else is logged is counted.
OF_A_COMMAND = " bot.ui.interaction_runs: "
SECRETS = {"DISCORD_TOKEN": BOT_TOKEN, "LOOPRING_API_KEY": API_KEY, "ETHEREUM_API_KEY": BLOCKSCOUT_KEY}
PAGE_SECRETS = {"DISCORD_CLIENT_SECRET": CLIENT_SECRET}
# All secrets that the bot reads: those in the environment of this process must not replace the sandbox's.
SECRET_NAMES = (*SECRETS, *PAGE_SECRETS, "ETH_RPC_URL")


class BotDiedError(Exception):
    """The bot ended, or never became ready; the message contains its last lines."""


class BotProcess:
    """A running bot."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.seconds_to_ready = 0.0
        self.lines_logged = 0
        self._process = process
        self._lines: deque[str] = deque(maxlen=20)
        self._ready_at: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._listener = asyncio.create_task(self._listen())

    @classmethod
    @asynccontextmanager
    async def run(cls, arguments: Sequence[str], secrets: Mapping[str, str] = SECRETS) -> AsyncIterator[BotProcess]:
        """Start it with its secrets, wait until it is ready, and end it afterwards.

        Args:
            arguments: Of Python; `-m bot run …` is ours.
            secrets: Further variables of its environment.

        Raises:
            BotDiedError: it does not become ready.
        """
        started_at = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            cwd=REPOSITORY,
            env=_environment(secrets),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        bot = cls(process)
        try:
            bot.seconds_to_ready = await bot._wait_ready() - started_at
            yield bot
        finally:
            await bot._end()

    def memory(self) -> dict[str, float] | None:
        """`VmRSS` (now) and `VmHWM` (the most ever) in MB of 1,000,000 bytes; None on systems without /proc."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        fields = dict(line.split(":", 1) for line in status.splitlines())
        return {name: int(fields[name].split()[0]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM")}

    def cpu_seconds(self) -> float | None:
        """Processor time used so far, user and system; None on systems without /proc."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        # After the command's name, which may contain anything: state is field 3, utime and stime are 14 and 15.
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def check_alive(self) -> None:
        """Raise BotDiedError if it has ended."""
        if self._process.returncode is not None:
            raise BotDiedError(f"the bot ended with status {self._process.returncode}:\n" + "\n".join(self._lines))

    async def _wait_ready(self) -> float:
        try:
            return await asyncio.wait_for(self._ready_at, LONGEST_START)
        except TimeoutError:
            raise BotDiedError(
                f"the bot was not ready within {LONGEST_START:.0f} s:\n" + "\n".join(self._lines)
            ) from None

    async def _listen(self) -> None:
        """Read its log, so that it is never blocked by a full pipe."""
        assert self._process.stderr is not None  # noqa: S101 - asked for by PIPE
        async for raw in self._process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            self._lines.append(line)
            self.lines_logged += OF_A_COMMAND not in line
            if READY in line and not self._ready_at.done():
                self._ready_at.set_result(time.perf_counter())
        await self._process.wait()
        if not self._ready_at.done():
            self._ready_at.set_exception(BotDiedError("the bot did not start:\n" + "\n".join(self._lines)))

    async def _end(self) -> None:
        try:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), TIME_TO_END)
        finally:  # also on a second Ctrl-C while it is stopping
            if self._process.returncode is None:
                self._process.kill()
            self._listener.cancel()
            await asyncio.gather(self._listener, return_exceptions=True)
            self._ready_at.cancel()


def _environment(secrets: Mapping[str, str]) -> dict[str, str]:
    foreign = {name + suffix for name in SECRET_NAMES for suffix in ("", "_FILE")}
    # As anywhere else, Python keeps what it has compiled: else each start would compile it again.
    foreign.add("PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if name not in foreign} | dict(secrets)
