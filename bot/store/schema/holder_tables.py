"""Since when it is known what accounts hold: lists say "we first looked on …", and never "nothing before"."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m020_first_readings(db: Database) -> None:
    """As of when the first complete reading of each account is; NULL: never, or not known any more.

    For accounts that were read before this step it is what their history still has: of an account whose holdings never
    changed, or that never held anything, only that it was read lately.
    """
    db.execute("ALTER TABLE sync_accounts ADD COLUMN first_read_at INTEGER")
    db.execute(
        """
        UPDATE sync_accounts SET first_read_at = min(read_at, coalesce((
            SELECT min(min(at, coalesce(before_at, at))) FROM sync_levels WHERE account_id = sync_accounts.id
        ), read_at)) WHERE read_at IS NOT NULL
        """
    )
