"""Snapshots of who held what in a server, and which are made by themselves."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS

_SNAPSHOTS = """
    CREATE TABLE snapshots (
        snapshot_id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used again
        guild_id    INTEGER NOT NULL,
        schedule_id INTEGER,             -- which schedule made it; NULL: somebody did
        made_at     INTEGER NOT NULL,
        rule        TEXT NOT NULL,       -- as gates have it
        weight      TEXT NOT NULL CHECK (weight IN ('kinds', 'copies')),
        minimum     INTEGER NOT NULL,
        names       TEXT NOT NULL,       -- JSON: of what the rule names, safe to show
        members     INTEGER NOT NULL,    -- how many are in it
        is_complete INTEGER NOT NULL CHECK (is_complete IN (0, 1)),   -- as it was made
        forgotten   INTEGER NOT NULL DEFAULT 0   -- members whose rows were deleted since, with all their data
    ) STRICT
"""
_ROWS = """
    CREATE TABLE snapshot_rows (         -- one for each account; for a member who fits and holds nothing, one without
        snapshot_id INTEGER NOT NULL REFERENCES snapshots (snapshot_id) ON DELETE CASCADE,
        user_id     INTEGER NOT NULL,
        account     TEXT NOT NULL,       -- '': none
        owner       TEXT NOT NULL,
        fits        INTEGER NOT NULL CHECK (fits IN (0, 1)),   -- 0: it is not known whether the member fits
        kinds       INTEGER NOT NULL,    -- at least
        most_kinds  INTEGER,             -- at most; NULL: any number more
        copies      INTEGER NOT NULL,
        most_copies INTEGER,
        as_of       INTEGER,             -- NULL: never read
        reason      TEXT,                -- why it is not known how many; NULL: it is
        PRIMARY KEY (snapshot_id, user_id, account)
    ) STRICT, WITHOUT ROWID
"""
_SCHEDULES = """
    CREATE TABLE snapshot_schedules (
        schedule_id INTEGER PRIMARY KEY AUTOINCREMENT,
        guild_id    INTEGER NOT NULL,
        rule        TEXT NOT NULL,
        weight      TEXT NOT NULL CHECK (weight IN ('kinds', 'copies')),
        minimum     INTEGER NOT NULL,
        every       TEXT NOT NULL CHECK (every IN ('day', 'week', 'month')),
        retain      INTEGER NOT NULL CHECK (retain > 0),
        first_at    INTEGER NOT NULL,
        next_at     INTEGER NOT NULL,
        failure     TEXT NOT NULL DEFAULT ''
    ) STRICT
"""


@MIGRATIONS()
def m021_snapshots(db: Database) -> None:
    """A member's rows have an index of their own: they are deleted with all else about them."""
    for table in (_SNAPSHOTS, _ROWS, _SCHEDULES):
        db.execute(table)
    db.execute("CREATE INDEX snapshots_of_guild ON snapshots (guild_id, schedule_id, snapshot_id)")
    db.execute("CREATE INDEX snapshot_rows_of_user ON snapshot_rows (user_id)")
    db.execute("CREATE INDEX snapshot_schedules_due ON snapshot_schedules (next_at)")
    db.execute("CREATE INDEX snapshot_schedules_of_guild ON snapshot_schedules (guild_id)")
