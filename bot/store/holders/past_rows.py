"""What was observed of accounts since a moment; by the keys of the accounts, so that no table is read whole."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.gates.facts import Level
from bot.gates.rule import CollectionRef
from bot.store.holders.holder_rows import HolderRow, numbers_of
from bot.store.rows import moment, seconds
from bot.store.thread import Reader

# Of each account and collection: what was in force when the span began, and every change since.
_LEVELS = """
    SELECT account.value, number.value, at, kinds
    FROM json_each(:accounts) AS account CROSS JOIN json_each(:numbers) AS number
    CROSS JOIN sync_levels ON sync_levels.account_id = account.value AND sync_levels.collection_id = number.value
    AND at >= coalesce((
        SELECT max(earlier.at) FROM sync_levels AS earlier
        WHERE earlier.account_id = account.value AND earlier.collection_id = number.value AND earlier.at <= :since
    ), 0)
    ORDER BY account.key, number.key, at
"""
_FIRST = "SELECT id, first_read_at FROM sync_accounts WHERE id IN (SELECT value FROM json_each(?))"

# An account's number in the store.
Number = int
History = Mapping[CollectionRef, tuple[Level, ...]]


async def read_past(
    reader: Reader, rows: Sequence[HolderRow], collections: Collection[CollectionRef], since: datetime
) -> tuple[Mapping[Number, History], Mapping[Number, datetime]]:
    """What was observed of accounts.

    Args:
        reader: The second connection.
        rows: The accounts.
        collections: Of which collections.
        since: From what was in force then.

    Returns:
        Account → collection → its levels, oldest first; and account → as of when its first reading is.

    Raises:
        StoreError: SQLite failed.
    """
    accounts = json.dumps(sorted({row.number for row in rows if row.number is not None}))
    return await reader.run(lambda db: (_levels(db, accounts, collections, since), _first_readings(db, accounts)))


def _levels(
    db: Database, accounts: str, collections: Collection[CollectionRef], since: datetime
) -> Mapping[Number, History]:
    numbers = numbers_of(db, collections)
    values = {"accounts": accounts, "numbers": json.dumps(list(numbers)), "since": seconds(since)}
    found: dict[int, dict[CollectionRef, list[Level]]] = {}
    for account_id, number, at, kinds in db.execute(_LEVELS, values).fetchall():
        found.setdefault(account_id, {}).setdefault(numbers[number], []).append(Level(moment(at), kinds))
    return {
        account_id: {ref: tuple(levels) for ref, levels in history.items()} for account_id, history in found.items()
    }


def _first_readings(db: Database, accounts: str) -> Mapping[Number, datetime]:
    rows: Sequence[Any] = db.execute(_FIRST, [accounts]).fetchall()
    return {account_id: moment(at) for account_id, at in rows if at is not None}
