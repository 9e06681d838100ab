"""The person who is alerted: looks at what waits some time later, and knows better than the source."""

from __future__ import annotations

from random import Random

from tests.simulation.bot_model import BotModel
from tests.simulation.faults import Faults
from tests.simulation.world import World


class Admin:
    """Looks at the staged list within two hours of an alert, and every two hours after it while anything waits.

    They look some members up elsewhere: who truly sold is approved; if the source is wrong they wait until it is right.
    """

    def __init__(self, world: World, bot: BotModel, faults: Faults, random: Random) -> None:
        self._world, self._bot, self._faults, self._random = world, bot, faults, random
        self._looks_at: int | None = None

    def pass_minute(self, minute: int) -> None:
        """Notice an alert, or look at what waits."""
        if not self._bot.stored.holds:
            self._looks_at = None
        elif self._looks_at is None:
            self._looks_at = minute + self._random.randint(10, 120)
        elif minute >= self._looks_at:
            self._look(minute)
            self._looks_at = None

    def _look(self, minute: int) -> None:
        if minute in self._faults.blank_hours:
            return
        for user_id, gate in self._bot.staged():
            if not self._world.deserves(user_id, gate):
                self._bot.approve(user_id, gate, minute)
                self._world.history.approved[user_id, gate.role_id] = minute
