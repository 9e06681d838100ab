"""What a person reads of an error, and whether a new attempt may help: then it has a button for one.

A time to wait is shown as a clock that runs: what stands there as "in 30 seconds" is soon untrue.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import discord

from bot.errors import (
    ContradictionError,
    InputError,
    LimitError,
    NotFoundError,
    NotRecordedError,
    ProofError,
    RefusedError,
    SessionError,
    SourceError,
    TesseraError,
    UnacceptedError,
    WithdrawnError,
    WithheldError,
)

# Somebody else has to do something first, or something else has to be asked for.
_STAYS = (
    InputError,
    NotFoundError,
    WithdrawnError,
    RefusedError,
    WithheldError,
    NotRecordedError,
    ContradictionError,
    SessionError,
    ProofError,
    UnacceptedError,
)


def may_help_again(error: TesseraError) -> bool:
    """Whether the same may be answered in a while."""
    if isinstance(error, LimitError):
        return error.retry_after > 0
    return not isinstance(error, _STAYS)


def sentence_of(error: TesseraError, now: datetime) -> str:
    """The sentence, with a clock that runs from now in place of a time to wait."""
    advice = error.advice if isinstance(error, SourceError) else None
    if not isinstance(error, SourceError) or advice is None or advice.live is None:
        return error.words.render()
    when = discord.utils.format_dt(now + timedelta(seconds=advice.seconds), "R")
    return f"{error.fact.render()} {advice.live(when=when).render()}"
