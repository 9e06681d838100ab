"""Which accounts members of one server share there; a share from before its member joined (again) has ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from sqlite_utils import Database

from bot.holdings import Account
from bot.store.rows import to_account
from bot.store.thread import Reader

_VALID = """
    sync_members.guild_id = :guild AND absent_since IS NULL AND shares.guild_id = :guild
    AND shares.joined_at >= sync_members.joined_at
"""
# In this order: a member's shares are found by the member.
_ALL = f"""
    SELECT shares.user_id, shares.account FROM sync_members CROSS JOIN shares USING (user_id) WHERE {_VALID}
"""
_OF = f"""
    SELECT DISTINCT shares.user_id, shares.account FROM (
        SELECT user_id, account FROM links WHERE account IN (SELECT value FROM json_each(:accounts))
        UNION SELECT user_id, account FROM links WHERE owner = :owner AND :owner <> ''
    ) AS linked
    CROSS JOIN shares ON shares.user_id = linked.user_id AND shares.account = linked.account
    CROSS JOIN sync_members ON sync_members.user_id = shares.user_id
    WHERE {_VALID} ORDER BY shares.user_id, shares.account
"""


async def shared_in(reader: Reader, guild_id: int) -> Mapping[int, frozenset[Account]]:
    """Member → the accounts that they share in a server; only of those who share any.

    Raises:
        StoreError: SQLite failed.
    """
    found: dict[int, set[Account]] = {}
    for user_id, account in await reader.run(lambda db: shared_pairs(db, guild_id)):
        found.setdefault(user_id, set()).add(to_account(account))
    return {user_id: frozenset(accounts) for user_id, accounts in found.items()}


def shared_pairs(db: Database, guild_id: int) -> frozenset[tuple[int, str]]:
    """Member and account, of those that members share in a server, within a read that is under way."""
    return frozenset((user_id, account) for user_id, account in db.execute(_ALL, {"guild": guild_id}).fetchall())


async def who_shares(
    reader: Reader, guild_id: int, accounts: Collection[Account], owner: str
) -> Sequence[tuple[int, Account]]:
    """Who shares one of these accounts in a server, or one of an address.

    Args:
        reader: The second connection.
        guild_id: The server.
        accounts: The accounts.
        owner: The address, lower case; "": none.

    Raises:
        StoreError: SQLite failed.
    """
    values = {"guild": guild_id, "accounts": json.dumps([str(each) for each in accounts]), "owner": owner}
    rows = await reader.run(lambda db: db.execute(_OF, values).fetchall())
    return [(user_id, to_account(account)) for user_id, account in rows]
