"""A source that does not answer: servers whose gates ask it are notified once, and once when it answers again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from bot.gates.rule_needs import networks_of
from bot.messages import Words, words_text
from bot.store import Store
from bot.sync.readings import Readings

# Shorter silences are usual, and change nothing for anybody.
SILENT_AFTER = timedelta(minutes=30)


class SilentSources:
    """Says it. Every method may raise `StoreError`.

    Args:
        store: Knows since when a source does not answer, and what was said.
        readings: Knows the sources.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, readings: Readings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._readings = readings
        self._clock = clock
        self._said: dict[tuple[int, str], bool] = {}  # server and network → whether it is silent, as was said last

    async def look(self, guild_ids: Sequence[int]) -> None:
        """Have said in these servers what has changed."""
        for network in self._readings.networks:
            now, since = self._clock(), await self._store.readings.failing_since(network)
            if since and now - since < SILENT_AFTER:
                continue
            for guild_id in guild_ids:
                if self._said.get((guild_id, network)) is not bool(since):
                    await self._say(guild_id, network, since)

    async def _say(self, guild_id: int, network: str, since: datetime | None) -> None:
        if since and not await self._is_asked(guild_id, network):
            return
        label = self._readings.label(network)
        stored = words_text(label) if isinstance(label, Words) else label
        await self._store.sync.posts.follow_source(guild_id, stored, since, self._clock(), also=str(label))
        self._said[guild_id, network] = bool(since)

    async def _is_asked(self, guild_id: int, network: str) -> bool:
        aliases = await self._store.gates.aliases(guild_id)
        asked = [networks_of(gate.rule, aliases) for gate in await self._store.gates.of_guild(guild_id)]
        return any(networks is None or network in networks for networks in asked)
