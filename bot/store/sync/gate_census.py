"""Who is about to lose a role: what the breaker counts, and what waits for a person.

Who has left the server loses nothing. Their grants are retained, as they may come back, but they are no part of a wave:
else five who sold and left would hold back the removals of all others for a month.
"""

from __future__ import annotations

from sqlite_utils import Database

from bot.roles.safety import GateCensus
from bot.store.rows import first

_OURS = "state IN ('given', 'adopted')"
# Of `role_misses`; whom the store does not know in the server is there, as far as is known.
IS_THERE = """
    NOT EXISTS (
        SELECT 1 FROM sync_members WHERE sync_members.guild_id = role_misses.guild_id
        AND sync_members.user_id = role_misses.user_id AND absent_since IS NOT NULL
    )
"""
_GIVEN = f"SELECT count(*) FROM role_grants WHERE guild_id = :guild_id AND role_id = :role_id AND {_OURS}"
# By the index of those who have left, who are few: looking for each holder among the members would take much longer.
_GIVEN_TO_ABSENT = f"""
    SELECT count(*) FROM sync_members INDEXED BY sync_members_absent
    CROSS JOIN role_grants ON role_grants.guild_id = sync_members.guild_id
        AND role_grants.user_id = sync_members.user_id AND role_id = :role_id AND {_OURS}
    WHERE sync_members.guild_id = :guild_id AND absent_since IS NOT NULL
"""
_LOSING_NOW = f"""
    SELECT count(*) FROM role_misses
    WHERE gate_id = :gate_id AND count > 0 AND last_at >= :lapse
    AND coalesce(excused_until, 0) <= :now AND coalesce(approved_at, 0) < :since
    AND user_id NOT IN (SELECT value FROM json_each(:protected))
    AND EXISTS (
        SELECT 1 FROM role_grants WHERE guild_id = :guild_id AND role_grants.user_id = role_misses.user_id
        AND role_id = :role_id AND {_OURS}
    )
    AND {IS_THERE}
"""
_REMOVED = """
    SELECT count(*) FROM sync_changes WHERE gate_id = :gate_id AND act = 'remove' AND is_counted AND at >= :since
"""
_GATES = f"SELECT DISTINCT gate_id FROM role_misses WHERE guild_id = ? AND count > 0 AND {IS_THERE}"


def census_of(db: Database, values: dict[str, int | str]) -> GateCensus:
    """How a gate stands.

    Args:
        db: The store.
        values: `guild_id`, `gate_id`, `role_id`; `protected`, a JSON list of users; `now`, `since` when what was taken
            or approved counts, and `lapse`, before which a miss is over, in seconds.
    """
    holders = _number(db, _GIVEN, values) - _number(db, _GIVEN_TO_ABSENT, values)
    return GateCensus(holders, _number(db, _LOSING_NOW, values), _number(db, _REMOVED, values))


def losing_gates(db: Database, guild_id: int) -> frozenset[int]:
    """The gates of a server that a member was seen not to qualify for."""
    return frozenset(row[0] for row in db.execute(_GATES, [guild_id]).fetchall())


def staged_rows(columns: str) -> str:
    """The query for every holder who was seen not to qualify for one of a server's gates, oldest first.

    Args:
        columns: Those of `role_misses` that are wanted besides the user, the gate and the reason.
    """
    return f"""
        SELECT role_misses.user_id, role_misses.gate_id, reason, {columns} FROM role_misses
        JOIN role_grants ON role_grants.guild_id = role_misses.guild_id
            AND role_grants.user_id = role_misses.user_id AND role_grants.role_id = role_misses.role_id
        WHERE role_misses.gate_id IN (SELECT value FROM json_each(?)) AND role_misses.guild_id = ?
            AND {_OURS} AND count > 0 AND {IS_THERE}
        ORDER BY first_at, role_misses.user_id
    """


def _number(db: Database, sql: str, values: dict[str, int | str]) -> int:
    named = {name: value for name, value in values.items() if f":{name}" in sql}
    return int((first(db, sql, named) or (0,))[0])
