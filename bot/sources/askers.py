"""Who waits for an answer of a source, and how urgently: what the queue of a source is fair by.

An `Asker` is one member, or one job, with a priority. `Askers` are all who wait for one reading: it begins with one,
and others join while it is under way. It is the same object from the first page of a reading to the last, so that one
who joins moves all of its further requests forward, and not only the one that waits now.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

# Called with a reading's change: its place, who waits for it from now on, and who does not any more; None: nobody.
Observer = Callable[[int, "Asker | None", "Asker | None"], None]

# Only their order matters: who asked first.
_PLACES = itertools.count()
_MEMBER = "member "


def _member_key(user_id: int) -> str:
    return f"{_MEMBER}{user_id}"


class Priority(IntEnum):
    """How urgent an answer is; the lowest number first."""

    PROOF = 0  # a member proves an account: the page waits, and its session expires
    INTERACTIVE = 1  # a member waits for a command
    BACKGROUND = 2  # nobody waits


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        priority: How urgently.
        key: The same for everything that one member, or one job, asks. Not in the repr: it has the member's id.
    """

    priority: Priority
    key: str = field(repr=False)

    @classmethod
    def member(cls, user_id: int) -> Asker:
        """A member who waits for a command: the same in each server, and for each of their accounts."""
        return cls(Priority.INTERACTIVE, _member_key(user_id))

    @classmethod
    def prover(cls, user_id: int) -> Asker:
        """A member who proves an account."""
        return cls(Priority.PROOF, _member_key(user_id))

    @classmethod
    def job(cls, name: str) -> Asker:
        """Work that nobody in Discord waits for."""
        return cls(Priority.BACKGROUND, f"job {name}")

    @property
    def is_member(self) -> bool:
        """Whether a member asks, waiting or not; a job asks for all."""
        return self.key.startswith(_MEMBER)

    def in_background(self) -> Asker:
        """The same one, who does not wait any more."""
        return Asker(Priority.BACKGROUND, self.key)


class Askers:
    """All who wait for one reading.

    A reading that the last of them left goes on in the background, in the name of that one.

    Args:
        first: Who began it.
        part_of: The reading that this is a later step of: it keeps the place of the first step.

    Attributes:
        first: Who began it.
        place: Its place among the readings of one asker: the order in which they began.
        observers: Called when who waits for it has changed.
    """

    def __init__(self, first: Asker, *, part_of: Askers | None = None) -> None:
        self.first = first
        self.place: int = part_of.place if part_of else next(_PLACES)
        self.observers: list[Observer] = []
        self._waiting = Counter([first])
        self._last = first
        self._linked: frozenset[str] = part_of.members if part_of else frozenset()

    def __iter__(self) -> Iterator[Asker]:
        return iter(tuple(self._waiting) or (self._last.in_background(),))

    @property
    def members(self) -> frozenset[str]:
        """The people behind it: the members who ask, and those whose account a job reads."""
        return self._linked.union(asker.key for asker in self if asker.is_member)

    def on_behalf_of(self, user_ids: Iterable[int]) -> None:
        """It is about an account of these members: what goes wrong with it is charged to them, also where a job asks.

        Their turns stay what they are: a job's questions go at the job's.
        """
        self._linked = self._linked.union(map(_member_key, user_ids))

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits any more."""
        return not self._waiting

    def join(self, asker: Asker) -> None:
        """Somebody waits for this reading too; the same one may join more than once."""
        background = self._last.in_background() if self.abandoned else None
        is_new = asker not in self._waiting
        self._waiting[asker] += 1
        if is_new:
            self._tell(asker, background)

    def leave(self, asker: Asker) -> None:
        """One who joined does not wait any more."""
        self._waiting[asker] -= 1
        if self._waiting[asker]:
            return
        del self._waiting[asker]
        self._last = asker
        self._tell(asker.in_background() if self.abandoned else None, asker)

    def _tell(self, came: Asker | None, went: Asker | None) -> None:
        for changed in tuple(self.observers):
            changed(self.place, came, went)
