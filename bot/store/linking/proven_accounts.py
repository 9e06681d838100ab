"""Which accounts count as proven for a member, asked in one server or in none: the only place that answers this.

A member's signature counts everywhere. A vouch counts in its own server, once it is confirmed, and only while no other
member has signed for that account. Both rest on who owns the account now (`OWNED`). Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from bot.links import InGuild, ProofKind, Proven, ProvenAccount, Scope
from bot.store.rows import COVERED, OWNED, moment, seconds, to_account
from bot.store.thread import Writer

# The member's own proof of the address of this very link, if it covers that account.
_SIGNED = f"""
    SELECT links.account, links.owner, method, proven_at, first_proven_at,
        EXISTS (SELECT 1 FROM frozen WHERE frozen.owner = links.owner)
    FROM links JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED} AND {OWNED}
    WHERE links.user_id = ?
"""
_VOUCHED = f"""
    SELECT account, owner, NULL, confirmed_at, confirmed_at,
        EXISTS (SELECT 1 FROM frozen WHERE frozen.owner = vouches.owner)
    FROM vouches
    WHERE user_id = ? AND guild_id = ? AND asked_at >= ? AND confirmed_at IS NOT NULL
    AND {OWNED.replace("links.", "vouches.")}
    AND NOT EXISTS (
        SELECT 1 FROM proofs
        WHERE proofs.owner = vouches.owner AND proofs.user_id <> vouches.user_id
        AND {COVERED.replace("links.", "vouches.")}
    )
"""

# Who owns the account of this very link is not confirmed, or not any more: nobody is known to be somebody else.
_UNDECIDED = """
    links.account NOT GLOB 'eip155:*'
    AND NOT EXISTS (SELECT 1 FROM owners WHERE owners.account = links.account AND is_confirmed)
"""
_UNCERTAIN = f"""
    SELECT links.account, links.owner, method, proven_at, first_proven_at,
        EXISTS (SELECT 1 FROM frozen WHERE frozen.owner = links.owner)
    FROM links JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
    WHERE links.user_id = ? AND {_UNDECIDED}
"""
_VOUCHED_UNCERTAIN = _VOUCHED.replace(OWNED.replace("links.", "vouches."), _UNDECIDED.replace("links.", "vouches."))

# The same questions about all present members of a server at once; who is meant comes first in each row.
_THEY = "(SELECT user_id FROM sync_members WHERE sync_members.guild_id = :guild AND absent_since IS NULL)"
_JOINED = """
    (SELECT joined_at FROM sync_members
     WHERE sync_members.guild_id = vouches.guild_id AND sync_members.user_id = vouches.user_id AND absent_since IS NULL)
"""


def _of_all(sql: str) -> str:
    """Such a question about one member, as one about all members of a server."""
    sql = sql.replace("SELECT links.account", "SELECT links.user_id, links.account", 1)
    sql = sql.replace("WHERE links.user_id = ?", f"WHERE links.user_id IN {_THEY}")
    sql = sql.replace("SELECT account, owner, NULL", "SELECT vouches.user_id, account, owner, NULL", 1)
    return sql.replace(
        "WHERE user_id = ? AND guild_id = ? AND asked_at >= ?", f"WHERE guild_id = :guild AND asked_at >= {_JOINED}"
    )


class ProvenAccounts:
    """Answers that question. Every method raises `StoreError` when SQLite fails."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def of(self, user_id: int, scope: Scope) -> Proven:
        """The accounts that count as proven for a member in a scope.

        Args:
            user_id: The member.
            scope: The server in which it is asked, with since when they are a member of it; or `NOWHERE`.
        """
        return await self._writer.run(lambda db: _find(db, user_id, scope, _SIGNED, _VOUCHED))

    async def uncertain(self, user_id: int, scope: Scope) -> Proven:
        """The accounts that would count if it were confirmed who owns them; it is not known to be somebody else.

        They count for nothing, and what they hold is unknown: so a member keeps what they earned before.
        """
        return await self._writer.run(lambda db: _find(db, user_id, scope, _UNCERTAIN, _VOUCHED_UNCERTAIN))

    async def of_members(self, scopes: Mapping[int, Scope]) -> Mapping[int, tuple[Proven, Proven]]:
        """What `of` and `uncertain` answer about each member in their scope, in one go."""

        def work(db: Database) -> Mapping[int, tuple[Proven, Proven]]:
            return {
                user_id: (
                    _find(db, user_id, scope, _SIGNED, _VOUCHED),
                    _find(db, user_id, scope, _UNCERTAIN, _VOUCHED_UNCERTAIN),
                )
                for user_id, scope in scopes.items()
            }

        return await self._writer.run(work)


def proven_in_guild(
    db: Database, guild_id: int, *, vouching: bool
) -> Mapping[tuple[int, str], tuple[ProvenAccount, bool]]:
    """What `ProvenAccounts.of_members` answers about all present members of a server; a long read.

    Args:
        db: The store.
        guild_id: The server.
        vouching: What moderators vouched for counts.

    Returns:
        Member and account → how it counts there, and whether it is certain that it is theirs.
    """
    found: dict[tuple[int, str], tuple[ProvenAccount, bool]] = {}
    # A later question replaces what an earlier one found: a signature a vouch, and what is certain what is not.
    for sql, is_vouched, is_certain in (
        (_VOUCHED_UNCERTAIN, True, False),
        (_UNCERTAIN, False, False),
        (_VOUCHED, True, True),
        (_SIGNED, False, True),
    ):
        if is_vouched and not vouching:
            continue
        for user_id, *row in db.execute(_of_all(sql), {"guild": guild_id}).fetchall():
            found[user_id, row[0]] = _to_proven(tuple(row)), is_certain
    return found


def _find(db: Database, user_id: int, scope: Scope, signatures: str, vouches: str) -> Proven:
    rows = db.execute(signatures, [user_id]).fetchall()
    if isinstance(scope, InGuild):
        values = [user_id, scope.guild_id, seconds(scope.joined_at)]
        rows = [*db.execute(vouches, values).fetchall(), *rows]  # a signature replaces a vouch
    return Proven(user_id, scope, {each.account: each for each in map(_to_proven, rows)})


def _to_proven(row: tuple[Any, ...]) -> ProvenAccount:
    account, owner, method, proven_at, first_proven_at, is_frozen = row
    return ProvenAccount(
        account=to_account(account),
        owner=owner,
        kind=ProofKind(method) if method else None,
        proven_at=moment(proven_at),
        first_proven_at=moment(first_proven_at),
        is_frozen=bool(is_frozen),
    )
