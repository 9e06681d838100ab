"""Whether a member's latest judgement knew of every role they were given that they still earn it."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m027_members_in_doubt(db: Database) -> None:
    """All of them are in doubt until they are judged by this version."""
    db.execute("ALTER TABLE sync_members ADD COLUMN in_doubt INTEGER NOT NULL DEFAULT 1 CHECK (in_doubt IN (0, 1))")
