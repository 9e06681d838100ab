"""Which of the waiting requests to a source is sent next. No socket, no clock, no task: it only decides.

The laws:
- Askers take turns: between two turns of one who waits, every other one has at most one turn.
- An asker has at most three requests under way; further ones wait in the order of their readings, and block nobody.
- Proofs go first, then people, then background work. But one who is passed over gets a turn now and then, so that
  nobody can stop others by asking urgently.
- A request that several wait for is sent at the first turn of any of them, and counts as that one's.
- Only those who wait now are remembered.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, insort
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping
from functools import partial

from bot.errors import LimitError
from bot.messages import Message
from bot.sources.askers import Asker, Askers, Priority

_TOO_MANY = Message("You have {count} questions under way. Ask again when they are answered.")

# A first page takes one or two requests, and some are slow: three at once keep a person busy, and the source free.
MAX_AT_ONCE = 3
# More than anybody reads. Only readings of people are limited: a job waits as long as it takes.
MAX_WAITING = 20
# Seconds in which some of so many are answered.
_SOON = 10.0
# How many turns in a row may pass a priority over while it waits. A proof takes one or two requests, so a flood of
# proofs leaves every third turn to people.
_PASSED_OVER: Mapping[Priority, int] = {Priority.INTERACTIVE: 2, Priority.BACKGROUND: 9}


def _ignore(*_: object) -> None:
    """Nobody needs to know."""


class Ticket:
    """One request to a source, and all who wait for its answer.

    Args:
        askers: Those of the reading that needs it first; further readings `join`.

    Attributes:
        moved: Called with one who waits for it, and their place before and now (None: they did not wait, or do not
            any more); set by the queue that it is in.
    """

    def __init__(self, askers: Askers) -> None:
        self.moved: Callable[[Asker, int | None, int | None], None] = _ignore
        self._readings: list[Askers] = []
        self._places: dict[Asker, list[int]] = {}  # of each asker's readings, in order
        self.join(askers)

    def join(self, askers: Askers) -> None:
        """Another reading needs the same answer."""
        self._readings.append(askers)
        askers.observers.append(self._on_change)
        for asker in askers:
            self._on_change(askers.place, asker, None)

    def leave(self, askers: Askers) -> None:
        """A reading that joined does not need it any more."""
        self._readings.remove(askers)
        askers.observers.remove(self._on_change)
        for asker in askers:
            self._on_change(askers.place, None, asker)

    @property
    def abandoned(self) -> bool:
        """Whether no reading needs it any more."""
        return not self._readings

    @property
    def askers(self) -> Collection[Asker]:
        """Everybody who waits for it."""
        return self._places.keys()

    def place_of(self, asker: Asker) -> int:
        """The place of the first of their readings that need it."""
        return self._places[asker][0]

    def _on_change(self, place: int, came: Asker | None, went: Asker | None) -> None:
        if came:
            places = self._places.setdefault(came, [])
            before = places[0] if places else None
            insort(places, place)
            self._tell(came, before)
        if went:
            places = self._places[went]
            before = places[0]
            places.remove(place)
            if not places:
                del self._places[went]
            self._tell(went, before)

    def _tell(self, asker: Asker, before: int | None) -> None:
        now = self.place_of(asker) if asker in self._places else None
        if now != before:
            self.moved(asker, before, now)


class FairQueue:
    """The requests that wait for a source, and those under way.

    What an operation costs grows with those who wait for its own request, and not with all that wait.

    Args:
        changed: Called when others wait than before for a request that waits: one of them may have a turn.
    """

    def __init__(self, changed: Callable[[], None] = _ignore) -> None:
        self._changed = changed
        self._numbers = itertools.count()
        self._waiting: dict[Ticket, int] = {}  # with the number by which those of one place are in order
        self._of_asker: dict[Asker, list[tuple[int, int, Ticket]]] = {}  # who waits: place, number and request, sorted
        self._turns: Mapping[Priority, OrderedDict[Asker, None]] = {each: OrderedDict() for each in Priority}
        self._under_way: dict[Ticket, Asker] = {}  # and at whose turn it was sent
        self._at_once: Counter[Asker] = Counter()
        self._passed_over: Counter[Priority] = Counter()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def rotation(self) -> tuple[Asker, ...]:
        """Who waits: for each priority in the order of their next turns."""
        return tuple(asker for turns in self._turns.values() for asker in turns)

    def add(self, ticket: Ticket) -> None:
        """Let a request wait.

        Raises:
            LimitError: everybody who needs it has too many earlier readings waiting.
        """
        if not any(self._may_wait(asker, ticket.place_of(asker)) for asker in ticket.askers):
            count = max(self._requests_of(asker) for asker in ticket.askers)
            raise LimitError(_TOO_MANY, retry_after=_SOON, count=count)
        self._waiting[ticket] = next(self._numbers)
        for asker in ticket.askers:
            self._enter(ticket, asker, ticket.place_of(asker))
        ticket.moved = partial(self._on_moved, ticket)

    def remove(self, ticket: Ticket) -> None:
        """A request was answered, or is not needed any more."""
        if asker := self._under_way.pop(ticket, None):
            self._at_once[asker] -= 1
            if not self._at_once[asker]:
                del self._at_once[asker]
        if ticket in self._waiting:
            self._withdraw(ticket)

    def take_next(self) -> Ticket | None:
        """The request whose turn it is, now under way; None: nobody who waits may send one."""
        ready = {each: asker for each in Priority if (asker := self._first_ready(each))}
        if not ready:
            return None
        asker = ready[self._priority_of_turn(ready.keys())]
        _, _, ticket = self._of_asker[asker][0]
        self._turns[asker.priority].move_to_end(asker)
        self._withdraw(ticket)
        self._under_way[ticket] = asker
        self._at_once[asker] += 1
        return ticket

    def _first_ready(self, priority: Priority) -> Asker | None:
        return next((asker for asker in self._turns[priority] if self._at_once[asker] < MAX_AT_ONCE), None)

    def _may_wait(self, asker: Asker, place: int) -> bool:
        earlier = bisect_left(self._of_asker.get(asker, ()), (place,))
        return asker.priority is Priority.BACKGROUND or earlier < MAX_WAITING

    def _on_moved(self, ticket: Ticket, asker: Asker, before: int | None, now: int | None) -> None:
        if ticket not in self._waiting:
            return
        if now is not None:  # first, so that one who only moves keeps the turn
            self._enter(ticket, asker, now)
        if before is not None:
            self._strike(ticket, asker, before)
        self._changed()

    def _withdraw(self, ticket: Ticket) -> None:
        for asker in ticket.askers:
            self._strike(ticket, asker, ticket.place_of(asker))
        del self._waiting[ticket]

    def _enter(self, ticket: Ticket, asker: Asker, place: int) -> None:
        insort(self._of_asker.setdefault(asker, []), (place, self._waiting[ticket], ticket))
        self._turns[asker.priority].setdefault(asker)

    def _strike(self, ticket: Ticket, asker: Asker, place: int) -> None:
        requests = self._of_asker[asker]
        del requests[bisect_left(requests, (place, self._waiting[ticket]))]
        if not requests:
            del self._of_asker[asker]
            del self._turns[asker.priority][asker]

    def _priority_of_turn(self, waiting: Collection[Priority]) -> Priority:
        """The best one, unless another was passed over often enough."""
        due = (each for each in sorted(waiting) if self._passed_over[each] >= _PASSED_OVER.get(each, 0) > 0)
        chosen = next(due, min(waiting))
        for each in Priority:
            self._passed_over[each] = self._passed_over[each] + 1 if each in waiting and each > chosen else 0
        return chosen

    def _requests_of(self, asker: Asker) -> int:
        return len(self._of_asker.get(asker, ())) + sum(asker in ticket.askers for ticket in self._under_way)
