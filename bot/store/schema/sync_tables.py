"""What the bot gave to whom, who is due, why removals wait, and what was done: see `bot.store.sync`."""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS

_MEMBERS = """
    CREATE TABLE sync_members (          -- linked members, in the servers in which they were seen
        guild_id     INTEGER NOT NULL,
        user_id      INTEGER NOT NULL,
        joined_at    INTEGER NOT NULL,
        seen_at      INTEGER NOT NULL,   -- when Discord last said that they are there
        absent_since INTEGER,            -- NULL: they are there, as far as is known
        due          INTEGER,            -- when they are to be judged; NULL: nothing suggests it, and no time does
        marks        INTEGER NOT NULL DEFAULT 0,   -- counts what made them due: a mark made meanwhile is not lost
        read_roles   INTEGER NOT NULL DEFAULT 0 CHECK (read_roles IN (0, 1)),   -- the next time, whatever is due
        own_act      INTEGER NOT NULL DEFAULT 0 CHECK (own_act IN (0, 1)),   -- what they gave up is taken at once
        judged_at    INTEGER,
        drift_due    INTEGER NOT NULL,   -- when their roles are compared with what they should be
        failures     INTEGER NOT NULL DEFAULT 0,
        retry_at     INTEGER NOT NULL DEFAULT 0,
        leased_until INTEGER,            -- for several processes later
        warned_proof INTEGER,            -- which proof they were notified of, that it will be too old: when it was made
        PRIMARY KEY (guild_id, user_id)
    ) STRICT, WITHOUT ROWID
"""
_GRANTS = """
    CREATE TABLE role_grants (           -- the ledger: written only after Discord said so
        guild_id    INTEGER NOT NULL,
        user_id     INTEGER NOT NULL,
        role_id     INTEGER NOT NULL,
        gate_id     INTEGER NOT NULL,
        state       TEXT NOT NULL CHECK (state IN ('given', 'adopted', 'found')),
        granted_at  INTEGER NOT NULL,
        repaired    INTEGER NOT NULL DEFAULT 0,   -- how often in a row it was given again, as somebody had taken it
        repaired_at INTEGER,
        PRIMARY KEY (guild_id, user_id, role_id)
    ) STRICT, WITHOUT ROWID
"""
_INTENTS = """
    CREATE TABLE role_intents (          -- what Discord was about to be asked: its outcome is read back after a kill
        guild_id   INTEGER NOT NULL,
        user_id    INTEGER NOT NULL,
        role_id    INTEGER NOT NULL,
        gate_id    INTEGER NOT NULL,
        run_id     INTEGER NOT NULL,
        act        TEXT NOT NULL CHECK (act IN ('add', 'remove')),
        reason     TEXT NOT NULL,
        is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),
        is_undoable INTEGER NOT NULL DEFAULT 1 CHECK (is_undoable IN (0, 1)),
        at         INTEGER NOT NULL,
        PRIMARY KEY (guild_id, user_id, role_id)
    ) STRICT, WITHOUT ROWID
"""
_MISSES = """
    CREATE TABLE role_misses (
        gate_id       INTEGER NOT NULL,
        user_id       INTEGER NOT NULL,
        guild_id      INTEGER NOT NULL,
        role_id       INTEGER NOT NULL,
        count         INTEGER NOT NULL,
        first_at      INTEGER NOT NULL,
        last_at       INTEGER NOT NULL,
        warned_at     INTEGER,
        is_confirmed  INTEGER NOT NULL DEFAULT 0 CHECK (is_confirmed IN (0, 1)),
        excused_until INTEGER,
        approved_at   INTEGER,
        rule          TEXT NOT NULL DEFAULT '',   -- which was missed: another rule starts from the beginning
        reason        TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (gate_id, user_id)
    ) STRICT, WITHOUT ROWID
"""
_HOLDS = """
    CREATE TABLE role_holds (
        hold_id    INTEGER PRIMARY KEY,
        guild_id   INTEGER NOT NULL,     -- 0: every server
        scope      TEXT NOT NULL CHECK (scope IN ('gate', 'source', 'collection', 'guild')),
        key        TEXT NOT NULL,
        cause      TEXT NOT NULL,
        since      INTEGER NOT NULL,
        numbers    TEXT NOT NULL DEFAULT '{}',
        ended_at   INTEGER,
        end_cause  TEXT NOT NULL DEFAULT '',
        by_id      INTEGER               -- the admin who decided about it last
    ) STRICT
"""
_RUNS = """
    CREATE TABLE sync_runs (
        run_id     INTEGER PRIMARY KEY AUTOINCREMENT,
        guild_id   INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at   INTEGER,
        failed     INTEGER NOT NULL DEFAULT 0,
        undone_at  INTEGER,
        by_id      INTEGER               -- the admin who began it
    ) STRICT
"""
_CHANGES = """
    CREATE TABLE sync_changes (
        change_id  INTEGER PRIMARY KEY,
        run_id     INTEGER NOT NULL,
        guild_id   INTEGER NOT NULL,
        user_id    INTEGER,              -- NULL: the member deleted their data
        pseudonym  BLOB,
        role_id    INTEGER NOT NULL,
        gate_id    INTEGER NOT NULL,
        act        TEXT NOT NULL CHECK (act IN ('add', 'remove')),
        at         INTEGER NOT NULL,
        reason     TEXT NOT NULL,
        is_counted INTEGER NOT NULL CHECK (is_counted IN (0, 1)),   -- by the breaker: nobody approved or caused it
        is_undoable INTEGER NOT NULL DEFAULT 1 CHECK (is_undoable IN (0, 1)),   -- its member did not cause it
        post_id    INTEGER               -- the message that reports it; NULL: none yet
    ) STRICT
"""
_POSTS = """
    CREATE TABLE sync_posts (            -- messages to be sent: each has a nonce, so that none is sent twice
        post_id    INTEGER PRIMARY KEY AUTOINCREMENT,
        guild_id   INTEGER NOT NULL,
        kind       TEXT NOT NULL,
        user_id    INTEGER,              -- whom a warning is for
        gate_id    INTEGER,
        hold_id    INTEGER,
        detail     TEXT NOT NULL DEFAULT '',
        until      INTEGER,
        at         INTEGER NOT NULL,
        sent_at    INTEGER,
        channel_id INTEGER,
        message_id INTEGER
    ) STRICT
"""
_GUILDS = """
    CREATE TABLE sync_guilds (
        guild_id      INTEGER PRIMARY KEY,
        left_at       INTEGER,           -- since when the bot is not in it; NULL: it is
        drift_due     INTEGER NOT NULL DEFAULT 0,
        drift_scans   INTEGER NOT NULL DEFAULT 0,
        role_counts   TEXT NOT NULL DEFAULT '{}',   -- how many had each role at the last scan
        counted_at    INTEGER NOT NULL DEFAULT 0,
        search_due    INTEGER NOT NULL DEFAULT 0,   -- when linked users are searched for among its members
        search_after  INTEGER NOT NULL DEFAULT 0    -- those up to this id were
    ) STRICT
"""
_INSTANCE = """
    CREATE TABLE sync_instance (
        id          INTEGER PRIMARY KEY CHECK (id = 1),
        epoch       TEXT NOT NULL,       -- of the process that started last: only this one takes roles
        started_at  INTEGER NOT NULL,
        settled_at  INTEGER NOT NULL DEFAULT 0   -- no role is taken before: a clock jumped
    ) STRICT
"""
_INDEXES = (
    "CREATE INDEX sync_members_due ON sync_members (due) WHERE due IS NOT NULL",
    "CREATE INDEX sync_members_of_user ON sync_members (user_id)",
    "CREATE INDEX sync_members_absent ON sync_members (absent_since) WHERE absent_since IS NOT NULL",
    "CREATE INDEX role_grants_of_role ON role_grants (guild_id, role_id, state)",
    "CREATE INDEX role_grants_of_user ON role_grants (user_id)",
    "CREATE INDEX role_intents_of_user ON role_intents (user_id)",
    "CREATE INDEX role_misses_of_member ON role_misses (guild_id, user_id)",
    "CREATE INDEX role_misses_of_user ON role_misses (user_id)",
    "CREATE UNIQUE INDEX open_role_holds ON role_holds (guild_id, scope, key) WHERE ended_at IS NULL",
    "CREATE INDEX role_holds_by ON role_holds (by_id) WHERE by_id IS NOT NULL",
    "CREATE INDEX ended_role_holds ON role_holds (ended_at) WHERE ended_at IS NOT NULL",
    "CREATE INDEX sync_runs_of_guild ON sync_runs (guild_id, run_id)",
    "CREATE INDEX sync_runs_by ON sync_runs (by_id) WHERE by_id IS NOT NULL",
    "CREATE INDEX sync_runs_by_time ON sync_runs (started_at)",
    "CREATE INDEX sync_changes_of_run ON sync_changes (run_id)",
    "CREATE INDEX sync_changes_taken ON sync_changes (guild_id, run_id) WHERE act = 'remove'",
    "CREATE INDEX sync_changes_of_gate ON sync_changes (gate_id, at) WHERE act = 'remove' AND is_counted",
    "CREATE INDEX sync_changes_of_guild ON sync_changes (guild_id, at, role_id, act)",
    "CREATE INDEX sync_changes_of_user ON sync_changes (user_id)",
    "CREATE INDEX sync_changes_to_report ON sync_changes (guild_id, change_id) WHERE post_id IS NULL",
    "CREATE INDEX sync_changes_of_post ON sync_changes (post_id) WHERE post_id IS NOT NULL",
    "CREATE INDEX sync_posts_to_send ON sync_posts (guild_id, post_id) WHERE sent_at IS NULL",
    "CREATE INDEX sync_posts_of_hold ON sync_posts (hold_id) WHERE hold_id IS NOT NULL",
    "CREATE INDEX sync_posts_of_user ON sync_posts (user_id) WHERE user_id IS NOT NULL",
    "CREATE INDEX sync_posts_of_gate ON sync_posts (gate_id, post_id) WHERE gate_id IS NOT NULL",
    "CREATE INDEX sync_posts_of_guild ON sync_posts (guild_id, at)",
)


@MIGRATIONS()
def m011_sync(db: Database) -> None:
    """Roles that follow holdings: who is due, the ledger, misses, holds, and the journal."""
    tables = (_MEMBERS, _GRANTS, _INTENTS, _MISSES, _HOLDS, _RUNS, _CHANGES, _POSTS, _GUILDS, _INSTANCE)
    for statement in (*tables, *_INDEXES):
        db.execute(statement)
