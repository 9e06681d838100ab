"""How long a server asks to be left alone: `Retry-After` (RFC 9110 §10.2.3), or a rate limit that is used up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A garbled or malicious one must not silence a source for days.
MAX_RETRY_AFTER = timedelta(minutes=15)

# The longest window that we know of is a day's. What is longer is a date, or in another unit than milliseconds.
_MAX_WINDOW = timedelta(days=1)


def parse_pause(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """When to ask again, as an error says it in either way; None when it does not say, or no such time."""
    return parse_retry_after(headers.get("Retry-After"), now) or parse_used_up(headers)


def parse_used_up(headers: Mapping[str, str]) -> timedelta | None:
    """Until the next window, where nothing remains of this one; at most fifteen minutes.

    As Blockscout's hosted API has it: `x-ratelimit-remaining` in requests, `x-ratelimit-reset` in milliseconds from
    now, and either may be -1 when it does not know. None for garbage, and while anything remains.
    """
    reset = headers.get("x-ratelimit-reset", "")
    if headers.get("x-ratelimit-remaining") != "0" or not re.fullmatch(r"[0-9]{1,9}", reset):
        return None
    window = timedelta(milliseconds=int(reset))
    return min(window, MAX_RETRY_AFTER) if timedelta() < window <= _MAX_WINDOW else None


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
