"""That something is gone is in the history of an account only where nothing speaks against it.

A source that answers "nothing" for an hour would else end what members have held for a month. So when something is
there again, the time in which it was not is one in which it could not be observed, if removals waited for it then.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.store.rows import first
from bot.store.sync.reading_census import LOOK_BACK

_DAY = int(LOOK_BACK.total_seconds())
# The last level: since when none is held.
_LAST = """
    SELECT at, kinds FROM sync_levels WHERE account_id = :account AND collection_id = :number ORDER BY at DESC LIMIT 1
"""
_NOT_OBSERVED = """
    UPDATE sync_levels SET kinds = NULL, copies = NULL
    WHERE account_id = :account AND collection_id = :number AND at = :at AND kinds = 0
"""
_OWNERS = """
    (SELECT user_id FROM sync_accounts JOIN links ON links.account = sync_accounts.account
    WHERE sync_accounts.id = :account
    UNION SELECT user_id FROM sync_accounts JOIN vouches ON vouches.account = sync_accounts.account
    WHERE sync_accounts.id = :account AND confirmed_at IS NOT NULL)
"""
# Not meant is who sold it long before, or bought it long after.
_IN_TIME = "since - :day < :gone AND since <= :now AND coalesce(ended_at, :now) >= :gone"
# Removals waited for its network, its collection, or a gate by which its owner has a role.
_HOLDS = (
    f"""
    SELECT 1 FROM sync_collections JOIN role_holds ON role_holds.guild_id = 0 AND {{ended}} AND (
        (scope = 'source' AND key = network) OR (scope = 'collection' AND key = network || ':' || collection_id)
    ) WHERE sync_collections.id = :number AND {_IN_TIME}
    """,
    f"""
    SELECT 1 FROM role_grants JOIN role_holds ON role_holds.guild_id = role_grants.guild_id AND {{ended}} AND (
        (scope = 'gate' AND key = CAST(gate_id AS TEXT)) OR (scope = 'guild' AND cause = 'too_many_at_once')
    ) WHERE role_grants.user_id IN {_OWNERS} AND {_IN_TIME}
    """,
)
_ENDED = ("ended_at IS NULL", "ended_at > :now - :day")
# A role was taken for it, so the loss was confirmed.
_TAKEN = f"SELECT 1 FROM sync_changes WHERE user_id IN {_OWNERS} AND act = 'remove' AND sync_changes.at >= :gone"


def back_again(db: Database, account_id: int, number: int, at: int) -> None:
    """Something is held again of a collection of which nothing was: forget that where it is in doubt."""
    its = {"account": account_id, "number": number}
    last = first(db, _LAST, its)
    if last is None or last[1] != 0:
        return
    gone = {"account": account_id, "gone": int(last[0])}
    held = gone | {"number": number, "now": at, "day": _DAY}
    asked = [sql.format(ended=ended) for sql in _HOLDS for ended in _ENDED]
    if any(first(db, sql, _named(sql, held)) for sql in asked) and not first(db, _TAKEN, gone):
        db.execute(_NOT_OBSERVED, its | {"at": last[0]})


def doubt(db: Database, account: Account, collection: CollectionRef) -> None:
    """That an account holds none of a collection now was not observed."""
    sql = """
        SELECT sync_accounts.id, sync_collections.id FROM sync_accounts JOIN sync_collections
        ON sync_collections.network = :network AND sync_collections.collection_id = :collection
        WHERE account = :account
    """
    names = {"account": str(account), "network": collection.network, "collection": collection.collection_id}
    if row := first(db, sql, names):
        its = {"account": row[0], "number": row[1]}
        if last := first(db, _LAST, its):
            db.execute(_NOT_OBSERVED, its | {"at": last[0]})


def _named(sql: str, values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if f":{name}" in sql}
