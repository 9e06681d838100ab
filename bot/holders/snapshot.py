"""A snapshot: who holds something in one server at a moment, by one rule, and how far that is known.

Numbers are intervals (`bot.counts`): a member whose holdings are unknown is in the snapshot, and is no zero. What a
snapshot counts by is its *weight*; it is complete where of each member it is known whether they fit the rule, and how
much they hold of what is counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.counts import Count, Ternary
from bot.holders.counting import Counting
from bot.holders.held import HeldAccount, HeldMember, OpenReason, is_exact
from bot.messages import Message, Words


class Weight(StrEnum):
    """What a member's holdings are counted by."""

    KINDS = auto()  # distinct NFTs
    COPIES = auto()  # units


_WEIGHTS = {Weight.KINDS: Message("kinds"), Weight.COPIES: Message("copies")}
# So that each is a number that Discord, SQLite and a sentence can hold.
MOST_MINIMUM = 1_000_000
# Ten schedules fit into one embed, each with its rule.
_SHORT = 200

# Why something about an account is not known; None: how many units of each NFT it holds was not read.
Gap = OpenReason | None

_GAPS: Mapping[Gap, Message] = {
    OpenReason.NO_SOURCE: Message("no source is set up for its network"),
    OpenReason.NEVER_READ: Message("it was never read"),
    OpenReason.TOO_OLD: Message("it was not read completely for too long"),
    OpenReason.PARTLY_READ: Message("it was read in part"),
    OpenReason.NOT_COUNTED: Message("its source did not say how many"),
    OpenReason.OWNER_UNCERTAIN: Message("it is not confirmed whose account it is"),
    None: Message("its copies were not read: they are read where a gate asks for them"),
}


def gap_words(gap: Gap) -> Words:
    """Why it is not known, as a part of a sentence."""
    return _GAPS[gap]()


def weight_words(weight: Weight) -> Words:
    """What is counted by."""
    return _WEIGHTS[weight]()


@dataclass(frozen=True, slots=True)
class SnapshotRequest:
    """What a snapshot is to be of.

    Attributes:
        rule: The text of the rule, as gates have it.
        weight: What is counted by.
        minimum: Members who certainly hold fewer are left out.
    """

    rule: str
    weight: Weight = Weight.KINDS
    minimum: int = 0

    @property
    def short_rule(self) -> str:
        """The rule for a sentence: of a very long one its beginning, so that what follows it is still read."""
        return self.rule if len(self.rule) <= _SHORT else f"{self.rule[: _SHORT - 1]}…"


@dataclass(frozen=True, slots=True)
class SnapshotMember:
    """One member.

    Attributes:
        held: What they hold; without accounts that certainly hold nothing of it.
        fits: Whether they fit the rule, and hold the minimum: YES or UNKNOWN.
    """

    held: HeldMember
    fits: Ternary

    @property
    def user_id(self) -> int:
        """Their Discord id."""
        return self.held.user_id

    def weighed(self, weight: Weight) -> Count:
        """How much they count for."""
        return weighed(self.held, weight)

    def is_complete(self, weight: Weight) -> bool:
        """Whether it is known that they fit, and how much they count for."""
        return self.fits is Ternary.YES and is_exact(self.weighed(weight))


def weighed(held: HeldMember | HeldAccount, weight: Weight) -> Count:
    """How much a member or an account counts for."""
    return held.kinds if weight is Weight.KINDS else held.copies


def is_open(account: HeldAccount, weight: Weight) -> bool:
    """Whether it is not known how much an account counts for; its `reason` is the `Gap`."""
    return not is_exact(weighed(account, weight))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Who holds something in one server at a moment.

    Attributes:
        guild_id: The server.
        made_at: When it was made, in whole seconds.
        request: What it is of.
        members: Sorted by id.
        names: The names of what the rule names, safe to show, in its order.
        snapshot_id: Its number in this installation; 0: it is not stored.
        forgotten: How many members' rows were deleted since, with all their data.
        schedule_id: The schedule that made it; None: somebody did.
        counting: What of the server's settings it counted by; None: not recorded, as of the first ones.
    """

    guild_id: int
    made_at: datetime
    request: SnapshotRequest
    members: tuple[SnapshotMember, ...] = ()
    names: tuple[str, ...] = ()
    snapshot_id: int = 0
    forgotten: int = 0
    schedule_id: int | None = None
    counting: Counting | None = None

    @property
    def weight(self) -> Weight:
        """What is counted by."""
        return self.request.weight

    @property
    def incomplete(self) -> int:
        """Of how many members something is not known."""
        return sum(not member.is_complete(self.weight) for member in self.members)

    @property
    def is_complete(self) -> bool:
        """Whether all is known of all of them."""
        return not self.incomplete

    @property
    def gaps(self) -> dict[Gap, int]:
        """Why it is not → of how many accounts."""
        found: dict[Gap, int] = {}
        for member in self.members:
            for account in member.held.accounts:
                if is_open(account, self.weight):
                    found[account.reason] = found.get(account.reason, 0) + 1
        return {gap: found[gap] for gap in _GAPS if gap in found}

    @property
    def as_of(self) -> tuple[datetime, datetime] | None:
        """As of when the oldest and the newest reading in it are; None: there is none."""
        moments = [each.as_of for member in self.members for each in member.held.accounts if each.as_of]
        return (min(moments), max(moments)) if moments else None


class Every(StrEnum):
    """How often a scheduled snapshot is made."""

    DAY = auto()
    WEEK = auto()
    MONTH = auto()


@dataclass(frozen=True, slots=True)
class SnapshotSchedule:
    """Snapshots that are made by themselves.

    Attributes:
        schedule_id: Its number in this installation.
        guild_id: The server.
        request: What they are of.
        every: How often.
        retain: How many of them are retained; older ones are deleted.
        next_at: When the next one is due.
        first_at: When the first one was: the day of the month, and the time of day, of all.
        failure: Why the latest one could not be made, as `words_text` stores it; "": it was.
    """

    schedule_id: int
    guild_id: int
    request: SnapshotRequest
    every: Every
    retain: int
    next_at: datetime
    first_at: datetime
    failure: str = field(default="")


_STEPS = {Every.DAY: timedelta(days=1), Every.WEEK: timedelta(weeks=1)}
_LAST_DAY = 28  # each month has it


def next_time(every: Every, first_at: datetime, now: datetime) -> datetime:
    """The first moment of a schedule after `now`, however many were missed: they are not made up for.

    Monthly ones are made on the day of the month of the first one, on the 28th where that is later.
    """
    if step := _STEPS.get(every):
        return first_at + step * max((now - first_at) // step + 1, 0)
    months = (now.year - first_at.year) * 12 + now.month - first_at.month
    found = _months_later(first_at, max(months, 0))
    return found if found > now else _months_later(first_at, months + 1)


def _months_later(at: datetime, months: int) -> datetime:
    years, month = divmod(at.month - 1 + months, 12)
    return at.replace(year=at.year + years, month=month + 1, day=min(at.day, _LAST_DAY))
