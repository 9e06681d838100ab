"""What has to be done from time to time, whether anybody asks for it or not. Each may be called as often as one likes.

Both raise `StoreError` when the store fails; the next time does what is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.linking.contest_rules import LONGEST_ROUND
from bot.store import Store

SESSIONS_RETAINED = timedelta(hours=24)
AUDIT_RETAINED = timedelta(days=180)


async def settle(store: Store, now: datetime) -> int:
    """End the contests whose time has come; how many those were. To be called twice a minute."""
    return await store.contests.settle(now, longest_round=LONGEST_ROUND)


async def purge(store: Store, now: datetime) -> None:
    """Forget what was retained for long enough."""
    await store.sessions.purge(now - SESSIONS_RETAINED)
    await store.members.purge(audit_before=now - AUDIT_RETAINED, now=now)
