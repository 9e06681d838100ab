"""How many, as far as it is known: an interval, so that "unknown is not zero" is arithmetic and not discipline.

Whole and fresh: `low == high`. Partly read: `(n, None)`. Unknown: `(0, None)`. Sums add up, and a comparison is unknown
only where the missing part could change it. Only an upper bound can lead to "no", and so only an upper bound can remove
a role.

Every count of something that was read is made by `_count`, and nothing else in the program gives a count an upper
bound; one that was stored is read back by `remembered`, and with a snapshot of the past by `as_of_then`. The count is
unknown, without a lower or an upper bound, if the answer

- is from a source that reports the past (`Origin.is_live`), or from a fallback (`fallback_reason`);
- is an earlier one that is shown again (`stale_reason`), is so old that it may have changed, or is from the future.

There is no lower bound in these cases either: what an account held last June does not tell what it holds now, and a
role given for it could not be removed until a live source reports the opposite. An operator may choose exactly that for
an archive (`grants = true`): `held_then` is the lower bound that it gives then, for gates alone, and it never has an
upper one. A lower bound can deny as well ("at most 3", "not"), so `bot.gates.judge` does not let these deny anything.

`NotFoundError` is not an answer that was read, and so never a count. Where a source says "there is no such account",
what the account holds is unknown, whatever it held before. No account is ever deleted on Loopring, and on a chain every
address is one; so if a proven account is missing, the source has lost it: an emptied database, a mirror that started
later, an archive that is served as if it were complete. None of them knows what the account holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.holdings import Collection, Holdings, NftList
from bot.reasons import Reason, ReasonCode

# Two clocks are never exactly equal; an answer that is later by more than this is wrong.
CLOCK_TOLERANCE = timedelta(minutes=1)


class Ternary(StrEnum):
    """An answer that may be "unknown"."""

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
    """Exactly this number; for something that was read, only `_count` may use it."""
    return Count(number, number)


def at_least(number: int) -> Count:
    """This number was seen, and there may be more."""
    return Count(number, None)


def unknown() -> Count:
    """Nothing is known; this is not zero."""
    return Count(0, None)


def total(counts: Iterable[Count]) -> Count:
    """All of them together; without any it is exactly zero, so the caller has to include every account."""
    low, high = 0, 0
    is_bounded = True
    for count in counts:  # without an object for each: a pass over all members does this millions of times
        low += count.low
        if count.high is None:
            is_bounded = False
        else:
            high += count.high
    return Count(low, high if is_bounded else None)


def counted_once(counts: Iterable[Count]) -> Count:
    """One thing that was counted several times: at least what one count saw, at most what one count allows.

    Without any it is exactly zero.
    """
    known = tuple(counts)
    if len(known) == 1:
        return known[0]
    highs = [count.high for count in known if count.high is not None]
    low = max((count.low for count in known), default=0)
    return Count(low, max(highs, default=0) if len(highs) == len(known) else None)


def one_of(counts: Iterable[Count]) -> Count:
    """One of several counts is right, and it is not known which; at least one is needed."""
    known = tuple(counts)
    return Count(min(count.low for count in known), counted_once(known).high)


def count_yes(answers: Iterable[Ternary], unseen: Count) -> Count:
    """How many of the answers are "yes", where each of `unseen` may be one besides."""
    given = tuple(answers)
    low = given.count(Ternary.YES)
    high = None if unseen.high is None else low + given.count(Ternary.UNKNOWN) + unseen.high
    return Count(low, high)


def beyond(count: Count, number: int) -> Count:
    """What there is besides `number` that were seen; unknown if a count contradicts that there are so many."""
    if count.high is None or count.high < number:
        return unknown()
    return Count(max(count.low - number, 0), count.high - number)


def units_of(kinds: Count, copies: Count) -> Count:
    """How many units, from both counts: each distinct NFT has one unit or more, and nothing has none.

    Unknown if they contradict each other, as they may when they were read at two moments.
    """
    low = max(kinds.low, copies.low)
    high = 0 if kinds.high == 0 else copies.high
    return unknown() if high is not None and high < low else Count(low, high)


def observed(kinds: int) -> Count:
    """What was observed at a moment in the past, as the store retained it from a complete reading."""
    return exact(kinds)


def count_listed_holders(number: int, *, whole: bool) -> Count:
    """How many accounts hold a collection, of a list that its live source gave just now.

    Args:
        number: Different accounts in the list.
        whole: Every row of the list arrived, and none can be missing from it.
    """
    return exact(number) if whole else at_least(number)


def count_kinds(read: Holdings, *, of: Collection | None = None, now: datetime, max_age: timedelta) -> Count:
    """How many distinct NFTs an account holds: of one collection, or of all together.

    Args:
        read: What was read of the account.
        of: Only of this collection. It is matched by network and number, and where only one contract was read, also by
            `contract_address`. For an account of another network the count is unknown.
        now: The current time.
        max_age: How old the answer may be to tell something about the present.
    """
    if of is None:
        whole = read.contract is None and all(row.is_counted for row in read.holdings)
        return _count(read.kinds, read, whole=whole, now=now, max_age=max_age)
    if of.network != read.account.network:
        return unknown()
    rows = [row for row in read.holdings if row.collection.collection_id == of.collection_id]
    whole = read.contract in (None, of.contract_address, of.collection_id)  # on a chain a collection is a contract
    whole = whole and all(row.is_counted for row in rows)
    return _count(sum(row.kinds for row in rows), read, whole=whole, now=now, max_age=max_age)


def count_collections(read: Holdings, *, now: datetime, max_age: timedelta) -> Count:
    """The number of collections that an account holds something of; see `count_kinds`."""
    held = sum(row.kinds > 0 for row in read.holdings)
    uncounted = sum(not row.is_counted for row in read.holdings)
    return _count(held, read, whole=read.contract is None, now=now, max_age=max_age) + Count(0, uncounted)


def count_copies(read: NftList, *, now: datetime, max_age: timedelta) -> Count:
    """How many units an account holds of the one collection whose NFTs were read; see `count_kinds`."""
    return _count(sum(nft.copies for nft in read.nfts), read, whole=True, now=now, max_age=max_age)


def count_listed(read: NftList, *, now: datetime, max_age: timedelta) -> Count:
    """How many distinct NFTs an account holds of the one collection whose NFTs were read; see `count_kinds`."""
    return _count(len(read.nfts), read, whole=True, now=now, max_age=max_age)


def remembered(seen: int, as_of: datetime | None, *, whole: bool, now: datetime, max_age: timedelta) -> Count:
    """A count that was stored, read back: unknown when it is too old to tell something about the present.

    Args:
        seen: The number that was stored.
        as_of: When it was true; None: it never was.
        whole: It was stored from a complete count; else at least so many were seen.
        now: The current time.
        max_age: How old it may be.
    """
    if not is_present(as_of, now=now, max_age=max_age):
        return unknown()
    return exact(seen) if whole else at_least(seen)


def held_then(seen: int) -> Count:
    """What an archive reports whose operator lets it earn roles: at least that, whenever it was, and never a bound."""
    return at_least(seen)


def as_of_then(low: int, high: int | None) -> Count:
    """A count that was stored with a snapshot: of the snapshot's time, and nothing about the present."""
    return Count(low, high)


def is_present(as_of: datetime | None, *, now: datetime, max_age: timedelta) -> bool:
    """Whether what was true at a moment tells something about the present."""
    return as_of is not None and now - as_of <= max_age and as_of - now <= CLOCK_TOLERANCE


def unknown_reason(read: Holdings | NftList, *, now: datetime, max_age: timedelta) -> Reason | None:
    """Why nothing can be concluded about the present from what was read; None: what is in it is held now."""
    if isinstance(read, Holdings) and read.stale_reason:
        return read.stale_reason
    if read.fallback_reason:
        return read.fallback_reason
    if not read.origin.is_live:
        return Reason.of(ReasonCode.NOT_LIVE, label=read.origin.label)
    if read.as_of is None or now - read.as_of > max_age:
        return Reason.of(ReasonCode.TOO_OLD)
    return Reason.of(ReasonCode.IN_FUTURE) if read.as_of - now > CLOCK_TOLERANCE else None


def _count(seen: int, read: Holdings | NftList, *, whole: bool, now: datetime, max_age: timedelta) -> Count:
    """The one place where something read becomes a count; `whole`: everything that is counted was requested."""
    if unknown_reason(read, now=now, max_age=max_age):
        return unknown()
    return exact(seen) if whole and read.complete and not read.incomplete_reason else at_least(seen)
