"""How many of those who held a collection at a moment still held it later: for a chart of a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import Count, count_yes, total
from bot.gates.rule import CollectionRef
from bot.holders.changes import kinds_then
from bot.holders.past import ObservedAccount


@dataclass(frozen=True, slots=True)
class Retention:
    """What became of a cohort.

    Attributes:
        since: When they held it.
        cohort: How many are known to have held it then.
        unknown: Members of whom that is not known; they are in no number here.
        steps: At each moment, how many of the cohort still held it; the first one is `since`.
    """

    since: datetime
    cohort: int
    unknown: int
    steps: tuple[tuple[datetime, Count], ...]


def retention_of(
    accounts: Iterable[ObservedAccount],
    collections: Sequence[CollectionRef],
    moments: Sequence[datetime],
    ages: Mapping[str, timedelta],
) -> Retention:
    """What became of those who held some of these collections at the first of these moments.

    Args:
        accounts: With their history since then.
        collections: What is counted, together.
        moments: One or more, oldest first.
        ages: Network → how long a reading tells something.
    """
    theirs: dict[int, list[ObservedAccount]] = {}
    for each in accounts:
        theirs.setdefault(each.user_id, []).append(each)
    held = {user_id: kinds_then(each, moments[0], collections, ages) for user_id, each in theirs.items()}
    cohort = [theirs[user_id] for user_id, kinds in held.items() if kinds.low > 0]
    unknown = sum(kinds.low == 0 and kinds.high != 0 for kinds in held.values())
    steps = []
    for moment in moments:
        answers = [kinds_then(each, moment, collections, ages).is_at_least(1) for each in cohort]
        steps.append((moment, count_yes(answers, total(()))))
    return Retention(moments[0], len(cohort), unknown, tuple(steps))
