"""What changed between two snapshots: who joined, left, has more, has fewer; and of whom it is not known.

Only what both say for certain is a change. Who is unknown in one of them, or has "at least" so many in both, is among
the unknown: neither joined nor left, neither up nor down. So is who may have been in the older one, as members were
deleted from it with all their data, and who those were is recorded nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bot.counts import Count, Ternary
from bot.errors import InputError
from bot.holders.change_kind import ChangeKind
from bot.holders.counting import other_counting
from bot.holders.snapshot import Snapshot, SnapshotMember, weight_words
from bot.messages import Message, Words

_OTHER_REQUEST = Message(
    "Snapshots {first} and {second} are not of the same: one is of `{one}` by {weight}, the other of `{other}` by "
    "{other_weight}. Only two of the same rule, minimum and weight can be compared."
)


_FORGOTTEN = Message(
    "One member is gone from snapshot {number}, who had all their data deleted. So who is in the newer one alone, and "
    "had nothing linked when the older one was made, is among the unknown: they may have been in both.",
    "{count:,} members are gone from snapshot {number}, who had all their data deleted. So who is in the newer one "
    "alone, and had nothing linked when the older one was made, is among the unknown: they may have been in both.",
)
_NOT_RECORDED = Message(
    "Snapshot {number} does not say which collections counted as the same and what never counted. Where that was "
    "changed since, some of these changes are none."
)
# Who was not known of is in no snapshot, so nobody is seen first.
KINDS = tuple(kind for kind in ChangeKind if kind is not ChangeKind.SEEN_FIRST)


@dataclass(frozen=True, slots=True)
class SnapshotChange:
    """What changed for one member; a count is None where they are not in that snapshot."""

    user_id: int
    kind: ChangeKind
    before: Count | None
    after: Count | None


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """What changed between two snapshots.

    Attributes:
        before: The older one.
        after: The newer one.
        changes: Of each member who is in one of them, sorted by kind and id.
    """

    before: Snapshot
    after: Snapshot
    changes: tuple[SnapshotChange, ...]

    @property
    def remarks(self) -> Sequence[Words]:
        """What limits what can be said."""
        number, forgotten = self.before.snapshot_id, self.before.forgotten
        unrecorded = [each.snapshot_id for each in (self.before, self.after) if each.counting is None]
        return [
            *([_FORGOTTEN(number=number, count=forgotten)] if forgotten else []),
            *(_NOT_RECORDED(number=each) for each in unrecorded),
        ]

    def of(self, kind: ChangeKind) -> tuple[SnapshotChange, ...]:
        """The members with that change."""
        return tuple(change for change in self.changes if change.kind is kind)


def compare_snapshots(one: Snapshot, other: Snapshot, linked: Collection[int] = ()) -> SnapshotDiff:
    """What changed between two snapshots of a server, the older of which comes first whatever their order.

    Args:
        one: One of them.
        other: The other.
        linked: Members who certainly had no data deleted since the older one was made.

    Raises:
        InputError: they are not of the same, or did not count the same.
    """
    before, after = sorted((one, other), key=lambda each: (each.made_at, each.snapshot_id))
    if before.request != after.request:
        raise InputError(
            _OTHER_REQUEST,
            first=before.snapshot_id,
            second=after.snapshot_id,
            one=before.request.short_rule,  # of two long ones the end of the sentence would not be read
            weight=weight_words(before.weight),
            other=after.request.short_rule,
            other_weight=weight_words(after.weight),
        )
    if before.counting and after.counting:
        why = other_counting(before.snapshot_id, before.counting, after.snapshot_id, after.counting)
        if why:
            raise InputError(why.message, **why.values)
    then, now = ({member.user_id: member for member in each.members} for each in (before, after))
    changes = [
        _change(
            user_id, then.get(user_id), now.get(user_id), before, is_whole=not before.forgotten or user_id in linked
        )
        for user_id in then.keys() | now.keys()
    ]
    order = list(ChangeKind)
    return SnapshotDiff(before, after, tuple(sorted(changes, key=lambda each: (order.index(each.kind), each.user_id))))


def _change(
    user_id: int, before: SnapshotMember | None, after: SnapshotMember | None, snapshot: Snapshot, *, is_whole: bool
) -> SnapshotChange:
    """What changed for a member; `is_whole`: if the older one does not have them, it never had."""
    counts = [member.weighed(snapshot.weight) if member else None for member in (before, after)]
    kind = _kind(before, after, *counts)
    if kind is ChangeKind.JOINED and not is_whole:
        kind = ChangeKind.UNKNOWN
    return SnapshotChange(user_id, kind, *counts)


def _kind(
    before: SnapshotMember | None, after: SnapshotMember | None, then: Count | None, now: Count | None
) -> ChangeKind:
    if any(member and member.fits is not Ternary.YES for member in (before, after)):
        return ChangeKind.UNKNOWN
    if then is None or now is None:  # who is in no snapshot certainly did not fit
        return ChangeKind.JOINED if then is None else ChangeKind.LEFT
    if then.high is not None and now.low > then.high:
        return ChangeKind.UP
    if now.high is not None and now.high < then.low:
        return ChangeKind.DOWN
    return ChangeKind.SAME if then == now and then.high == then.low else ChangeKind.UNKNOWN
