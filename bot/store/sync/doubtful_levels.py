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
from bot.store.sync.awaited_removals import is_in_doubt

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
# It goes on not being observed: where a count is contradicted again and again, that is one time and not many.
_GOES_ON = """
    DELETE FROM sync_levels WHERE account_id = :account AND collection_id = :number AND at = :at AND (
        SELECT earlier.kinds IS NULL FROM sync_levels AS earlier
        WHERE earlier.account_id = :account AND earlier.collection_id = :number AND earlier.at < :at
        ORDER BY earlier.at DESC LIMIT 1
    )
"""


def take_back(db: Database, account_id: int, number: int, kinds: int, copies: int | None, at: int) -> None:
    """A count changes: forget what it was before, as far as that is taken back by it and in doubt."""
    its = {"account": account_id, "number": number}
    known = [(row[0], _amount(*row[1:])) for row in db.execute(_LATEST, its).fetchall() if row[1] is not None]
    # One after the other the same, where what was between is forgotten already.
    steps = [(amount, [began for began, _ in same]) for amount, same in groupby(known, key=itemgetter(1))]
    after = _amount(kinds, copies)
    for (level, moments), (before, _) in pairwise(steps):
        if not _is_taken_back(before, level, after) or not is_in_doubt(db, account_id, number, min(moments), at):
            return
        for began in moments:
            _forget(db, its, began)


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
            _forget(db, {"account": row[0], "number": row[1]}, seconds(moment))


def _forget(db: Database, its: dict[str, int], at: int) -> None:
    """A level was not observed."""
    db.execute(_NOT_OBSERVED, its | {"at": at})
    db.execute(_GOES_ON, its | {"at": at})


def _amount(kinds: int, copies: int | None) -> tuple[int, int]:
    return kinds, copies or 0


def _is_taken_back(before: tuple[int, int], level: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether a level is lower (or higher) than what was before it and what is after it."""
    return level < min(before, after) or level > max(before, after)
