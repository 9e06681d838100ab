"""`Retry-After`: how long a server asks to be left alone (RFC 9110 §10.2.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A garbled or malicious one must not silence a source for days.
MAX_RETRY_AFTER = timedelta(minutes=15)


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` in seconds or as a date, at most fifteen minutes.

    None for garbage, zero or less, and for a date that has passed.
    """
    if (seconds := _seconds_until(value or "", now)) and seconds > 0:
        return min(timedelta(seconds=min(seconds, 1e6)), MAX_RETRY_AFTER)
    return None


def _seconds_until(value: str, now: datetime) -> float | None:
    try:
        return float(value)
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds()
