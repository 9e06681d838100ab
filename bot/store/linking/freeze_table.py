"""Frozen addresses: which move no more until the operator has decided, and who has signed for them.

That an address is frozen outlives the data of all members: it is found by the keyed hash. The address itself is
deleted with the last member whom it concerns. The hash changes with the bot's token, so while the address is there, it
is found by that as well, and whatever is written about it writes its present hash.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from bot.links import FreezeReason, FrozenAddress, NotificationKind
from bot.links.proofs import VerifiedSignature
from bot.store.linking.notice_table import notify, withdraw_contested
from bot.store.rows import first, moment, seconds


def is_frozen(db: Database, owner: str, owner_hash: bytes) -> bool:
    """Whether the operator must decide whose an address is."""
    return first(db, "SELECT 1 FROM frozen WHERE owner = ? OR owner_hash = ?", [owner, owner_hash]) is not None


def freeze(db: Database, owner: str, owner_hash: bytes, reason: FreezeReason, now: datetime) -> None:
    """Let an address move no more: its contest is over, and whom it concerns is notified.

    One that is frozen already stays so since then, for the reason of then.
    """
    list_claimants(db, owner)
    _write_address(db, owner, owner_hash)
    sql = "INSERT INTO frozen (owner_hash, owner, reason, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
    db.execute(sql, [owner_hash, owner, reason.value, seconds(now)])
    db.execute("DELETE FROM contests WHERE owner = ?", [owner])
    withdraw_contested(db, owner)
    for user_id in claimants(db, owner):
        notify(db, user_id, NotificationKind.FROZEN, owner, now)


def list_claimants(db: Database, owner: str) -> None:
    """Add who has an address, and who contests it, to those whom its freeze concerns."""
    db.execute(
        """
        INSERT INTO frozen_claims (owner, user_id, method, text_hash, signed_at)
        SELECT owner, user_id, method, text_hash, proven_at FROM proofs WHERE owner = :owner
        UNION ALL SELECT owner, challenger_id, method, text_hash, signed_at FROM contests WHERE owner = :owner
        ON CONFLICT DO NOTHING
        """,
        {"owner": owner},
    )


def add_claimant(db: Database, verified: VerifiedSignature, owner_hash: bytes, user_id: int, now: datetime) -> None:
    """Let the operator see that a member has signed for a frozen address."""
    _write_address(db, verified.owner, owner_hash)
    row = {
        "owner": verified.owner,
        "user_id": user_id,
        "method": verified.kind.value,
        "text_hash": verified.text_hash,
        "signed_at": seconds(now),
    }
    db.table("frozen_claims").insert(row, replace=True)


def _write_address(db: Database, owner: str, owner_hash: bytes) -> None:
    # REPLACE: of two rows, written under different tokens, one is left.
    sql = "UPDATE OR REPLACE frozen SET owner = :owner, owner_hash = :hash WHERE owner = :owner OR owner_hash = :hash"
    db.execute(sql, {"owner": owner, "hash": owner_hash})


def claimants(db: Database, owner: str) -> list[int]:
    """The members whom a frozen address concerns: who had it, and who signed for it."""
    sql = "SELECT user_id FROM frozen_claims WHERE owner = ? ORDER BY signed_at, user_id"
    return [row[0] for row in db.execute(sql, [owner]).fetchall()]


def leave(db: Database, user_id: int, owner: str, owner_hash: bytes) -> None:
    """Forget that a frozen address concerns a member; with the last one, forget which address it is."""
    db.execute("DELETE FROM frozen_claims WHERE owner = ? AND user_id = ?", [owner, user_id])
    if not claimants(db, owner):
        sql = "UPDATE OR REPLACE frozen SET owner = NULL, owner_hash = ? WHERE owner = ?"
        db.execute(sql, [owner_hash, owner])


def thaw(db: Database, owner: str, owner_hash: bytes) -> None:
    """Let an address move again."""
    db.execute("DELETE FROM frozen_claims WHERE owner = ?", [owner])
    db.execute("DELETE FROM frozen WHERE owner = ? OR owner_hash = ?", [owner, owner_hash])


def purge_forgotten(db: Database, before: datetime) -> None:
    """Forget frozen addresses that have concerned nobody since before a moment."""
    db.execute("DELETE FROM frozen WHERE owner IS NULL AND at < ?", [seconds(before)])


def frozen_of(db: Database, user_id: int) -> list[FrozenAddress]:
    """The frozen addresses that concern a member."""
    sql = """
        SELECT frozen.owner, frozen.at, reason, proofs.user_id
        FROM frozen_claims JOIN frozen ON frozen.owner = frozen_claims.owner
        LEFT JOIN proofs ON proofs.owner = frozen.owner
        WHERE frozen_claims.user_id = ? ORDER BY frozen.at
    """
    return [
        FrozenAddress(owner, moment(at), FreezeReason(reason), holder_id)
        for owner, at, reason, holder_id in db.execute(sql, [user_id]).fetchall()
    ]
