"""What became of an interaction is known however its work ended, and reported once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bot.errors import InputError, SourceError
from bot.messages import Message
from bot.ui.interaction_runs import FinishedRun, InteractionRuns, Outcome, outcome_of

_WRONG = Message("That is wrong.")
ID = 42


class Clock:
    """Seconds that pass when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def run(work: Callable[[InteractionRuns, Clock], Awaitable[None]], *, cancel: bool = False) -> list[FinishedRun]:
    """The reports about one run, whose work is done as a task."""
    clock, reports = Clock(), list[FinishedRun]()
    runs = InteractionRuns(clock)
    runs.observe(reports.append)

    async def task() -> None:
        current = asyncio.current_task()
        assert current
        runs.begin(ID, "command", "/collections", current)
        assert runs.running == 1
        await work(runs, clock)

    doing = asyncio.create_task(task())
    await asyncio.sleep(0)
    if cancel:
        doing.cancel()
    await asyncio.wait([doing])
    if not doing.cancelled():
        doing.exception()
    await asyncio.sleep(0)
    assert runs.running == 0
    return reports


async def test_the_first_response_and_the_whole_time_are_measured() -> None:
    async def work(runs: InteractionRuns, clock: Clock) -> None:
        for seconds in (0.25, 2.0):
            clock.now = seconds
            runs.acknowledged(ID)
        clock.now = 5.0

    assert await run(work) == [FinishedRun("command", "/collections", Outcome.ANSWERED, 5.0, 0.25)]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (InputError(_WRONG), Outcome.REFUSED),
        (SourceError(_WRONG), Outcome.UNAVAILABLE),
        (ValueError("a defect"), Outcome.FAILED),
    ],
    ids=["input", "source", "defect"],
)
async def test_an_error_in_place_of_an_answer_is_the_outcome(error: Exception, outcome: Outcome) -> None:
    async def work(runs: InteractionRuns, _clock: Clock) -> None:
        runs.ended_with(ID, outcome_of(error))

    assert [each.outcome for each in await run(work)] == [outcome]


async def test_work_that_breaks_has_failed() -> None:
    async def work(_runs: InteractionRuns, _clock: Clock) -> None:
        raise ValueError("a defect that nobody answered")

    assert [each.outcome for each in await run(work)] == [Outcome.FAILED]


async def test_work_that_is_cancelled_was_cut_off() -> None:
    async def work(_runs: InteractionRuns, _clock: Clock) -> None:
        await asyncio.Event().wait()

    assert [each.outcome for each in await run(work, cancel=True)] == [Outcome.CUT_OFF]


def test_what_is_not_worked_on_is_ignored() -> None:
    runs = InteractionRuns()
    runs.acknowledged(ID)
    runs.ended_with(ID, Outcome.FAILED)
    assert runs.running == 0
