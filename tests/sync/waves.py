"""A wave of removals, for the tests of what stops it."""

from __future__ import annotations

from datetime import timedelta

from tests.sync.sync_harness import (
    SyncHarness,
)

AN_HOUR = timedelta(hours=1)


async def a_wave(harness: SyncHarness, holders: int = 10, sellers: int = 4) -> None:
    """Of so many holders, so many read as empty for an hour."""
    await harness.gate()
    await harness.members(holders)
    await harness.turn()
    harness.sell(*range(1, sellers + 1))
    await harness.pass_time(AN_HOUR)
