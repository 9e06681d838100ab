"""What sync has about one member: exported and deleted with the rest of their data (`member_data`)."""

from __future__ import annotations

from sqlite_utils import Database

# What is exported of each table, and deleted.
EXPORTED = {
    "sync_members": "guild_id, joined_at, seen_at, absent_since, warned_proof",
    "role_grants": "guild_id, role_id, gate_id, state, granted_at",
    "role_intents": "guild_id, role_id, gate_id, act, at",
    "role_misses": "guild_id, role_id, gate_id, count, first_at, last_at, warned_at, excused_until, approved_at",
    "sync_posts": "guild_id, kind, gate_id, until, at",
}
# What is exported besides, by part: of changes a pseudonym is retained, and what an admin decided is their server's.
EXPORTED_BESIDES = {
    "sync_changes": "SELECT guild_id, role_id, gate_id, act, at, reason FROM sync_changes WHERE user_id = ?",
    # Taken as soon as Discord does it, and deleted then.
    "owed_roles": "SELECT guild_id, role_id, since FROM owed_roles WHERE user_id = ?",
    "holds_by_you": "SELECT guild_id, since FROM role_holds WHERE by_id = ?",
    "runs_by_you": "SELECT guild_id, started_at FROM sync_runs WHERE by_id = ?",
}
# Stored to be read in any language, and exported in English, as all of the file is.
WORDS = frozenset({"reason"})
MOMENTS = frozenset(
    {
        "seen_at",
        "absent_since",
        "granted_at",
        "first_at",
        "last_at",
        "warned_at",
        "warned_proof",
        "excused_until",
        "approved_at",
        "since",
        "started_at",
    }
)


def forget_member(db: Database, user_id: int, actor: bytes) -> None:
    """Nothing of what remains says any more who they were."""
    sql = "UPDATE sync_changes SET user_id = NULL, pseudonym = ?, reason = '' WHERE user_id = ?"
    db.execute(sql, [actor, user_id])
    db.execute("UPDATE role_holds SET by_id = NULL WHERE by_id = ?", [user_id])
    db.execute("UPDATE sync_runs SET by_id = NULL WHERE by_id = ?", [user_id])
