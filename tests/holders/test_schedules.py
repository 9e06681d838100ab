"""When scheduled snapshots are due: those that were missed are not made up for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.holders.snapshot import Every, next_time


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "first", "now", "due"),
    [
        (Every.DAY, "2026-11-27T09:00", "2026-11-27T09:00", "2026-11-28T09:00"),
        (Every.DAY, "2026-11-27T09:00", "2026-11-27T09:00:29", "2026-11-28T09:00"),
        (Every.DAY, "2026-11-27T09:00", "2026-12-05T08:00", "2026-12-05T09:00"),
        (Every.WEEK, "2026-11-27T09:00", "2026-11-27T09:01", "2026-12-04T09:00"),
        (Every.WEEK, "2026-11-27T09:00", "2027-01-01T09:00", "2027-01-08T09:00"),
        (Every.MONTH, "2026-11-27T09:00", "2026-11-27T09:00", "2026-12-27T09:00"),
        (Every.MONTH, "2026-11-27T09:00", "2027-02-27T08:59", "2027-02-27T09:00"),
        (Every.MONTH, "2026-12-31T09:00", "2026-12-31T09:00", "2027-01-28T09:00"),
        (Every.MONTH, "2026-12-31T09:00", "2027-02-01T09:00", "2027-02-28T09:00"),
        (Every.MONTH, "2026-11-27T09:00", "2026-11-01T09:00", "2026-11-27T09:00"),
        (Every.DAY, "2026-11-27T09:00", "2026-11-01T09:00", "2026-11-27T09:00"),
    ],
)
def test_the_next_one_is_after_now_at_the_same_time(every: Every, first: str, now: str, due: str) -> None:
    assert next_time(every, at(first), at(now)) == at(due)


@pytest.mark.parametrize("every", Every)
def test_it_is_always_later_and_never_much(every: Every) -> None:
    first = at("2026-01-31T12:00")
    for hours in range(0, 24 * 400, 7):
        now = first + timedelta(hours=hours)
        due = next_time(every, first, now)
        assert now < due <= now + timedelta(days=31)
