"""What the source answers: the truth, nothing, a part of it, or an empty answer that looks whole."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from random import Random

from bot.errors import UnavailableError
from bot.holdings import Account, Holding, Holdings, Origin
from bot.messages import Message
from tests.simulation.faults import Faults
from tests.simulation.history import Served
from tests.simulation.world import COLLECTION, World

_DOWN = Message("The source does not answer.")
ORIGIN = Origin("loopring", "Loopring", is_live=True)
LASTS_FOR = 60  # minutes, what fails in series


@cache
def _account(account_id: str) -> Account:
    return Account("loopring", account_id)


@cache
def _rows(kinds: int) -> tuple[Holding, ...]:
    return (Holding(COLLECTION, kinds),) if kinds else ()


class SimulatedSource:
    """Answers for accounts at a minute; each answer goes into the history as it was served."""

    def __init__(self, world: World, faults: Faults, random: Random) -> None:
        self._world, self._faults, self._random = world, faults, random
        self._believed = world.scenario.guards.believes_truncated

    def read(self, user_id: int, account_id: str, minute: int, now: datetime) -> Holdings:
        """What an account holds.

        Raises:
            UnavailableError: it does not answer.
        """
        rates, faults = self._world.scenario.rates, self._faults
        self._world.history.readings += 1
        is_unreadable = rates.unreadable and self._is_in_series(faults.unreadable, rates.unreadable, account_id, minute)
        if is_unreadable or minute in faults.outages or faults.draws(rates.read_error, minute):
            raise UnavailableError(_DOWN)
        kinds, is_whole = self._world.holders[user_id].accounts[account_id], True
        if minute in faults.blank_hours or faults.draws(rates.empty_reading, minute):
            kinds = 0
        elif self._is_in_series(faults.cut_off, rates.truncated, account_id, minute):
            kinds, is_whole = kinds // 2, False
        self._world.history.served[account_id].append(Served(minute, kinds, is_whole))
        account, rows = _account(account_id), _rows(kinds)
        return Holdings(account, now, rows, complete=is_whole or self._believed, origin=ORIGIN)

    def confirms(self, user_id: int, minute: int) -> int | None:
        """The second question: how many NFTs a member holds, asked of another part of the source; None: no answer.

        It knows nothing more during an hour in which all answers are empty, but is not cut off.
        """
        if minute in self._faults.outages or self._faults.draws(self._world.scenario.rates.read_error, minute):
            return None
        return 0 if minute in self._faults.blank_hours else self._world.holders[user_id].kinds

    def confirms_account(self, user_id: int, account_id: str, minute: int) -> int:
        """The second question about one account.

        Raises:
            UnavailableError: no answer.
        """
        if self.confirms(user_id, minute) is None:
            raise UnavailableError(_DOWN)
        return 0 if minute in self._faults.blank_hours else self._world.holders[user_id].accounts[account_id]

    def _is_in_series(self, series: dict[str, int], rate: float, account_id: str, minute: int) -> bool:
        """Whether what fails for a while fails for this account; of all answers, as many as the rate says."""
        if minute < series.get(account_id, -1):
            return True
        readings = LASTS_FOR / self._world.scenario.interval
        if self._faults.draws(rate / readings, minute):
            series[account_id] = minute + LASTS_FOR
            return True
        return False
