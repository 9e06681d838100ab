"""Stores what a reading observed. In a transaction of the caller; a row changes only where what is held changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlite_utils import Database

from bot.counts import CLOCK_TOLERANCE
from bot.gates.facts import Token
from bot.gates.rule import CollectionRef
from bot.holdings import Account
from bot.store.rows import first, seconds
from bot.store.sync.doubtful_levels import take_back
from bot.store.sync.observations import ReadAccount, ReadTokens, Retention, Saved

# A member who trades all day makes some changes; one whose count changes with each pass must not fill the disk.
MOST_LEVELS = 500


@dataclass(frozen=True, slots=True)
class _Row:
    """The account's row before this reading."""

    account_id: int
    read_at: int | None
    holds: int
    emptied_at: int | None
    readings: int


@dataclass(frozen=True, slots=True)
class _Held:
    """A row of `sync_held` before this reading."""

    kinds: int
    tokens_at: int | None
    is_doubted: int | None  # its last level is one that was not observed; None: it has no level


def save(db: Database, read: ReadAccount, now: datetime, retention: Retention) -> Saved:
    """Store a reading that a live source answered now, unless a newer one is stored."""
    row = _row_of(db, read.account)
    if row is None:
        return Saved.UNKNOWN_ACCOUNT
    if read.is_of_an_archive:
        forget_part(db, read.account)
    # One from the future was dated by a wrong clock, and must not keep all others out.
    if row.read_at is not None and seconds(read.as_of) < row.read_at <= seconds(now + CLOCK_TOLERANCE):
        return Saved.OLDER
    if read.is_whole:
        _save_whole(db, row, read, retention)
        return Saved.WHOLE
    if row.read_at is not None and row.read_at >= seconds(read.as_of - retention.max_age):
        return Saved.UNUSED
    return Saved.PART if _save_part(db, row, read) else Saved.OLDER


def forget_part(db: Database, account: Account) -> None:
    """Nobody says any more what was seen of an account that was not completely read."""
    account_id = "SELECT id FROM sync_accounts WHERE account = ?"
    db.execute(f"DELETE FROM sync_parts WHERE account_id = ({account_id})", [str(account)])
    db.execute("UPDATE sync_accounts SET part_at = NULL WHERE account = ?", [str(account)])


def _row_of(db: Database, account: Account) -> _Row | None:
    sql = "SELECT id, read_at, holds, emptied_at, readings FROM sync_accounts WHERE account = ?"
    row = first(db, sql, [str(account)])
    return _Row(*row) if row else None


def _save_whole(db: Database, row: _Row, read: ReadAccount, retention: Retention) -> None:
    at = seconds(read.as_of)
    ids = _ids_of(db, read)
    kinds = {ids[ref]: count for ref, count in read.kinds.items() if count > 0}
    uncounted = {ids[ref] for ref in read.uncounted}
    known = {number: _Held(*rest) for number, *rest in db.execute(_KNOWN, [row.account_id]).fetchall()}
    tokens = {ids[ref]: found for ref, found in read.tokens.items() if ref in ids}
    asked = {ids[ref] for ref in read.asked if ref in ids}
    changes = _Changes(db, row, at, retention)
    for number, count in kinds.items():
        changes.held(number, known.get(number), count, tokens.get(number), is_asked=number in asked)
    for number in uncounted:
        changes.uncounted(number, known.get(number))
    for number, before in known.items():
        if number not in kinds and number not in uncounted and before.kinds:
            changes.gone(number)
        elif number not in kinds and number not in uncounted and before.is_doubted:
            changes.is_none_again(number)
    for number, before in known.items():
        if before.tokens_at is not None and number not in asked:
            changes.forget_tokens(number)
    db.execute("DELETE FROM sync_parts WHERE account_id = ?", [row.account_id])
    emptied_at = None if kinds or uncounted else row.emptied_at or (at if row.holds else None)
    db.execute(
        """
        UPDATE sync_accounts SET read_at = :at, first_read_at = coalesce(first_read_at, :at), part_at = NULL,
            holds = :holds, emptied_at = :emptied_at, readings = readings + 1
        WHERE id = :id
        """,
        {"at": at, "holds": len(kinds) + len(uncounted), "emptied_at": emptied_at, "id": row.account_id},
    )


def _save_part(db: Database, row: _Row, read: ReadAccount) -> bool:
    """Store what was seen as "at least so much". False: a newer one is stored."""
    older = "UPDATE sync_accounts SET part_at = :at WHERE id = :id AND coalesce(part_at, 0) <= :at RETURNING 1"
    if first(db, older, {"at": seconds(read.as_of), "id": row.account_id}) is None:
        return False
    ids = _ids_of(db, read)
    db.execute("DELETE FROM sync_parts WHERE account_id = ?", [row.account_id])
    for ref, count in read.kinds.items():
        values = [row.account_id, ids[ref], count, _copies_text(read.tokens.get(ref))]
        db.execute("INSERT INTO sync_parts (account_id, collection_id, kinds, tokens) VALUES (?, ?, ?, ?)", values)
    return True


class _Changes:
    """Writes what differs from the reading before."""

    def __init__(self, db: Database, row: _Row, at: int, retention: Retention) -> None:
        self._db = db
        self._row = row
        self._at = at
        self._retention = retention

    def held(self, number: int, before: _Held | None, kinds: int, tokens: ReadTokens | None, *, is_asked: bool) -> None:
        """So many are held of a collection."""
        copies = tokens.copies if tokens and tokens.is_whole else None
        its = {"account": self._row.account_id, "number": number, "kinds": kinds, "at": self._at}
        if before is None:
            sql = "INSERT INTO sync_held (account_id, collection_id, kinds, first_at)"
            self._db.execute(f"{sql} VALUES (:account, :number, :kinds, :at)", its)
        elif not before.kinds:
            sql = "UPDATE sync_held SET kinds = :kinds, first_at = :at, last_at = NULL, gone_at = NULL"
            self._db.execute(f"{sql} WHERE {_THIS}", its)
        elif before.kinds != kinds:
            self._db.execute(f"UPDATE sync_held SET kinds = :kinds WHERE {_THIS}", its)
        if tokens:
            self._save_tokens(number, tokens)
        # What was not observed would be so for ever if the same count wrote nothing.
        is_new = before is None or before.kinds != kinds or before.is_doubted
        if is_new or copies not in (None, self._last_copies(number)):
            self._append_level(number, kinds, copies)
        elif copies is None and is_asked:
            self._not_seen(number)

    def uncounted(self, number: int, before: _Held | None) -> None:
        """Some may be held of a collection, and nobody knows how many: the row stays, its history ends here."""
        its = {"account": self._row.account_id, "number": number, "at": self._at}
        if before is None or not before.kinds:
            self.held(number, before, 1, None, is_asked=False)
        elif before.tokens_at is not None:
            self.forget_tokens(number)
        if before is None or not before.is_doubted:
            self._put_level(its | {"kinds": None, "copies": None})

    def gone(self, number: int) -> None:
        """None is held any more of a collection."""
        its = {"account": self._row.account_id, "number": number, "at": self._at, "last": self._row.read_at}
        sql = "UPDATE sync_held SET kinds = 0, copies = 0, last_at = :last, gone_at = :at, tokens_at = NULL"
        self._db.execute(f"{sql} WHERE {_THIS}", its)
        self._db.execute(f"DELETE FROM sync_tokens WHERE {_THIS}", its)
        self._append_level(number, 0, 0)

    def is_none_again(self, number: int) -> None:
        """None is held still, which was in doubt."""
        self._append_level(number, 0, 0)

    def forget_tokens(self, number: int) -> None:
        """No rule asks for the single NFTs of a collection any more."""
        its = {"account": self._row.account_id, "number": number}
        self._db.execute(f"UPDATE sync_held SET tokens_at = NULL, tokens_whole = 0, copies = NULL WHERE {_THIS}", its)
        self._db.execute(f"DELETE FROM sync_tokens WHERE {_THIS}", its)

    def _save_tokens(self, number: int, tokens: ReadTokens) -> None:
        its = {"account": self._row.account_id, "number": number}
        sql = f"SELECT token_id, copies, traits FROM sync_tokens WHERE {_THIS}"
        known = {token_id: (copies, traits) for token_id, copies, traits in self._db.execute(sql, its).fetchall()}
        found = {str(token_id): (token.copies, _traits_text(token)) for token_id, token in tokens.tokens.items()}
        for token_id in known.keys() - found.keys():
            self._db.execute(f"DELETE FROM sync_tokens WHERE {_THIS} AND token_id = :token", its | {"token": token_id})
        for token_id, (copies, traits) in found.items():
            if known.get(token_id) != (copies, traits):
                values = [self._row.account_id, number, token_id, copies, traits]
                self._db.execute("INSERT OR REPLACE INTO sync_tokens VALUES (?, ?, ?, ?, ?)", values)
        sql = "UPDATE sync_held SET copies = :copies, tokens_at = :at, tokens_whole = :whole"
        new = {"copies": tokens.copies, "at": seconds(tokens.as_of), "whole": int(tokens.is_whole)}
        self._db.execute(f"{sql} WHERE {_THIS}", its | new)

    def _last_copies(self, number: int) -> int | None:
        sql = f"SELECT copies FROM sync_levels WHERE {_THIS} ORDER BY at DESC LIMIT 1"
        row = first(self._db, sql, {"account": self._row.account_id, "number": number})
        return row[0] if row else None

    def _not_seen(self, number: int) -> None:
        """Copies that were asked for did not arrive: this reading is none of those that saw how many there are."""
        its = {"account": self._row.account_id, "number": number}
        last = f"SELECT max(at) FROM sync_levels WHERE {_THIS}"
        sql = f"UPDATE sync_levels SET unread = unread + 1 WHERE {_THIS} AND at = ({last}) AND copies IS NOT NULL"
        self._db.execute(sql, its)

    def _append_level(self, number: int, kinds: int, copies: int | None) -> None:
        """Write what is held from now on, and from when before it could not be observed."""
        take_back(self._db, self._row.account_id, number, kinds, copies, self._at)
        its = {"account": self._row.account_id, "number": number}
        read_at, max_age = self._row.read_at, _in_seconds(self._retention.max_age)
        sql = f"SELECT 1 FROM sync_levels WHERE {_THIS} LIMIT 1"
        if read_at is not None and self._at - read_at > max_age and first(self._db, sql, its):
            self._put_level(its | {"at": read_at + max_age, "kinds": None, "copies": None})
        self._put_level(its | {"at": self._at, "kinds": kinds, "copies": copies})
        # Of what is older than any rule asks for, the last one says what was held when that began.
        oldest = f"SELECT max(at) FROM sync_levels WHERE {_THIS} AND at <= :until"
        until = its | {"until": self._at - _in_seconds(self._retention.levels)}
        self._db.execute(f"DELETE FROM sync_levels WHERE {_THIS} AND at < ({oldest})", until)
        newest = f"SELECT at FROM sync_levels WHERE {_THIS} ORDER BY at DESC LIMIT 1 OFFSET {MOST_LEVELS}"
        if self._db.execute(f"DELETE FROM sync_levels WHERE {_THIS} AND at <= ({newest})", its).rowcount > 0:
            # Not "nothing" but not known any more is what was held before the oldest of those that are left.
            left = f"SELECT min(at) FROM sync_levels WHERE {_THIS}"
            forgotten = f"UPDATE sync_levels SET kinds = NULL, copies = NULL WHERE {_THIS} AND at = ({left})"
            self._db.execute(forgotten, its)

    def _put_level(self, values: Mapping[str, int | None]) -> None:
        sql = """
            INSERT OR REPLACE INTO sync_levels (account_id, collection_id, at, kinds, copies, reading, before_at)
            VALUES (:account, :number, :at, :kinds, :copies, :reading, :before)
        """
        self._db.execute(sql, {**values, "reading": self._row.readings + 1, "before": self._row.read_at})


_THIS = "account_id = :account AND collection_id = :number"
_KNOWN = """
    SELECT collection_id, kinds, tokens_at, (
        SELECT sync_levels.kinds IS NULL FROM sync_levels
        WHERE sync_levels.account_id = sync_held.account_id AND sync_levels.collection_id = sync_held.collection_id
        ORDER BY at DESC LIMIT 1
    ) FROM sync_held WHERE account_id = ?
"""


def _ids_of(db: Database, read: ReadAccount) -> dict[CollectionRef, int]:
    """The numbers of the collections of a reading; new ones are added."""
    ids = {}
    for ref in {**read.kinds, **dict.fromkeys(read.uncounted)}:
        values = {"network": ref.network, "id": ref.collection_id, "name": read.names.get(ref, "")}
        found = first(
            db, "SELECT id, name FROM sync_collections WHERE network = :network AND collection_id = :id", values
        )
        if found is None:
            sql = "INSERT INTO sync_collections (network, collection_id, name) VALUES (:network, :id, :name)"
            found = first(db, f"{sql} RETURNING id, name", values)
        elif values["name"] and found[1] != values["name"]:
            db.execute("UPDATE sync_collections SET name = ? WHERE id = ?", [values["name"], found[0]])
        if found:
            ids[ref] = int(found[0])
    return ids


def _traits_text(token: Token) -> str | None:
    return None if token.traits is None else orjson.dumps(sorted(token.traits)).decode()


def _copies_text(tokens: ReadTokens | None) -> str | None:
    """Copies by id, without traits: what is of the past has none that a rule may rest on."""
    if tokens is None:
        return None
    return orjson.dumps({str(token_id): token.copies for token_id, token in tokens.tokens.items()}).decode()


def _in_seconds(span: timedelta) -> int:
    return int(span.total_seconds())
