"""How often and for how long something must be seen before it is believed, where believing it can cost a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Patience:
    """When misses are enough to take a role, and a break to end what was held before (`[sync]` in the settings).

    Attributes:
        misses: So many complete, fresh readings in a row must deny it.
        span: And the first and the last of them are at least so far apart.
        lapse: Misses are counted from the beginning after so long without one.
    """

    misses: int = 3
    span: timedelta = timedelta(minutes=30)
    lapse: timedelta = timedelta(hours=24)
