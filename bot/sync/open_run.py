"""What is changed in one server in one go, as the journal has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.store import Store


class OpenRun:
    """What is changed in one server in one go; it begins with the first change.

    Args:
        store: Holds the journal.
        guild_id: The server.
        clock: Returns the present as an aware datetime.
        by: The admin who began it.
    """

    def __init__(self, store: Store, guild_id: int, clock: Callable[[], datetime], *, by: int | None = None) -> None:
        self._by = by
        self._runs = store.sync.runs
        self._clock = clock
        self._run_id: int | None = None
        self.guild_id = guild_id
        self.parked: set[int] = set()  # gates: Discord refuses them now, so nothing more is sent for them

    async def run_id(self) -> int:
        """Its id."""
        if self._run_id is None:
            self._run_id = await self._runs.begin(self.guild_id, self._clock(), by=self._by)
        return self._run_id

    async def end(self) -> None:
        """It is over."""
        if self._run_id is not None:
            await self._runs.end(self._run_id, self._clock())
