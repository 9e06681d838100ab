"""Maintenance that runs periodically. Each function may be called at any time, any number of times.

Both raise `StoreError` when the store fails; the next call does what is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.linking.contest_rules import LONGEST_ROUND
from bot.store import Store

SESSIONS_RETAINED = timedelta(hours=24)
AUDIT_RETAINED = timedelta(days=180)


async def settle(store: Store, now: datetime) -> int:
    """End the contests that are due; how many those were. To be called twice a minute."""
    return await store.contests.settle(now, longest_round=LONGEST_ROUND)


async def purge(store: Store, now: datetime) -> None:
    """Delete what is older than its retention period."""
    await store.sessions.purge(now - SESSIONS_RETAINED)
    await store.members.purge(audit_before=now - AUDIT_RETAINED, now=now)
