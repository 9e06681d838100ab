"""What changed between two snapshots: who joined, left, has more, has fewer; and of whom it is not known.

Only what both say for certain is a change. Who is unknown in one of them, or has "at least" so many in both, is among
the unknown: neither joined nor left, neither up nor down.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, auto

from bot.counts import Count, Ternary
from bot.errors import InputError
from bot.holders.snapshot import Snapshot, SnapshotMember
from bot.messages import Message

_OTHER_REQUEST = Message(
    "Snapshots {first} and {second} are not of the same: one is of `{one}` by {weight}, the other of `{other}` by "
    "{other_weight}. Only two of the same rule, minimum and weight can be compared."
)


class ChangeKind(StrEnum):
    """How a member stands in the newer snapshot, compared with the older one."""

    JOINED = auto()
    LEFT = auto()
    UP = auto()
    DOWN = auto()
    SAME = auto()
    UNKNOWN = auto()


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

    def of(self, kind: ChangeKind) -> tuple[SnapshotChange, ...]:
        """The members with that change."""
        return tuple(change for change in self.changes if change.kind is kind)


def compare(one: Snapshot, other: Snapshot) -> SnapshotDiff:
    """What changed between two snapshots of a server, the older of which comes first whatever their order.

    Raises:
        InputError: they are not of the same.
    """
    before, after = sorted((one, other), key=lambda each: (each.made_at, each.snapshot_id))
    if before.request != after.request:
        raise InputError(
            _OTHER_REQUEST,
            first=before.snapshot_id,
            second=after.snapshot_id,
            one=before.request.rule,
            weight=before.weight.value,
            other=after.request.rule,
            other_weight=after.weight.value,
        )
    then, now = ({member.user_id: member for member in each.members} for each in (before, after))
    changes = [_change(user_id, then.get(user_id), now.get(user_id), before) for user_id in then.keys() | now.keys()]
    order = list(ChangeKind)
    return SnapshotDiff(before, after, tuple(sorted(changes, key=lambda each: (order.index(each.kind), each.user_id))))


def _change(
    user_id: int, before: SnapshotMember | None, after: SnapshotMember | None, snapshot: Snapshot
) -> SnapshotChange:
    counts = [member.weighed(snapshot.weight) if member else None for member in (before, after)]
    return SnapshotChange(user_id, _kind(before, after, *counts), *counts)


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
