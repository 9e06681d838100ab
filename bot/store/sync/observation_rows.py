"""Reads what was observed of accounts, by their keys; nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from sqlite_utils import Database

from bot.gates.facts import Level, Token
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.store.rows import moment, to_account
from bot.store.sync.observations import Observed, ReadTokens, StoredAccount

_ACCOUNTS = """
    SELECT id, account, due, tries, read_at, part_at, emptied_at, failed_at, failure, readings
    FROM sync_accounts WHERE account IN (SELECT value FROM json_each(?))
"""
_HELD = """
    SELECT account_id, network, sync_collections.collection_id, sync_held.collection_id,
        kinds, copies, first_at, last_at, gone_at, tokens_at, tokens_whole
    FROM sync_held JOIN sync_collections ON sync_collections.id = sync_held.collection_id
    WHERE account_id IN (SELECT value FROM json_each(?))
"""
_PARTS = """
    SELECT account_id, network, sync_collections.collection_id, kinds, tokens
    FROM sync_parts JOIN sync_collections ON sync_collections.id = sync_parts.collection_id
    WHERE account_id IN (SELECT value FROM json_each(?))
"""
_LEVELS = """
    SELECT account_id, collection_id, at, kinds, copies, reading, before_at, unread FROM sync_levels
    WHERE account_id IN (SELECT value FROM json_each(?)) ORDER BY account_id, collection_id, at
"""
_TOKENS = """
    SELECT account_id, collection_id, token_id, copies, traits FROM sync_tokens
    WHERE account_id IN (SELECT value FROM json_each(?))
"""

# An account's number in the store, and a collection's.
_Pair = tuple[int, int]


def stored_accounts(db: Database, accounts: Iterable[Account]) -> dict[Account, StoredAccount]:
    """What the store has of accounts; one that counts for nobody is not in it."""
    rows = db.execute(_ACCOUNTS, [json.dumps([str(account) for account in accounts])]).fetchall()
    found = {row[0]: _to_account(row) for row in rows}
    numbers = json.dumps(list(found))
    last = {row[0]: (row[9], row[4]) for row in rows}
    levels, tokens = _levels(db, numbers, last), _tokens(db, numbers)
    whole: dict[int, dict[CollectionRef, Observed]] = {number: {} for number in found}
    for account_id, network, name, number, *rest in db.execute(_HELD, [numbers]).fetchall():
        pair = account_id, number
        read_at = found[account_id].read_at
        its = _to_observed(rest, levels.get(pair, ()), tokens.get(pair, {}))
        last_at = its.last_at if its.gone_at else read_at
        whole[account_id][CollectionRef(network, name)] = replace(its, last_at=last_at)
    part: dict[int, dict[CollectionRef, Observed]] = {number: {} for number in found}
    for account_id, network, name, kinds, listed in db.execute(_PARTS, [numbers]).fetchall():
        seen = _part_tokens(listed, found[account_id].part_at)
        part[account_id][CollectionRef(network, name)] = Observed(kinds, tokens=seen)
    return {its.account: replace(its, whole=whole[number], part=part[number]) for number, its in found.items()}


def _part_tokens(text: str | None, part_at: datetime | None) -> ReadTokens | None:
    """What was listed of a collection besides how many: at least that."""
    if text is None or part_at is None:
        return None
    tokens = {int(token_id): Token(copies) for token_id, copies in orjson.loads(text).items()}
    return ReadTokens(part_at, tokens, sum(token.copies for token in tokens.values()), is_whole=False)


def _levels(db: Database, numbers: str, last: Mapping[int, tuple[int, int | None]]) -> dict[_Pair, tuple[Level, ...]]:
    """The levels of each account and collection; `last`: account → which was its latest reading, and as of when."""
    found: dict[_Pair, list[Any]] = {}
    for account_id, number, *row in db.execute(_LEVELS, [numbers]).fetchall():
        found.setdefault((account_id, number), []).append(row)
    return {pair: _counted(rows, *last[pair[0]]) for pair, rows in found.items()}


def _counted(rows: Sequence[Any], latest: int, last_at: int | None) -> tuple[Level, ...]:
    """A level was seen by all readings from its first one until the next level's."""
    levels: list[Level] = []
    for at, kinds, copies, reading, before_at, unread in reversed(rows):
        began = moment(at)
        until = moment(last_at) if last_at and last_at > at else began
        levels.append(Level(began, kinds, copies, max(latest - reading + 1 - unread, 0), until))
        latest, last_at = reading - 1, before_at
    return tuple(reversed(levels))


def _tokens(db: Database, numbers: str) -> dict[_Pair, dict[int, Token]]:
    found: dict[_Pair, dict[int, Token]] = {}
    for account_id, number, token_id, copies, traits in db.execute(_TOKENS, [numbers]).fetchall():
        pairs = None if traits is None else frozenset((name, value) for name, value in orjson.loads(traits))
        found.setdefault((account_id, number), {})[int(token_id)] = Token(copies, pairs)
    return found


def _to_account(row: Sequence[Any]) -> StoredAccount:
    _, account, due, tries, read_at, part_at, emptied_at, failed_at, failure, _ = row
    return StoredAccount(
        account=to_account(account),
        due=moment(due),
        tries=tries,
        read_at=None if read_at is None else moment(read_at),
        part_at=None if part_at is None else moment(part_at),
        emptied_at=None if emptied_at is None else moment(emptied_at),
        failed_at=None if failed_at is None else moment(failed_at),
        failure=failure,
    )


def _to_observed(row: Sequence[Any], levels: tuple[Level, ...], tokens: dict[int, Token]) -> Observed:
    kinds, copies, first_at, last_at, gone_at, tokens_at, tokens_whole = row
    read = None
    if tokens_at is not None:
        read = ReadTokens(moment(tokens_at), tokens, copies or 0, is_whole=bool(tokens_whole))
    return Observed(
        kinds=kinds,
        first_at=moment(first_at),
        last_at=None if last_at is None else moment(last_at),
        gone_at=None if gone_at is None else moment(gone_at),
        tokens=read,
        levels=levels,
    )
