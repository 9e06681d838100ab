"""Who did what and when, under keyed hashes (`bot.store.pseudonyms`): countable, without names."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.store.rows import first, seconds


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
