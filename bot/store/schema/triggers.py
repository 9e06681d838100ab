"""Whatever changes what counts for a member makes them due to be judged, in the same transaction.

So nothing has to be remembered between a proof that was stored and the role that follows: a process that is killed in
between leaves a row that is due. `due = 0` is at once, as SQL has no clock that a test could set.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.store.schema.first_tables import MIGRATIONS

_DUE = "UPDATE sync_members SET due = 0, marks = marks + 1{more} WHERE user_id IN ({users}){here};"
_OWN_ACT = ", own_act = 1"
_HERE = " AND guild_id = {0}.guild_id"
_OF_ACCOUNT = """
    SELECT user_id FROM links WHERE account = {0}.account
    UNION SELECT user_id FROM vouches WHERE account = {0}.account AND confirmed_at IS NOT NULL
"""
_OF_ADDRESS = """
    SELECT user_id FROM links WHERE owner = {0}.owner
    UNION SELECT user_id FROM vouches WHERE owner = {0}.owner AND confirmed_at IS NOT NULL
"""
# Somebody who proved an account for a server, and is not known there yet: they are looked for in it. As long as it is
# not known when they joined, nothing counts that was vouched for them before they did (9999 is later than all of it).
_APPEAR = """
    INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, due, marks, read_roles, drift_due)
    SELECT DISTINCT guild_id, user_id, 253402300799, 0, 0, 1, 1, 0 FROM {table} AS {name} WHERE {condition}
    AND NOT EXISTS (
        SELECT 1 FROM sync_members AS known WHERE known.guild_id = {name}.guild_id AND known.user_id = {name}.user_id
    );
"""
_OF_SESSION = _APPEAR.format(table="sessions", name="begun", condition="user_id = NEW.user_id AND guild_id IS NOT NULL")
_OF_VOUCH = _APPEAR.format(
    table="(SELECT NEW.guild_id AS guild_id, NEW.user_id AS user_id)",
    name="changed",
    condition="NEW.confirmed_at IS NOT NULL",
)


def _due(users: str, more: str = "", here: str = "") -> str:
    return _DUE.format(users=users, more=more, here=here)


# Of each table: what happens to it, when that matters, and what follows.
_FOLLOWS = (
    ("links", "INSERT", "", _due("NEW.user_id")),
    ("links", "UPDATE OF owner, account, user_id", "", _due("OLD.user_id, NEW.user_id")),
    ("links", "DELETE", "", _due("OLD.user_id")),
    (
        "links",
        "DELETE",
        "EXISTS (SELECT 1 FROM proofs WHERE proofs.owner = OLD.owner AND proofs.user_id = OLD.user_id)",
        _due("OLD.user_id", _OWN_ACT),
    ),
    ("proofs", "INSERT", "", _due("NEW.user_id") + _OF_SESSION),
    ("proofs", "UPDATE", "", _due("OLD.user_id, NEW.user_id") + _OF_SESSION),
    ("proofs", "DELETE", "", _due("OLD.user_id")),
    (
        "vouches",
        "INSERT",
        "NEW.confirmed_at IS NOT NULL",
        _due("NEW.user_id", here=_HERE.format("NEW")) + _OF_VOUCH,
    ),
    (
        "vouches",
        "UPDATE OF guild_id, owner, user_id, account, asked_at, confirmed_at",
        "",
        _due("OLD.user_id", here=_HERE.format("OLD")) + _due("NEW.user_id", here=_HERE.format("NEW")) + _OF_VOUCH,
    ),
    ("vouches", "DELETE", "OLD.confirmed_at IS NOT NULL", _due("OLD.user_id", here=_HERE.format("OLD"))),
    ("keep_outs", "INSERT", "", _due("NEW.user_id", _OWN_ACT, _HERE.format("NEW"))),
    ("keep_outs", "DELETE", "", _due("OLD.user_id", here=_HERE.format("OLD"))),
    ("owners", "INSERT", "", _due(_OF_ACCOUNT.format("NEW"))),
    (
        "owners",
        "UPDATE OF owner, is_confirmed",
        "(OLD.owner, OLD.is_confirmed) <> (NEW.owner, NEW.is_confirmed)",
        _due(_OF_ACCOUNT.format("NEW")),
    ),
    ("owners", "DELETE", "", _due(_OF_ACCOUNT.format("OLD"))),
    ("frozen", "INSERT", "", _due(_OF_ADDRESS.format("NEW"))),
    ("frozen", "UPDATE OF owner", "", _due(_OF_ADDRESS.format("OLD")) + _due(_OF_ADDRESS.format("NEW"))),
    ("frozen", "DELETE", "", _due(_OF_ADDRESS.format("OLD"))),
)


@MIGRATIONS()
def m013_due_members(db: Database) -> None:
    """Members are due as soon as anything of theirs is changed."""
    db.execute("CREATE INDEX vouches_by_owner ON vouches (owner)")
    for number, (table, event, when, follows) in enumerate(_FOLLOWS, start=1):
        condition = f"WHEN {when} " if when else ""
        name = f"sync_members_{number}"
        db.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} {condition}BEGIN {follows} END")
