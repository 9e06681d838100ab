"""How networks and collections stand, counted over indexes: for the breaker, and for `/sync status`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.roles.safety import LATELY, CollectionCensus, SourceCensus
from bot.store.rows import first, moment, seconds

# What was held so long ago still counts as held by the breaker.
LOOK_BACK = timedelta(days=1)


def source_census(db: Database, network: str, since: datetime, now: datetime) -> SourceCensus:
    """Accounts of a network that hold something, or did so then; and of these, those that read as empty."""
    holding = "SELECT count(*) FROM sync_accounts WHERE network = ? AND holds > 0"
    emptied = "SELECT count(*) FROM sync_accounts WHERE network = ? AND emptied_at IS NOT NULL AND emptied_at > ?"
    empty = _number(db, emptied, [network, seconds(since)])
    lately = _number(db, emptied, [network, seconds(max(since, now - LATELY))])
    return SourceCensus(accounts=_number(db, holding, [network]) + empty, emptied=empty, lately=lately)


def collection_census(db: Database, collection: CollectionRef, since: datetime) -> CollectionCensus:
    """Accounts that hold a collection, or did so then; and of these, those that hold none now."""
    sql = "SELECT id FROM sync_collections WHERE network = ? AND collection_id = ?"
    row = first(db, sql, [collection.network, collection.collection_id])
    if row is None:
        return CollectionCensus(holders=0, gone=0)
    holding = "SELECT count(*) FROM sync_held WHERE collection_id = ? AND gone_at IS NULL"
    lost = "SELECT count(*) FROM sync_held WHERE collection_id = ? AND gone_at > ?"
    gone = _number(db, lost, [row[0], seconds(since)])
    return CollectionCensus(holders=_number(db, holding, [row[0]]) + gone, gone=gone)


def names_of(db: Database, collections: Collection[CollectionRef]) -> Mapping[CollectionRef, str]:
    """Collection → its name, upstream's; of those that were ever seen with one."""
    sql = "SELECT name FROM sync_collections WHERE network = ? AND collection_id = ? AND name <> ''"
    found = {each: first(db, sql, [each.network, each.collection_id]) for each in collections}
    return {each: row[0] for each, row in found.items() if row}


def unresolved_accounts(db: Database, network: str, since: datetime, now: datetime) -> int:
    """Accounts that emptied since then, more than a day ago, and by which somebody may still lose a role.

    They are what a hold is about: it must not end because a false answer has lasted for a day.
    """
    sql = f"""
        SELECT count(*) FROM sync_accounts
        WHERE network = :network AND emptied_at IS NOT NULL AND emptied_at > :since AND emptied_at <= :until
        AND {_AT_RISK}
    """
    return _number(db, sql, {"network": network} | _window(since, now))


def unresolved_holders(db: Database, collection: CollectionRef, since: datetime, now: datetime) -> int:
    """Accounts that lost a collection since then, likewise."""
    sql = f"""
        SELECT count(*) FROM sync_collections JOIN sync_held ON sync_held.collection_id = sync_collections.id
        JOIN sync_accounts ON sync_accounts.id = sync_held.account_id
        WHERE sync_collections.network = :network AND sync_collections.collection_id = :collection
        AND gone_at > :since AND gone_at <= :until AND {_AT_RISK}
    """
    its = {"network": collection.network, "collection": collection.collection_id}
    return _number(db, sql, its | _window(since, now))


def _window(since: datetime, now: datetime) -> dict[str, object]:
    return {"since": seconds(since), "until": seconds(now - LOOK_BACK), "now": seconds(now)}


# Somebody whose account it is has a role of the bot's, and was seen not to qualify for it, or is about to be judged;
# who has left the server cannot lose it.
_OWNERS = """
    (SELECT user_id FROM links WHERE links.account = sync_accounts.account
    UNION SELECT user_id FROM vouches WHERE vouches.account = sync_accounts.account AND confirmed_at IS NOT NULL)
"""
_AT_RISK = f"""
    EXISTS (
        SELECT 1 FROM role_grants WHERE role_grants.user_id IN {_OWNERS} AND state IN ('given', 'adopted')
        AND NOT EXISTS (
            SELECT 1 FROM sync_members WHERE sync_members.guild_id = role_grants.guild_id
            AND sync_members.user_id = role_grants.user_id AND absent_since IS NOT NULL
        ) AND (
            tries > 0 OR sync_accounts.due <= :now
            OR EXISTS (
                SELECT 1 FROM role_misses WHERE role_misses.gate_id = role_grants.gate_id
                AND role_misses.user_id = role_grants.user_id AND count > 0
            )
            OR EXISTS (
                SELECT 1 FROM sync_members WHERE sync_members.guild_id = role_grants.guild_id
                AND sync_members.user_id = role_grants.user_id AND sync_members.due <= :now
            )
        )
    )
"""


def account_count(db: Database, network: str) -> int:
    """How many accounts of a network are read."""
    return _number(db, "SELECT count(*) FROM sync_accounts WHERE network = ?", [network])


def unread_count(db: Database, network: str) -> int:
    """How many of these were never read."""
    return _number(db, "SELECT count(*) FROM sync_accounts WHERE network = ? AND read_at IS NULL", [network])


def oldest_reading(db: Database, network: str) -> datetime | None:
    """As of when the oldest reading is, of those accounts that were read; None: none was."""
    sql = "SELECT read_at FROM sync_accounts WHERE network = ? AND read_at > 0 ORDER BY read_at LIMIT 1"
    row = first(db, sql, [network])
    return moment(row[0]) if row else None


def newest_reading(db: Database, network: str) -> datetime | None:
    """As of when the newest reading is; None: there is none."""
    sql = "SELECT read_at FROM sync_accounts WHERE network = ? AND read_at > 0 ORDER BY read_at DESC LIMIT 1"
    row = first(db, sql, [network])
    return moment(row[0]) if row else None


def failing_since(db: Database, network: str) -> datetime | None:
    """Since when no account of a network was read though it was tried; None: the latest attempt succeeded."""
    row = first(db, "SELECT failing_since FROM sync_networks WHERE network = ?", [network])
    return moment(row[0]) if row else None


def _number(db: Database, sql: str, values: list[object] | dict[str, object]) -> int:
    return int((first(db, sql, values) or (0,))[0])
