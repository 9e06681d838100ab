"""Questions that failed, each remembered for a while, so that it is not asked at once again.

The pause of a question grows while it keeps failing. It delays nobody who asks something else.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.errors import RefusedError, SourceError, ThrottledError, WithheldError

# A fault of one question may be over soon: a person who asks again after a moment gets a new attempt.
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=5)
# What was refused will be refused again: lists of withheld addresses change within days.
REFUSED_PAUSE = timedelta(minutes=5)
# Those that failed long ago are forgotten first.
_MOST = 1000


@dataclass(frozen=True, slots=True)
class FailedQuestion:
    """A question that failed: how, how often in a row, when, and until when it is not asked again.

    Until `promised_until` the source itself asked not to be asked.
    """

    error: SourceError
    times: int
    at: float
    until: float
    promised_until: float


class FailedQuestions:
    """The questions of one source that failed lately.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failed: OrderedDict[Hashable, FailedQuestion] = OrderedDict()

    def __contains__(self, question: Hashable) -> bool:
        """Whether it failed when it was last asked, however long ago."""
        return question in self._failed

    def failed_at(self, question: Hashable) -> float | None:
        """When it failed; None: it did not, or was answered since."""
        found = self._failed.get(question)
        return found.at if found else None

    def pause_of(self, question: Hashable) -> tuple[SourceError, float] | None:
        """How it failed, and for how many seconds it is not asked again; None: it may be asked."""
        found = self._failed.get(question)
        if found is None or (wait := found.until - self._clock()) <= 0:
            return None
        return found.error, wait

    def add(self, question: Hashable, error: SourceError, least: float = 0.0, *, is_promised: bool = True) -> None:
        """It failed, once more.

        Args:
            question: Any key of it.
            error: How it failed.
            least: Seconds to wait at least.
            is_promised: The source itself asked for these.
        """
        before = self._failed.pop(question, None)
        times, now = 1 + (before.times if before else 0), self._clock()
        seconds = max(_pause_after(error, times).total_seconds(), least)
        promised_until = now + least if is_promised else now
        self._failed[question] = FailedQuestion(error, times, now, now + seconds, promised_until)
        if len(self._failed) > _MOST:
            self._failed.popitem(last=False)

    def remove(self, question: Hashable) -> None:
        """It was answered."""
        self._failed.pop(question, None)

    def end_pauses(self) -> None:
        """All of them may be asked, as far as the source did not ask for a pause; how often each failed is retained."""
        for question, found in self._failed.items():
            self._failed[question] = replace(found, until=min(found.until, found.promised_until))

    def clear(self) -> None:
        """What failed was the source: all of them may be asked."""
        self._failed.clear()


def _pause_after(error: SourceError, times: int) -> timedelta:
    if isinstance(error, RefusedError | WithheldError):
        return REFUSED_PAUSE
    if isinstance(error, ThrottledError):  # the source says itself how long to wait
        return timedelta()
    return min(FIRST_PAUSE * (1 << min(times - 1, 10)), LONGEST_PAUSE)
