"""Which snapshots a server has: the newest ones, those that fit what was typed, and which are of the same.

A server has at most a few hundred. All of them are looked at here, by the index of the server, and without their rows:
two daily schedules make more in a few months than anybody would list, and an older one is as good as a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from bot.holders.snapshot import Snapshot
from bot.store.holders.snapshot_columns import COLUMNS, to_snapshot
from bot.store.rows import first

_LISTED = f"{COLUMNS}, members, is_complete"
_SAME = "rule, weight, minimum"
# What is looked through is what `snapshot_choice` shows. A number that was typed comes first, then those that begin
# with it. Nothing typed: the newest of each rule are among them, whatever another one made since.
_SUGGESTED = f"""
    SELECT {_LISTED} FROM (
        SELECT *, row_number() OVER (PARTITION BY {_SAME} ORDER BY snapshot_id DESC) AS nth FROM (
            SELECT *, snapshot_id || ' · ' || strftime('%Y-%m-%d %H:%M', made_at, 'unixepoch') || ' UTC · ' || rule
            AS shown FROM snapshots WHERE guild_id = :guild_id
        ) WHERE instr(lower(shown), :typed) > 0
        ORDER BY CAST(snapshot_id AS TEXT) = :typed DESC, instr(shown, :typed) = 1 DESC, nth, snapshot_id DESC
        LIMIT :limit
    ) ORDER BY CAST(snapshot_id AS TEXT) = :typed DESC, instr(shown, :typed) = 1 DESC, snapshot_id DESC
"""
_NEWEST_SAME = f"""
    SELECT snapshot_id FROM snapshots
    WHERE guild_id = :guild_id AND snapshot_id <> :snapshot_id AND ({_SAME}) = (
        SELECT {_SAME} FROM snapshots WHERE snapshot_id = :snapshot_id AND guild_id = :guild_id
    ) ORDER BY snapshot_id DESC LIMIT 1
"""
_NEWEST_PAIR = f"""
    SELECT before, snapshot_id FROM (
        SELECT snapshot_id, lag(snapshot_id) OVER (PARTITION BY {_SAME} ORDER BY snapshot_id) AS before
        FROM snapshots WHERE guild_id = ?
    ) WHERE before IS NOT NULL ORDER BY snapshot_id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class ListedSnapshot:
    """A snapshot without its rows.

    Attributes:
        snapshot: What it is of, without members.
        members: How many are in it.
        is_complete: All was known of all of them when it was made.
    """

    snapshot: Snapshot
    members: int
    is_complete: bool


def listed(db: Database, guild_id: int | None, limit: int) -> Sequence[ListedSnapshot]:
    """The newest snapshots of a server; None: of all."""
    where = "" if guild_id is None else "WHERE guild_id = :guild_id"
    sql = f"SELECT {_LISTED} FROM snapshots {where} ORDER BY snapshot_id DESC LIMIT :limit"
    values = {"limit": limit} if guild_id is None else {"limit": limit, "guild_id": guild_id}
    return _listed(db, sql, values)


def suggested(db: Database, guild_id: int, typed: str, limit: int) -> Sequence[ListedSnapshot]:
    """Snapshots of a server whose number, time or rule has what was typed in it; "": of each rule the newest ones."""
    return _listed(db, _SUGGESTED, {"guild_id": guild_id, "typed": typed.strip().lower(), "limit": limit})


def newest_same(db: Database, guild_id: int, snapshot_id: int) -> int | None:
    """See `Snapshots.newest_same`."""
    row = first(db, _NEWEST_SAME, {"guild_id": guild_id, "snapshot_id": snapshot_id})
    return int(row[0]) if row else None


def newest_pair(db: Database, guild_id: int) -> tuple[int, int] | None:
    """See `Snapshots.newest_pair`."""
    row = first(db, _NEWEST_PAIR, [guild_id])
    return (int(row[0]), int(row[1])) if row else None


def _listed(db: Database, sql: str, values: dict[str, Any]) -> Sequence[ListedSnapshot]:
    return [ListedSnapshot(to_snapshot(row[:-2]), row[-2], bool(row[-1])) for row in db.execute(sql, values).fetchall()]
