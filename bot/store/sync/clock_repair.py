"""What a wrong clock dated in the future: without this it would be waited for, for as long as the clock was ahead.

Nothing is dated later than now by a clock that is right, but for what is planned, and that not further ahead than is
ever planned. Which of two clocks was right cannot be known; so what is moved is moved to now, and what a reading says
about the present is forgotten, as it cannot be known how old it is: it is read again at once.

When a member proved is never read again. Since when (`first_proven_at`) is moved, else a sensitive role would wait for
as long as the clock was ahead. The latest proof is not: in the future it counts as new, but moved by a clock that is
behind it would be too old once that clock is right, and cost a role.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from bot.roles.removal import EXCUSED_FOR
from bot.store.rows import seconds

_NO_LONGER = timedelta(minutes=15)  # than any pause after a failure, and any lease
_NEXT_DELIVERY = timedelta(minutes=75)  # the longest pause between two attempts: an hour, and a quarter at random
_NEXT_SNAPSHOT = timedelta(days=32)  # a month


@dataclass(frozen=True, slots=True)
class Plans:
    """How far ahead things are planned at most.

    Attributes:
        interval: The next reading of an account.
        drift: The next comparison of roles; the next search for members is four of these ahead.
        span: How long nothing is taken after a clock was set.
    """

    interval: timedelta
    drift: timedelta
    span: timedelta


# Of each table: the columns that say when something was.
_WAS = {
    "sync_accounts": ("first_read_at", "emptied_at", "failed_at"),
    "sync_networks": ("failing_since",),
    "sync_levels": ("before_at",),
    "sync_held": ("first_at", "last_at", "gone_at"),
    "sync_members": ("seen_at", "absent_since", "judged_at"),
    "sync_guilds": ("left_at", "counted_at"),
    "sync_changes": ("at",),
    "webhook_endpoints": ("failing_since", "delivered_at", "failed_at"),
    "role_grants": ("granted_at", "repaired_at"),
    "role_misses": ("first_at", "last_at", "warned_at", "approved_at"),
    "role_holds": ("since",),
    "owed_roles": ("since",),
    "accepted_losses": ("at",),
    "gates": ("since",),
    "configured_guilds": ("left_at",),
    "proofs": ("first_proven_at",),
    "snapshot_schedules": ("first_at",),
}
# Of each table: when something is due, and how far ahead that may be.
_IS_DUE = (
    ("sync_accounts", "due", "reading"),
    ("sync_accounts", "leased_until", "pause"),
    ("sync_members", "due", "pause"),
    ("sync_members", "retry_at", "pause"),
    ("sync_members", "drift_due", "drift"),
    ("sync_guilds", "drift_due", "drift"),
    ("sync_guilds", "search_due", "search"),
    ("sync_instance", "settled_at", "span"),
    ("role_misses", "excused_until", "excuse"),
    ("snapshot_schedules", "next_at", "snapshot"),
    ("webhook_endpoints", "due", "delivery"),
)
# A source is tried every few minutes while it fails. Where its latest failure is older, nobody tried: this process was
# not there, or the clock was set. That time says nothing about the source.
_WITHOUT_ABSENCE = """
    UPDATE sync_networks SET failing_since = :now - max(0, latest - failing_since) FROM (
        SELECT sync_networks.network AS name, coalesce(max(failed_at), sync_networks.failing_since) AS latest
        FROM sync_networks LEFT JOIN sync_accounts ON sync_accounts.network = sync_networks.network
        GROUP BY sync_networks.network
    ) WHERE network = name AND latest < :latest_try
"""
# What ends at a time ends that much later than now; all else that was planned is done now.
_ENDS = frozenset({"span", "excuse"})
# A vouch has one moment for both: when its member confirmed it. Members join by Discord's clock: a clock that is behind
# that is wrong now, and must not make it older than it is.
_CONFIRMED = """
    UPDATE vouches SET confirmed_at = :now WHERE confirmed_at > :now
    AND NOT EXISTS (SELECT 1 FROM sync_members WHERE joined_at > :now)
"""
_LATER_LEVEL = """
    DELETE FROM sync_levels WHERE at > :now AND EXISTS (
        SELECT 1 FROM sync_levels AS later WHERE later.account_id = sync_levels.account_id
        AND later.collection_id = sync_levels.collection_id AND later.at > sync_levels.at
    )
"""


def bring_back(db: Database, now: datetime, plans: Plans) -> None:
    """Let nothing wait for a moment that only a wrong clock knew, and count no absence; in the caller's transaction."""
    ahead = {
        "now": now,
        "pause": now + _NO_LONGER,
        "reading": now + max(plans.interval, _NO_LONGER),
        "drift": now + plans.drift,
        "search": now + 4 * plans.drift,
        "span": now + plans.span,
        "excuse": now + EXCUSED_FOR,
        "snapshot": now + _NEXT_SNAPSHOT,
        "delivery": now + _NEXT_DELIVERY,
    }
    its = {name: seconds(moment) for name, moment in ahead.items()}
    for table, columns in _WAS.items():
        for column in columns:
            _move(db, table, column, its, "now", to="now")
    for table, column, limit in _IS_DUE:
        _move(db, table, column, its, limit, to=limit if limit in _ENDS else "now")
    present = {"now": its["now"]}
    db.execute(_WITHOUT_ABSENCE, {**present, "latest_try": seconds(now - 2 * _NO_LONGER)})
    db.execute(_CONFIRMED, present)
    db.execute("UPDATE sync_members SET warned_proof = NULL WHERE warned_proof > :now", present)
    db.execute("UPDATE sync_accounts SET read_at = NULL WHERE read_at > :now", present)
    db.execute("UPDATE sync_accounts SET part_at = NULL WHERE part_at > :now", present)
    db.execute("UPDATE sync_held SET tokens_at = 0 WHERE tokens_at > :now", present)
    db.execute(_LATER_LEVEL, present)
    db.execute("UPDATE OR REPLACE sync_levels SET at = :now WHERE at > :now", present)


def carried_over(jump: timedelta) -> tuple[str, ...]:
    """What moves with a clock that was set by so much: what the breaker counts of the last day (from `:since` on).

    Of a clock that was set back, what was lost is dated in the future, and `bring_back` moves it to now.
    """
    taken = "UPDATE sync_changes SET at = at + :jump WHERE act = 'remove' AND is_counted AND at >= :since"
    if jump < timedelta(0):
        return (taken,)
    return (
        taken,
        "UPDATE sync_accounts SET emptied_at = emptied_at + :jump WHERE emptied_at >= :since",
        "UPDATE sync_held SET gone_at = gone_at + :jump WHERE gone_at >= :since",
    )


def _move(db: Database, table: str, column: str, its: dict[str, int], limit: str, *, to: str) -> None:
    values = {"to": its[to], "limit": its[limit]}
    db.execute(f"UPDATE {table} SET {column} = :to WHERE {column} > :limit", values)
