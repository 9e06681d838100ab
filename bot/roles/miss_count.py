"""Counting misses: how often, and over how long, readings said that a holder does not qualify any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.counts import CLOCK_TOLERANCE
from bot.gates.patience import Patience
from bot.roles.grants import Misses

# Of a source in which nobody holds anything any more, its answers say more about it than about its holders. Hours in
# which all answers were empty by mistake were one hour long.
_WITHOUT_WITNESS = 3


def counted(misses: Misses | None, evidence_at: datetime | None, now: datetime, lapse: timedelta) -> Misses | None:
    """The misses after one more denial.

    It is another miss only if *every* account was read again after the last one was counted: `evidence_at` is as of
    when the oldest reading is. So a reading that is judged twice adds nothing, and of two accounts that are read by
    turns neither is counted twice.

    Args:
        misses: As they were before; None: there were none.
        evidence_at: As of when the oldest reading is that the denial rests on; None: an account was never read.
        now: The current time.
        lapse: They are counted from the beginning after so long without one.
    """
    if evidence_at is None or evidence_at > now + CLOCK_TOLERANCE:
        return misses
    at = max(now, evidence_at)
    if misses is None:
        return Misses(1, at, at)
    # A clock that was ahead for a while left misses in the future: nothing would be newer for as long.
    if misses.last_at > now + CLOCK_TOLERANCE:
        return _from_the_beginning(misses, at)
    if evidence_at <= misses.last_at:
        return misses
    if misses.count < 1 or evidence_at - misses.last_at > lapse:
        return _from_the_beginning(misses, at)
    # What was confirmed was the answer before: this one may be another false one.
    return replace(misses, count=misses.count + 1, last_at=at, is_confirmed=False)


def are_enough(misses: Misses, patience: Patience) -> bool:
    """Whether there are so many misses that the role may be taken, as far as their number goes."""
    return misses.count >= patience.misses


def are_far_apart(misses: Misses, patience: Patience) -> bool:
    """Whether the first and the last miss are so far apart that the role may be taken."""
    return misses.last_at - misses.first_at >= patience.span


def outlast_a_silent_source(misses: Misses, patience: Patience) -> bool:
    """Whether they span so long that they are believed although nobody else holds anything at that source."""
    return misses.last_at - misses.first_at >= _WITHOUT_WITNESS * patience.span


def _from_the_beginning(misses: Misses, at: datetime) -> Misses:
    """The first miss again; what an admin decided about this member lasts until its own time is over."""
    return Misses(1, at, at, excused_until=misses.excused_until, approved_at=misses.approved_at)
