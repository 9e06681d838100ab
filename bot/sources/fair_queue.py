"""Which of the waiting requests to a source is sent next. No socket, no clock, no task: it only decides.

The laws:
- Askers take turns: between two turns of one who waits, every other one has at most one turn.
- An asker has at most three requests under way; further ones wait in the order of their readings, and block nobody.
- Proofs go first, then people, then background work. But whoever is passed over gets a turn now and then, so that
  nobody can stop others by asking urgently.
- A request that several wait for is sent at the first turn of any of them, and counts as that one's.
- Only those who wait now are remembered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from bot.errors import LimitError
from bot.messages import Message
from bot.sources.askers import Asker, Askers, Priority

_TOO_MANY = Message("You have {count} questions under way. Ask again when they are answered.")

# A first page takes one or two requests, and some are slow: three at once keep a person busy, and the source free.
MAX_AT_ONCE = 3
# More than anybody reads. Only readings of people are limited: a job waits as long as it takes.
MAX_WAITING = 20
# How many turns in a row may pass a priority over while it waits. A proof takes one or two requests, so a flood of
# proofs leaves every third turn to people.
_PASSED_OVER: Mapping[Priority, int] = {Priority.INTERACTIVE: 2, Priority.BACKGROUND: 9}


class Ticket:
    """One request to a source, and all who wait for its answer.

    Args:
        askers: Those of the reading that needs it first; further readings `join`.

    Attributes:
        changed: Called when more wait for it; set by whoever decides about it.
    """

    def __init__(self, askers: Askers) -> None:
        self.changed: Callable[[], None] = _ignore
        self._readings: list[Askers] = []
        self.join(askers)

    def join(self, askers: Askers) -> None:
        """Another reading needs the same answer."""
        self._readings.append(askers)
        askers.observers.append(self._changed)
        self._changed()

    def leave(self, askers: Askers) -> None:
        """A reading that joined does not need it any more."""
        self._readings.remove(askers)
        askers.observers.remove(self._changed)

    @property
    def abandoned(self) -> bool:
        """Whether no reading needs it any more."""
        return not self._readings

    def places(self) -> dict[Asker, int]:
        """Everybody who waits for it, with the place of the first of their readings that need it."""
        places: dict[Asker, int] = {}
        for reading in self._readings:
            for asker in reading:
                places[asker] = min(reading.place, places.get(asker, reading.place))
        return places

    def _changed(self) -> None:
        self.changed()


class FairQueue:
    """The requests that wait for a source, and those under way.

    Attributes:
        rotation: Who waits, in the order of their next turns, as of the last one.
    """

    def __init__(self) -> None:
        self._waiting: list[Ticket] = []
        self._under_way: dict[Ticket, Asker] = {}  # and at whose turn it was sent
        self.rotation: tuple[Asker, ...] = ()
        self._passed_over: Counter[Priority] = Counter()

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def add(self, ticket: Ticket) -> None:
        """Let a request wait.

        Raises:
            LimitError: everybody who needs it has too many earlier readings waiting.
        """
        places = ticket.places()
        waiting = [other.places() for other in self._waiting]
        for asker, place in places.items():
            earlier = sum(other.get(asker, place) < place for other in waiting)
            if asker.priority is Priority.BACKGROUND or earlier < MAX_WAITING:
                self._waiting.append(ticket)
                return
        raise LimitError(_TOO_MANY, count=max(self._requests_of(asker) for asker in places))

    def remove(self, ticket: Ticket) -> None:
        """A request was answered, or is not needed any more."""
        self._under_way.pop(ticket, None)
        if ticket in self._waiting:
            self._waiting.remove(ticket)

    def take_next(self) -> Ticket | None:
        """The request whose turn it is, now under way; None: nobody who waits may send one."""
        offers: dict[Asker, tuple[int, Ticket]] = {}
        for ticket in self._waiting:
            for asker, place in ticket.places().items():
                if asker not in offers or place < offers[asker][0]:
                    offers[asker] = place, ticket
        self.rotation = tuple(asker for asker in dict.fromkeys((*self.rotation, *offers)) if asker in offers)
        under_way = Counter(self._under_way.values())
        ready = [asker for asker in self.rotation if under_way[asker] < MAX_AT_ONCE]
        if not ready:
            return None
        priority = self._priority_of_turn({asker.priority for asker in ready})
        chosen = next(asker for asker in ready if asker.priority is priority)
        self.rotation = (*(asker for asker in self.rotation if asker != chosen), chosen)
        _, ticket = offers[chosen]
        self._waiting.remove(ticket)
        self._under_way[ticket] = chosen
        return ticket

    def _priority_of_turn(self, waiting: set[Priority]) -> Priority:
        """The best one, unless another was passed over often enough."""
        due = (each for each in sorted(waiting) if self._passed_over[each] >= _PASSED_OVER.get(each, 0) > 0)
        chosen = next(due, min(waiting))
        for each in Priority:
            self._passed_over[each] = self._passed_over[each] + 1 if each in waiting and each > chosen else 0
        return chosen

    def _requests_of(self, asker: Asker) -> int:
        return sum(asker in ticket.places() for ticket in (*self._waiting, *self._under_way))


def _ignore() -> None:
    """Nobody decides about it yet."""
