"""What an account held at a moment of the past, from what was observed of it: exact, or not known.

Before its first reading nobody looked, which is not "nothing". While something could not be observed it is unknown. A
member who had not joined the server yet held nothing there: what they did elsewhere is not that server's to know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import Count, observed, total, unknown
from bot.gates.facts import Level
from bot.gates.rule import CollectionRef
from bot.holdings import Account


@dataclass(frozen=True, slots=True)
class ObservedAccount:
    """What was observed over time of one proven account of a member.

    Attributes:
        user_id: The member.
        joined_at: When they joined the server, the last time.
        account: The account.
        owner: Its address; "" where it is not known.
        first_read_at: As of its first complete reading; None: there was none.
        read_at: As of its latest one.
        levels: Collection → how much was observed over time, oldest first: the level in force when the span that was
            asked for began, and all since.
    """

    user_id: int
    joined_at: datetime
    account: Account
    owner: str
    first_read_at: datetime | None
    read_at: datetime | None
    levels: dict[CollectionRef, tuple[Level, ...]]

    def kinds_at(self, moment: datetime, collections: Iterable[CollectionRef], max_age: timedelta) -> Count:
        """How many kinds of some collections it held then, together.

        Args:
            moment: Not before the span that was asked for.
            collections: Of other networks it holds nothing.
            max_age: How long a reading tells something.
        """
        if moment < self.joined_at:
            return total(())
        if self.first_read_at is None or moment < self.first_read_at:
            return unknown()
        if self.read_at is None or moment - self.read_at > max_age:
            return unknown()
        return total(
            _at(self.levels.get(each, ()), moment) for each in collections if each.network == self.account.network
        )

    def was_looked_at(self, moment: datetime) -> bool:
        """Whether it had been read by then, or its member was not there."""
        return moment < self.joined_at or (self.first_read_at is not None and self.first_read_at <= moment)


def _at(levels: Sequence[Level], moment: datetime) -> Count:
    """What was in force then; before the first level it had been read, and held nothing."""
    in_force = None
    for level in levels:
        if level.at > moment:
            break
        in_force = level
    if in_force is None:
        # Older levels than an unobserved one were forgotten.
        is_forgotten = bool(levels) and levels[0].kinds is None
        return unknown() if is_forgotten else observed(0)
    return unknown() if in_force.kinds is None else observed(in_force.kinds)
