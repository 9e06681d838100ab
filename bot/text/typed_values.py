"""Numbers, moments and spans that people type: read within bounds, in digits of any script, and never an exception.

Python's own readers raise `OverflowError` where a calendar ends, refuse thousands of digits with a sentence of their
own, and take `nan`, `inf` and `1_000`; SQLite takes no integer beyond 63 bits. So what is typed is read here, or by the
parser of rules.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

# The largest integer that SQLite stores: no id and no number of a row is above it.
MOST_STORED = 2**63 - 1

_WHOLE = re.compile(r"([+-]?)(\d{1,4000})")
_DECIMAL = re.compile(r"[+-]?\d{1,20}(?:[.,]\d{0,20})?")


def typed_number(typed: str, least: int, most: int) -> int | None:
    """A whole number from `least` to `most`; None: it is none."""
    found = _WHOLE.fullmatch(typed.strip())
    if found is None:
        return None
    digits = _plain_digits(found[2]).lstrip("0") or "0"
    # Compared by length first: numbers of thousands of digits are slow to read.
    if len(digits) > max(len(str(abs(least))), len(str(abs(most)))):
        return None
    number = int(found[1] + digits)
    return number if least <= number <= most else None


def typed_decimal(typed: str, least: float, most: float) -> float | None:
    """A number from `least` to `most`, with a point or a comma; None: it is none."""
    text = typed.strip()
    if not _DECIMAL.fullmatch(text):
        return None
    number = float(_plain_digits(text).replace(",", "."))
    return number if least <= number <= most else None


def typed_moment(typed: str, earliest: datetime, latest: datetime) -> datetime | None:
    """A day or a time as ISO 8601 has it, in UTC where it names no zone; None: it is none, or is out of bounds."""
    try:
        found = datetime.fromisoformat(_plain_digits(typed.strip()))
        moment = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):  # the second: its zone puts it before the year 1, or after 9999
        return None
    return moment if earliest <= moment <= latest else None


def typed_age(typed: str, unit: timedelta, now: datetime, earliest: datetime) -> datetime | None:
    """The moment so many units before now; None: the number is none, or that is earlier than `earliest`.

    Args:
        typed: How many.
        unit: Of what, at least a second.
        now: The present.
        earliest: How far back it may be.
    """
    number = typed_number(typed, 0, (now - earliest) // unit)
    return None if number is None else now - number * unit


def _plain_digits(text: str) -> str:
    """The same with 0 to 9 in place of the digits of any script, such as those of a Japanese keyboard."""
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)
