"""Browsers that a proof in progress is not bound to."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m018_other_browsers(db: Database) -> None:
    """Browsers that wait for a login to take a session up, and those that it was taken from: by hash, as ever.

    The link that a page gives for another browser has a token of its own, and is good for nothing but that.
    """
    db.execute("ALTER TABLE sessions ADD COLUMN hand_off_hash BLOB")
    db.execute("CREATE UNIQUE INDEX sessions_by_hand_off ON sessions (hand_off_hash) WHERE hand_off_hash IS NOT NULL")
    db.execute(
        """
        CREATE TABLE other_browsers (
            cookie_hash BLOB PRIMARY KEY,
            session_id  TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
            logins      INTEGER NOT NULL DEFAULT 0,    -- how many login callbacks of this browser were handled
            was_bound   INTEGER NOT NULL DEFAULT 0 CHECK (was_bound IN (0, 1)),
            is_stranger INTEGER NOT NULL DEFAULT 0 CHECK (is_stranger IN (0, 1))
        ) STRICT
        """
    )
    db.execute("CREATE INDEX other_browsers_of_session ON other_browsers (session_id)")
