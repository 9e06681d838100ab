"""A member's data: exported and deleted at their request.

Nothing here asks a source, so it works when all of them are down.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.linking.contest_rules import REFUSAL_PERIOD
from bot.store import Store
from bot.store.pseudonyms import Pseudonym


async def export(store: Store, user_id: int, pseudonym: Pseudonym, now: datetime) -> dict[str, Any]:
    """Everything that is known about a member, as JSON values.

    Raises:
        StoreError: the store failed.
    """
    rows = await store.members.export(user_id, pseudonym)
    return {"discord_user_id": str(user_id), "exported_at": now.isoformat(timespec="seconds"), **rows}


async def delete(store: Store, user_id: int, pseudonym: Pseudonym, now: datetime) -> int:
    """Delete a member's data; how many accounts they had linked.

    Raises:
        StoreError: the store failed; nothing is half-deleted.
    """
    return await store.members.delete(user_id, now, pseudonym, refused_until=now + REFUSAL_PERIOD)
