"""Several sources are asked the same question at once: whose answer is taken, and when.

A whole answer that holds something is the best there is. Among those that come soon the order of the settings decides,
so that the same question has the same answer on a good day; a source that is silent, slow or broken is not waited for
longer than that, and takes the answer of another from nobody.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from enum import IntEnum
from typing import Generic, TypeVar

from bot.errors import NotFoundError, RefusedError, TesseraError, UnavailableError
from bot.messages import Message
from bot.sources.advice import IN_A_MINUTE

log = logging.getLogger(__name__)

T = TypeVar("T")

_NONE_ANSWERS = Message("None of the sources answers now: {asked} were asked.")
_AND = Message("{before} and {last}")


class Standing(IntEnum):
    """What an answer is worth so far; more is better."""

    NONE = 0  # nothing was said, or an error
    UNCLEAR = 1  # nothing is held as far as was read, which is not all
    EMPTY = 2  # nothing is held, and that is all there is to say
    SOME = 3  # something is held; it is still being read, broke off, or is an earlier answer
    WHOLE = 4  # something is held, and nothing is missing


def choose(standings: Sequence[tuple[Standing, bool]], *, patient: bool) -> int | None:
    """Which answer to take, by its place; None: wait for more.

    Args:
        standings: What each answer is worth, and whether it has ended, in the order of preference.
        patient: One that is preferred and still under way is waited for.
    """
    best = max(range(len(standings)), key=lambda place: standings[place][0])  # the first of equals
    worth = standings[best][0]
    under_way = [place for place, (_, ended) in enumerate(standings) if not ended]
    if not under_way:
        return best if worth > Standing.NONE else None
    if under_way == [best] and worth >= Standing.SOME:
        return best  # whatever else it says, it remains the best
    if patient:
        whole = next((place for place, (standing, _) in enumerate(standings) if standing is Standing.WHOLE), None)
        return whole if whole is not None and whole <= under_way[0] else None
    return best if worth >= Standing.EMPTY else None


class Entrant(Generic[T]):
    """One source that was asked, and what it has said so far.

    Args:
        label: The source, for people.
        answer: What it says, growing; the last is all it has to say.
        standing: What that is worth.
        changed: Set whenever there is more to look at.
    """

    def __init__(
        self, label: str, answer: AsyncIterator[T], standing: Callable[[T], Standing], changed: asyncio.Event
    ) -> None:
        self.label = label
        self.latest: T | None = None
        self.error: Exception | None = None
        self.standing = Standing.NONE
        self._changed = changed
        self._task = asyncio.create_task(self._follow(answer, standing), name=f"ask {label}")
        self._task.add_done_callback(lambda _: changed.set())

    @property
    def ended(self) -> bool:
        """It has nothing more to say."""
        return self._task.done()

    @property
    def said(self) -> T:
        """What it has said last, of one that has said something."""
        if self.latest is None:
            raise LookupError(f"{self.label} has said nothing yet")
        return self.latest

    async def answer(self) -> AsyncGenerator[T, None]:
        """What it has said last, and whatever it still says."""
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
            self.leave()
        if self.error:
            raise self.error

    def leave(self) -> None:
        """Listen no longer."""
        self._task.cancel()

    async def _follow(self, answer: AsyncIterator[T], standing: Callable[[T], Standing]) -> None:
        try:
            async for self.latest in answer:
                self.standing = standing(self.latest)
                self._changed.set()
        except TesseraError as error:
            log.info("%s: %s", self.label, error.sentence)
            self.error = error
        except Exception as error:  # a fault of ours with one source is no reason to lose the answer of another
            log.exception("asking %s failed", self.label)
            self.error = error


async def first_answer(
    asked: Sequence[tuple[str, AsyncIterator[T]]], standing: Callable[[T], Standing], patience: Awaitable[object]
) -> Entrant[T]:
    """The source whose answer is taken; the others are left.

    Args:
        asked: The labels of the sources and what they say, in the order of preference.
        standing: What an answer is worth.
        patience: Over when nobody is to be preferred any more, and the first answer is taken.

    Raises:
        TesseraError: none of them has an answer; as a rule in the words of the one that failed.
    """
    changed = asyncio.Event()
    entrants = [Entrant(label, answer, standing, changed) for label, answer in asked]
    waiting = asyncio.ensure_future(patience)
    waiting.add_done_callback(lambda _: changed.set())
    chosen = None
    try:
        while True:
            changed.clear()
            standings = [(entrant.standing, entrant.ended) for entrant in entrants]
            place = choose(standings, patient=not waiting.done())
            if place is not None:
                chosen = entrants[place]
                return chosen
            if all(ended for _, ended in standings):
                raise _no_answer(entrants)
            await changed.wait()
    finally:
        waiting.cancel()
        for entrant in entrants:
            if entrant is not chosen:
                entrant.leave()


def _no_answer(entrants: Sequence[Entrant[T]]) -> Exception:
    """What is to be raised: "there is none" only where everybody says so, as what one does not know is unknown."""
    errors = [(entrant.label, entrant.error) for entrant in entrants if entrant.error]
    failures = [(label, error) for label, error in errors if not isinstance(error, NotFoundError)]
    for _, error in failures:
        if not isinstance(error, TesseraError):
            return error
    if len(failures) > 1 and not all(isinstance(error, RefusedError) for _, error in failures):
        labels = [label for label, _ in failures]
        asked = _AND(before=", ".join(labels[:-1]), last=labels[-1])
        return UnavailableError(_NONE_ANSWERS, asked=asked, advice=IN_A_MINUTE)
    return (failures or errors)[0][1]
