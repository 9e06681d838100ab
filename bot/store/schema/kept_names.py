"""The name by which a member named an account."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m016_kept_names(db: Database) -> None:
    """`vitalik.eth` as it led to an account when that was linked; '': it was named otherwise."""
    for table in ("links", "sessions"):
        db.execute(f"ALTER TABLE {table} ADD COLUMN name TEXT NOT NULL DEFAULT ''")
