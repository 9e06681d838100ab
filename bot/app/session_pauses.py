"""How long to wait before the next session with Discord's gateway: pure, from the streak, the day's budget and time.

Discord resets the token of a bot that starts more than 1,000 sessions (IDENTIFY) in a day. So attempts whose sessions
do not last are made more and more rarely, by whatever they end; and when few starts are left, they are spread over the
rest of the day. Growth alone allows 288 attempts a day once it has reached its limit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.store.gateway_table import SessionStreak

_FIRST = timedelta(seconds=1)
LONGEST = timedelta(minutes=5)
# 1 s doubled so often is more than the longest pause.
_MOST_DOUBLINGS = 9
# A pause is shortened by up to this part of it, so that not all bots connect at once after an outage of Discord.
_JITTER = 0.25
# A session that is as old has been a good one: the next attempt is the first of a new streak.
LASTING = timedelta(minutes=5)
# A younger session that is stopped may be one of many that a supervisor stops.
BEGUN = timedelta(seconds=30)
# Discord's max_concurrency: one start in five seconds.
SPACING = timedelta(seconds=5)
# From here on starts are spread: a quarter of the day's.
_FEW = 4
# These are not used: an operator may need some to find out what is wrong.
_RESERVED = 20


@dataclass(frozen=True, slots=True)
class StartBudget:
    """What `GET /gateway/bot` says of the day's starts, of all processes with the token (`session_start_limit`).

    Attributes:
        total: How many there are in a day.
        remaining: How many are left.
        reset_after: Until there are `total` again.
    """

    total: int
    remaining: int
    reset_after: timedelta

    @property
    def spread(self) -> timedelta:
        """How far apart the starts that are left must be, so that they last; zero where there are enough."""
        if self.remaining * _FEW > self.total:
            return timedelta()
        return self.reset_after / max(1, self.remaining - min(_RESERVED, self.total // 10))

    def due(self, streak: SessionStreak, now: datetime) -> datetime:
        """Before when no session may be started."""
        reset_at = now + self.reset_after
        if self.remaining <= 0:
            return reset_at
        if streak.identified_at is None:
            return now
        return min(min(streak.identified_at, now) + self.spread, reset_at)


def attempted(streak: SessionStreak, now: datetime, draw: float) -> SessionStreak:
    """The streak with one attempt more, that begins now.

    Args:
        streak: Before it.
        now: The present.
        draw: A random number from 0 to 1.
    """
    before = 0 if has_lasted(streak, now) else streak.attempts
    pause = min(_FIRST * 2 ** min(before, _MOST_DOUBLINGS), LONGEST) * (1 - _JITTER * draw)
    return replace(streak, attempts=before + 1, due_at=now + pause, alive_since=None)


def stopped(streak: SessionStreak, now: datetime) -> SessionStreak:
    """The streak when the process is stopped while its session is alive: that attempt did not fail.

    Not so where the session had hardly begun: a supervisor that stops the process again and again is no operator.
    """
    if streak.alive_since is None or now - streak.alive_since < BEGUN:
        return streak
    before = 0 if has_lasted(streak, now) else max(0, streak.attempts - 1)
    return replace(streak, attempts=before, due_at=None, alive_since=None)


def moved(streak: SessionStreak, by: timedelta) -> SessionStreak:
    """The streak as a clock says it that is so far ahead of the one by which it was measured."""
    return replace(
        streak,
        due_at=streak.due_at and streak.due_at + by,
        alive_since=streak.alive_since and streak.alive_since + by,
        identified_at=streak.identified_at and streak.identified_at + by,
    )


def not_in_future(streak: SessionStreak, now: datetime) -> SessionStreak:
    """The streak without moments that have not been yet: the clock was set back since the last process."""
    return replace(
        streak,
        due_at=min(streak.due_at, now + LONGEST) if streak.due_at else None,
        alive_since=min(streak.alive_since, now) if streak.alive_since else None,
        identified_at=min(streak.identified_at, now) if streak.identified_at else None,
    )


def has_lasted(streak: SessionStreak, now: datetime) -> bool:
    """Whether the latest session was a good one."""
    return streak.alive_since is not None and now - streak.alive_since >= LASTING


def due(streak: SessionStreak, now: datetime) -> datetime:
    """Before when no attempt is made, whether to start a session or to resume one."""
    if streak.due_at is None or has_lasted(streak, now):
        return now
    return min(streak.due_at, now + LONGEST)  # else a clock that was set would keep the bot away
