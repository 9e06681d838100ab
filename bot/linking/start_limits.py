"""How often verifications may be started, and the message for those who start too many."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from bot.errors import LimitError
from bot.links.proofs import MAX_RELAYS, RELAY_SPAN
from bot.messages import Message
from bot.store.linking.refusal import StartLimit, StartRefused
from bot.store.linking.session_table import StartLimits

_LOCKED_OUT = Message("Others opened links that you made, too often: you cannot verify for a day. Ask a moderator.")
_BUSY_SERVER = Message("Too many people of this server verify right now. Try again in a minute.")
_TOO_OFTEN = Message(
    "You started {most} verifications within an hour. Try again in {count} minute.",
    "You started {most} verifications within an hour. Try again in {count} minutes.",
)

START_LIMITS = StartLimits(
    by_person=5,
    person_span=timedelta(hours=1),
    in_guild=30,
    guild_span=timedelta(minutes=1),
    relays=MAX_RELAYS,
    relay_span=RELAY_SPAN,
)


def start_error(refused: StartRefused, now: datetime) -> LimitError:
    """The error that says why no verification may be started now."""
    if refused.limit is StartLimit.RELAYS:
        return LimitError(_LOCKED_OUT)
    if refused.limit is StartLimit.GUILD:
        return LimitError(_BUSY_SERVER, retry_after=60)
    # The store counts whole seconds.
    wait = (refused.free_at or now) - now.replace(microsecond=0)
    seconds = wait.total_seconds()
    return LimitError(
        _TOO_OFTEN, retry_after=max(1.0, seconds), most=START_LIMITS.by_person, count=math.ceil(seconds / 60)
    )
