"""What a server's admins decided: gates, which collections count as the same, and who changed what."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m009_gates(db: Database) -> None:
    """Gates, aliases of collections, and the history of both."""
    db.execute(
        """
        CREATE TABLE configured_guilds (   -- every server in which something was ever decided
            guild_id INTEGER PRIMARY KEY,
            version  INTEGER NOT NULL,     -- higher by one after each change of gates, aliases or settings
            left_at  INTEGER               -- since when the bot is not in it; NULL: it is
        ) STRICT
        """
    )
    db.execute("CREATE INDEX configured_guilds_left ON configured_guilds (left_at) WHERE left_at IS NOT NULL")
    db.execute(
        """
        CREATE TABLE gates (
            id           INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again
            guild_id     INTEGER NOT NULL,
            role_id      INTEGER NOT NULL,
            rule         TEXT NOT NULL,
            grace        INTEGER CHECK (grace >= 0),          -- seconds; NULL: as set for the server
            never_remove INTEGER NOT NULL CHECK (never_remove IN (0, 1)),
            is_sensitive INTEGER NOT NULL CHECK (is_sensitive IN (0, 1)),
            ladder       TEXT NOT NULL,
            rank         INTEGER NOT NULL,
            powers       TEXT NOT NULL,
            state        TEXT NOT NULL CHECK (state IN ('active', 'paused', 'parked')),
            parked       TEXT,                                -- why
            since        INTEGER NOT NULL,                    -- since when it has had this state
            created_at   INTEGER NOT NULL,
            UNIQUE (guild_id, role_id),
            CHECK ((state = 'parked') = (parked IS NOT NULL))
        ) STRICT
        """
    )
    db.execute(
        """
        CREATE TABLE collection_aliases (   -- collections of which one set counts as one collection in a server
            guild_id   INTEGER NOT NULL,
            collection TEXT NOT NULL,       -- 'loopring:254'
            same_as    TEXT NOT NULL,       -- the set: its first collection by name
            PRIMARY KEY (guild_id, collection)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute(
        """
        CREATE TABLE gate_changes (
            id       INTEGER PRIMARY KEY AUTOINCREMENT,
            guild_id INTEGER NOT NULL,
            at       INTEGER NOT NULL,
            user_id  INTEGER,               -- who; NULL: their data is deleted
            actor    BLOB,                  -- keyed, once it is
            verb     TEXT NOT NULL,
            before   TEXT NOT NULL,   -- what was changed, as it was
            after    TEXT NOT NULL     -- and as it is since
        ) STRICT
        """
    )
    db.execute("CREATE INDEX gate_changes_of_guild ON gate_changes (guild_id, id)")
    db.execute("CREATE INDEX gate_changes_by_user ON gate_changes (user_id) WHERE user_id IS NOT NULL")
