"""The proven accounts of a server's members, with what was observed of some collections; a long read, of one moment."""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.gates.facts import Level
from bot.gates.rule import CollectionRef
from bot.links import ProvenAccount
from bot.store.linking.proven_accounts import proven_in_guild
from bot.store.rows import moment, to_account
from bot.store.sync.observations import Observed, ReadTokens, StoredAccount
from bot.store.thread import Reader

_MEMBERS = "SELECT user_id, joined_at FROM sync_members WHERE guild_id = ? AND absent_since IS NULL"
_KEPT_OUT = "SELECT user_id, account FROM keep_outs WHERE guild_id = ?"
_ACCOUNTS = """
    SELECT account, id, due, tries, read_at, part_at, failed_at, failure FROM sync_accounts
    WHERE account IN (SELECT value FROM json_each(?))
"""
_NUMBERS = """
    SELECT sync_collections.id, network, collection_id FROM json_each(?) AS asked JOIN sync_collections
    ON network = json_extract(asked.value, '$[0]') AND collection_id = json_extract(asked.value, '$[1]')
"""
# With whether its history ends with "not observed": then the latest reading did not say how many.
_HELD = """
    SELECT account_id, sync_held.collection_id, kinds, copies, first_at, gone_at, tokens_at, tokens_whole, (
        SELECT sync_levels.kinds IS NULL FROM sync_levels
        WHERE sync_levels.account_id = sync_held.account_id AND sync_levels.collection_id = sync_held.collection_id
        ORDER BY at DESC LIMIT 1
    )
    FROM json_each(:accounts) AS account CROSS JOIN json_each(:numbers) AS number
    JOIN sync_held ON sync_held.account_id = account.value AND sync_held.collection_id = number.value
"""
_PARTS = """
    SELECT account_id, sync_parts.collection_id, kinds
    FROM json_each(:accounts) AS account CROSS JOIN json_each(:numbers) AS number
    JOIN sync_parts ON sync_parts.account_id = account.value AND sync_parts.collection_id = number.value
"""


@dataclass(frozen=True, slots=True)
class HolderRow:
    """One account that counts for one member of a server.

    Attributes:
        user_id: The member.
        joined_at: When they joined the server, the last time.
        proven: The account, and since when it is theirs.
        is_certain: It is known that it is theirs.
        number: The account's number in the store; None: it counts for nobody at this moment.
        stored: What was observed of the collections that were asked for, without history; None: nothing.
    """

    user_id: int
    joined_at: datetime
    proven: ProvenAccount
    is_certain: bool
    number: int | None
    stored: StoredAccount | None


async def read_holder_rows(
    reader: Reader, guild_id: int, collections: Collection[CollectionRef], *, vouching: bool
) -> Sequence[HolderRow]:
    """Every account that counts in a server, of the networks of some collections, with what was observed of these.

    Accounts that a member keeps out of that server are not in it.

    Args:
        reader: The second connection.
        guild_id: The server.
        collections: Those that are asked for.
        vouching: What moderators vouched for counts.

    Raises:
        StoreError: SQLite failed.
    """
    return await reader.run(lambda db: holder_rows(db, guild_id, collections, vouching=vouching))


async def read_proven_members(reader: Reader, guild_id: int, *, vouching: bool) -> frozenset[int]:
    """The present members of a server who have an account that counts as proven there, on whatever network.

    Sync knows more members: also those whose proof is gone, and those who were vouched for and have not confirmed it.

    Args:
        reader: The second connection.
        guild_id: The server.
        vouching: What moderators vouched for counts.

    Raises:
        StoreError: SQLite failed.
    """
    return await reader.run(
        lambda db: frozenset(user_id for user_id, _ in proven_in_guild(db, guild_id, vouching=vouching))
    )


def holder_rows(
    db: Database, guild_id: int, collections: Collection[CollectionRef], *, vouching: bool
) -> Sequence[HolderRow]:
    """The same within a read that is under way."""
    networks = {each.network for each in collections}
    joined = joined_members(db, guild_id)
    proven = {
        key: its
        for key, its in counting_accounts(db, guild_id, joined, vouching=vouching).items()
        if its[0].account.network in networks
    }
    stored = _stored(db, {name for _, name in proven}, collections)
    return [
        HolderRow(user_id, joined[user_id], its, is_certain, *stored.get(name, (None, None)))
        for (user_id, name), (its, is_certain) in proven.items()
    ]


def joined_members(db: Database, guild_id: int) -> Mapping[int, datetime]:
    """The present members of a server that sync knows, and when each joined."""
    return {user_id: moment(at) for user_id, at in db.execute(_MEMBERS, [guild_id]).fetchall()}


def counting_accounts(
    db: Database, guild_id: int, members: Container[int], *, vouching: bool
) -> Mapping[tuple[int, str], tuple[ProvenAccount, bool]]:
    """What `proven_in_guild` has of these members, without accounts that they keep out of that server."""
    kept_out = set(db.execute(_KEPT_OUT, [guild_id]).fetchall())
    found = proven_in_guild(db, guild_id, vouching=vouching)
    return {key: its for key, its in found.items() if key[0] in members and key not in kept_out}


def numbers_of(db: Database, collections: Collection[CollectionRef]) -> dict[int, CollectionRef]:
    """The numbers of collections in the store; one that nobody was ever seen to hold has none."""
    asked = json.dumps([[each.network, each.collection_id] for each in collections])
    rows = db.execute(_NUMBERS, [asked]).fetchall()
    return {number: CollectionRef(network, name) for number, network, name in rows}


def _stored(
    db: Database, names: Collection[str], collections: Collection[CollectionRef]
) -> dict[str, tuple[int, StoredAccount]]:
    accounts = db.execute(_ACCOUNTS, [json.dumps(list(names))]).fetchall()
    numbers = numbers_of(db, collections)
    values = {"accounts": json.dumps([row[1] for row in accounts]), "numbers": json.dumps(list(numbers))}
    whole: dict[int, dict[CollectionRef, Observed]] = {}
    for account_id, number, *rest in db.execute(_HELD, values).fetchall():
        whole.setdefault(account_id, {})[numbers[number]] = _to_observed(rest)
    part: dict[int, dict[CollectionRef, Observed]] = {}
    for account_id, number, kinds in db.execute(_PARTS, values).fetchall():
        part.setdefault(account_id, {})[numbers[number]] = Observed(kinds)
    return {
        name: (account_id, _to_stored(name, rest, whole.get(account_id, {}), part.get(account_id, {})))
        for name, account_id, *rest in accounts
    }


def _to_stored(
    name: str, row: Sequence[Any], whole: dict[CollectionRef, Observed], part: dict[CollectionRef, Observed]
) -> StoredAccount:
    due, tries, read_at, part_at, failed_at, failure = row
    return StoredAccount(
        account=to_account(name),
        due=moment(due),
        tries=tries,
        read_at=None if read_at is None else moment(read_at),
        part_at=None if part_at is None else moment(part_at),
        failed_at=None if failed_at is None else moment(failed_at),
        failure=failure,
        whole=whole,
        part=part,
    )


def _to_observed(row: Sequence[Any]) -> Observed:
    kinds, copies, first_at, gone_at, tokens_at, tokens_whole, is_doubted = row
    tokens = None
    if tokens_at is not None:
        tokens = ReadTokens(moment(tokens_at), {}, copies or 0, is_whole=bool(tokens_whole))
    return Observed(
        kinds=kinds,
        first_at=moment(first_at),
        gone_at=None if gone_at is None else moment(gone_at),
        tokens=tokens,
        levels=(Level(moment(first_at), None),) if is_doubted else (),
    )
