"""What the ledger says of roles that members had from somebody else, lost, and were given by the bot."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m026_given_after_found(db: Database) -> None:
    """They were never taken again. Only what the bot gave to somebody who was in the ledger has a `repaired_at`."""
    db.execute("UPDATE role_grants SET state = 'given' WHERE state = 'found' AND repaired_at IS NOT NULL")
