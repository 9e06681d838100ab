"""Whether roles wait for what an account does not hold any more, so that its loss is in doubt, or were taken for it.

What waits in one server says nothing against what was taken in another, and what an admin approved decides about their
server alone.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import collections_of, with_aliases
from bot.gates.storage import from_json
from bot.store.gates.alias_table import aliases
from bot.store.sync.reading_census import LOOK_BACK

_A_DAY = int(LOOK_BACK.total_seconds())
# A grace, a pause or an admin's hold may last for months. Who sells, and buys back weeks later, has not held it.
_LONGEST = 3 * _A_DAY
_EVERY_SERVER = 0
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
    SELECT DISTINCT guild_id FROM sync_collections JOIN role_holds ON role_holds.guild_id = 0 AND {{ended}} AND (
        (scope = 'source' AND key = network) OR (scope = 'collection' AND key = network || ':' || collection_id)
    ) WHERE sync_collections.id = :number AND {_IN_TIME}
    """,
    f"""
    SELECT DISTINCT role_grants.guild_id FROM role_grants
    JOIN role_holds ON role_holds.guild_id = role_grants.guild_id AND {{ended}} AND (
        (scope = 'gate' AND key = CAST(gate_id AS TEXT)) OR (scope = 'guild' AND cause = 'too_many_at_once')
    ) WHERE role_grants.user_id IN {_OWNERS} AND {_IN_TIME}
    """,
)
_ENDED = ("ended_at IS NULL", "ended_at > :now - :day")
# What its owner has and does not qualify for: for few misses, a grace, an admin, or a gate that does not work now.
# The second question is asked last of all, so it has not confirmed any of that.
_WAITING = f"""
    SELECT DISTINCT gates.guild_id, gates.rule FROM role_grants
    JOIN gates ON gates.guild_id = role_grants.guild_id AND gates.role_id = role_grants.role_id
    LEFT JOIN role_misses ON role_misses.gate_id = gates.id AND role_misses.user_id = role_grants.user_id
    WHERE role_grants.user_id IN {_OWNERS} AND role_grants.state IN ('given', 'adopted')
    AND (role_misses.user_id IS NOT NULL OR gates.state <> 'active')
"""
# A role was taken for it, so the loss was confirmed; unless an admin has undone that, or its member caused it.
_TAKEN = f"""
    SELECT DISTINCT gates.guild_id, gates.rule, is_counted FROM sync_changes
    JOIN sync_runs ON sync_runs.run_id = sync_changes.run_id AND undone_at IS NULL
    JOIN gates ON gates.id = sync_changes.gate_id
    WHERE user_id IN {_OWNERS} AND act = 'remove' AND is_undoable AND sync_changes.at >= :gone
"""


def is_in_doubt(db: Database, account_id: int, number: int, began: int, now: int) -> bool:
    """Whether removals wait for what an account has held of a collection since it `began`, and none was made for it."""
    values = {"account": account_id, "number": number, "gone": began, "now": now, "day": _A_DAY}
    collection = _collection(db, number)
    waiting = {row[0] for sql in _HOLDS for ended in _ENDED for row in _ask(db, sql.format(ended=ended), values)}
    if now - began < _LONGEST:
        waiting |= {guild_id for guild_id, rule in _ask(db, _WAITING, values) if _asks(db, guild_id, rule, collection)}
    if not waiting:
        return False
    taken = [
        (guild_id, is_counted)
        for guild_id, rule, is_counted in _ask(db, _TAKEN, values)
        if _asks(db, guild_id, rule, collection)
    ]
    return any(
        not any(is_counted or each in (guild_id, _EVERY_SERVER) for guild_id, is_counted in taken) for each in waiting
    )


def _collection(db: Database, number: int) -> CollectionRef:
    rows = db.execute("SELECT network, collection_id FROM sync_collections WHERE id = ?", [number]).fetchall()
    return CollectionRef(*rows[0])


def _asks(db: Database, guild_id: int, rule: str, collection: CollectionRef) -> bool:
    """Whether a gate's rule names the collection, or one that counts as the same there."""
    return collection in with_aliases(collections_of(from_json(rule)), aliases(db, guild_id))


def _ask(db: Database, sql: str, values: dict[str, int]) -> list[tuple[Any, ...]]:
    return db.execute(sql, {name: value for name, value in values.items() if f":{name}" in sql}).fetchall()
