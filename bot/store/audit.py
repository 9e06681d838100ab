"""Who did what and when, under keyed hashes (`bot.store.pseudonyms`): countable, without names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.store.rows import first, moment, seconds


def record(db: Database, now: datetime, actor: bytes, verb: str, subject: bytes | None = None) -> None:
    """Add a row, in the same transaction as the action. It holds no account, as that would identify its owner.

    Args:
        db: In a transaction.
        now: The present.
        actor: Pseudonym of the person who did it.
        verb: What, in one word: "link", "unlink", "relay", …
        subject: Pseudonym of the person that it concerns.
    """
    db.table("audit").insert({"at": seconds(now), "actor": actor, "verb": verb, "subject": subject})


def count(db: Database, actor: bytes, verb: str, since: datetime) -> int:
    """How often somebody did something since a moment."""
    sql = "SELECT count(*) FROM audit WHERE actor = ? AND verb = ? AND at > ?"
    return int((first(db, sql, [actor, verb, seconds(since)]) or (0,))[0])


def was_repeated(db: Database, actor: bytes, verb: str, times: int, span: timedelta, now: datetime) -> bool:
    """Whether somebody did something so many times within a span, the last of them less than a span ago.

    So it counts against them for a whole span after the last time, not only until the first one is a span old.
    """
    sql = """
        SELECT 1 FROM audit AS latest WHERE actor = :actor AND verb = :verb AND at > :now - :span AND :times <= (
            SELECT count(*) FROM audit
            WHERE actor = :actor AND verb = :verb AND at > latest.at - :span AND at <= latest.at
        ) LIMIT 1
    """
    values = {"actor": actor, "verb": verb, "times": times, "span": span.total_seconds(), "now": seconds(now)}
    return bool(db.execute(sql, values).fetchall())


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One record; `subject`: whom it concerns, if anybody."""

    at: datetime
    actor: bytes
    verb: str
    subject: bytes | None


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which records are wanted, the newest `limit` of them; None: whatever is there.

    Attributes:
        verb: What was done.
        of: The pseudonym of who did it, or whom it concerns.
        since: From this moment on.
        until: Up to this moment.
        limit: How many at most.
    """

    verb: str | None = None
    of: bytes | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 50


def read_audit(db: Database, wanted: AuditFilter) -> Sequence[AuditRow]:
    """The newest records first. For an operator's command alone: it may go through the whole table."""
    conditions = {
        "verb = :verb": wanted.verb,
        "(actor = :of OR subject = :of)": wanted.of,
        "at >= :since": wanted.since,
        "at <= :until": wanted.until,
    }
    chosen = " AND ".join(sql for sql, value in conditions.items() if value is not None) or "1"
    sql = f"SELECT at, actor, verb, subject FROM audit WHERE {chosen} ORDER BY id DESC LIMIT :limit"
    values = {
        "verb": wanted.verb,
        "of": wanted.of,
        "since": seconds(wanted.since) if wanted.since else None,
        "until": seconds(wanted.until) if wanted.until else None,
        "limit": wanted.limit,
    }
    used = {name: value for name, value in values.items() if f":{name}" in sql}
    return [AuditRow(moment(at), actor, verb, subject) for at, actor, verb, subject in db.execute(sql, used).fetchall()]
