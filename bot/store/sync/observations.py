"""What was observed of an account, as values: as a reading brings it, and as the store has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.gates.facts import Level, Token
from bot.gates.rule import CollectionRef
from bot.holdings import Account


@dataclass(frozen=True, slots=True)
class ReadTokens:
    """The NFTs of one collection that an account holds, as they were read.

    Attributes:
        as_of: When.
        tokens: Token id → token.
        copies: Units of all together.
        is_whole: That is all of them.
    """

    as_of: datetime
    tokens: Mapping[int, Token]
    copies: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class ReadAccount:
    """What one reading of an account observed.

    Attributes:
        account: The account.
        as_of: When.
        is_whole: It is all that the account holds.
        kinds: Collection → distinct NFTs.
        uncounted: Collections of which the source did not say how many are held: unknown, which is not zero.
        names: Collection → its name, upstream's.
        asked: The collections whose NFTs were asked for.
        tokens: Of these, what was answered.
        is_of_an_archive: It takes the place of whatever another archive said, of an earlier or a later day.
    """

    account: Account
    as_of: datetime
    is_whole: bool
    kinds: Mapping[CollectionRef, int]
    names: Mapping[CollectionRef, str] = field(default_factory=dict)
    asked: frozenset[CollectionRef] = frozenset()
    tokens: Mapping[CollectionRef, ReadTokens] = field(default_factory=dict)
    uncounted: frozenset[CollectionRef] = frozenset()
    is_of_an_archive: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what was read counts, and how long what was observed is remembered.

    Attributes:
        max_age: So old a reading may be to say something about the present.
        levels: History that is older is not needed by any rule.
    """

    max_age: timedelta
    levels: timedelta


class Saved(Enum):
    """What became of an answer."""

    WHOLE = auto()  # it is the latest complete reading
    PART = auto()  # it is not complete, and stored as "at least so much"
    UNUSED = auto()  # it is not complete, and a complete one that is young enough says more
    OLDER = auto()  # a reading that was accepted before is newer
    UNKNOWN_ACCOUNT = auto()  # it counts for nobody any more: nothing is stored about it


@dataclass(frozen=True, slots=True)
class Observed:
    """What the store has of one account and collection.

    Attributes:
        kinds: Distinct NFTs, as of the reading; at least, where that was not complete.
        first_at: First seen, without a break since; None: only in a reading that was not complete.
        last_at: Last seen.
        gone_at: Since when none is held.
        tokens: The NFTs, as of the same reading; None: not asked, or not answered.
        levels: What was observed over time, oldest first.
    """

    kinds: int
    first_at: datetime | None = None
    last_at: datetime | None = None
    gone_at: datetime | None = None
    tokens: ReadTokens | None = None
    levels: tuple[Level, ...] = ()

    @property
    def is_counted(self) -> bool:
        """Whether the latest complete reading said how many; else the history ends with "not observed"."""
        return not self.kinds or not self.levels or self.levels[-1].kinds is not None


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """What the store has of one account.

    Attributes:
        account: The account.
        due: When it is to be read again.
        tries: Readings in a row that failed.
        read_at: As of the latest complete reading; None: never.
        part_at: As of a later one that was not complete.
        emptied_at: Since when it holds nothing, after it held something.
        failed_at: The latest failure, unless it was read since.
        failure: Why, as `reason_text` has it; of an earlier version, as a sentence.
        whole: Collection → what the latest complete reading says.
        part: Collection → what the later one saw.
    """

    account: Account
    due: datetime
    tries: int = 0
    read_at: datetime | None = None
    part_at: datetime | None = None
    emptied_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    whole: Mapping[CollectionRef, Observed] = field(default_factory=dict)
    part: Mapping[CollectionRef, Observed] = field(default_factory=dict)
