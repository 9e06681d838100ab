"""The log of what happened in each server: numbered without a gap, read in order, retained for a while.

A number is given in the transaction that writes the event, on the one thread that writes: so a number that is taken
back with a failed transaction is given again, and none is left out. What is deleted is deleted from the front alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.schema.webhook_tables import IF_HEARD, INSERT_EVENT, NEXT_NUMBER
from bot.webhooks.values.event import Event, EventType, NewEvent

_HEARD = f"SELECT 1 WHERE {IF_HEARD.format(guild_id=':guild_id')}"
_NEXT = NEXT_NUMBER.format(guild_id=":guild_id")
_INSERT = INSERT_EVENT.format(guild_id=":guild_id", type=":type", at=":at", user_id=":user_id", facts=":facts")

# Exported to the member that they are about.
EXPORTED = "SELECT guild_id, number, type, at, facts FROM webhook_events WHERE user_id = ? ORDER BY guild_id, number"


def add_event(db: Database, guild_id: int, event: NewEvent) -> int | None:
    """Write an event down, in the transaction of what it reports; its number. None: that server has no endpoint."""
    if first(db, _HEARD, {"guild_id": guild_id}) is None:
        return None
    db.execute(_NEXT, {"guild_id": guild_id})
    facts = json.dumps(dict(event.facts), ensure_ascii=False)
    values = {"type": event.type.value, "at": seconds(event.at), "user_id": event.user_id, "facts": facts}
    row = first(db, f"{_INSERT} RETURNING number", {"guild_id": guild_id, **values})
    return int(row[0]) if row else None


def read_events(db: Database, guild_id: int, after: int, limit: int) -> Sequence[Event]:
    """The events of a server that follow a number, in order."""
    sql = """
        SELECT number, event_id, type, at, user_id, facts FROM webhook_events
        WHERE guild_id = ? AND number > ? ORDER BY number LIMIT ?
    """
    return [
        Event(guild_id, number, event_id, EventType(type_), moment(at), json.loads(facts), user_id)
        for number, event_id, type_, at, user_id, facts in db.execute(sql, [guild_id, after, limit]).fetchall()
    ]


def bounds(db: Database, guild_id: int) -> tuple[int, int]:
    """The numbers of the first event that a server's log retains, and of the last one: (1, 0) where there was none."""
    earliest, latest = first(db, "SELECT earliest, latest FROM webhook_logs WHERE guild_id = ?", [guild_id]) or (1, 0)
    return int(earliest), int(latest)


def forget_member(db: Database, user_id: int) -> None:
    """Remove what events say that are about a member; they retain their numbers, so that none is missing."""
    sql = "UPDATE webhook_events SET type = ?, user_id = NULL, facts = '{}' WHERE user_id = ?"
    db.execute(sql, [EventType.REMOVED.value, user_id])


def purge_events(db: Database, before: datetime, most: int) -> None:
    """Delete what is older than a moment, and of each server all but the latest; what is deleted is always the front.

    Args:
        db: In a transaction.
        before: The moment.
        most: How many of each server are retained.
    """
    young = "SELECT number FROM webhook_events WHERE guild_id = ? AND at >= ? ORDER BY number LIMIT 1"
    for guild_id, latest in db.execute("SELECT guild_id, latest FROM webhook_logs WHERE latest >= earliest").fetchall():
        (number,) = first(db, young, [guild_id, seconds(before)]) or (latest + 1,)
        earliest = max(number, latest - most + 1)
        db.execute("DELETE FROM webhook_events WHERE guild_id = ? AND number < ?", [guild_id, earliest])
        sql = "UPDATE webhook_logs SET earliest = max(earliest, ?) WHERE guild_id = ?"
        db.execute(sql, [earliest, guild_id])
