"""What the bot does by itself: named jobs, each of which runs again and again until the bot stops.

Each job is one task: a run, a pause, the next run. So no job ever runs twice at once, and none waits for another. A run
that fails is logged once, under the name of the job, and stops nothing; the next run does what is left. The pause is
counted from the end of a run, by a monotonic clock. A job that depends on the calendar runs often enough, and checks
the time itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.errors import TesseraError

log = logging.getLogger(__name__)

# What a run returns, such as how many contests it ended, is only for direct callers.
Job = Callable[[], Awaitable[object]]
Interval = timedelta | Callable[[datetime], timedelta]

# Repeated failures double the pause up to this; a longer interval is not shortened.
_LONGEST_PAUSE = timedelta(minutes=4)
_MOST_DOUBLINGS = 10  # enough for any sensible interval, and small enough not to overflow

# Process supervisors commonly allow 30 seconds for a stop; commands use up to 20 of them at the same time.
_STOP_TIMEOUT = timedelta(seconds=5)


@dataclass
class _Entry:
    """A job and its state.

    Attributes:
        failures: Failed runs since the last one that did not fail.
        is_waiting: Between two runs.
    """

    name: str
    interval: Interval
    job: Job
    at_once: bool
    task: asyncio.Task[None] | None = None
    failures: int = 0
    is_waiting: bool = False


def _now() -> datetime:
    return datetime.now(UTC)


async def _sleep(pause: timedelta) -> None:
    await asyncio.sleep(pause.total_seconds())


def _ignore(_name: str, _is_well: bool, _seconds: float) -> None:  # noqa: FBT001 - called with values alone
    pass


class Background:
    """Runs jobs from `start()` to `stop()`.

    Args:
        now: The wall clock, for intervals that depend on it.
        sleep: Waits.
        stop_timeout: How long `stop()` waits for runs under way.

    Attributes:
        on_run: Gets the name of a job after each run, whether it succeeded, and its seconds.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[timedelta], Awaitable[None]] = _sleep,
        stop_timeout: timedelta = _STOP_TIMEOUT,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._stop_timeout = stop_timeout
        self._entries: dict[str, _Entry] = {}
        self._is_stopping = False
        self._has_ended = False
        self.on_run: Callable[[str, bool, float], None] = _ignore

    def every(self, interval: Interval, job: Job, *, name: str, at_once: bool = True) -> None:
        """Add a job, before `start()`.

        Args:
            interval: From the end of a run to the next one, or a function that returns it after each run, given the
                time. Greater than zero.
            job: One run. It should do what is due by now, however long ago the last run was.
            name: For the log.
            at_once: Whether the first run is at the start, or an interval later.
        """
        if name in self._entries:
            raise ValueError(f"there is a job named {name!r} already")
        self._entries[name] = _Entry(name, interval, job, at_once)

    @property
    def state(self) -> str:
        """Of all jobs: "ok"; "failing", if the last run of one failed; "ended", if one does not run any more."""
        if self._has_ended:
            return "ended"
        return "failing" if any(entry.failures for entry in self._entries.values()) else "ok"

    def start(self) -> None:
        """Start all jobs."""
        for entry in self._entries.values():
            entry.task = asyncio.create_task(self._supervise(entry), name=entry.name)
            entry.task.add_done_callback(partial(self._on_end, entry))

    async def stop(self) -> None:
        """Start no further run, and let those under way finish; cancel what takes too long."""
        self._is_stopping = True
        tasks = {entry.task: entry for entry in self._entries.values() if entry.task}
        if not tasks:
            return
        for task, entry in tasks.items():
            if entry.is_waiting:
                task.cancel()
        _, late = await asyncio.wait(tasks, timeout=self._stop_timeout.total_seconds())
        for task in late:
            log.warning("%s: cancelled, as it did not finish in time for the stop", tasks[task].name)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervise(self, entry: _Entry) -> None:
        if entry.at_once and not self._is_stopping:
            await self._run_once(entry)
        while not self._is_stopping:
            await self._wait(entry)
            await self._run_once(entry)

    async def _wait(self, entry: _Entry) -> None:
        entry.is_waiting = True
        await self._sleep(_pause(self._interval(entry), entry.failures))
        entry.is_waiting = False

    def _interval(self, entry: _Entry) -> timedelta:
        interval = entry.interval if isinstance(entry.interval, timedelta) else entry.interval(self._now())
        if interval <= timedelta():
            raise ValueError(f"an interval of {interval} is not greater than zero")
        return interval

    async def _run_once(self, entry: _Entry) -> None:
        began_at = time.monotonic()
        await self._try(entry)
        self.on_run(entry.name, not entry.failures, time.monotonic() - began_at)

    async def _try(self, entry: _Entry) -> None:
        try:
            await entry.job()
        except TesseraError as error:
            entry.failures += 1
            log.error("%s: this run failed: %s", entry.name, error.sentence)  # noqa: TRY400 - it says it all
        except (Exception, asyncio.CancelledError) as error:
            # A run also raises this when something that it awaits was cancelled: that is a failed run, not our own end.
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            entry.failures += 1
            log.exception("%s: this run failed unexpectedly", entry.name)
        else:
            if entry.failures:
                log.info("%s: works again, after %d failed runs", entry.name, entry.failures)
            entry.failures = 0

    def _on_end(self, entry: _Entry, task: asyncio.Task[None]) -> None:
        if self._is_stopping:
            return
        self._has_ended = True
        error = None if task.cancelled() else task.exception()
        log.critical("%s: has ended, and will not run again until Tessera is restarted", entry.name, exc_info=error)


def _pause(interval: timedelta, failures: int) -> timedelta:
    """The interval, doubled for each failure in a row after the first."""
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return min(interval * (1 << doublings), max(interval, _LONGEST_PAUSE))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
