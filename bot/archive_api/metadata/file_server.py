"""A server of small files, and how long it is asked.

- One that does not answer eight times in a row is left alone.
- One that asks to wait (429, or 503 with `Retry-After`) gets no request until then; others are asked meanwhile. Only
  one that keeps asking for longer than an hour, and gives nothing in between, is left alone. A stranger's server is not
  waited for so long, or anybody could stop a run with a URL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

from yarl import URL

from bot.archive_api.metadata.small_files import Busy, FileProblem, SmallFiles
from bot.sources.pace import Clock

_GIVES_UP = 8
MOST_WAITING = timedelta(hours=1)
MOST_WAITING_FOR_A_STRANGER = timedelta(minutes=1)
# Where a server does not say how long: a second, and twice as long each time.
_LONGEST_PAUSE = timedelta(minutes=1)
_MOST_DOUBLINGS = 6


class FileServer:
    """One server.

    Args:
        files: Fetches; opened and closed by the caller.
        clock: Time.
        url: The base URL of the server.
        most_waiting: For how long in all it may ask to wait, without giving anything in between.
    """

    def __init__(
        self, files: SmallFiles, clock: Clock, url: str = "", *, most_waiting: timedelta = MOST_WAITING
    ) -> None:
        self.url = url
        self._most_waiting = most_waiting
        self._files = files
        self._clock = clock
        self._failures = 0
        self._resumes_at = 0.0
        self._pauses = 0
        self._waited = timedelta()

    @property
    def is_left_alone(self) -> bool:
        """Whether it is not asked any more."""
        return self._failures >= _GIVES_UP or self._waited > self._most_waiting

    @property
    def seconds_to_wait(self) -> float:
        """How long it wants no request; 0: it takes them."""
        return max(0.0, self._resumes_at - self._clock.now())

    async def get(self, url: URL) -> bytes | FileProblem:
        """The file at a URL of this server, or why there is none; `BUSY`: not before `seconds_to_wait` are over."""
        found = await self._files.get(url)
        if isinstance(found, Busy):
            self._pause(found.pause)
            return FileProblem.BUSY
        self._failures = self._failures + 1 if found is FileProblem.NO_ANSWER else 0
        if found is not FileProblem.NO_ANSWER:
            self._pauses, self._waited = 0, timedelta()
        return found

    def _pause(self, pause: timedelta | None) -> None:
        if self.seconds_to_wait:
            return  # others were under way when it asked for the pause
        pause = pause or min(_LONGEST_PAUSE, timedelta(seconds=2 ** min(self._pauses, _MOST_DOUBLINGS)))
        self._pauses += 1
        self._waited += pause
        self._resumes_at = self._clock.now() + pause.total_seconds()


async def first_file(
    servers: Sequence[FileServer], ask: Callable[[FileServer], Awaitable[bytes | FileProblem]], clock: Clock
) -> bytes | FileProblem:
    """The file of the first server that has it, or why there is none.

    Args:
        servers: In their order; one that wants to wait is asked again after the others.
        ask: Asks one of them.
        clock: Time.

    Returns:
        `NO_SERVER` where all are left alone.
    """
    problem, left = FileProblem.NO_SERVER, list(servers)
    while left := [server for server in left if not server.is_left_alone]:
        waiting = []
        for server in left:
            found: bytes | FileProblem = FileProblem.BUSY if server.seconds_to_wait else await ask(server)
            if isinstance(found, bytes):
                return found
            if found is FileProblem.BUSY:
                waiting.append(server)
            if found is not FileProblem.BUSY or problem is FileProblem.NO_SERVER:
                problem = found
        left = waiting
        if left:
            await clock.sleep(min(server.seconds_to_wait for server in left))
    return problem
