"""Who looked at a full list: in one transaction in the audit log, and as a message for the server's log channel."""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from bot.store.audit import record
from bot.store.pseudonyms import Pseudonym
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.thread import Writer


async def record_view(
    writer: Writer, guild_id: int, user_id: int, view: str, about: str, now: datetime, pseudonym: Pseudonym
) -> None:
    """Record that a member saw a full list.

    Args:
        writer: The store's thread.
        guild_id: The server.
        user_id: The member.
        view: Which command: "list", "changes", "find", "gap", "diff".
        about: Of which collection, or the numbers of which two snapshots; "": of none, or it is not to be named.
        now: The present.
        pseudonym: Makes the keyed hashes of the audit log.

    Raises:
        StoreError: SQLite failed; nothing is recorded, and so nothing may be shown.
    """

    def work(db: Database) -> None:
        record(db, now, pseudonym(user_id), f"holders {view}")
        enqueue(db, NewPost(PostKind.VIEWED, guild_id, now, user_id=user_id, detail=f"{view} {about}".strip()))

    await writer.transaction(work)
