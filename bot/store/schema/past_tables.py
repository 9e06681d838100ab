"""Which single NFTs an archive lists: rules about token ids and copies can be granted by it."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS


@MIGRATIONS()
def m025_past_tokens(db: Database) -> None:
    """Of what was not completely read, the NFTs of a collection: JSON, id → copies; NULL: not asked, or not all listed.

    A column and no rows of `sync_tokens`: those are of the latest complete reading, and last as long as it does.
    """
    db.execute("ALTER TABLE sync_parts ADD COLUMN tokens TEXT")
