"""How many, as far as it is known: an interval, so that "unknown is not zero" is arithmetic and not discipline.

Whole and fresh: `low == high`. Partly read: `(n, None)`. Unknown: `(0, None)`. Sums add up, and a comparison is unknown
only where the missing part could change it. Only an upper bound can deny, and so only an upper bound can cost a role.

Every count of something read is made by `_count`, and nothing else in the program gives one an upper bound. It knows
nothing at all, neither a lower nor an upper bound, from what was read

- of a source that says how things were (`Origin.is_live`), or of another than the one asked (`fallback_reason`);
- earlier, and is given again (`stale_reason`); or so long ago that it may have changed; or in the future.

There is no lower bound in these cases either: what an account held last June says nothing of what it holds now, and a
role given for it could not be taken back before somebody can say that it is wrong.

`NotFoundError` is no read, and so never a count. Where a source says "there is no such account", what the account holds
is unknown, whatever it held before. No account is ever deleted on Loopring, and on a chain every address is one; so if
one that a member has proven is not there, it is the source that lost it: a database that was emptied, a mirror that
began later, an archive served as if it held everybody. None of them knows what the account holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.holdings import Collection, Holdings, NftList
from bot.reasons import Reason, ReasonCode

# Two clocks are never quite the same; what is dated later than this was not read now.
CLOCK_TOLERANCE = timedelta(minutes=1)


class Ternary(StrEnum):
    """An answer that may be "nobody knows"."""

    YES = auto()
    NO = auto()
    UNKNOWN = auto()


@dataclass(frozen=True, slots=True)
class Count:
    """At least `low` and at most `high`; `high` None: there may be any number more.

    Raises:
        ValueError: no number lies between them, or they are below zero.
    """

    low: int
    high: int | None

    def __post_init__(self) -> None:
        if self.low < 0 or (self.high is not None and self.high < self.low):
            raise ValueError(f"not a count: at least {self.low}, at most {self.high}")

    def __add__(self, other: Count) -> Count:
        """Both together."""
        high = None if self.high is None or other.high is None else self.high + other.high
        return Count(self.low + other.low, high)

    def is_at_least(self, number: int) -> Ternary:
        """Whether there are `number` or more."""
        if self.low >= number:
            return Ternary.YES
        return Ternary.NO if self.high is not None and self.high < number else Ternary.UNKNOWN

    def is_at_most(self, number: int) -> Ternary:
        """Whether there are `number` or fewer."""
        if self.low > number:
            return Ternary.NO
        return Ternary.YES if self.high is not None and self.high <= number else Ternary.UNKNOWN

    def is_between(self, least: int, most: int) -> Ternary:
        """Whether there are `least` to `most`, both included.

        Raises:
            ValueError: `least` is more than `most`: there is no such number, and a rule that asks for it is a mistake.
        """
        if least > most:
            raise ValueError(f"nothing is at least {least} and at most {most}")
        answers = {self.is_at_least(least), self.is_at_most(most)}
        if Ternary.NO in answers:
            return Ternary.NO
        return Ternary.UNKNOWN if Ternary.UNKNOWN in answers else Ternary.YES


def exact(number: int) -> Count:
    """Exactly so many; of what was read only `_count` may say so."""
    return Count(number, number)


def at_least(number: int) -> Count:
    """So many were seen, and there may be more."""
    return Count(number, None)


def unknown() -> Count:
    """Nothing is known; this is not zero."""
    return Count(0, None)


def total(counts: Iterable[Count]) -> Count:
    """All of them together; of none at all it is exactly zero, so it is for the caller to ask about every account."""
    return sum(counts, start=exact(0))


def count_kinds(reading: Holdings, *, of: Collection | None = None, now: datetime, max_age: timedelta) -> Count:
    """How many distinct NFTs an account holds: of one collection, or of all together.

    Args:
        reading: What was read of the account.
        of: Only of this collection. Its network and number count; where only one contract was asked about, so does
            `contract_address`. An account of another network says nothing of it.
        now: The present.
        max_age: How old the reading may be to say anything about the present.
    """
    if of is None:
        return _count(reading.kinds, reading, whole=reading.contract is None, now=now, max_age=max_age)
    if of.network != reading.account.network:
        return unknown()
    rows = (row for row in reading.holdings if row.collection.collection_id == of.collection_id)
    whole = reading.contract in (None, of.contract_address, of.collection_id)  # on a chain a collection is a contract
    return _count(sum(row.kinds for row in rows), reading, whole=whole, now=now, max_age=max_age)


def count_collections(reading: Holdings, *, now: datetime, max_age: timedelta) -> Count:
    """Of how many collections an account holds something; see `count_kinds`."""
    held = sum(row.kinds > 0 for row in reading.holdings)
    return _count(held, reading, whole=reading.contract is None, now=now, max_age=max_age)


def count_copies(reading: NftList, *, now: datetime, max_age: timedelta) -> Count:
    """How many units an account holds of the one collection whose NFTs were read; see `count_kinds`."""
    return _count(sum(nft.copies for nft in reading.nfts), reading, whole=True, now=now, max_age=max_age)


def doubt(reading: Holdings | NftList, *, now: datetime, max_age: timedelta) -> Reason | None:
    """Why nothing can be concluded about the present from what was read; None: what is in it, is held now."""
    if isinstance(reading, Holdings) and reading.stale_reason:
        return reading.stale_reason
    if reading.fallback_reason:
        return reading.fallback_reason
    if not reading.origin.is_live:
        return Reason.of(ReasonCode.NOT_LIVE, label=reading.origin.label)
    if reading.as_of is None or now - reading.as_of > max_age:
        return Reason.of(ReasonCode.TOO_OLD)
    return Reason.of(ReasonCode.IN_FUTURE) if reading.as_of - now > CLOCK_TOLERANCE else None


def _count(seen: int, reading: Holdings | NftList, *, whole: bool, now: datetime, max_age: timedelta) -> Count:
    """The one place where something read becomes a count; `whole`: all of what is counted was asked for."""
    if doubt(reading, now=now, max_age=max_age):
        return unknown()
    return exact(seen) if whole and reading.complete and not reading.incomplete_reason else at_least(seen)
