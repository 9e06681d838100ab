"""How the sessions with Discord's gateway went: one row, so that a restart of the process forgets nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.store.rows import first, moment, seconds
from bot.store.thread import Writer


@dataclass(frozen=True, slots=True)
class SessionStreak:
    """Attempts in a row to have a session, none of which has lasted yet.

    Attributes:
        attempts: How many.
        due_at: Before when no other attempt is made.
        alive_since: Since when the latest one has had a session; None: it has not had one yet.
        identified_at: When a session was last started, and not resumed.
    """

    attempts: int = 0
    due_at: datetime | None = None
    alive_since: datetime | None = None
    identified_at: datetime | None = None


class GatewayTable:
    """The streak, in the store. Every method may raise `StoreError`.

    Args:
        writer: Makes changes.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def streak(self) -> SessionStreak:
        """What was saved last, by this process or an earlier one."""
        sql = "SELECT attempts, due_at, alive_since, identified_at FROM gateway_streak WHERE id = 1"
        row = await self._writer.run(lambda db: first(db, sql))
        if row is None:
            return SessionStreak()
        return SessionStreak(row[0], *(None if each is None else moment(each) for each in row[1:]))

    async def save(self, streak: SessionStreak) -> None:
        """Replace it."""
        moments = (streak.due_at, streak.alive_since, streak.identified_at)
        values = [streak.attempts, *(None if each is None else seconds(each) for each in moments)]
        sql = """
            INSERT INTO gateway_streak (id, attempts, due_at, alive_since, identified_at) VALUES (1, ?, ?, ?, ?)
            ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts, due_at = excluded.due_at,
                alive_since = excluded.alive_since, identified_at = excluded.identified_at
        """
        await self._writer.transaction(lambda db: db.execute(sql, values).fetchall())
