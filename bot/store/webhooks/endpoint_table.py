"""Endpoints of servers: who gets the events, up to which number, and when the next attempt is made.

What a delivery writes says from which cursor it started. So where somebody asked for a replay, paused or removed the
endpoint while a request was under way, its outcome changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds
from bot.store.sync.post_table import NewPost, PostKind, enqueue
from bot.store.webhooks.event_log import bounds
from bot.webhooks.values.delivery_failure import Failure, FailureCode
from bot.webhooks.values.endpoint import Endpoint, EndpointState, Standing

_ENDPOINT = """endpoint_id, guild_id, url, salt, generation, cursor, state, created_at, rotated_at, tries,
    failing_since, due, delivered_at, failed_at, failure, status
"""
_ITS = "endpoint_id = :endpoint_id AND guild_id = :guild_id"
_AS_IT_WAS = f"{_ITS} AND cursor = :cursor AND state = 'active'"
# Due at once if something waits for it.
_DUE = """
    CASE WHEN state = 'active' AND cursor < (
        SELECT latest FROM webhook_logs WHERE webhook_logs.guild_id = webhook_endpoints.guild_id
    ) THEN :now END
"""


def add_endpoint(db: Database, guild_id: int, url: str, salt: bytes, now: datetime, most: int) -> Endpoint | None:
    """Add one, which gets what happens from now on; None: the server has it, or as many as it may."""
    (count, same) = first(
        db, "SELECT count(*), sum(url = ?) FROM webhook_endpoints WHERE guild_id = ?", [url, guild_id]
    ) or (0, 0)
    if count >= most or same:
        return None
    db.execute("INSERT INTO webhook_logs (guild_id) VALUES (?) ON CONFLICT DO NOTHING", [guild_id])
    sql = f"""
        INSERT INTO webhook_endpoints (guild_id, url, salt, cursor, created_at)
        SELECT guild_id, ?, ?, latest, ? FROM webhook_logs WHERE guild_id = ? RETURNING {_ENDPOINT}
    """
    return _to_endpoint(first(db, sql, [url, salt, seconds(now), guild_id]) or ())


def endpoint_of(db: Database, guild_id: int, endpoint_id: int) -> Endpoint | None:
    """An endpoint of a server; None: it has no such endpoint."""
    sql = f"SELECT {_ENDPOINT} FROM webhook_endpoints WHERE {_ITS}"
    row = first(db, sql, {"endpoint_id": endpoint_id, "guild_id": guild_id})
    return _to_endpoint(row) if row else None


def standings(db: Database, guild_id: int) -> Sequence[Standing]:
    """The endpoints of a server with what waits for each, oldest first."""
    earliest, latest = bounds(db, guild_id)
    rows = db.execute(f"SELECT {_ENDPOINT} FROM webhook_endpoints WHERE guild_id = ? ORDER BY endpoint_id", [guild_id])
    oldest = "SELECT at FROM webhook_events WHERE guild_id = ? AND number > ? ORDER BY number LIMIT 1"
    found = []
    for endpoint in map(_to_endpoint, rows.fetchall()):
        row = first(db, oldest, [guild_id, endpoint.cursor])
        found.append(Standing(endpoint, earliest, latest, moment(row[0]) if row else None))
    return found


def due_endpoints(db: Database, now: datetime, except_: Collection[int], limit: int) -> Sequence[tuple[int, int]]:
    """The server and the id of endpoints that are due, those that have waited longest first.

    Args:
        db: The store.
        now: The present.
        except_: Which are being delivered to already.
        limit: How many at most.
    """
    sql = """
        SELECT guild_id, endpoint_id FROM webhook_endpoints INDEXED BY webhook_endpoints_due
        WHERE due <= ? AND endpoint_id NOT IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (
            SELECT 1 FROM sync_guilds WHERE sync_guilds.guild_id = webhook_endpoints.guild_id AND left_at IS NOT NULL
        ) ORDER BY due LIMIT ?
    """
    return [(row[0], row[1]) for row in db.execute(sql, [seconds(now), json.dumps(list(except_)), limit]).fetchall()]


def set_delivered(db: Database, endpoint: Endpoint, number: int, now: datetime) -> bool:
    """It confirmed everything up to a number; whether that counts: nobody changed it meanwhile."""
    sql = f"""
        UPDATE webhook_endpoints SET cursor = :number, tries = 0, failing_since = NULL, delivered_at = :now, due = (
            SELECT CASE WHEN latest > :number THEN :now END FROM webhook_logs WHERE guild_id = :guild_id
        ) WHERE {_AS_IT_WAS} RETURNING 1
    """
    return first(db, sql, {**_its(endpoint), "number": number, "now": seconds(now)}) is not None


def set_failed(
    db: Database, endpoint: Endpoint, failure: Failure, since: datetime, now: datetime, next_at: datetime | None
) -> bool:
    """An attempt failed; whether that counts: nobody changed the endpoint meanwhile.

    Args:
        db: The store.
        endpoint: As it was when the attempt began.
        failure: How it ended.
        since: Since when it fails, without the time in which nobody tried.
        now: The present.
        next_at: When the next attempt is due; None: there is none, and its server is notified.
    """
    sql = f"""
        UPDATE webhook_endpoints SET
            tries = tries + 1, failing_since = :since, failed_at = :now, failure = :failure,
            status = :status, due = :due, state = CASE WHEN :due IS NULL THEN 'failed' ELSE state END
        WHERE {_AS_IT_WAS} RETURNING 1
    """
    values = {"failure": failure.code.value, "status": failure.status, "due": seconds(next_at) if next_at else None}
    if first(db, sql, {**_its(endpoint), **values, "since": seconds(since), "now": seconds(now)}) is None:
        return False
    if next_at is None:
        detail = json.dumps([endpoint.endpoint_id, endpoint.host, failure.code.value, failure.status])
        enqueue(db, NewPost(PostKind.WEBHOOK_FAILED, endpoint.guild_id, now, detail=detail))
    return True


def set_state(db: Database, guild_id: int, endpoint_id: int, state: EndpointState, now: datetime) -> Endpoint | None:
    """Pause it, or let it go on where it was; None: there is no such endpoint."""
    sql = f"UPDATE webhook_endpoints SET state = :state, due = NULL, tries = 0, failing_since = NULL WHERE {_ITS}"
    values = {"endpoint_id": endpoint_id, "guild_id": guild_id, "now": seconds(now)}
    db.execute(sql, {**values, "state": state.value})
    db.execute(f"UPDATE webhook_endpoints SET due = {_DUE} WHERE {_ITS}", values)
    return endpoint_of(db, guild_id, endpoint_id)


def set_cursor(db: Database, guild_id: int, endpoint_id: int, number: int, now: datetime) -> Endpoint | None:
    """Send everything again that follows a number; None: there is no such endpoint."""
    values = {"endpoint_id": endpoint_id, "guild_id": guild_id, "now": seconds(now)}
    sql = f"UPDATE webhook_endpoints SET cursor = :number, tries = 0, failing_since = NULL WHERE {_ITS}"
    db.execute(sql, {**values, "number": number})
    db.execute(f"UPDATE webhook_endpoints SET due = {_DUE} WHERE {_ITS}", values)
    return endpoint_of(db, guild_id, endpoint_id)


def rotate(db: Database, guild_id: int, endpoint_id: int, now: datetime) -> Endpoint | None:
    """Replace its secret; None: there is no such endpoint."""
    sql = f"UPDATE webhook_endpoints SET generation = generation + 1, rotated_at = :now WHERE {_ITS}"
    db.execute(sql, {"endpoint_id": endpoint_id, "guild_id": guild_id, "now": seconds(now)})
    return endpoint_of(db, guild_id, endpoint_id)


def remove_endpoint(db: Database, guild_id: int, endpoint_id: int) -> Endpoint | None:
    """Delete it, and with the last one of a server its events, which nobody reads then; None: there was none."""
    its = {"endpoint_id": endpoint_id, "guild_id": guild_id}
    row = first(db, f"DELETE FROM webhook_endpoints WHERE {_ITS} RETURNING {_ENDPOINT}", its)
    if row and first(db, "SELECT 1 FROM webhook_endpoints WHERE guild_id = ?", [guild_id]) is None:
        db.execute("DELETE FROM webhook_events WHERE guild_id = ?", [guild_id])
        db.execute("UPDATE webhook_logs SET earliest = latest + 1 WHERE guild_id = ?", [guild_id])
    return _to_endpoint(row) if row else None


def _its(endpoint: Endpoint) -> dict[str, int]:
    return {"endpoint_id": endpoint.endpoint_id, "guild_id": endpoint.guild_id, "cursor": endpoint.cursor}


def _to_endpoint(row: Sequence[Any]) -> Endpoint:
    number, guild_id, url, salt, generation, cursor, state, created_at, rotated_at, tries, *rest = row
    failing_since, due, delivered_at, failed_at, failure, status = rest
    return Endpoint(
        endpoint_id=number,
        guild_id=guild_id,
        url=url,
        salt=salt,
        generation=generation,
        cursor=cursor,
        state=EndpointState(state),
        created_at=moment(created_at),
        rotated_at=_moment(rotated_at),
        tries=tries,
        failing_since=_moment(failing_since),
        next_at=_moment(due),
        delivered_at=_moment(delivered_at),
        failed_at=_moment(failed_at),
        failure=Failure(FailureCode(failure), status) if failure else None,
    )


def _moment(value: int | None) -> datetime | None:
    return None if value is None else moment(value)
