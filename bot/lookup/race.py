"""Several sources are asked the same question at once: which answer is taken, and when.

A complete answer that holds something is the best. Among those that arrive soon, the order of the settings decides, so
that the same question normally has the same answer. A source that is silent, slow or broken is not waited for any
longer, and never hides the answer of another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from enum import IntEnum
from functools import reduce
from typing import Generic, TypeVar

from bot.errors import LimitError, NotFoundError, RefusedError, TesseraError, UnavailableError
from bot.messages import Message, Words
from bot.sources.advice import IN_A_MINUTE

log = logging.getLogger(__name__)

T = TypeVar("T")

_NONE_ANSWERS = Message("None of the sources answers now: {asked} were asked.")
_AND = Message("{before} and {last}")
_LIST = Message("{one}, {other}")


class AnswerQuality(IntEnum):
    """How good an answer is so far; more is better."""

    NONE = 0  # no answer yet, or an error
    UNCLEAR = 1  # nothing held in the part that was read, which is not all
    EMPTY = 2  # nothing held, and the answer is complete
    SOME = 3  # something held; still being read, interrupted, or an earlier answer
    WHOLE = 4  # something held, and nothing is missing


def choose(qualities: Sequence[tuple[AnswerQuality, bool]], *, patient: bool) -> int | None:
    """Which answer to take, by its index; None: wait for more.

    Args:
        qualities: How good each answer is, and whether it has ended, in the order of preference.
        patient: Whether to wait for a preferred source that is still under way.
    """
    best = max(range(len(qualities)), key=lambda place: qualities[place][0])  # the first of equals
    worth = qualities[best][0]
    under_way = [place for place, (_, ended) in enumerate(qualities) if not ended]
    if not under_way:
        return best if worth > AnswerQuality.NONE else None
    if under_way == [best] and worth >= AnswerQuality.SOME:
        return best  # whatever it still yields, it remains the best
    if patient:
        whole = next((place for place, (quality, _) in enumerate(qualities) if quality is AnswerQuality.WHOLE), None)
        return whole if whole is not None and whole <= under_way[0] else None
    return best if worth >= AnswerQuality.EMPTY else None


class AskedSource(Generic[T]):
    """One source that was asked, and its answer so far.

    Args:
        label: The source, for people.
        answer: Its answer, growing; the last value is the whole answer.
        quality: Rates an answer.
        changed: Set whenever the answer or its state has changed.
    """

    def __init__(
        self,
        label: Words | str,
        answer: AsyncIterator[T],
        quality: Callable[[T], AnswerQuality],
        changed: asyncio.Event,
    ) -> None:
        self.label = label
        self.latest: T | None = None
        self.error: Exception | None = None
        self.quality = AnswerQuality.NONE
        self._changed = changed
        self._task = asyncio.create_task(self._follow(answer, quality), name=f"ask {label}")
        self._task.add_done_callback(lambda _: changed.set())

    @property
    def ended(self) -> bool:
        """Whether its answer is finished, or failed."""
        return self._task.done()

    @property
    def current(self) -> T:
        """The latest answer of a source that has one.

        Raises:
            LookupError: there is none yet.
        """
        if self.latest is None:
            raise LookupError(f"{self.label} has not answered yet")
        return self.latest

    async def answer(self) -> AsyncGenerator[T, None]:
        """Yield the latest answer, and each one after it."""
        seen = None
        try:
            while True:
                self._changed.clear()
                ended = self.ended
                if self.latest is not None and self.latest is not seen:
                    seen = self.latest
                    yield seen
                elif ended:
                    break
                else:
                    await self._changed.wait()
        finally:
            self.cancel()
        if self.error:
            raise self.error

    def cancel(self) -> None:
        """Stop reading its answer."""
        self._task.cancel()

    async def _follow(self, answer: AsyncIterator[T], quality: Callable[[T], AnswerQuality]) -> None:
        try:
            async for self.latest in answer:
                self.quality = quality(self.latest)
                self._changed.set()
        except TesseraError as error:
            log.info("%s: %s", self.label, error.sentence)
            self.error = error
        except Exception as error:  # a defect with one source must not lose the answer of another
            log.exception("asking %s failed", self.label)
            self.error = error


async def first_answer(
    asked: Sequence[tuple[Words | str, AsyncIterator[T]]],
    quality: Callable[[T], AnswerQuality],
    patience: Awaitable[object],
) -> AskedSource[T]:
    """The source whose answer is taken; the others are cancelled.

    Args:
        asked: The labels of the sources and their answers, in the order of preference.
        quality: Rates an answer.
        patience: When it is done, preferred sources are not waited for any longer.

    Raises:
        TesseraError: none of them has an answer; usually the error of the one that failed.
    """
    changed = asyncio.Event()
    sources = [AskedSource(label, answer, quality, changed) for label, answer in asked]
    waiting = asyncio.ensure_future(patience)
    waiting.add_done_callback(lambda _: changed.set())
    chosen = None
    try:
        while True:
            changed.clear()
            qualities = [(source.quality, source.ended) for source in sources]
            place = choose(qualities, patient=not waiting.done())
            if place is not None:
                chosen = sources[place]
                return chosen
            if all(ended for _, ended in qualities):
                raise _no_answer(sources)
            await changed.wait()
    finally:
        waiting.cancel()
        for source in sources:
            if source is not chosen:
                source.cancel()


def _no_answer(sources: Sequence[AskedSource[T]]) -> Exception:
    """The error to raise: "there is none" only if every source says so; if one of them failed, it is unknown."""
    errors = [(source.label, source.error) for source in sources if source.error]
    failures = [(label, error) for label, error in errors if not isinstance(error, NotFoundError)]
    for _, error in failures:
        if isinstance(error, LimitError) or not isinstance(error, TesseraError):
            return error  # on this side: it says nothing about the sources
    if len(failures) > 1 and not all(isinstance(error, RefusedError) for _, error in failures):
        labels = [label for label, _ in failures]
        before = reduce(lambda one, other: _LIST(one=one, other=other), labels[:-1])
        asked = _AND(before=before, last=labels[-1])
        return UnavailableError(_NONE_ANSWERS, asked=asked, advice=IN_A_MINUTE)
    return (failures or errors)[0][1]
