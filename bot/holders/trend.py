"""How many members held a collection over time, at evenly spaced moments: for people to read, and for a chart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import Count
from bot.gates.rule import CollectionRef
from bot.holders.changes import kinds_then
from bot.holders.past import ObservedAccount


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """What was known of one moment.

    Attributes:
        at: The moment.
        holders: Members who held some: at least so many where `unknown` is not 0.
        kinds: What they held together.
        unknown: Members of whom it is not known whether they held any: nobody had looked, or could.
    """

    at: datetime
    holders: int
    kinds: int
    unknown: int


def moments_between(first: datetime, last: datetime, most: int) -> Sequence[datetime]:
    """At most `most` evenly spaced moments, the first and the last one included, and an hour apart or more."""
    steps = min(most - 1, int((last - first) / timedelta(hours=1)))
    return [first + (last - first) * step / steps for step in range(steps + 1)] if steps > 0 else [last]


def trend_of(
    accounts: Iterable[ObservedAccount],
    collections: Sequence[CollectionRef],
    moments: Sequence[datetime],
    ages: Mapping[str, timedelta],
) -> Sequence[TrendPoint]:
    """What was known of each of these moments.

    Args:
        accounts: With their history since the first of them.
        collections: What is counted, together.
        moments: Oldest first.
        ages: Network → how long a reading tells something.
    """
    theirs: dict[int, list[ObservedAccount]] = {}
    for each in accounts:
        theirs.setdefault(each.user_id, []).append(each)
    return [_point(theirs.values(), collections, moment, ages) for moment in moments]


def _point(
    members: Iterable[Sequence[ObservedAccount]],
    collections: Sequence[CollectionRef],
    moment: datetime,
    ages: Mapping[str, timedelta],
) -> TrendPoint:
    holders = kinds = unknown = 0
    for accounts in members:
        held: Count = kinds_then(accounts, moment, collections, ages)
        holders += held.low > 0
        kinds += held.low
        unknown += held.low == 0 and held.high != 0
    return TrendPoint(moment, holders, kinds, unknown)
