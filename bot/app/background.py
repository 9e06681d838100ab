"""What the bot does by itself: named works, each of which comes round again and again until the bot stops.

Each work is one task: a round, a pause, the next round. So no work ever runs twice at once, and none waits for another.
A round that fails is logged once, under its name, and ends nothing; the next one does what is left. The pause counts
from the end of a round, and by a clock that nobody sets. A work that goes by the calendar is called often enough, and
looks at the clock itself.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.errors import TesseraError

log = logging.getLogger(__name__)

# What a round returns, such as how many contests it ended, interests only those who call it themselves.
Work = Callable[[], Awaitable[object]]
Interval = timedelta | Callable[[datetime], timedelta]

# Repeated failures double the pause up to this; a work that is rarer anyway stays as rare as it is.
_LONGEST_PAUSE = timedelta(minutes=4)
_MOST_DOUBLINGS = 10  # more than it takes from any sensible interval, and no number that overflows

# A supervisor of processes commonly grants 30 seconds, and commands finish within 20 of them at the same time.
_PATIENCE = timedelta(seconds=5)


@dataclass
class _Entry:
    """A work and how it goes.

    Attributes:
        failures: Rounds that failed since the last one that did not.
        is_resting: Between two rounds.
    """

    name: str
    interval: Interval
    work: Work
    at_once: bool
    task: asyncio.Task[None] | None = None
    failures: int = 0
    is_resting: bool = False


def _now() -> datetime:
    return datetime.now(UTC)


async def _sleep(pause: timedelta) -> None:
    await asyncio.sleep(pause.total_seconds())


class Background:
    """Runs works from `start()` to `stop()`.

    Args:
        now: The wall clock, for intervals that depend on it.
        sleep: Waits.
        patience: How long `stop()` waits for rounds under way.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[timedelta], Awaitable[None]] = _sleep,
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._patience = patience
        self._entries: dict[str, _Entry] = {}
        self._is_stopping = False
        self._has_died = False

    def every(self, interval: Interval, work: Work, *, name: str, at_once: bool = True) -> None:
        """Add a work, before `start()`.

        Args:
            interval: From the end of a round to the next one; or what says so after each round, given the time. More
                than nothing.
            work: One round. It should do what is due by now, however long ago the last round was.
            name: For the log.
            at_once: Whether the first round comes at the start, or an interval later.
        """
        if name in self._entries:
            raise ValueError(f"there is a work named {name!r} already")
        self._entries[name] = _Entry(name, interval, work, at_once)

    @property
    def state(self) -> str:
        """A word for all works: "ok"; "failing", while the last round of one failed; "ended", if one comes no more."""
        if self._has_died:
            return "ended"
        return "failing" if any(entry.failures for entry in self._entries.values()) else "ok"

    def start(self) -> None:
        """Begin."""
        for entry in self._entries.values():
            entry.task = asyncio.create_task(self._supervise(entry), name=entry.name)
            entry.task.add_done_callback(partial(self._on_end, entry))

    async def stop(self) -> None:
        """Begin no further round, and let those under way come to their end; cut off what takes too long."""
        self._is_stopping = True
        tasks = {entry.task: entry for entry in self._entries.values() if entry.task}
        if not tasks:
            return
        for task, entry in tasks.items():
            if entry.is_resting:
                task.cancel()
        _, late = await asyncio.wait(tasks, timeout=self._patience.total_seconds())
        for task in late:
            log.warning("%s: cut off by the stop", tasks[task].name)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _supervise(self, entry: _Entry) -> None:
        if entry.at_once and not self._is_stopping:
            await self._round(entry)
        while not self._is_stopping:
            await self._rest(entry)
            await self._round(entry)

    async def _rest(self, entry: _Entry) -> None:
        entry.is_resting = True
        await self._sleep(_pause(self._interval(entry), entry.failures))
        entry.is_resting = False

    def _interval(self, entry: _Entry) -> timedelta:
        interval = entry.interval if isinstance(entry.interval, timedelta) else entry.interval(self._now())
        if interval <= timedelta():
            raise ValueError(f"an interval of {interval} would leave room for nothing else")
        return interval

    async def _round(self, entry: _Entry) -> None:
        try:
            await entry.work()
        except TesseraError as error:
            entry.failures += 1
            log.error("%s: this round failed: %s", entry.name, error.sentence)  # noqa: TRY400 - it says it all
        except (Exception, asyncio.CancelledError) as error:
            # A round is also cancelled when something that it waits for was: a fault of its own, not our end.
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            entry.failures += 1
            log.exception("%s: this round failed unexpectedly", entry.name)
        else:
            if entry.failures:
                log.info("%s: works again, after %d rounds that failed", entry.name, entry.failures)
            entry.failures = 0

    def _on_end(self, entry: _Entry, task: asyncio.Task[None]) -> None:
        if self._is_stopping:
            return
        self._has_died = True
        error = None if task.cancelled() else task.exception()
        log.critical("%s: has ended, and comes no more until Tessera is restarted", entry.name, exc_info=error)


def _pause(interval: timedelta, failures: int) -> timedelta:
    """The interval, doubled for each failure in a row after the first."""
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    return min(interval * (1 << doublings), max(interval, _LONGEST_PAUSE))


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
