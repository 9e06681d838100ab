"""A store with many linked members in many servers, all of whom were read, judged and given their roles before."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlite_utils import Database

from bot.gates.gate import GateDraft
from bot.gates.rule import CollectionRef, Holds, HoldsCollections
from bot.holdings import LOOPRING
from bot.store import Store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FIRST_GUILD = 910_000_000_000_000_000
FIRST_USER = 810_000_000_000_000_000
COLLECTIONS = 60
HELD = 12  # of these by each account
# Of the collections of an account, the first is the remainder of its number; the others follow it.
_FILLED = (
    """
    CREATE TEMP TABLE numbers AS
    WITH RECURSIVE counted (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n + 1 < :members)
    SELECT n FROM counted
    """,
    """
    INSERT INTO owners (account, owner, seen_at, is_confirmed)
    SELECT 'loopring:' || (100000 + n), '0x' || printf('%040d', n), '2026-11-26T12:00:00+00:00', 1 FROM numbers
    """,
    """
    INSERT INTO links (user_id, account, owner, linked_at)
    SELECT :user + n, 'loopring:' || (100000 + n), '0x' || printf('%040d', n), :now FROM numbers
    """,
    """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
    SELECT '0x' || printf('%040d', n), :user + n, 'eoa', x'00', :now, :now FROM numbers
    """,
    """
    INSERT INTO sync_collections (id, network, collection_id, name)
    SELECT n + 1, 'loopring', CAST(n + 1 AS TEXT), 'Collection ' || (n + 1) FROM numbers WHERE n < :collections
    """,
    "UPDATE sync_accounts SET read_at = :now, due = :now + 600, holds = :held",
    """
    INSERT INTO sync_held (account_id, collection_id, kinds, first_at)
    SELECT accounts.id, 1 + (accounts.id + numbers.n) % :collections, 1 + (accounts.id + numbers.n) % 3, :now
    FROM sync_accounts AS accounts JOIN numbers ON numbers.n < :held
    """,
    """
    INSERT INTO sync_levels (account_id, collection_id, at, kinds)
    SELECT account_id, collection_id, first_at, kinds FROM sync_held
    """,
    """
    INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, drift_due)
    SELECT :guild + n % :guilds, :user + n, :now - 1000, :now, :now + 86400 FROM numbers
    """,
    # What the gates below give.
    """
    INSERT INTO role_grants (guild_id, user_id, role_id, gate_id, state, granted_at)
    SELECT members.guild_id, members.user_id, gates.role_id, gates.id, 'given', :now
    FROM sync_members AS members JOIN gates USING (guild_id)
    WHERE gates.role_id % 10 = 3 OR EXISTS (
        SELECT 1 FROM links JOIN sync_accounts USING (account) JOIN sync_held ON account_id = sync_accounts.id
        WHERE links.user_id = members.user_id AND sync_held.collection_id = gates.role_id % 10
        AND kinds >= gates.role_id % 10
    )
    """,
    "DROP TABLE numbers",
)


def collection(number: int) -> CollectionRef:
    """One of the collections, from 1 on."""
    return CollectionRef(LOOPRING, str(number))


def drafts(guild: int) -> list[GateDraft]:
    """The gates of a server: one of collection 1, two of collection 2, and five collections."""
    role = 5000 + 10 * guild
    return [
        GateDraft(role + 1, Holds(collection(1))),
        GateDraft(role + 2, Holds(collection(2), least=2)),
        GateDraft(role + 3, HoldsCollections(5)),
    ]


async def fill(store: Store, members: int, guilds: int) -> None:
    """Fill an empty store; the members are spread evenly over the servers, and have the roles of their gates."""
    for guild in range(guilds):
        for draft in drafts(guild):
            await store.gates.add(FIRST_GUILD + guild, draft, 1, NOW)
    values = {
        "members": members,
        "guilds": guilds,
        "now": int(NOW.timestamp()),
        "user": FIRST_USER,
        "guild": FIRST_GUILD,
        "collections": COLLECTIONS,
        "held": HELD,
    }

    def work(db: Database) -> None:
        for sql in _FILLED:
            db.execute(sql, values)

    await store.writer.transaction(work)
