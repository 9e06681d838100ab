"""When to ask a source again: sentences that the errors of all sources share."""

from __future__ import annotations

from bot.messages import Advice, Message, Words

_TWO_MINUTES = 120  # seconds; below, seconds read better

_SECONDS = Message("{count} second", "{count} seconds")
_MINUTES = Message("{count} minute", "{count} minutes")
_A_MINUTE = Message("a minute")
_TRY_IN = Message("Try again in {span}.")
_TRY_LATER = Message("Try again later.")
_ASKS_IN = Message("Tessera asks again in {span}.")
_TRY_WHEN = Message("Try again {when}.")
_ASKS_WHEN = Message("Tessera asks again {when}.")

IN_A_MINUTE = Advice(_TRY_IN, {"span": _A_MINUTE()}, 60, _TRY_WHEN)
LATER = Advice(_TRY_LATER)


def span_words(seconds: float) -> Words:
    """A waiting time for people: "7 seconds", "3 minutes"."""
    whole = max(1, round(seconds))
    return _MINUTES(count=round(whole / 60)) if whole >= _TWO_MINUTES else _SECONDS(count=whole)


def try_in(seconds: float | None) -> Advice:
    """Advice to try again after so many seconds; None: the time is not known, so in a minute."""
    return IN_A_MINUTE if seconds is None else Advice(_TRY_IN, {"span": span_words(seconds)}, seconds, _TRY_WHEN)


def asks_again_in(seconds: float) -> Advice:
    """Notice that Tessera itself asks again after so many seconds."""
    return Advice(_ASKS_IN, {"span": span_words(seconds)}, seconds, _ASKS_WHEN)
