"""How often an address was claimed from its holder, and moved: counted of the address, under a keyed hash.

So neither a second Discord account nor the deletion of a member's data starts a count again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlite_utils import Database

from bot.store.rows import moment, seconds


class AddressEvent(StrEnum):
    """What is counted."""

    CLAIM = "claim"  # somebody who does not have it signed for it
    MOVE = "move"  # a contest ended without its holder


def count_event(db: Database, owner_hash: bytes, event: AddressEvent, now: datetime) -> None:
    """Add an event, in the transaction that causes it."""
    db.table("address_events").insert({"owner_hash": owner_hash, "event": event.value, "at": seconds(now)})


def events(db: Database, owner_hash: bytes, event: AddressEvent) -> tuple[datetime, ...]:
    """When it happened; oldest first."""
    sql = "SELECT at FROM address_events WHERE owner_hash = ? AND event = ? ORDER BY at"
    return tuple(moment(at) for (at,) in db.execute(sql, [owner_hash, event.value]).fetchall())


def restart(db: Database, owner_hash: bytes, now: datetime) -> None:
    """Count again from a decision of the operator on, which is a first claim: the next contest takes longer."""
    db.execute("DELETE FROM address_events WHERE owner_hash = ?", [owner_hash])
    count_event(db, owner_hash, AddressEvent.CLAIM, now)


def purge_events(db: Database, before: datetime) -> None:
    """Delete what happened before a moment."""
    db.execute("DELETE FROM address_events WHERE at < ?", [seconds(before)])
