"""Which accounts are due, and who reads them: rows with a due time and a lease, no rows of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.holdings import Account
from bot.store.rows import COVERED, first, moment, seconds, to_account

# How many that another process reads at this moment may be before one that is due.
_DUE = "SELECT id, account FROM sync_accounts WHERE network = ? AND due <= ? AND leased_until <= ? ORDER BY due LIMIT ?"
RETRY = "UPDATE sync_accounts SET due = ? WHERE network = ? AND due > ? AND due <= ? AND tries > 0"

# Because of whom it is read, as `m010_readings` says. Who only says that it is theirs is not among them: else one
# account that many have linked would make all of them one person.
_COUNTS_FOR = f"""
    SELECT links.user_id FROM links
    JOIN proofs ON proofs.owner = links.owner AND proofs.user_id = links.user_id AND {COVERED}
    WHERE links.account = :account
    UNION SELECT user_id FROM vouches WHERE account = :account AND confirmed_at IS NOT NULL
"""
_LINKED_FIRST = "SELECT user_id FROM links WHERE account = :account ORDER BY linked_at, user_id LIMIT 1"


def lease(db: Database, network: str, holder: str, now: datetime, until: datetime, limit: int) -> Sequence[Account]:
    """Take accounts of a network that are due, those that have waited longest first; in a transaction of the caller.

    Each is taken by one holder at a time. A lease that was neither released nor renewed ends by itself.
    """
    rows = db.execute(_DUE, [network, seconds(now), seconds(now), limit]).fetchall()
    sql = "UPDATE sync_accounts SET lease = ?, leased_until = ? WHERE id = ?"
    for number, _ in rows:
        db.execute(sql, [holder, seconds(until), number])
    return [to_account(account) for _, account in rows]


def release(db: Database, holder: str, accounts: Sequence[Account]) -> None:
    """Give back what was leased and not read."""
    for account in accounts:
        sql = "UPDATE sync_accounts SET lease = '', leased_until = 0 WHERE account = ? AND lease = ?"
        db.execute(sql, [str(account), holder])


def release_all(db: Database) -> None:
    """Give back what a process had leased that is gone: a process that opens the store is alone with it."""
    db.execute("UPDATE sync_accounts SET lease = '', leased_until = 0 WHERE leased_until > 0")


def set_read(db: Database, account: Account, due: datetime) -> None:
    """It was read, and is due again then."""
    sql = """
        UPDATE sync_accounts SET due = ?, lease = '', leased_until = 0, tries = 0, failed_at = NULL, failure = ''
        WHERE account = ? RETURNING network
    """
    row = first(db, sql, [seconds(due), str(account)])
    if row:
        db.execute("DELETE FROM sync_networks WHERE network = ?", [row[0]])


def set_failed(db: Database, account: Account, now: datetime, failure: str, due: datetime) -> None:
    """Reading it failed; what was observed before stays as it is."""
    sql = """
        UPDATE sync_accounts
        SET due = ?, lease = '', leased_until = 0, tries = tries + 1, failed_at = ?, failure = ?
        WHERE account = ? RETURNING network
    """
    row = first(db, sql, [seconds(due), seconds(now), failure, str(account)])
    if row:
        sql = "INSERT INTO sync_networks (network, failing_since) VALUES (?, ?) ON CONFLICT DO NOTHING"
        db.execute(sql, [row[0], seconds(now)])


def tries_of(db: Database, account: Account) -> int:
    """How many readings in a row failed."""
    row = first(db, "SELECT tries FROM sync_accounts WHERE account = ?", [str(account)])
    return int(row[0]) if row else 0


def members_of(db: Database, account: Account) -> frozenset[int]:
    """The members an account counts for; if there are none, the one who said first that it is theirs."""
    for sql in (_COUNTS_FOR, _LINKED_FIRST):
        if rows := db.execute(sql, {"account": str(account)}).fetchall():
            return frozenset(user_id for (user_id,) in rows)
    return frozenset()


def set_due(db: Database, accounts: Sequence[Account], now: datetime) -> None:
    """Let accounts be read as soon as possible."""
    for account in accounts:
        sql = "UPDATE sync_accounts SET due = min(due, ?) WHERE account = ?"
        db.execute(sql, [seconds(now), str(account)])


def retry(db: Database, network: str, now: datetime, longest: timedelta) -> None:
    """Let the accounts that could not be read be read as soon as possible; their pause is `longest` at most."""
    db.execute(RETRY, [seconds(now), network, seconds(now), seconds(now + longest)])


def next_due(db: Database, network: str) -> datetime | None:
    """When the next account of a network is due; None: there is none."""
    row = first(db, "SELECT due FROM sync_accounts WHERE network = ? ORDER BY due LIMIT 1", [network])
    return moment(row[0]) if row else None
