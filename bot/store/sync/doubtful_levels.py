"""What was observed and is in doubt is taken out of the history of an account, however often it was observed.

A source that answers "nothing", or too little, for hours would else end what members have held for a month. So when a
count is again on the other side of what it had changed to, the time between is one in which it could not be observed,
if removals waited for it then. The same where a second question contradicts it.

What was seen only for a short time is not in the history's way at all: see `bot.gates.dips`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise
from operator import itemgetter

from sqlite_utils import Database

from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.store.rows import first, seconds
from bot.store.sync.reading_census import LOOK_BACK

_DAY = int(LOOK_BACK.total_seconds())
# A fault that changes a count more often than this is seldom, and to look further back would cost every change.
_MOST_STEPS = 12
_LATEST = f"""
    SELECT at, kinds, copies FROM sync_levels
    WHERE account_id = :account AND collection_id = :number ORDER BY at DESC LIMIT {_MOST_STEPS}
"""
_NOT_OBSERVED = """
    UPDATE sync_levels SET kinds = NULL, copies = NULL
    WHERE account_id = :account AND collection_id = :number AND at = :at
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
# A role was taken for it, so the loss was confirmed; unless an admin has undone that.
_TAKEN = f"""
    SELECT 1 FROM sync_changes JOIN sync_runs ON sync_runs.run_id = sync_changes.run_id AND undone_at IS NULL
    WHERE user_id IN {_OWNERS} AND act = 'remove' AND sync_changes.at >= :gone
"""


def take_back(db: Database, account_id: int, number: int, kinds: int, copies: int | None, at: int) -> None:
    """A count changes: forget what it was before, as far as that is taken back by it and in doubt."""
    its = {"account": account_id, "number": number}
    known = [(row[0], _amount(*row[1:])) for row in db.execute(_LATEST, its).fetchall() if row[1] is not None]
    # One after the other the same, where what was between is forgotten already.
    steps = [(amount, [began for began, _ in same]) for amount, same in groupby(known, key=itemgetter(1))]
    after = _amount(kinds, copies)
    for (level, moments), (before, _) in pairwise(steps):
        if not _is_taken_back(before, level, after) or not _is_in_doubt(db, its, min(moments), at):
            return
        for began in moments:
            db.execute(_NOT_OBSERVED, its | {"at": began})


def doubt(db: Database, account: Account, collection: CollectionRef, since: Sequence[datetime]) -> None:
    """What an account held of a collection from these moments on was not observed."""
    sql = """
        SELECT sync_accounts.id, sync_collections.id FROM sync_accounts JOIN sync_collections
        ON sync_collections.network = :network AND sync_collections.collection_id = :collection
        WHERE account = :account
    """
    names = {"account": str(account), "network": collection.network, "collection": collection.collection_id}
    if row := first(db, sql, names):
        for moment in since:
            db.execute(_NOT_OBSERVED, {"account": row[0], "number": row[1], "at": seconds(moment)})


def _amount(kinds: int, copies: int | None) -> tuple[int, int]:
    return kinds, copies or 0


def _is_taken_back(before: tuple[int, int], level: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether a level is lower (or higher) than what was before it and what is after it."""
    return level < min(before, after) or level > max(before, after)


def _is_in_doubt(db: Database, its: dict[str, int], began: int, now: int) -> bool:
    """Whether removals waited for what began then, and none was made for it."""
    gone = {"account": its["account"], "gone": began}
    held = gone | {"number": its["number"], "now": now, "day": _DAY}
    asked = [sql.format(ended=ended) for sql in _HOLDS for ended in _ENDED]
    return any(first(db, sql, _named(sql, held)) for sql in asked) and not first(db, _TAKEN, gone)


def _named(sql: str, values: dict[str, int]) -> dict[str, int]:
    return {name: value for name, value in values.items() if f":{name}" in sql}
