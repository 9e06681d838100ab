"""What a server has set about its gates, and which accounts its members keep out of it."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m012_settings(db: Database) -> None:
    """Protected members have rows of their own: they are people, who may have what names them deleted."""
    db.execute(
        """
        CREATE TABLE guild_settings (
            guild_id INTEGER PRIMARY KEY,
            settings TEXT NOT NULL,          -- JSON, see bot.store.gates.settings_table
            saved_at INTEGER NOT NULL
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE protected_members (     -- nothing is ever taken from them
            guild_id INTEGER NOT NULL,
            user_id  INTEGER NOT NULL,
            ended    INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1)),  -- were once; the history still names them
            PRIMARY KEY (guild_id, user_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX protected_members_by_user ON protected_members (user_id)")
    db.execute(
        """
        CREATE TABLE keep_outs (             -- accounts that their member does not let count in a server
            user_id  INTEGER NOT NULL,
            guild_id INTEGER NOT NULL,
            account  TEXT NOT NULL,
            PRIMARY KEY (user_id, guild_id, account),
            FOREIGN KEY (user_id, account) REFERENCES links (user_id, account) ON DELETE CASCADE
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX keep_outs_of_guild ON keep_outs (guild_id)")
