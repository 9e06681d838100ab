"""A SIGHUP before the bot can handle one is remembered, and ends nothing. Loads next to nothing, as it comes first."""

from __future__ import annotations

import signal

_asked: list[int] = []


def remember_reloads() -> None:
    """From now on, until asyncio's handler takes this one's place."""
    signal.signal(signal.SIGHUP, lambda number, _frame: _asked.append(number))


def was_reload_asked() -> bool:
    """Whether one came."""
    return bool(_asked)
