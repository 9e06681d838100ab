"""What the rules of all servers ask for at this moment, so that one reading of an account answers all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.gates.rule import CollectionRef
from bot.gates.rule_needs import history_of, tokens_of, with_aliases
from bot.store import Store
from bot.sync.readings import Wanted

# Another process, or an operator's command, may have changed them.
_REFRESHES = timedelta(seconds=30)


class AskedRules:
    """Knows what rules ask for, as of its last `refresh`.

    Args:
        store: Holds the gates.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._read_at: datetime | None = None
        self._wanted = Wanted()

    def wanted(self) -> Wanted:
        """What is asked for."""
        return self._wanted

    async def refresh(self, *, changed: bool = False) -> None:
        """Look at the rules again if that was not done just now, or if they were `changed`.

        Raises:
            StoreError: the store failed.
        """
        now = self._clock()
        if self._read_at and not changed and abs(now - self._read_at) < _REFRESHES:
            return
        tokens: set[CollectionRef] = set()
        history = timedelta(0)
        for guild_id in await self._store.gates.guild_ids():
            rules = [gate.rule for gate in await self._store.gates.of_guild(guild_id)]
            tokens |= with_aliases(tokens_of(rules), await self._store.gates.aliases(guild_id))
            history = max(history, history_of(rules))
        self._wanted, self._read_at = Wanted(frozenset(tokens), history), now
