"""In which language members read, so that a direct message after a restart is in it."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS

_LANGUAGES = """
    CREATE TABLE member_languages (      -- of members who have linked something
        user_id  INTEGER PRIMARY KEY,
        language TEXT NOT NULL           -- as Discord names it
    ) STRICT
"""
_FORGOTTEN = """
    CREATE TRIGGER language_forgotten AFTER DELETE ON links
    WHEN NOT EXISTS (SELECT 1 FROM links WHERE user_id = OLD.user_id) BEGIN
        DELETE FROM member_languages WHERE user_id = OLD.user_id;
    END
"""


@MIGRATIONS()
def m024_languages(db: Database) -> None:
    """Retained as long as the member has linked anything."""
    db.execute(_LANGUAGES)
    db.execute(_FORGOTTEN)
