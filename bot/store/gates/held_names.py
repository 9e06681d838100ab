"""Collections that a server's linked members hold, with their names: what an admin most likely means."""

from __future__ import annotations

from collections.abc import Sequence

from bot.gates.rule import CollectionRef
from bot.store.rows import COVERED
from bot.store.sync.reading_census import LOOK_BACK
from bot.store.thread import Reader

# More names would fit in no menu, and nobody would look through them.
_MOST = 5_000
# What was there a day before the latest reading is still named: a source that is blank for an hour has sold nothing.
_HELD = f"(gone_at IS NULL OR gone_at > read_at - {int(LOOK_BACK.total_seconds())})"
# An account is a member's here by their signature, or by a vouch in this very server; one that another server vouches
# for is not, or its moderators would change what is suggested here.
_SQL = f"""
    SELECT sync_collections.network, sync_collections.collection_id, sync_collections.name
    FROM (
        SELECT sync_members.user_id, links.account
        FROM sync_members
        JOIN links ON links.user_id = sync_members.user_id
        JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
        WHERE sync_members.guild_id = :guild AND absent_since IS NULL
        UNION
        SELECT sync_members.user_id, vouches.account
        FROM sync_members
        JOIN vouches ON vouches.user_id = sync_members.user_id AND vouches.guild_id = sync_members.guild_id
        WHERE sync_members.guild_id = :guild AND absent_since IS NULL
        AND confirmed_at IS NOT NULL AND asked_at >= sync_members.joined_at AND NOT EXISTS (
            SELECT 1 FROM proofs
            WHERE proofs.owner = vouches.owner AND proofs.user_id <> vouches.user_id
            AND {COVERED.replace("links.", "vouches.")}
        )
    ) AS theirs
    JOIN sync_accounts ON sync_accounts.account = theirs.account
    JOIN sync_held ON sync_held.account_id = sync_accounts.id
    JOIN sync_collections ON sync_collections.id = sync_held.collection_id
    WHERE {_HELD} AND NOT EXISTS (
        SELECT 1 FROM keep_outs
        WHERE keep_outs.user_id = theirs.user_id AND guild_id = :guild AND keep_outs.account = theirs.account
    )
    GROUP BY sync_collections.id ORDER BY count(*) DESC, sync_collections.id LIMIT {_MOST}
"""


async def held_names(reader: Reader, guild_id: int) -> Sequence[tuple[CollectionRef, str]]:
    """Collections and their names (upstream's), those that most members hold first; it does not say who."""
    rows = await reader.run(lambda db: db.execute(_SQL, {"guild": guild_id}).fetchall())
    return [(CollectionRef(network, collection_id), name) for network, collection_id, name in rows]
