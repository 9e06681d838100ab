"""What changed among the holders of a collection since a moment: who joined, left, holds more, holds less.

Only what is known of both moments is a change. Where one of the two is not known, the member is counted as unknown; and
where nobody had looked by then, as seen first since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.counts import Count, counted_once, total
from bot.gates.rule import CollectionRef
from bot.holders.change_kind import ChangeKind
from bot.holders.held import HeldMember, HolderList, is_exact
from bot.holders.past import ObservedAccount


@dataclass(frozen=True, slots=True)
class HolderChange:
    """What became of one member's holdings.

    Attributes:
        user_id: The member.
        kind: In which way it changed.
        before: What they held then.
        after: What they hold now.
    """

    user_id: int
    kind: ChangeKind
    before: Count
    after: Count


@dataclass(frozen=True, slots=True)
class HolderChanges:
    """What changed in one server.

    Attributes:
        guild_id: The server.
        collections: The collection, with all that count as the same there.
        since: Compared with this moment.
        made_at: When it was compared.
        changes: Everybody for whom something changed or is unknown, by kind, then those for whom it is most.
        unchanged: How many hold as many as then.
        first_looked_at: When the first of all these accounts was read; None: none was.
        left_out: Which of the collections never count in that server: nobody is known to hold these.
    """

    guild_id: int
    collections: tuple[CollectionRef, ...]
    since: datetime
    made_at: datetime
    changes: tuple[HolderChange, ...]
    unchanged: int
    first_looked_at: datetime | None
    left_out: tuple[CollectionRef, ...] = ()

    def of(self, kind: ChangeKind) -> Sequence[HolderChange]:
        """Those of one kind."""
        return [each for each in self.changes if each.kind is kind]


def first_looked_at(accounts: Iterable[ObservedAccount]) -> datetime | None:
    """When the first of these accounts was read while its member was in the server; None: none was.

    That it was read before, for another server, is not this one's to know.
    """
    return min((max(each.first_read_at, each.joined_at) for each in accounts if each.first_read_at), default=None)


def changes_since(
    now: HolderList,
    accounts: Sequence[ObservedAccount],
    counted: Sequence[CollectionRef],
    since: datetime,
    ages: Mapping[str, timedelta],
) -> HolderChanges:
    """What changed since a moment.

    Args:
        now: What is known now.
        accounts: The history of the same accounts.
        counted: The collections that are counted, together.
        since: The moment.
        ages: Network → how long a reading tells something.
    """
    theirs: dict[int, list[ObservedAccount]] = {}
    for each in accounts:
        theirs.setdefault(each.user_id, []).append(each)
    found: list[HolderChange] = []
    unchanged = 0
    for member in now.members():
        past = theirs.get(member.user_id, [])
        kind, before = _change(member, past, counted, since, ages)
        if kind:
            found.append(HolderChange(member.user_id, kind, before, member.kinds))
        elif member.kinds.low:
            unchanged += 1
    order = list(ChangeKind)
    found.sort(key=lambda each: (order.index(each.kind), -_size(each), each.user_id))
    return HolderChanges(
        guild_id=now.guild_id,
        collections=now.collections,
        since=since,
        made_at=now.made_at,
        changes=tuple(found),
        unchanged=unchanged,
        first_looked_at=first_looked_at(accounts),
        left_out=now.left_out,
    )


def kinds_then(
    accounts: Iterable[ObservedAccount],
    moment: datetime,
    collections: Sequence[CollectionRef],
    ages: Mapping[str, timedelta],
) -> Count:
    """What one member held at a moment, of all their accounts together; each owner of a network is counted once."""
    owners: dict[tuple[str, str], list[Count]] = {}
    for each in accounts:
        key = each.account.network, each.owner or each.account.account_id
        owners.setdefault(key, []).append(each.kinds_at(moment, collections, ages[each.account.network]))
    return total(counted_once(counts) for counts in owners.values())


def _change(
    member: HeldMember,
    past: Sequence[ObservedAccount],
    collections: Sequence[CollectionRef],
    since: datetime,
    ages: Mapping[str, timedelta],
) -> tuple[ChangeKind | None, Count]:
    before, after = kinds_then(past, since, collections, ages), member.kinds
    # None: nothing changed, or both may be nothing and nobody ever knew of anything.
    if before.high is not None and after.low > before.high:
        return (ChangeKind.UP if before.low else ChangeKind.JOINED), before
    if after.high is not None and after.high < before.low:
        return (ChangeKind.DOWN if after.low else ChangeKind.LEFT), before
    if is_exact(before) and is_exact(after):
        return None, before
    # Who is known to have held some then is no new face, whatever account of theirs was first read since.
    if before.low == 0 and not all(each.was_looked_at(since) for each in past):
        return (ChangeKind.SEEN_FIRST if after.low else None), before
    return ChangeKind.UNKNOWN, before


def _size(change: HolderChange) -> int:
    return abs(change.after.low - change.before.low)
