"""What people type for "since"."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import InputError
from bot.holders.since import parse_since

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "since"),
    [
        pytest.param("2026-10-01", datetime(2026, 10, 1, tzinfo=UTC), id="a-date-begins-at-midnight-utc"),
        pytest.param(" since 2026-2-3 ", datetime(2026, 2, 3, tzinfo=UTC), id="a-date-in-few-digits"),
        pytest.param("24h", NOW - timedelta(hours=24), id="hours"),
        pytest.param("7 days ago", NOW - timedelta(days=7), id="days"),
        pytest.param("2W", NOW - timedelta(weeks=2), id="weeks"),
        pytest.param("3 months", NOW - timedelta(days=90), id="months"),
        pytest.param("1y", NOW - timedelta(days=365), id="years"),
        pytest.param("７d", NOW - timedelta(days=7), id="digits-of-a-japanese-keyboard"),
    ],
)
def test_a_date_or_a_span_is_a_moment(typed: str, since: datetime) -> None:
    assert parse_since(typed, NOW) == since


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param("yesterday", "use a date such as `2026-10-01`", id="a-word"),
        pytest.param("2026-13-01", "use a date such as `2026-10-01`", id="no-such-month"),
        pytest.param("", "use a date such as `2026-10-01`", id="nothing"),
        pytest.param("2026-12-24", "still to come", id="the-future"),
        pytest.param("99y", "too long ago", id="before-there-was-anything"),
        pytest.param("@everyone", "@\u200beveryone", id="a-mention"),
        pytest.param("1970-01-01", "too long ago", id="an-old-date"),
        pytest.param("3000y", "too long ago", id="before-the-calendar-begins"),
        pytest.param("99999y", "too long ago", id="longer-than-any-span"),
        pytest.param("99999 months", "too long ago", id="many-months"),
        pytest.param("9" * 100 + "h", "too long ago", id="a-hundred-digits"),
        pytest.param("9" * 5000 + "h", "too long ago", id="more-digits-than-a-number-may-have"),
        pytest.param("0000-00-00", "use a date such as `2026-10-01`", id="no-year"),
        pytest.param("-7d", "use a date such as `2026-10-01`", id="a-negative-span"),
    ],
)
def test_anything_else_is_refused_with_what_is_accepted(typed: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        parse_since(typed, NOW)
    assert sentence in raised.value.sentence
