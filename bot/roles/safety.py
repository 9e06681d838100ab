"""The breaker: a wave of removals waits for a person, and is seen before its first victim."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
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
    """How a network stands: accounts that hold something or held it a day ago, and how many of these read as empty."""

    accounts: int
    emptied: int


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
