"""Disputes: addresses that are contested or frozen, as the operator sees them, and what the operator decides.

Called in a transaction beside the running bot, see `bot.store.file.beside_bot`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.links import NotificationKind, ProofKind
from bot.store.linking import freeze_table
from bot.store.linking.address_history import AddressEvent, events, restart
from bot.store.linking.link_table import put_proof
from bot.store.linking.notice_table import notify
from bot.store.pseudonyms import Pseudonym
from bot.store.rows import moment


@dataclass(frozen=True, slots=True)
class Claimant:
    """A member whom a dispute concerns, and their latest signature."""

    user_id: int
    kind: ProofKind
    signed_at: datetime
    text_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """An address that is contested, or frozen.

    Attributes:
        owner: The address.
        since: When the contest was opened, or the address frozen.
        ends_at: When the contest ends; None: frozen.
        holder_id: Who has it, None for nobody.
        claimants: Who signed for it, the holder among them; the one who signed first stands first.
    """

    owner: str
    since: datetime
    ends_at: datetime | None
    holder_id: int | None
    claimants: tuple[Claimant, ...]


def find_disputes(db: Database, owner: str | None = None) -> list[Dispute]:
    """All disputes, or the one about an address; the oldest first."""
    sql = """
        SELECT dispute.owner, since, ends_at, user_id FROM (
            SELECT owner, opened_at AS since, ends_at FROM contests
            WHERE NOT EXISTS (SELECT 1 FROM frozen WHERE frozen.owner = contests.owner)
            UNION ALL SELECT owner, at, NULL FROM frozen WHERE owner IS NOT NULL
        ) AS dispute LEFT JOIN proofs ON proofs.owner = dispute.owner
        WHERE :owner IS NULL OR dispute.owner = :owner ORDER BY since, dispute.owner
    """
    return [
        Dispute(its, moment(since), moment(ends_at) if ends_at else None, holder_id, _claimants(db, its))
        for its, since, ends_at, holder_id in db.execute(sql, {"owner": owner}).fetchall()
    ]


def _claimants(db: Database, owner: str) -> tuple[Claimant, ...]:
    # A holder of a frozen address who signs again is in `frozen_claims` with that signature. Of each member the latest
    # one counts: SQLite takes the other columns from the row with the maximum.
    sql = """
        SELECT user_id, method, max(signed_at), text_hash FROM (
            SELECT user_id, method, signed_at, text_hash FROM frozen_claims WHERE owner = :owner
            UNION ALL SELECT challenger_id, method, signed_at, text_hash FROM contests WHERE owner = :owner
            UNION ALL SELECT user_id, method, proven_at, text_hash FROM proofs WHERE owner = :owner
                AND NOT EXISTS (SELECT 1 FROM frozen_claims AS f WHERE f.owner = :owner AND f.user_id = proofs.user_id)
        ) GROUP BY user_id ORDER BY max(signed_at), user_id
    """
    return tuple(
        Claimant(user_id, ProofKind(kind), moment(signed_at), text_hash)
        for user_id, kind, signed_at, text_hash in db.execute(sql, {"owner": owner}).fetchall()
    )


def count_events(db: Database, owner: str, pseudonym: Pseudonym) -> tuple[int, int]:
    """How many claims and moves of an address are counted."""
    claims, moves = (events(db, pseudonym(owner), event) for event in (AddressEvent.CLAIM, AddressEvent.MOVE))
    return len(claims), len(moves)


def decide_for(db: Database, dispute: Dispute, winner: Claimant, pseudonym: Pseudonym, now: datetime) -> None:
    """End a dispute for one who signed for the address: their proof counts, and no other."""
    if winner.user_id != dispute.holder_id:
        db.execute("DELETE FROM contests WHERE owner = ?", [dispute.owner])
        db.execute("DELETE FROM proofs WHERE owner = ?", [dispute.owner])
        put_proof(db, dispute.owner, winner.user_id, winner.kind, now=now, text_hash=winner.text_hash)
    _end(db, dispute, pseudonym, now)
    for each in dispute.claimants:
        won = each.user_id == winner.user_id
        kind = NotificationKind.DECIDED_FOR if won else NotificationKind.DECIDED_AGAINST
        notify(db, each.user_id, kind, dispute.owner, now)


def decide_for_nobody(db: Database, dispute: Dispute, pseudonym: Pseudonym, now: datetime) -> None:
    """End a dispute for nobody: the address is unproven, and who has its key may sign for it again."""
    db.execute("DELETE FROM proofs WHERE owner = ?", [dispute.owner])
    _end(db, dispute, pseudonym, now)
    for each in dispute.claimants:
        notify(db, each.user_id, NotificationKind.DECIDED_FOR_NOBODY, dispute.owner, now)


def _end(db: Database, dispute: Dispute, pseudonym: Pseudonym, now: datetime) -> None:
    owner, owner_hash = dispute.owner, pseudonym(dispute.owner)
    db.execute("DELETE FROM contests WHERE owner = ?", [owner])
    freeze_table.thaw(db, owner, owner_hash)
    restart(db, owner_hash, now)
    db.execute("DELETE FROM refusals WHERE owner_hash = ?", [owner_hash])
    # What members were not notified of is out of date, and a decision need not wait for the message of the next day:
    # no member can cause one.
    db.execute("DELETE FROM notices WHERE owner = ?", [owner])
    db.execute("DELETE FROM messaged WHERE owner = ?", [owner])
