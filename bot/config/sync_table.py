"""`[sync]` of the settings: how often holdings are read for gates, and how patient the bot is before a removal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from pydantic import Field

from bot.config.source_tables import Table
from bot.messages import Message, Words

# Below these a fault that passes within minutes can cost members a role.
SAFE_MISSES = 3
SAFE_SPAN = timedelta(minutes=30)
_FEW_MISSES = Message(
    "[sync] removal_misses = {misses}: a role is taken after so few readings; {safe} or more are safe."
)
_SHORT_SPAN = Message(
    "[sync] removal_minutes = {minutes:g}: a short outage of a source can cost roles; {safe} or more are safe."
)


class SyncSettings(Table):
    """How often holdings are read for gates, and how patient the bot is before it takes a role."""

    interval_minutes: float = Field(default=10, gt=0, le=1440)
    removal_misses: int = Field(default=3, ge=1, le=100)
    removal_minutes: float = Field(default=30, ge=0, le=10_080)
    grace_hours: float = Field(default=0, ge=0, le=720)
    drift_hours: float = Field(default=6, gt=0, le=168)

    @property
    def interval(self) -> timedelta:
        """How often each linked account is read, as far as the sources' rates allow."""
        return timedelta(minutes=self.interval_minutes)

    @property
    def removal_span(self) -> timedelta:
        """How far apart the first and the last miss must be before a role is taken."""
        return timedelta(minutes=self.removal_minutes)

    def dangers(self) -> Iterator[Words]:
        """What is set to less than is safe; for the log at start and for `tessera check`."""
        if self.removal_misses < SAFE_MISSES:
            yield _FEW_MISSES(misses=self.removal_misses, safe=SAFE_MISSES)
        if self.removal_span < SAFE_SPAN:
            yield _SHORT_SPAN(minutes=self.removal_minutes, safe=SAFE_SPAN // timedelta(minutes=1))

    @property
    def grace(self) -> timedelta:
        """How long a role is retained after that, in servers that have set nothing else."""
        return timedelta(hours=self.grace_hours)

    @property
    def drift(self) -> timedelta:
        """How often members' roles are compared with what they should be."""
        return timedelta(hours=self.drift_hours)
