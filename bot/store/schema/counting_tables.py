"""What a snapshot counted besides its rule, so that two are compared only where they counted the same."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m023_counting(db: Database) -> None:
    """Of snapshots of before it is not known."""
    db.execute("ALTER TABLE snapshots ADD COLUMN counting TEXT")  # JSON; NULL: not recorded
