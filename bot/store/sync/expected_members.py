"""Members of the servers in which they began a proof, who are not known there yet: they are looked for in them."""

from __future__ import annotations

from sqlite_utils import Database


def expect_where_begun(db: Database, user_id: int) -> None:
    """Let a member who signed for a contested address be known in the servers in which they ran `/verify`.

    A proof does the same by a trigger (`bot.store.schema.triggers`), from the sessions that there are at that time:
    those of a challenger are deleted long before a contest ends. As there, it is not known yet when they joined, so
    nothing counts that was vouched for them before they did (9999 is later than all of it).
    """
    sql = """
        INSERT INTO sync_members (guild_id, user_id, joined_at, seen_at, due, marks, read_roles, drift_due)
        SELECT DISTINCT guild_id, user_id, 253402300799, 0, 0, 1, 1, 0 FROM sessions
        WHERE user_id = ? AND guild_id IS NOT NULL
        ON CONFLICT (guild_id, user_id) DO NOTHING
    """
    db.execute(sql, [user_id])
