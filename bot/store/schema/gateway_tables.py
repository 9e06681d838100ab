"""How the sessions with Discord's gateway went."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m017_gateway_streak(db: Database) -> None:
    """One row: attempts in a row whose sessions did not last, and when the next one may be made."""
    db.execute(
        """
        CREATE TABLE gateway_streak (
            id            INTEGER PRIMARY KEY CHECK (id = 1),
            attempts      INTEGER NOT NULL,
            due_at        INTEGER,
            alive_since   INTEGER,
            identified_at INTEGER
        ) STRICT
        """
    )
