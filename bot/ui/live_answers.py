"""How many answers can be pressed at the same time: if there are too many, the least recently used end first.

Each holds its pages, its buttons and its interaction, some 15 KB, until its buttons expire. Without a limit the number
of people who ask within those minutes would decide how much memory the bot needs.
"""

from __future__ import annotations

from typing import Protocol

# 15 MB of the 120 MB that the bot may use on a small machine; enough for a whole server turning pages at once.
AT_MOST = 1000
# A press on an answer that was ended says why; on one that is no longer remembered, the same as after a restart.
REMEMBERED = 5000


class Answer(Protocol):
    """What a person can press."""

    @property
    def origin(self) -> int:
        """The id of the interaction that it answers; Discord names it with each press."""

    def end(self) -> None:
        """Accept no more presses. The message is not edited: a burst would cost as many edits again."""


class LiveAnswers:
    """The answers that can be pressed.

    Args:
        at_most: How many at the same time.
        remembered: How many of those that were ended are remembered.
    """

    def __init__(self, at_most: int = AT_MOST, remembered: int = REMEMBERED) -> None:
        self._at_most = at_most
        self._remembered = remembered
        self._live: dict[Answer, None] = {}  # in the order of their last use
        self._ended: dict[int, None] = {}

    def use(self, answer: Answer) -> None:
        """It can be pressed from now on, or was pressed just now; the oldest may end for it."""
        self._live.pop(answer, None)
        self._live[answer] = None
        while len(self._live) > self._at_most:
            self._end(next(iter(self._live)))

    def forget(self, answer: Answer) -> None:
        """It ended by itself."""
        self._live.pop(answer, None)

    def has_ended(self, origin: int) -> bool:
        """Whether the answer to an interaction ended because there were too many."""
        return origin in self._ended

    def _end(self, answer: Answer) -> None:
        del self._live[answer]
        self._ended[answer.origin] = None
        if len(self._ended) > self._remembered:
            del self._ended[next(iter(self._ended))]
        answer.end()
