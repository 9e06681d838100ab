"""`Retry-After` is believed within reason, in each form that RFC 9110 knows."""

from datetime import UTC, datetime

import pytest

from bot.sources.retry_after import parse_retry_after

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("7", 7),
        ("0.5", 0.5),
        ("3600", 900),
        ("1e999", 900),
        ("0", None),
        ("-5", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        (None, None),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60),
        ("Sun, 22 Nov 2026 12:01:00 -0000", 60),
        ("Mon, 23 Nov 2026 12:00:00 GMT", 900),
        ("Sun, 22 Nov 2026 11:59:59 GMT", None),
        ("Sun, 22 Nov 2026 99:00:00 GMT", None),
        ("Sun, 22 Nov 9999999999 12:00:00 GMT", None),
    ],
)
def test_retry_after_is_accepted_within_bounds(value: str | None, expected: float | None) -> None:
    parsed = parse_retry_after(value, NOW)
    assert (parsed.total_seconds() if parsed else None) == expected
