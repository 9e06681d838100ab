"""How the addresses of wallets that are not deployed yet are computed, from the first source that knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.errors import SourceError
from bot.links import Counterfactual
from bot.sources.askers import Asker, Askers
from bot.sources.capabilities import wallets_of
from bot.sources.source import Source
from bot.store import Store


class WalletFacts:
    """Asks the sources that know, and retains what they answered.

    Args:
        sources: In the order in which they are asked.
        store: Where answers are stored.
        clock: Returns the present as an aware datetime.
    """

    def __init__(self, sources: Sequence[Source], store: Store, clock: Callable[[], datetime]) -> None:
        self._sources = tuple(filter(None, map(wallets_of, sources)))
        self._store = store
        self._clock = clock

    @property
    def can_be_looked_up(self) -> bool:
        """Whether any source here knows; otherwise only what was stored before is known."""
        return bool(self._sources)

    async def counterfactual(self, wallet: str, asker: Asker) -> Counterfactual | None:
        """How the address of a wallet is computed; None: every source answered, and none knows it.

        The answer is stored, and returned again when no source can answer any more.

        Raises:
            SourceError: no source knows, and not all of them answered.
        """
        failure: SourceError | None = None
        for source in self._sources:
            try:
                if found := await source.fetch_counterfactual(wallet, Askers(asker)):
                    await self._store.wallets.save(found, self._clock())
                    return found
            except SourceError as error:
                failure = error
        cached = await self._store.wallets.get(wallet)
        if failure and not cached:
            raise failure
        return cached
