"""Which servers' owners were greeted, when the bot came."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m019_greeted_servers(db: Database) -> None:
    """When a server's owner was greeted; NULL: not yet."""
    db.execute("ALTER TABLE sync_guilds ADD COLUMN greeted_at INTEGER")
