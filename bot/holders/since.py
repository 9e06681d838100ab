"""The moment that people mean by "since": a date, or a span before now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from bot.errors import InputError
from bot.messages import Message
from bot.text import safe_text
from bot.text.typed_values import typed_age

_NOT_A_MOMENT = Message(
    "“{typed}” is not a time: use a date such as `2026-10-01`, or a span such as `24h`, `7d`, `2w` or `3 months`."
)
_IN_THE_FUTURE = Message("{date} is still to come: use a date or a span that is over.")
_TOO_LONG_AGO = Message("“{typed}” is too long ago: use a date from 2000 on.")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SPAN = re.compile(r"(\d+)\s*(h|hours?|d|days?|w|weeks?|months?|m|y|years?)")
_UNITS = {unit: timedelta(hours=hours) for unit, hours in (("h", 1), ("d", 24), ("w", 168), ("m", 720), ("y", 8760))}
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_ECHOED = 40


def parse_since(typed: str, now: datetime) -> datetime:
    """The moment that was typed; a date begins at midnight UTC, and a month has 30 days.

    Raises:
        InputError: with a sentence that says what is accepted.
    """
    text = " ".join(typed.split()).lower().removeprefix("since ").removesuffix(" ago")
    echo = safe_text(text, _ECHOED)
    if found := _DATE.fullmatch(text):
        try:
            since: datetime | None = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
        except ValueError as error:
            raise InputError(_NOT_A_MOMENT, typed=echo) from error
    elif found := _SPAN.fullmatch(text):
        since = typed_age(found[1], _UNITS[found[2][0]], now, _EARLIEST)
    else:
        raise InputError(_NOT_A_MOMENT, typed=echo)
    if since and since > now:
        raise InputError(_IN_THE_FUTURE, date=text)
    if since is None or since < _EARLIEST:
        raise InputError(_TOO_LONG_AGO, typed=echo)
    return since
