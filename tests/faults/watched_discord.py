"""A Discord that looks into the file of the store whenever it is asked for a change."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from tests.sync.fake_discord import FakeDiscord

_INTENTS = "SELECT user_id, role_id FROM role_intents"


@dataclass
class WatchedDiscord(FakeDiscord):
    """What it is asked for must be committed before: otherwise a kill would leave a role that nobody knows of.

    Attributes:
        path: The file.
        unwritten: What it was asked for that was not written down.
        meanwhile: Called while it does what it was asked for.
    """

    path: Path = field(kw_only=True)
    unwritten: list[tuple[int, int]] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] | None = None

    async def add_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        await self._look(user_id, role_id)
        await super().add_role(guild_id, user_id, role_id, reason)

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        await self._look(user_id, role_id)
        await super().remove_role(guild_id, user_id, role_id, reason)

    async def _look(self, user_id: int, role_id: int) -> None:
        with closing(sqlite3.connect(self.path)) as other:
            if (user_id, role_id) not in other.execute(_INTENTS).fetchall():
                self.unwritten.append((user_id, role_id))
        if self.meanwhile:
            await self.meanwhile()
