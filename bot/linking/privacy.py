"""What is known of a member: handed to them, deleted at their word, and forgotten by itself when its time is over.

Nothing here asks a source, so it works when all of them are down.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot.pseudonyms import Pseudonym
from bot.store import Store

SESSIONS_KEPT = timedelta(hours=24)
AUDIT_KEPT = timedelta(days=180)


class Privacy:
    """Answers for members about their data. Every method may raise `StoreError`; nothing is half-deleted."""

    def __init__(self, store: Store, pseudonym: Pseudonym, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._pseudonym = pseudonym
        self._clock = clock

    async def export(self, user_id: int) -> dict[str, Any]:
        """Everything that is known about a member, as JSON's values."""
        rows = await self._store.members.export(user_id, self._pseudonym)
        return {"discord_user_id": str(user_id), "exported_at": self._clock().isoformat(timespec="seconds"), **rows}

    async def delete(self, user_id: int) -> int:
        """Forget a member; how many accounts they had linked."""
        return await self._store.members.delete(user_id, self._clock(), self._pseudonym)

    async def purge(self) -> None:
        """Forget what was kept for long enough. To be called again and again."""
        now = self._clock()
        await self._store.sessions.purge(now - SESSIONS_KEPT)
        await self._store.members.purge(audit_before=now - AUDIT_KEPT, now=now)
