"""Outgoing webhooks: a log of events for each server that has an endpoint, written by whatever makes them happen.

The triggers write in the transaction of what an event reports: there is no event of something that was rolled back, and
nothing that was saved is without its event. What writes that row needs to know nothing of webhooks.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS

_ENDPOINTS = """
    CREATE TABLE webhook_endpoints (
        endpoint_id   INTEGER PRIMARY KEY AUTOINCREMENT,
        guild_id      INTEGER NOT NULL,
        url           TEXT NOT NULL,
        salt          BLOB NOT NULL,     -- its secret is made from this and a key that is not in the store
        generation    INTEGER NOT NULL DEFAULT 1,
        cursor        INTEGER NOT NULL,  -- the number of the last event that it has confirmed
        state         TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused', 'failed')),
        created_at    INTEGER NOT NULL,
        rotated_at    INTEGER,
        due           INTEGER,           -- when the next attempt is made; NULL: nothing waits, or nothing is sent
        tries         INTEGER NOT NULL DEFAULT 0,
        failing_since INTEGER,
        delivered_at  INTEGER,
        failed_at     INTEGER,
        failure       TEXT NOT NULL DEFAULT '',
        status        INTEGER NOT NULL DEFAULT 0,
        UNIQUE (guild_id, url),
        CHECK (due IS NULL OR state = 'active')
    ) STRICT
"""
_LOGS = """
    CREATE TABLE webhook_logs (          -- the numbers of each server's events
        guild_id INTEGER PRIMARY KEY,
        latest   INTEGER NOT NULL DEFAULT 0,
        earliest INTEGER NOT NULL DEFAULT 1   -- the first that is retained
    ) STRICT
"""
_EVENTS = """
    CREATE TABLE webhook_events (
        guild_id INTEGER NOT NULL,
        number   INTEGER NOT NULL,
        event_id TEXT NOT NULL,
        type     TEXT NOT NULL,
        at       INTEGER NOT NULL,
        user_id  INTEGER,                -- whom it is about; NULL: nobody, or not any more
        facts    TEXT NOT NULL,
        PRIMARY KEY (guild_id, number)
    ) STRICT, WITHOUT ROWID
"""
_INDEXES = (
    "CREATE INDEX webhook_endpoints_due ON webhook_endpoints (due) WHERE due IS NOT NULL",
    "CREATE INDEX webhook_events_of_user ON webhook_events (user_id) WHERE user_id IS NOT NULL",
)
# Only where somebody listens: elsewhere nothing is retained about anybody.
IF_HEARD = "EXISTS (SELECT 1 FROM webhook_endpoints WHERE guild_id = {guild_id})"
NEXT_NUMBER = "UPDATE webhook_logs SET latest = latest + 1 WHERE guild_id = {guild_id}"
INSERT_EVENT = """
    INSERT INTO webhook_events (guild_id, number, event_id, type, at, user_id, facts)
    SELECT guild_id, latest, 'msg_' || lower(hex(randomblob(16))), {type}, {at}, {user_id}, {facts}
    FROM webhook_logs WHERE guild_id = {guild_id}
"""
# Put together as text: an untrusted schema, as that of a file is, may not use the functions for JSON in a trigger.
_QUOTED = """replace(replace({0}, '\\', '\\\\'), '"', '\\"')"""
_OF_CHANGE = """
    '{"role_id":"' || NEW.role_id || '","gate_id":"' || NEW.gate_id || '","run_id":"' || NEW.run_id || '"}'
"""
# Without its hold a message is reported all the same: a failing trigger would keep the message from being written.
_OF_HOLD = f"""coalesce((
    SELECT '{{"hold_id":"' || hold_id || '","cause":"' || cause || '","scope":"' || scope
        || '","about":"' || {_QUOTED.format("key")} || '","numbers":' || numbers || '}}'
    FROM role_holds WHERE hold_id = NEW.hold_id
), '{{}}')"""
_OF_END = f"""
    '{{"hold_id":"' || coalesce(NEW.hold_id, '') || '","how":"' || {_QUOTED.format("NEW.detail")} || '"}}'
"""
# Of each table: when a row of it is an event, and what the event is.
_REPORTED = (
    ("sync_changes", "NEW.act = 'add'", "granted", "NEW.user_id", _OF_CHANGE),
    ("sync_changes", "NEW.act = 'remove'", "revoked", "NEW.user_id", _OF_CHANGE),
    ("sync_posts", "NEW.kind = 'hold'", "held", "NULL", _OF_HOLD),
    ("sync_posts", "NEW.kind = 'hold_over'", "hold_over", "NULL", _OF_END),
)


@MIGRATIONS()
def m022_webhooks(db: Database) -> None:
    """Endpoints, logs and events, and what writes events down."""
    for statement in (_ENDPOINTS, _LOGS, _EVENTS, *_INDEXES):
        db.execute(statement)
    for table, condition, type_, user_id, facts in _REPORTED:
        places = {"guild_id": "NEW.guild_id", "at": "NEW.at", "user_id": user_id, "facts": facts}
        db.execute(
            f"""
            CREATE TRIGGER webhook_{type_} AFTER INSERT ON {table}
            WHEN {condition} AND {IF_HEARD.format(**places)} BEGIN
                {NEXT_NUMBER.format(**places)};
                {INSERT_EVENT.format(type=f"'{type_}'", **places)};
            END
            """
        )
    db.execute(
        """
        CREATE TRIGGER webhook_due AFTER INSERT ON webhook_events BEGIN
            UPDATE webhook_endpoints SET due = NEW.at
            WHERE guild_id = NEW.guild_id AND state = 'active' AND due IS NULL;
        END
        """
    )
