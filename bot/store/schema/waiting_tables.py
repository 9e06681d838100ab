"""What is still to be taken from members who are gone, and which losses admins accepted."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m014_owed_roles(db: Database) -> None:
    """Roles that Discord did not take when their member deleted their data."""
    db.execute(
        """
        CREATE TABLE owed_roles (
            guild_id INTEGER NOT NULL,
            user_id  INTEGER NOT NULL,
            role_id  INTEGER NOT NULL,
            since    INTEGER NOT NULL,
            PRIMARY KEY (guild_id, user_id, role_id)
        ) STRICT, WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX owed_roles_of_guild ON owed_roles (guild_id, since)")
    db.execute("CREATE INDEX owed_roles_of_user ON owed_roles (user_id)")
    db.execute("CREATE INDEX owed_roles_by_time ON owed_roles (since)")


@MIGRATIONS()
def m015_accepted_losses(db: Database) -> None:
    """Up to when an admin has accepted what a source or a collection lost: it holds nothing back there any more."""
    db.execute(
        """
        CREATE TABLE accepted_losses (
            guild_id INTEGER NOT NULL,
            scope    TEXT NOT NULL CHECK (scope IN ('source', 'collection')),
            key      TEXT NOT NULL,
            at       INTEGER NOT NULL,
            PRIMARY KEY (guild_id, scope, key)
        ) STRICT, WITHOUT ROWID
        """
    )
