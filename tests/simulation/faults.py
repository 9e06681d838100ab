"""When what fails: decided once, by the seed, so that the same seed is the same history."""

from __future__ import annotations

from random import Random

from tests.simulation.scenario import DAY, Scenario

# The last hours are without faults, so that it can be seen whether all has come right.
QUIET = 6 * 60
# How long after a fault everything is looked at that can follow from it.
_AFTERWARDS = 60


class Faults:
    """Hours in which something fails for everybody; what fails now and then is drawn where it happens.

    `restless` are these minutes, and those for a while after them.
    """

    def __init__(self, scenario: Scenario, random: Random) -> None:
        rates = scenario.rates
        self._random = random
        self._until = scenario.minutes - QUIET
        share = scenario.days / 30
        self.outages = self._spans(rates.outages * share, 10, 3 * 60)
        self.blank_hours = self._spans(rates.blank_hours * share, 60, 60)
        self.refused = self._spans(rates.refused_hours * share, 60, 60)
        self.stopped = self._spans(rates.restarts * share, 1, 20)
        # A clock that is wrong for some hours, by a day in either direction.
        wrong_clock = self._spans(rates.clock_jumps * share, 60, 6 * 60)
        self._skews = {at: DAY if at // DAY % 2 else -DAY for at in wrong_clock}
        everywhere = self.outages | self.blank_hours | self.refused | frozenset(self._skews)
        self.restless = {minute + after for minute in everywhere for after in range(0, _AFTERWARDS + 1, 10)}
        self.wave_at = random.randrange(DAY // 2, max(DAY // 2 + 1, self._until - DAY // 4))
        # An account, or its second page, fails for a while: account → until when.
        self.unreadable: dict[str, int] = {}
        self.cut_off: dict[str, int] = {}

    def skew(self, minute: int) -> int:
        """By how many minutes the wall clock is wrong."""
        return self._skews.get(minute, 0)

    def draws(self, chance: float, minute: int) -> bool:
        """Whether something that happens now and then happens now."""
        return minute < self._until and self._random.random() < chance

    def is_quiet(self, minute: int) -> bool:
        """Whether nothing fails any more."""
        return minute >= self._until

    def _spans(self, mean: float, shortest: int, longest: int) -> frozenset[int]:
        """The minutes of so many spans on average."""
        minutes: set[int] = set()
        for _ in range(int(mean) + (self._random.random() < mean - int(mean))):
            length = self._random.randint(shortest, longest)
            start = self._random.randrange(0, max(1, self._until - length))
            minutes.update(range(start, start + length))
        return frozenset(minutes)
