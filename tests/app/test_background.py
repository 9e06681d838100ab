"""Jobs run again and again until they are stopped, whatever happens in a run; a job that has ended is reported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from bot.app.background import Background
from bot.errors import StoreError
from bot.messages import Message
from tests.app.virtual_clock import VirtualClock, settle

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
LONGEST = timedelta(minutes=4)
AT_ONCE = timedelta()

Job = Callable[[], Awaitable[None]]


class Runs:
    """A job that records when it is called, and then does what a test wants."""

    def __init__(self, clock: VirtualClock, job: Job | None = None) -> None:
        self.began: list[timedelta] = []
        self.job = job
        self._clock = clock

    async def __call__(self) -> None:
        self.began.append(self._clock.ran)
        if self.job:
            await self.job()


class Blocked:
    """A job that runs until it is released."""

    def __init__(self) -> None:
        self.released = asyncio.Event()
        self.under_way = self.most = self.ended = 0
        self.was_cancelled = False

    async def __call__(self) -> None:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await self.released.wait()
        except asyncio.CancelledError:
            self.was_cancelled = True
            raise
        finally:
            self.under_way -= 1
        self.ended += 1


def failing(error: BaseException) -> Job:
    """A job that fails in each run."""

    async def job() -> None:
        raise error

    return job


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def background(clock: VirtualClock) -> AsyncIterator[Background]:
    """With the clock of the test; stopped at its end."""
    background = Background(now=clock.now, sleep=clock.sleep)
    yield background
    await background.stop()


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged as an error or worse."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


# ---------------------------------------------------------------- runs


@pytest.mark.parametrize(
    ("at_once", "began"),
    [(True, [AT_ONCE, MINUTE, 2 * MINUTE]), (False, [MINUTE, 2 * MINUTE])],
    ids=["at once", "after the interval"],
)
async def test_runs_are_an_interval_apart(
    clock: VirtualClock, background: Background, began: list[timedelta], *, at_once: bool
) -> None:
    runs = Runs(clock)
    background.every(MINUTE, runs, name="sweep", at_once=at_once)
    background.start()
    await clock.advance(3 * MINUTE - SECOND)
    assert runs.began == began


async def test_jobs_do_not_wait_for_each_other(clock: VirtualClock, background: Background) -> None:
    often, seldom, blocked = Runs(clock), Runs(clock), Blocked()
    background.every(MINUTE, blocked, name="blocked")
    background.every(MINUTE, often, name="often")
    background.every(HOUR, seldom, name="seldom")
    background.start()
    await clock.advance(HOUR)
    assert (len(often.began), len(seldom.began), blocked.most) == (61, 2, 1)
    blocked.released.set()


async def test_a_run_that_takes_longer_than_the_interval_never_overlaps_another(
    clock: VirtualClock, background: Background
) -> None:
    blocked = Blocked()
    runs = Runs(clock, blocked)
    background.every(MINUTE, runs, name="long")
    background.start()
    await clock.advance(5 * MINUTE)
    assert runs.began == [AT_ONCE]
    blocked.released.set()
    await clock.advance(MINUTE)
    assert runs.began == [AT_ONCE, 6 * MINUTE]
    assert (blocked.most, blocked.ended) == (1, 2)


async def test_an_interval_may_be_computed_after_each_run(clock: VirtualClock, background: Background) -> None:
    def to_the_hour(now: datetime) -> timedelta:
        return HOUR - timedelta(minutes=now.minute)

    clock.jump(40 * MINUTE)
    runs = Runs(clock)
    background.every(to_the_hour, runs, name="hourly")
    background.start()
    await clock.advance(2 * HOUR)
    assert runs.began == [AT_ONCE, 20 * MINUTE, 80 * MINUTE]


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
async def test_a_change_of_the_wall_clock_moves_no_run(
    clock: VirtualClock, background: Background, jump: timedelta
) -> None:
    runs = Runs(clock)
    background.every(MINUTE, runs, name="sweep")
    background.start()
    await clock.advance(90 * SECOND)
    clock.jump(jump)
    await clock.advance(MINUTE)
    assert runs.began == [AT_ONCE, MINUTE, 2 * MINUTE]


async def test_a_name_belongs_to_one_job(clock: VirtualClock, background: Background) -> None:
    background.every(MINUTE, Runs(clock), name="sweep")
    with pytest.raises(ValueError, match="'sweep' already"):
        background.every(HOUR, Runs(clock), name="sweep")


async def test_by_itself_it_waits_by_the_clock_of_the_machine() -> None:
    seen: list[datetime] = []
    second_round = asyncio.Event()

    async def job() -> None:
        if len(seen) == 2:
            second_round.set()

    def soon(now: datetime) -> timedelta:
        seen.append(now)
        return timedelta(milliseconds=20)

    background = Background()
    background.every(soon, job, name="sweep")
    background.start()
    await asyncio.wait_for(second_round.wait(), 10)
    await background.stop()
    assert seen[1] - seen[0] >= timedelta(milliseconds=15)
    assert seen[0].tzinfo is not None


# ---------------------------------------------------------------- failures


async def test_an_error_with_a_sentence_is_logged_as_that_once_a_run(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    background.every(HOUR, failing(StoreError(Message("The disk is full."))), name="sweep")
    background.start()
    await clock.advance(HOUR)
    assert errors(caplog) == 2 * ["sweep: this run failed: The disk is full."]
    assert [record.exc_info for record in caplog.records] == [None, None]


@pytest.mark.parametrize(
    "error",
    [ValueError("nobody thought of this"), asyncio.CancelledError("what it waited for")],
    ids=["a fault", "what it waited for was cancelled"],
)
async def test_any_other_error_is_logged_with_its_traceback_and_the_next_run_starts(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture, error: BaseException
) -> None:
    runs = Runs(clock, failing(error))
    background.every(HOUR, runs, name="sweep")
    background.start()
    await clock.advance(2 * HOUR)
    assert errors(caplog) == 3 * ["sweep: this run failed unexpectedly"]
    assert all(record.exc_info and record.exc_info[1] is error for record in caplog.records)
    assert runs.began == [AT_ONCE, HOUR, 2 * HOUR]


async def test_a_job_that_works_again_is_logged_and_is_as_frequent_as_before(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    runs = Runs(clock, failing(StoreError(Message("The disk is full."))))
    background.every(MINUTE, runs, name="sweep")
    background.start()
    await clock.advance(3 * MINUTE)
    assert background.state == "failing"
    runs.job = None
    await clock.advance(5 * MINUTE)
    assert "sweep: works again, after 3 failed runs" in caplog.messages
    assert background.state == "ok"
    assert clock.pauses[-2:] == [MINUTE, MINUTE]
    runs.job = failing(StoreError(Message("The disk is full.")))
    await clock.advance(MINUTE)
    assert clock.pauses[-1] == MINUTE  # counted from the start: one failure is no row of them


@pytest.mark.parametrize(
    ("interval", "pauses"),
    [
        (30 * SECOND, [30 * SECOND, 60 * SECOND, 120 * SECOND, LONGEST, LONGEST]),
        (3 * MINUTE, [3 * MINUTE, LONGEST, LONGEST]),
        (HOUR, [HOUR, HOUR, HOUR]),
    ],
)
async def test_the_pause_grows_with_failures_in_a_row_up_to_a_bound(
    clock: VirtualClock, background: Background, interval: timedelta, pauses: list[timedelta]
) -> None:
    background.every(interval, failing(StoreError(Message("The disk is full."))), name="sweep")
    background.start()
    await clock.advance(timedelta(days=1))
    assert clock.pauses[: len(pauses)] == pauses
    assert max(clock.pauses) == pauses[-1]
    assert background.state == "failing"  # it goes on


# ---------------------------------------------------------------- the stop


async def test_a_stop_between_two_runs_takes_no_time_and_none_starts_after_it(clock: VirtualClock) -> None:
    runs = Runs(clock)
    background = Background(now=clock.now, sleep=clock.sleep, stop_timeout=HOUR)
    background.every(MINUTE, runs, name="sweep")
    background.start()
    await clock.advance(MINUTE)
    async with asyncio.timeout(10):
        await background.stop()
    await clock.advance(HOUR)
    assert runs.began == [AT_ONCE, MINUTE]


async def test_a_stop_waits_for_the_run_under_way_and_no_other_starts(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    blocked, runs = Blocked(), Runs(clock)
    background = Background(now=clock.now, sleep=clock.sleep, stop_timeout=HOUR)
    background.every(MINUTE, blocked, name="blocked", at_once=False)
    background.every(MINUTE, runs, name="sweep")
    background.start()
    await clock.advance(MINUTE)
    stopping = asyncio.create_task(background.stop())
    await clock.advance(HOUR)
    assert not stopping.done()
    blocked.released.set()
    await asyncio.wait_for(stopping, 10)
    assert (blocked.ended, blocked.was_cancelled, runs.began) == (1, False, [AT_ONCE, MINUTE])
    assert caplog.messages == []


async def test_a_run_that_takes_too_long_is_cancelled_by_the_stop(
    clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = Blocked()
    background = Background(now=clock.now, sleep=clock.sleep, stop_timeout=timedelta(0))
    background.every(MINUTE, blocked, name="blocked")
    background.start()
    await clock.advance(AT_ONCE)
    async with asyncio.timeout(10):
        await background.stop()
    assert (blocked.was_cancelled, blocked.under_way) == (True, 0)
    assert caplog.messages == ["blocked: cancelled, as it did not finish in time for the stop"]


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_stop_before_the_first_step_lets_nothing_start(clock: VirtualClock, *, at_once: bool) -> None:
    runs = Runs(clock)
    background = Background(now=clock.now, sleep=clock.sleep, stop_timeout=HOUR)
    background.every(MINUTE, runs, name="sweep", at_once=at_once)
    background.start()
    async with asyncio.timeout(10):
        await background.stop()
    assert runs.began == []


async def test_a_stop_without_a_start_and_a_second_one_do_nothing(clock: VirtualClock, background: Background) -> None:
    runs = Runs(clock)
    background.every(MINUTE, runs, name="sweep")
    await background.stop()
    await background.stop()
    assert runs.began == []


# ---------------------------------------------------------------- a supervisor that dies


async def test_a_job_that_has_ended_is_logged_and_reported_and_ends_no_other(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_now: datetime) -> timedelta:
        raise ZeroDivisionError

    runs = Runs(clock)
    background.every(broken, Runs(clock), name="broken")
    background.every(MINUTE, runs, name="sweep")
    background.start()
    await clock.advance(2 * MINUTE)
    (record,) = caplog.records
    assert record.levelno == logging.CRITICAL
    assert record.getMessage() == "broken: has ended, and will not run again until Tessera is restarted"
    assert record.exc_info
    assert record.exc_info[0] is ZeroDivisionError
    assert background.state == "ended"
    assert len(runs.began) == 3


async def test_a_task_that_others_cancel_is_logged_too(
    background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    tasks: list[asyncio.Task[None] | None] = []

    async def job() -> None:
        tasks.append(asyncio.current_task())

    background.every(MINUTE, job, name="sweep")
    background.start()
    await settle()
    (task,) = tasks
    assert task
    task.cancel()
    await settle()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("CRITICAL", "sweep: has ended, and will not run again until Tessera is restarted")
    ]
    assert background.state == "ended"


@pytest.mark.parametrize("interval", [timedelta(), -SECOND])
async def test_no_interval_lets_a_job_run_without_a_pause(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture, interval: timedelta
) -> None:
    runs = Runs(clock)
    background.every(interval, runs, name="sweep")
    background.start()
    await clock.advance(HOUR)
    assert runs.began == [AT_ONCE]
    assert [record.levelname for record in caplog.records] == ["CRITICAL"]


async def test_a_requested_stop_is_not_reported_as_a_failure(
    clock: VirtualClock, background: Background, caplog: pytest.LogCaptureFixture
) -> None:
    background.every(MINUTE, Runs(clock), name="sweep")
    background.start()
    await clock.advance(MINUTE)
    await background.stop()
    await settle()
    assert (caplog.messages, background.state) == ([], "ok")
