"""What is simulated: how large, how long, how often what fails, and which guard is taken out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bot.roles.plan import Patience

DAY = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class Rates:
    """How often what happens; probabilities are for each reading or request, counts for thirty days."""

    read_error: float = 0.01
    unreadable: float = 0.0  # one account for an hour
    truncated: float = 0.002
    empty_reading: float = 0.001
    outages: int = 10
    blank_hours: int = 3  # everything is answered by "200, nothing held"
    sells_a_day: float = 0.01
    wave: float = 0.08  # of the holders sell at the same moment
    buys_a_day: float = 0.2
    unlinks_a_day: float = 0.001
    drops_spare_a_day: float = 0.0  # a member unlinks an account that held nothing
    restarts: int = 30
    killed_in_write: float = 0.02
    clock_jumps: int = 2
    unknown_outcome: float = 0.02
    refused_hours: int = 2  # 403 for an hour
    missing_member: float = 0.01
    reported_without_roles: float = 0.005
    taken_by_hand_a_day: float = 0.0  # of the members who have a role from somebody else, who takes it again


@dataclass(frozen=True, slots=True)
class Guards:
    """The guards against a wrong removal; a test takes out one at a time, and the checker has to catch it.

    Attributes:
        patience: Misses and span.
        believes_truncated: The source says that what it cut off was whole.
        unread_is_empty: An account that cannot be read counts as one that holds nothing.
        asks_again: A removal is confirmed by a second question, which also catches much of the above.
        has_breaker: Waves wait.
        keeps_ledger: A role that was there already is recorded as found, and not as given.
    """

    patience: Patience = field(default_factory=Patience)
    believes_truncated: bool = False
    unread_is_empty: bool = False
    asks_again: bool = True
    has_breaker: bool = True
    keeps_ledger: bool = True


@dataclass(frozen=True, slots=True)
class Scenario:
    """One server.

    Attributes:
        holders: How many of its members hold something at first.
        days: How long.
        interval: Minutes between two readings of an account.
        tiers: A ladder of three roles instead of one role.
        has_admin: Somebody looks at what waits.
        by_hand: Every so manieth member has the lowest role of each server from somebody else.
        spares: So many more accounts every member has linked, which hold nothing.
        guilds: So many servers with the same members; those with a ladder and those without take turns.
        quiet_step: Minutes that are passed at once while nothing fails and nobody has a role too many or too few; None:
            every reading is made.
        rates: How often what happens.
        guards: All of them, but in tests that take one out.
    """

    holders: int = 500
    days: int = 30
    interval: int = 10
    tiers: bool = False
    has_admin: bool = False
    by_hand: int = 20
    spares: int = 0
    guilds: int = 1
    quiet_step: int | None = None
    rates: Rates = field(default_factory=Rates)
    guards: Guards = field(default_factory=Guards)

    @property
    def minutes(self) -> int:
        """How long, in minutes."""
        return self.days * DAY

    @property
    def max_age(self) -> timedelta:
        """How old a reading may be to be evidence."""
        return max(timedelta(minutes=30), 3 * timedelta(minutes=self.interval))
