"""The breaker: a wave of removals waits for a person, and is seen before its first victim.

Whatever a source may serve by mistake, it serves to many at once; members sell one by one. So what is counted is not
what is about to be removed but everybody whose last answer was no, also after one reading only: a removal needs three
over half an hour, and the wave is seen in its first minutes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto


class Scope(StrEnum):
    """What a hold of removals is about."""

    GATE = auto()
    SOURCE = auto()  # every gate that asks about its network
    COLLECTION = auto()  # every gate that asks about it
    GUILD = auto()  # by an admin, or after the bot was invited again


class Cause(StrEnum):
    """Why removals wait."""

    TOO_MANY_AT_ONCE = auto()  # of a gate's holders
    TOO_MANY_IN_A_DAY = auto()
    SOURCE_EMPTIED = auto()  # accounts that held something read as empty
    COLLECTION_HALVED = auto()
    ADMIN = auto()
    INVITED_AGAIN = auto()


@dataclass(frozen=True, slots=True)
class GateCensus:
    """How a gate stands: counted from the ledger and the misses, in one query.

    Attributes:
        holders: Members whom the ledger says to have the role, and whom the bot may take it from.
        losing: Of these, whose last answer was no, also where their misses are not yet enough; not counted are those
            who are approved, excused, protected, or who did it themselves.
        removed_in_a_day: Removals within the last 24 hours that nobody approved and no member caused.
    """

    holders: int
    losing: int
    removed_in_a_day: int


@dataclass(frozen=True, slots=True)
class SourceCensus:
    """How a network stands.

    Attributes:
        accounts: Accounts that hold something, or did a day ago.
        emptied: Of these, those that read as empty.
        lately: Of these, those that did not before the last `LATELY`; None: all of them.
    """

    accounts: int
    emptied: int
    lately: int | None = None

    @property
    def at_once(self) -> int:
        """How many became empty at once."""
        return self.emptied if self.lately is None else self.lately


@dataclass(frozen=True, slots=True)
class CollectionCensus:
    """How a collection stands: accounts that held it a day ago or hold it, and how many of these hold none now."""

    holders: int
    gone: int


@dataclass(frozen=True, slots=True)
class Hold:
    """Removals wait.

    Attributes:
        scope: What it is about.
        key: The gate's id, the network, or the collection; "" for a whole server.
        guild_id: The server; 0: every one (a source or a collection).
        cause: Why.
        since: Since when.
        numbers: What was counted, by name.
    """

    scope: Scope
    key: str
    guild_id: int
    cause: Cause
    since: datetime
    numbers: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Trip:
    """The breaker trips.

    Attributes:
        cause: Why.
        numbers: What was counted, by name, and `limit`: the most that would have passed.
    """

    cause: Cause
    numbers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The most of something that passes: at least `floor` of them, in large groups a share of all.

    Attributes:
        floor: So many always pass.
        percent: And so many of a hundred.
    """

    floor: int
    percent: int

    def limit(self, everybody: int) -> int:
        """The most that passes of so many."""
        return max(self.floor, everybody * self.percent // 100)


# 10 % at once, measured in simulated months of 500 holders who are read every ten minutes: one in a hundred sells a
# day, and once one in twelve at the same moment; three hours of "nothing held" for everybody, ten outages and lone
# false answers. What was run is `python -m tests.simulation --seed 1 --months 8 --days 0`, over a model of the store.
# Reported are its seeds 1 to 4, each without and with a person: in these eight months nobody lost a role wrongly, and
# no false hour took more than this lets through. Of 142 to 172 removals a month half came within 35 or 36 minutes,
# and 99 % within 51 to 135. Three always pass: among ten to thirty holders one or two who sell would else be a wave.
AT_ONCE = Threshold(floor=3, percent=10)
# Among fewer than ten, three are a third and more: one faulty answer should not be able to do that.
AT_ONCE_OF_FEW = Threshold(floor=2, percent=0)
FEW = 10
# A slow wave stays below the first threshold in every pass. 20 % in a day is twice of what passes at once: so a real
# wave that was just below does not stop the day's other removals.
IN_A_DAY = Threshold(floor=5, percent=20)
# The accounts of a source are more than a gate's holders, but a source also fails in parts: the same shares as of them.
EMPTIED = Threshold(floor=3, percent=10)
EMPTIED_IN_A_DAY = Threshold(floor=5, percent=20)
# Who sold is counted as emptied for a day, however long their role is gone: one in twelve who sell on the same day, and
# those who sell on any day, together were more than one in ten. Two hours are longer than a removal takes.
LATELY = timedelta(hours=2)
# A collection that loses half of its holders at once was hidden, moved or renamed, and not sold. Two always pass: of
# two holders both may sell.
GONE_FLOOR = 2
# Gates of a server that trip together have one cause, and it is about to reach the others.
GATES_OF_A_WAVE = 3


def gate_trip(census: GateCensus) -> Trip | None:
    """Whether the removals of a gate have to wait."""
    limit = _at_once(census)
    if census.losing > limit:
        numbers = (("losing", census.losing), ("holders", census.holders), ("limit", limit))
        return Trip(Cause.TOO_MANY_AT_ONCE, numbers)
    in_a_day, limit = _in_a_day(census), IN_A_DAY.limit(census.holders)
    # What was removed already can no longer be held: the breaker is for those who are still losing.
    if in_a_day > limit and census.losing:
        removed = ("removed_in_a_day", census.removed_in_a_day)
        return Trip(
            Cause.TOO_MANY_IN_A_DAY,
            (("losing", census.losing), removed, ("holders", census.holders), ("limit", limit)),
        )
    return None


def source_trip(census: SourceCensus) -> Trip | None:
    """Whether the removals of every gate that asks about a network have to wait."""
    for emptied, threshold in ((census.at_once, EMPTIED), (census.emptied, EMPTIED_IN_A_DAY)):
        if emptied > (limit := threshold.limit(census.accounts)):
            numbers = (("emptied", emptied), ("accounts", census.accounts), ("limit", limit))
            return Trip(Cause.SOURCE_EMPTIED, numbers)
    return None


def has_witness(census: SourceCensus) -> bool:
    """Whether there is an account that shows that a source still says what is held.

    Accounts that became empty may have sold all they had, or have met a source that answers with nothing: where no
    other account holds anything, be it because only one is linked at all, nobody can tell. Nor can they where none
    became empty lately, and none holds anything.
    """
    return census.accounts > census.emptied


def collection_trip(census: CollectionCensus) -> Trip | None:
    """Whether the removals of every gate that asks about a collection have to wait: half of its holders are gone."""
    limit = _less_than_half(census)
    if census.gone <= limit:
        return None
    return Trip(Cause.COLLECTION_HALVED, (("gone", census.gone), ("holders", census.holders), ("limit", limit)))


def guild_trip(tripped_gates: int) -> bool:
    """Whether so many gates of one server are held that all removals there have to wait."""
    return tripped_gates >= GATES_OF_A_WAVE


def ends(hold: Hold, *censuses: GateCensus | SourceCensus | CollectionCensus) -> bool:
    """Whether a hold ends by itself: what was counted is again at most half of what would have passed.

    Half, so that a hold does not end and begin with every reading of a wave that is just at the threshold. What a
    person or an invitation began, a person or a clean pass ends.

    What is lost for longer than a day is not counted any more: it must be there again. A source that hides everything
    for two days, or a collection, is not calm on the second one.

    Args:
        hold: The hold.
        censuses: How what it is about stands now; of a server, each of its gates.
    """
    if hold.cause in (Cause.ADMIN, Cause.INVITED_AGAIN) or not censuses:
        return False
    return all(_is_there_again(hold, census) and _is_calm(hold.cause, census) for census in censuses)


def _is_there_again(hold: Hold, census: GateCensus | SourceCensus | CollectionCensus) -> bool:
    """Whether at least half of what was counted when the hold began holds something now."""
    if isinstance(census, GateCensus):
        return True
    numbers = dict(hold.numbers)
    if isinstance(census, SourceCensus):
        return (census.accounts - census.emptied) * 2 >= numbers.get("accounts", 0)
    return (census.holders - census.gone) * 2 >= numbers.get("holders", 0)


def _is_calm(cause: Cause, census: GateCensus | SourceCensus | CollectionCensus) -> bool:
    if isinstance(census, SourceCensus):
        is_calm_today = census.emptied * 2 <= EMPTIED_IN_A_DAY.limit(census.accounts)
        return is_calm_today and census.at_once * 2 <= EMPTIED.limit(census.accounts)
    if isinstance(census, CollectionCensus):
        return census.gone * 2 <= _less_than_half(census)
    if cause is Cause.TOO_MANY_IN_A_DAY and _in_a_day(census) * 2 > IN_A_DAY.limit(census.holders):
        return False
    return census.losing * 2 <= _at_once(census) and gate_trip(census) is None


def _at_once(census: GateCensus) -> int:
    return (AT_ONCE_OF_FEW if census.holders < FEW else AT_ONCE).limit(census.holders)


def _in_a_day(census: GateCensus) -> int:
    return census.removed_in_a_day + census.losing


def _less_than_half(census: CollectionCensus) -> int:
    """The most holders that may be gone."""
    return max(GONE_FLOOR, (census.holders - 1) // 2)
