"""Pauses grow, end at an hour, keep what was asked for, and stop after three days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.webhooks.values.delivery_failure import Failure, FailureCode
from bot.webhooks.values.retry_pauses import GIVE_UP_AFTER, failing_from, gives_up, pause_after

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
DOWN = Failure(FailureCode.NO_CONNECTION)


def test_pauses_grow_up_to_an_hour() -> None:
    pauses = [pause_after(tries, 0) for tries in range(1, 10_000, 1)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (5, 15, 45, 135)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)


def test_what_failed_together_is_spread() -> None:
    assert pause_after(1, 0) < pause_after(1, 0.5) < pause_after(1, 1) == timedelta(seconds=6.25)


def test_no_attempt_is_made_before_what_the_endpoint_asks_for() -> None:
    assert pause_after(1, 0, timedelta(minutes=10)) == timedelta(minutes=10)
    assert pause_after(9, 0, timedelta(seconds=1)) == timedelta(hours=1)


def test_it_ends_after_three_days_or_at_once_where_the_endpoint_is_gone() -> None:
    assert not gives_up(DOWN, AT, AT + GIVE_UP_AFTER - timedelta(seconds=1))
    assert gives_up(DOWN, AT, AT + GIVE_UP_AFTER)
    assert gives_up(Failure(FailureCode.GONE, 410), AT, AT)


def test_only_time_in_which_attempts_were_made_counts() -> None:
    assert failing_from(None, AT, AT + GIVE_UP_AFTER) == AT + GIVE_UP_AFTER
    assert failing_from(AT, AT + timedelta(hours=1), AT + timedelta(hours=1)) == AT
    assert failing_from(AT, AT + timedelta(hours=1), AT + timedelta(days=9)) == AT + timedelta(days=9, hours=-1)
    assert failing_from(AT, None, AT + timedelta(days=9)) == AT
    # A clock that was ahead when it failed first: never later than now.
    assert failing_from(AT, AT, AT - timedelta(days=9)) == AT - timedelta(days=9)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, None),
        (204, None),
        (299, None),
        (199, FailureCode.STATUS),
        (301, FailureCode.REDIRECTED),
        (304, FailureCode.REDIRECTED),
        (400, FailureCode.STATUS),
        (410, FailureCode.GONE),
        (429, FailureCode.STATUS),
        (503, FailureCode.STATUS),
    ],
)
def test_what_a_status_means(status: int, code: FailureCode | None) -> None:
    failure = Failure.of_status(status)
    assert (failure.code if failure else None) == code


@pytest.mark.parametrize("code", FailureCode)
def test_every_failure_has_a_sentence(code: FailureCode) -> None:
    words = Failure(code, 503).words.render()
    assert words.endswith(".")
    assert "{" not in words
