"""How sessions change their status: along `bot.links.proofs.TRANSITIONS`, each by one conditional UPDATE … RETURNING.

Of sixteen concurrent attempts exactly one finds its row (security: checking first and changing afterwards would let
all of them through).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from bot.links import Person
from bot.links.proofs import EndReason, ProofMethod, Session, SessionStatus, statuses_before
from bot.store.rows import moment

COLUMNS = (
    "id, way, status, reason, user_id, username, avatar_url, guild_id, guild_name, account, owner, logins, name, "
    "expires_at, cookie_hash"
)


def move(
    db: Database,
    condition: str,
    values: Mapping[str, Any],
    *,
    to_status: SessionStatus,
    from_status: SessionStatus | None = None,
    **changes: Any,
) -> Session | None:
    """Change the status of the sessions that meet a condition; the first changed one, None where there is none.

    Args:
        db: In a transaction.
        condition: SQL, with named parameters.
        values: Of those parameters.
        to_status: The new status.
        from_status: The only status to change from; by default every one from which `to_status` can be reached.
        changes: Other columns to set.

    Raises:
        ValueError: no session ever goes from `from_status` to `to_status`.
    """
    origins = statuses_before(to_status) if from_status is None else statuses_before(to_status) & {from_status}
    if not origins:
        raise ValueError(f"a session never goes from {from_status} to {to_status}")
    columns = {"status": to_status, **changes}
    assignments = ", ".join(f"{column} = :new_{column}" for column in columns)
    statuses = ", ".join(f"'{status}'" for status in sorted(origins))
    rows = db.execute(
        f"UPDATE sessions SET {assignments} WHERE {condition} AND status IN ({statuses}) RETURNING {COLUMNS}",
        {**values, **{f"new_{column}": value for column, value in columns.items()}},
    ).fetchall()
    return to_session(rows[0]) if rows else None


def to_session(row: Sequence[Any]) -> Session:
    """A row of `COLUMNS`."""
    session_id, method, status, reason, user_id, username, avatar, guild_id, guild, *rest = row
    account, owner, logins, name, expires, cookie_hash = rest
    return Session(
        session_id=session_id,
        method=ProofMethod(method),
        status=SessionStatus(status),
        person=Person(user_id, username, avatar),
        expires_at=moment(expires),
        reason=EndReason(reason),
        guild_id=guild_id,
        guild_name=guild,
        account=account,
        owner=owner,
        logins=logins,
        name=name,
        cookie_hash=cookie_hash,
    )
