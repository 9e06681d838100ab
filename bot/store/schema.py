"""The tables, as a list of steps that are applied once, in order, each in a transaction of its own."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("tessera")


@MIGRATIONS()
def m001_owners(db: Database) -> None:
    """Who owns an account. On Loopring that never changes, so it is asked once and kept."""
    db.execute(
        """
        CREATE TABLE owners (
            account TEXT PRIMARY KEY,   -- 'loopring:10001'
            owner   TEXT NOT NULL CHECK (owner GLOB '0x*' AND length(owner) = 42 AND owner = lower(owner)),
            seen_at TEXT NOT NULL       -- ISO 8601, UTC
        ) STRICT, WITHOUT ROWID
        """
    )
