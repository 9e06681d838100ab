"""How sessions change their status: along `bot.proofs.TRANSITIONS`, each by one conditional UPDATE … RETURNING.

Of sixteen that try at the same time exactly one finds its row (security: to look first and change afterwards lets all
of them through).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from bot.links import Person
from bot.proofs import EndReason, ProofMethod, Session, SessionStatus, before
from bot.store.rows import moment

COLUMNS = (
    "id, way, status, reason, user_id, username, avatar_url, guild_id, guild_name, account, owner, logins, expires_at"
)


def move(
    db: Database,
    condition: str,
    values: Mapping[str, Any],
    *,
    to: SessionStatus,
    at: SessionStatus | None = None,
    **changes: Any,
) -> Session | None:
    """Move the sessions that meet a condition; the first of them as it stands then, None where there is none.

    Args:
        db: In a transaction.
        condition: SQL, with named parameters.
        values: Of those.
        to: The new status.
        at: The only status to come from; by default every one from which `to` can be reached.
        changes: Other columns that change with it.

    Raises:
        ValueError: no session ever goes from `at` to `to`.
    """
    origins = before(to) if at is None else before(to) & {at}
    if not origins:
        raise ValueError(f"a session never goes from {at} to {to}")
    columns = {"status": to, **changes}
    assignments = ", ".join(f"{column} = :new_{column}" for column in columns)
    statuses = ", ".join(f"'{status}'" for status in sorted(origins))
    rows = db.execute(
        f"UPDATE sessions SET {assignments} WHERE {condition} AND status IN ({statuses}) RETURNING {COLUMNS}",
        {**values, **{f"new_{column}": value for column, value in columns.items()}},
    ).fetchall()
    return to_session(rows[0]) if rows else None


def to_session(row: Sequence[Any]) -> Session:
    """A row of `COLUMNS`."""
    session_id, method, status, reason, user_id, name, avatar, guild_id, guild, account, owner, logins, expires = row
    return Session(
        session_id=session_id,
        method=ProofMethod(method),
        status=SessionStatus(status),
        person=Person(user_id, name, avatar),
        expires_at=moment(expires),
        reason=EndReason(reason),
        guild_id=guild_id,
        guild_name=guild,
        account=account,
        owner=owner,
        logins=logins,
    )
