"""When a failed delivery is tried again: after pauses that grow, and not for ever.

A receiver that is being deployed is down for a minute, one whose owner is asleep for a night, and one that is forgotten
for good: seconds at first, an hour at most, and after three days it is paused and its server told. Only time in which
attempts were made counts: of the time that the bot was off, had no key, or was not in the server, nothing is known.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.webhooks.values.delivery_failure import Failure

_FIRST = timedelta(seconds=5)
_FACTOR = 3
_LONGEST = timedelta(hours=1)
_MOST_STEPS = 7  # 5 s · 3⁷ is past the longest
GIVE_UP_AFTER = timedelta(days=3)


def pause_after(tries: int, spread: float, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many attempts in a row that failed.

    Args:
        tries: At least 1.
        spread: From 0 to 1, at random: so that what failed together is not tried together again. It adds up to a
            quarter.
        asked: What the endpoint itself asked for (`Retry-After`), where it did: no less than that.
    """
    growth = math.pow(_FACTOR, min(tries - 1, _MOST_STEPS))
    pause = min(_FIRST * growth, _LONGEST) * (1 + spread / 4)
    return max(pause, asked) if asked else pause


def failing_from(failing_since: datetime | None, planned_at: datetime | None, now: datetime) -> datetime:
    """Since when an endpoint fails, when another attempt begins: the first failure, later by the time nobody tried.

    Args:
        failing_since: The same when the attempt before failed; None: this is the first one.
        planned_at: When this attempt was due; None: not known.
        now: When it begins.
    """
    if failing_since is None:
        return now
    overdue = max(now - planned_at, timedelta()) if planned_at else timedelta()
    return min(failing_since + overdue, now)


def gives_up(failure: Failure, failing_since: datetime, now: datetime) -> bool:
    """Whether an endpoint is paused: it wants nothing more, or confirmed nothing in three days of attempts.

    Args:
        failure: How the latest attempt ended.
        failing_since: As `failing_from` has it.
        now: The present.
    """
    return failure.is_final or now - failing_since >= GIVE_UP_AFTER
