"""Sessions that do not last are started more and more rarely, and never so often that Discord resets the token."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from bot.app.session_pauses import BEGUN, LASTING, LONGEST, StartBudget, attempted, due, stopped
from bot.store.gateway_table import SessionStreak

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def pauses(count: int, draw: float = 0.0) -> list[float]:
    """After each of so many attempts in a row whose sessions ended at once."""
    streak, now, found = SessionStreak(), NOW, []
    for _ in range(count):
        streak = attempted(streak, now, draw)
        found.append((due(streak, now) - now).total_seconds())
        now = due(streak, now)
    return found


def test_pauses_double_up_to_five_minutes() -> None:
    assert pauses(11) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_jitter_makes_them_up_to_a_quarter_shorter() -> None:
    assert pauses(3, draw=1.0) == [0.75, 1.5, 3]


def test_a_session_that_lasted_ends_the_streak() -> None:
    streak = SessionStreak(attempts=9, due_at=NOW + LONGEST, alive_since=NOW)
    assert due(streak, NOW + LASTING - SECOND) == NOW + LONGEST
    assert due(streak, NOW + LASTING) == NOW + LASTING
    assert attempted(streak, NOW + LASTING - SECOND, 0).attempts == 10
    assert attempted(streak, NOW + LASTING, 0).attempts == 1


def test_an_attempt_that_reached_no_session_does_not_last_however_old_it_is() -> None:
    streak = attempted(SessionStreak(attempts=9, alive_since=NOW), NOW + SECOND, 0)
    assert streak.alive_since is None
    assert attempted(streak, NOW + DAY, 0).attempts == 11


@pytest.mark.parametrize(
    ("streak", "after"),
    [
        pytest.param(SessionStreak(4, NOW + LONGEST, NOW - BEGUN, NOW), SessionStreak(3, None, None, NOW), id="alive"),
        pytest.param(
            SessionStreak(4, NOW + LONGEST, NOW - BEGUN + SECOND, NOW),
            SessionStreak(4, NOW + LONGEST, NOW - BEGUN + SECOND, NOW),
            id="hardly begun",
        ),
        pytest.param(
            SessionStreak(4, NOW + LONGEST, NOW - LASTING, NOW), SessionStreak(0, None, None, NOW), id="alive for long"
        ),
        pytest.param(SessionStreak(4, NOW + LONGEST), SessionStreak(4, NOW + LONGEST), id="no session yet"),
    ],
)
def test_a_stop_counts_as_no_failed_attempt_where_a_session_is_alive(
    streak: SessionStreak, after: SessionStreak
) -> None:
    assert stopped(streak, NOW) == after


def test_a_clock_that_was_set_back_keeps_the_bot_away_for_no_longer_than_the_longest_pause() -> None:
    streak = SessionStreak(attempts=3, due_at=NOW + DAY, identified_at=NOW + DAY)
    assert due(streak, NOW) == NOW + LONGEST
    assert StartBudget(1000, 100, HOUR).due(streak, NOW) <= NOW + HOUR


@pytest.mark.parametrize(
    ("remaining", "reset_after", "pause"),
    [
        pytest.param(1000, DAY, timedelta(), id="a new day"),
        pytest.param(251, DAY, timedelta(), id="more than a quarter"),
        pytest.param(250, DAY, DAY / 230, id="a quarter"),
        pytest.param(50, 3 * HOUR, 3 * HOUR / 30, id="few"),
        pytest.param(21, HOUR, HOUR, id="one, and the reserve"),
        pytest.param(5, HOUR, HOUR, id="the reserve"),
        pytest.param(0, HOUR, HOUR, id="none"),
    ],
)
def test_when_few_starts_are_left_they_are_spread_over_the_rest_of_the_day(
    remaining: int, reset_after: timedelta, pause: timedelta
) -> None:
    streak = SessionStreak(attempts=1, identified_at=NOW)
    assert StartBudget(1000, remaining, reset_after).due(streak, NOW) == NOW + pause


def test_the_first_start_ever_does_not_wait_for_others() -> None:
    assert StartBudget(1000, 30, DAY).due(SessionStreak(), NOW) == NOW


@pytest.mark.parametrize("left", [1000, 400, 251, 100, 21])
@pytest.mark.parametrize("life", [0, 20, 250, 301, 330], ids="lives for {} s".format)
def test_a_day_of_sessions_that_die_never_uses_up_the_budget(left: int, life: int) -> None:
    """Each start is a process of its own, as a supervisor restarts it; some sessions last just long enough."""
    random, now, streak = Random(life), NOW, SessionStreak()  # noqa: S311 - lives that vary
    remaining, ends = left, NOW + DAY
    while now < ends:
        budget = StartBudget(1000, remaining, ends - now)
        now = max(now, due(streak, now), budget.due(streak, now))
        if now >= ends:
            break
        streak = replace(attempted(streak, now, random.random()), identified_at=now)
        remaining -= 1
        assert remaining > 0
        # It alternates between one that just lasts and several that end at once: the worst that growth allows.
        streak = replace(streak, alive_since=now)
        now += timedelta(seconds=life if streak.attempts > 7 or life < 300 else 0.5)
