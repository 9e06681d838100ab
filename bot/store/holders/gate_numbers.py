"""How many members have a gate's role from Tessera, and how often it was given and taken lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.store.rows import seconds
from bot.store.thread import Reader

# What was there before, and was not given or adopted, is not from Tessera; who has left has no role.
_GIVEN_TO = """
    SELECT gate_id, count(*) FROM role_grants
    WHERE guild_id = ? AND state <> 'found' AND role_id IN (SELECT role_id FROM gates WHERE gates.guild_id = ?)
    AND NOT EXISTS (
        SELECT 1 FROM sync_members WHERE sync_members.guild_id = role_grants.guild_id
        AND sync_members.user_id = role_grants.user_id AND absent_since IS NOT NULL
    )
    GROUP BY gate_id
"""
_CHANGES = "SELECT gate_id, act, count(*) FROM sync_changes WHERE guild_id = ? AND at >= ? GROUP BY gate_id, act"


@dataclass(frozen=True, slots=True)
class GateNumbers:
    """Of one gate: who has its role, and how often it was given and taken."""

    given_to: int = 0
    given: int = 0
    taken: int = 0


async def gate_numbers(reader: Reader, guild_id: int, since: datetime) -> Mapping[int, GateNumbers]:
    """Gate → its numbers, of the gates of a server; one without any is not in it.

    Raises:
        StoreError: SQLite failed.
    """

    def work(db: Database) -> Mapping[int, GateNumbers]:
        holders = dict(db.execute(_GIVEN_TO, [guild_id, guild_id]).fetchall())
        rows = db.execute(_CHANGES, [guild_id, seconds(since)]).fetchall()
        acts = {(gate_id, act): count for gate_id, act, count in rows}
        return {
            gate_id: GateNumbers(
                holders.get(gate_id, 0), acts.get((gate_id, "add"), 0), acts.get((gate_id, "remove"), 0)
            )
            for gate_id in holders.keys() | {gate_id for gate_id, _ in acts}
        }

    return await reader.run(work)
