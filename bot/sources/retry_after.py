"""How long a server asks for no requests: `Retry-After` (RFC 9110 §10.2.3), or a rate limit that is used up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# A wrong or malicious value must not disable a source for days.
MAX_RETRY_AFTER = timedelta(minutes=15)

# The longest window that we know of is one day. A larger value is a date, or not in milliseconds.
_MAX_WINDOW = timedelta(days=1)


def parse_pause(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """When to ask again, from either header of an error; None when there is none, or not a valid one."""
    return parse_retry_after(headers.get("Retry-After"), now) or parse_used_up(headers)


def parse_used_up(headers: Mapping[str, str]) -> timedelta | None:
    """The time until the next window, if nothing remains of this one; at most fifteen minutes.

    As sent by Blockscout's hosted API: `x-ratelimit-remaining` in requests, `x-ratelimit-reset` in milliseconds from
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
