"""Numbers, moments and spans that people type: within bounds, in any digits, and never an exception."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.text.typed_values import MOST_STORED, typed_age, typed_decimal, typed_moment, typed_number

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
A_DAY = timedelta(days=1)
# Tried wherever a number, an age or a date is typed; URLs have numbers in them, too.
HOSTILE = (
    "-1",
    str(2**63),
    "99999999999999999999",
    "-99999999999999999999",
    "9" * 5000,
    "nan",
    "inf",
    "-inf",
    "1e999",
    "1_000",
    "0x10",
    "²",
    "½",
    "",
    "0000-00-00",
    "0001-01-01T00:00+23:59",
    "9999-12-31T23:59-23:59",
    "99999999999d",
    "99999y",
    "https://[::1/",
    "https://example.org:99999999/",
)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("+7", 7),
        ("-3", -3),
        ("007", 7),
        ("１２", 12),
        ("١٢", 12),
        (str(MOST_STORED), MOST_STORED),
    ],
)
def test_a_whole_number_in_any_digits(typed: str, number: int) -> None:
    assert typed_number(typed, -10, MOST_STORED) == number


def test_bounds_are_kept() -> None:
    assert typed_number("9", 10, 20) is None
    assert [typed_number(str(each), 10, 20) for each in (10, 20)] == [10, 20]
    assert typed_number("21", 10, 20) is None
    assert typed_number(str(MOST_STORED + 1), 0, MOST_STORED) is None
    assert typed_number("-10", -20, -5) == -10
    assert typed_decimal("1,5", 0, 2) == typed_decimal("1.5", 0, 2) == typed_decimal("１.５", 0, 2) == 1.5
    assert typed_decimal("2.01", 0, 2) is None


@pytest.mark.parametrize("typed", HOSTILE, ids=lambda typed: typed[:24])
def test_nothing_that_is_typed_raises(typed: str) -> None:
    assert typed_number(typed, 0, 1000) is None
    assert typed_decimal(typed, 0, 1000) is None
    assert typed_moment(typed, FIRST, LAST) is None
    assert typed_age(typed, A_DAY, NOW, FIRST) is None


def test_a_moment_is_in_utc_and_within_bounds() -> None:
    assert typed_moment("2026-11-27", FIRST, LAST) == NOW - timedelta(hours=12)
    assert typed_moment("２０２６-11-27T14:00+02:00", FIRST, NOW) == NOW
    assert typed_moment("2026-11-27T12:01", FIRST, NOW) is None
    assert typed_moment("1999-12-31", FIRST, NOW) is None


def test_an_age_reaches_to_the_earliest_moment() -> None:
    assert typed_age("7", A_DAY, NOW, FIRST) == NOW - 7 * A_DAY
    assert typed_age("0", A_DAY, NOW, FIRST) == NOW
    days = (NOW - FIRST) // A_DAY
    assert typed_age(str(days), A_DAY, NOW, FIRST) == FIRST + timedelta(hours=12)
    assert typed_age(str(days + 1), A_DAY, NOW, FIRST) is None
