"""The simulated source as the bot's readings ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.errors import UnavailableError
from bot.holdings import Account, Collection, Holding, Nft
from bot.reasons import Reason, ReasonCode
from bot.sources.askers import Askers
from bot.sources.health import Health
from bot.sources.paging import Scan
from bot.sources.source import Abilities
from tests.simulation.source import SimulatedSource
from tests.simulation.world import START, World


class Minute:
    """What time it is in the simulation."""

    def __init__(self) -> None:
        self.value = 0


class Answers:
    """`SimulatedSource` as `bot.sources.source.Source`."""

    name = "loopring"
    label = "Loopring"
    network = "loopring"

    def __init__(self, world: World, source: SimulatedSource, minute: Minute) -> None:
        self._source, self._minute = source, minute
        self._members = {each: user_id for user_id, holder in world.holders.items() for each in holder.accounts}
        self.abilities, self.health = Abilities(), Health()
        self._guards = world.scenario.guards
        self._last: dict[str, int] = {}

    async def iter_holdings(
        self, account: Account, _contract: str | None, _askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        """All that is answered about an account."""
        member = self._members[account.account_id]
        try:
            read = self._source.read(member, account.account_id, self._minute.value, START)
        except UnavailableError:
            if not self._guards.unread_is_empty:
                raise
            self._last[account.account_id] = 0
            yield Scan((), total=0, finished=True)
            return
        self._last[account.account_id] = read.kinds
        total = len(read.holdings) + (not read.complete)
        missing = None if read.complete else Reason.of(ReasonCode.ROWS_MISSING, arrived=total - 1, total=total)
        yield Scan(read.holdings, total=total, finished=True, incomplete_reason=missing)

    async def iter_nfts(self, account: Account, _collection: Collection, _askers: Askers) -> AsyncIterator[Scan[Nft]]:
        """The second question: about one account, asked of another part of the source."""
        each = account.account_id
        if self._guards.asks_again:
            kinds = self._source.confirms_account(self._members[each], each, self._minute.value)
        else:
            kinds = self._last.get(each, 0)
        yield Scan(tuple(Nft(str(number), str(number), 1) for number in range(kinds)), total=kinds, finished=True)

    async def close(self) -> None:
        """Nothing is under way."""
