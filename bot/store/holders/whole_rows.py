"""The proven accounts of a server's members with all that was observed of them: for rules that ask for history or NFTs.

Much slower than `holder_rows` where members hold much else, and so only for rules that need it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlite_utils import Database

from bot.store.holders.holder_rows import HolderRow, counting_accounts, joined_members
from bot.store.sync.observation_rows import stored_accounts

# As many accounts at once as one question takes well.
_AT_ONCE = 500


def whole_rows(db: Database, guild_id: int, *, vouching: bool) -> Sequence[HolderRow]:
    """Every account that counts in a server, with all that was observed of it.

    Args:
        db: Within a read.
        guild_id: The server.
        vouching: What moderators vouched for counts.
    """
    joined = joined_members(db, guild_id)
    proven = [
        (user_id, *its) for (user_id, _), its in counting_accounts(db, guild_id, joined, vouching=vouching).items()
    ]
    found: list[HolderRow] = []
    for start in range(0, len(proven), _AT_ONCE):
        part = proven[start : start + _AT_ONCE]
        stored = stored_accounts(db, {its.account for _, its, _ in part})
        found += [
            HolderRow(user_id, joined[user_id], its, is_certain, None, stored.get(its.account))
            for user_id, its, is_certain in part
        ]
    return found
