"""What became of each interaction, and how long it took: one line of the log for each, and the metrics.

A run begins when the bot accepts the interaction and ends with its task, whichever way that ends. Suggestions come
with every key that somebody presses, so their lines are for debugging only.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

import discord

from bot.errors import SourceError, TesseraError

log = logging.getLogger(__name__)

KINDS = {
    discord.InteractionType.application_command: "command",
    discord.InteractionType.component: "button",
    discord.InteractionType.modal_submit: "modal",
    discord.InteractionType.autocomplete: "suggestions",
}


class Outcome(StrEnum):
    """How a run ended for the person."""

    ANSWERED = auto()
    REFUSED = auto()  # with a sentence: wrong input, no permission, nothing there
    UNAVAILABLE = auto()  # a source did not answer
    TOO_LATE = auto()  # Discord no longer accepted an answer
    FAILED = auto()  # a defect; the log has a reference
    CUT_OFF = auto()  # the bot was stopped


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that is over.

    Attributes:
        kind: "command", "button", "modal" or "suggestions".
        name: Of the command or the button; it names no person.
        outcome: How it ended.
        seconds: From the acceptance to the end.
        acknowledged_after: Seconds until Discord had the first response; None: it got none.
    """

    kind: str
    name: str
    outcome: Outcome
    seconds: float
    acknowledged_after: float | None


@dataclass(slots=True)
class _Run:
    kind: str
    name: str
    began_at: float
    outcome: Outcome = Outcome.ANSWERED
    acknowledged_after: float | None = None


class InteractionRuns:
    """The interactions that the bot works on.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._runs: dict[int, _Run] = {}
        self._observers: list[Callable[[FinishedRun], None]] = []

    @property
    def running(self) -> int:
        """How many are being worked on."""
        return len(self._runs)

    def observe(self, observer: Callable[[FinishedRun], None]) -> None:
        """Report each run that is over; the observer must return at once, and not raise."""
        self._observers.append(observer)

    def begin(self, interaction_id: int, kind: str, name: str, task: asyncio.Task[object]) -> None:
        """An interaction was accepted; its run ends with the task."""
        self._runs[interaction_id] = _Run(kind, name, self._clock())
        task.add_done_callback(lambda ended: self._end(interaction_id, ended))

    def acknowledged(self, interaction_id: int) -> None:
        """Discord has taken a response to it."""
        run = self._runs.get(interaction_id)
        if run and run.acknowledged_after is None:
            run.acknowledged_after = self._clock() - run.began_at

    def ended_with(self, interaction_id: int, outcome: Outcome) -> None:
        """The person gets an error in place of an answer."""
        if run := self._runs.get(interaction_id):
            run.outcome = outcome

    def _end(self, interaction_id: int, task: asyncio.Task[object]) -> None:
        run = self._runs.pop(interaction_id, None)
        if run is None:
            return
        if task.cancelled():
            run.outcome = Outcome.CUT_OFF
        elif task.exception():
            run.outcome = Outcome.FAILED
        over = FinishedRun(run.kind, run.name, run.outcome, self._clock() - run.began_at, run.acknowledged_after)
        level = logging.DEBUG if run.kind == "suggestions" else logging.INFO
        log.log(
            level,
            "%s %s: %s in %.0f ms%s",
            run.kind,
            run.name,
            _words(over),
            over.seconds * 1000,
            _first(over),
            extra={"fields": _fields(over)},
        )
        for observer in self._observers:
            observer(over)


def outcome_of(error: Exception) -> Outcome:
    """What an error means for the person who gets it."""
    if isinstance(error, SourceError):
        return Outcome.UNAVAILABLE
    return Outcome.REFUSED if isinstance(error, TesseraError) else Outcome.FAILED


def _words(run: FinishedRun) -> str:
    return run.outcome.value.replace("_", " ")


def _first(run: FinishedRun) -> str:
    after = run.acknowledged_after
    return "" if after is None else f", first response after {after * 1000:.0f} ms"


def _fields(run: FinishedRun) -> dict[str, str | float | None]:
    """For logs that programs read."""
    after = run.acknowledged_after
    return {
        "kind": run.kind,
        "name": run.name,
        "outcome": run.outcome.value,
        "ms": round(run.seconds * 1000, 1),
        "first_response_ms": None if after is None else round(after * 1000, 1),
    }
