"""Collections that a server's linked members hold, with their names: what an admin most likely means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.gates.rule import CollectionRef
from bot.store.thread import Reader

# More names would fit in no menu, and nobody would look through them.
_MOST = 5_000


async def held_names(reader: Reader, guild_id: int) -> Sequence[tuple[CollectionRef, str]]:
    """Collections and their names (upstream's), those that most members hold first; it does not say who."""
    sql = """
        SELECT sync_collections.network, sync_collections.collection_id, sync_collections.name
        FROM sync_members
        JOIN links ON links.user_id = sync_members.user_id
        JOIN sync_accounts ON sync_accounts.account = links.account
        JOIN sync_held ON sync_held.account_id = sync_accounts.id
        JOIN sync_collections ON sync_collections.id = sync_held.collection_id
        WHERE sync_members.guild_id = ? AND absent_since IS NULL AND gone_at IS NULL
        GROUP BY sync_collections.id ORDER BY count(*) DESC, sync_collections.id LIMIT ?
    """
    rows = await reader.run(lambda db: db.execute(sql, [guild_id, _MOST]).fetchall())
    return [(CollectionRef(network, collection_id), name) for network, collection_id, name in rows]
