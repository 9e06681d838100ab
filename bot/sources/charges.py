"""Charges each failure and refusal to what it is the trouble of: one question, or the source with its key.

One question's trouble is not everybody's. A failure is charged to the source only where different questions meet it
(`bot.sources.different_questions`); then nothing is asked for a while. Otherwise it is charged to the question alone
(`bot.sources.failed_questions`). A pause that the source itself asks for is obeyed by all: at once where it gets too
many requests, unless only a question that failed before meets it; otherwise when different questions meet it. No
socket: it only decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from bot.errors import RefusedError, SourceError, ThrottledError, WithheldError
from bot.messages import Message
from bot.sources.advice import asks_again_in
from bot.sources.different_questions import DifferentQuestions
from bot.sources.failed_questions import FailedQuestions
from bot.sources.pace import Breaker
from bot.sources.status_errors import GateError, UnclearRefusalError

Key: TypeAlias = tuple[str, tuple[tuple[str, str], ...]]

_ONLY_THIS = Message(
    "{name} refuses to answer this question (HTTP 403), and answers others. Nothing follows from that."
)
_WITHHOLDS_ALL = Message(
    "{name} withholds every answer, as if each address were on a list: it may refuse this bot, such as its network "
    "address. This bot's operator must find out why."
)

# A refused key is not fixed within minutes, and more requests could get the operator's account suspended.
REFUSED_PAUSE = timedelta(minutes=5)
# A key that is refused for two questions with nothing in common, of different people, is refused for every one.
_REFUSED_FOR = 2
# An address that is withheld is nothing unusual, so that two are no sign yet; but lists of them are short. That five
# different people in a row ask about one that is on it, and nobody about any other, is no chance: this bot is refused.
_WITHHELD_FOR = 5
# A second question that is answered with an error and a pause shows that it is not about the first.
_PAUSED_FOR = 2


@dataclass(eq=False, slots=True)
class Question:
    """One request, and what it is about.

    Attributes:
        path: Of the request.
        params: Of the request.
        about: The addresses, accounts, collections and names in it; empty: it has nothing in common with any other.
        members: Who asks it, and whose account a job asks about; none: it is asked for all.
        is_probe: How it goes says nothing about the source.
        hold: Seconds to wait before this one question is sent again.
        is_promised: The source itself asked for them.
    """

    path: str
    params: Mapping[str, str]
    about: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()
    is_probe: bool = False
    hold: float = 0.0
    is_promised: bool = True
    key: Key = field(init=False)

    def __post_init__(self) -> None:
        self.key = self.path, tuple(sorted(self.params.items()))
        self.about = self.about or frozenset({str(self.key)})

    @property
    def about_or_by(self) -> frozenset[str]:
        """What it has in common with others: two questions of one member are not different."""
        return self.about | self.members


class Charges:
    """What is known about the troubles of one source.

    Args:
        name: The source's, for people.
        clock: Seconds, monotonic.
        breaker: Stops all requests while the trouble is the source's.
    """

    def __init__(self, name: str, clock: Callable[[], float], breaker: Breaker) -> None:
        self._name = name
        self._clock = clock
        self._breaker = breaker
        self._failed = FailedQuestions(clock)
        self._refused = DifferentQuestions()
        self._asked_to_wait = DifferentQuestions()
        self._known_refused = 0  # different questions that were refused before the key was charged
        self._charged_by: frozenset[str] = frozenset()  # what the question was about, and who asked, that charged it
        self._was_same = False
        self._withheld = DifferentQuestions()
        self._known_withheld = 0
        self._paused_by: SourceError | None = None
        self._is_down = False
        self._accepted_at: float | None = None  # when the source last accepted a question; None: not since it refused

    def raise_if_remembered(self, question: Question) -> None:
        """Raise the error of a question that failed a moment ago; it is not asked again yet."""
        if remembered := self._failed.pause_of(question.key):
            error, wait = remembered
            raise type(error)(error.fact, advice=asks_again_in(wait))

    def raise_if_paused(self, longest: float) -> float:
        """How long to wait before a request may be sent.

        Raises:
            SourceError: longer than `longest` seconds.
        """
        wait = self._breaker.wait_seconds()
        if wait > longest and self._paused_by:
            raise type(self._paused_by)(self._paused_by.fact, advice=asks_again_in(wait))
        return wait

    def is_suspect(self, question: Question) -> bool:
        """Whether how it goes now says nothing about the source: it failed when it was last asked, or is a probe."""
        return question.is_probe or question.key in self._failed

    def is_own_trouble(self, question: Question) -> bool:
        """Whether it failed before, and the source has answered others since."""
        failed_at = self._failed.failed_at(question.key)
        return failed_at is not None and self._accepted_at is not None and self._accepted_at > failed_at

    def asked_to_wait(
        self, question: Question, seconds: float, error: SourceError, *, is_promised: bool = True
    ) -> None:
        """The source answered with an error, and asks for a pause; not `is_promised`: we chose how long."""
        if question.is_probe:
            question.hold = seconds
            return
        question.is_promised = is_promised
        self._asked_to_wait.add(question.about_or_by)
        is_for_all = isinstance(error, ThrottledError) or len(self._asked_to_wait) >= _PAUSED_FOR
        if self.is_own_trouble(question) or not is_for_all:
            question.hold = seconds
        else:
            self._breaker.open_for(seconds, is_promised=is_promised)
            self._paused_by = error

    def used_up(self, seconds: float, error: ThrottledError) -> None:
        """The source answered, and the next window begins after so many seconds."""
        self._breaker.pause_for(seconds)
        self._paused_by = error

    def failed(self, question: Question, error: SourceError) -> None:
        """The source gave no usable answer."""
        if self._breaker.failed(question.about_or_by):
            self._paused_by, self._is_down = error, True

    def refused(self, question: Question, error: RefusedError) -> SourceError:
        """The source refuses; the error to raise, which says whose trouble it is."""
        # Some servers answer 401 or 402 about single addresses, too: one person could know several of them.
        self._refused.add(question.about_or_by)
        different = len(self._refused)
        is_unclear = isinstance(error, UnclearRefusalError | GateError)
        # By name, once more, and no answer has come since: one request shows it, if not the same person's each time.
        is_same = not question.about_or_by.isdisjoint(self._charged_by)
        is_known = self._known_refused > 0 and not is_unclear and not (is_same and self._was_same)
        if is_known or different > max(_REFUSED_FOR - 1, self._known_refused):
            self._known_refused, self._charged_by, self._was_same = different, question.about_or_by, is_same
            self._shut(error)
        elif isinstance(error, UnclearRefusalError) and self._accepted_at is not None:
            return WithheldError(_ONLY_THIS, name=self._name)
        return RefusedError(error.fact) if isinstance(error, UnclearRefusalError) else error

    def withheld(self, question: Question, error: WithheldError) -> SourceError:
        """The source withholds this answer; the error to raise: for many different people in a row it is the bot's."""
        self._withheld.add(question.about_or_by)
        different = len(self._withheld)
        if different <= max(_WITHHELD_FOR - 1, self._known_withheld):
            return error
        self._known_withheld = different
        refused = RefusedError(_WITHHOLDS_ALL, name=self._name)
        self._shut(refused)
        return refused

    def answered(self) -> None:
        """The source works and accepts the key, whatever its answer says."""
        self._refused.clear()
        self._withheld.clear()
        self._asked_to_wait.clear()
        self._known_refused = self._known_withheld = 0
        self._accepted_at = self._clock()
        if self._breaker.succeeded() and self._is_down:
            # What failed while it was down was its own trouble.
            self._is_down = False
            self._failed.clear()

    def end_pauses(self) -> None:
        """Somebody says that the trouble may be over: what failed or was refused may be asked, and shows whether it is.

        What the source itself asked for is a promise to it, and stays. What is known of it stays too: where it still
        fails, its next answer stops the requests again.
        """
        self._failed.end_pauses()
        self._breaker.end_pause()

    def _shut(self, error: RefusedError) -> None:
        self._accepted_at = None
        self._breaker.open_for(REFUSED_PAUSE.total_seconds())
        self._paused_by, self._is_down = error, True

    def remember(self, question: Question, error: SourceError) -> None:
        """A question failed for good: it is not asked again for a while."""
        if not question.is_probe:
            self._failed.add(question.key, error, least=question.hold, is_promised=question.is_promised)

    def forget(self, question: Question) -> None:
        """A question was answered."""
        self._failed.remove(question.key)
