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

    def give_way(self) -> None:
        """Another answer stands in the same message now: accept no more presses, and show nothing more."""


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
        self._by_origin: dict[int, Answer] = {}

    def use(self, answer: Answer) -> None:
        """It can be pressed from now on, or was pressed just now; the oldest may end for it."""
        earlier = self._by_origin.get(answer.origin, answer)
        if earlier is not answer:
            self.forget(earlier)
            earlier.give_way()
        self._live.pop(answer, None)
        self._live[answer] = None
        self._by_origin[answer.origin] = answer
        self._ended.pop(answer.origin, None)
        while len(self._live) > self._at_most:
            self._end(next(iter(self._live)))

    def replaced(self, origin: int) -> None:
        """Something that cannot be pressed page by page, as an error, stands in the answer to an interaction now."""
        if answer := self._by_origin.get(origin):
            self.forget(answer)
            answer.give_way()

    def forget(self, answer: Answer) -> None:
        """It ended by itself."""
        self._live.pop(answer, None)
        if self._by_origin.get(answer.origin) is answer:
            del self._by_origin[answer.origin]

    def has_ended(self, origin: int) -> bool:
        """Whether the answer to an interaction ended because there were too many."""
        return origin in self._ended

    def _end(self, answer: Answer) -> None:
        self.forget(answer)
        self._ended[answer.origin] = None
        if len(self._ended) > self._remembered:
            del self._ended[next(iter(self._ended))]
        answer.end()
