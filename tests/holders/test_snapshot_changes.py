"""What changed between two snapshots: only what both say for certain is a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.counts import Count, Ternary, at_least, exact, unknown
from bot.errors import InputError
from bot.gates.rule import CollectionRef
from bot.holders.change_kind import ChangeKind
from bot.holders.counting import Counting
from bot.holders.snapshot import SnapshotRequest, Weight
from bot.holders.snapshot_changes import compare_snapshots
from tests.holders.snapshots import AT, held, row, snapshot

LATER = AT + timedelta(days=7)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (None, exact(2), ChangeKind.JOINED),
        (exact(2), None, ChangeKind.LEFT),
        (None, at_least(2), ChangeKind.JOINED),
        (at_least(2), None, ChangeKind.LEFT),
        (exact(2), exact(3), ChangeKind.UP),
        (exact(3), exact(2), ChangeKind.DOWN),
        (exact(2), exact(2), ChangeKind.SAME),
        (exact(2), at_least(3), ChangeKind.UP),
        (exact(2), at_least(2), ChangeKind.UNKNOWN),
        (at_least(2), at_least(2), ChangeKind.UNKNOWN),
        (at_least(3), exact(2), ChangeKind.DOWN),
        (at_least(2), exact(3), ChangeKind.UNKNOWN),
        (Count(1, 2), exact(3), ChangeKind.UP),
        (unknown(), exact(3), ChangeKind.UNKNOWN),
        (exact(3), unknown(), ChangeKind.UNKNOWN),
        (None, unknown(), ChangeKind.UNKNOWN),
        (unknown(), None, ChangeKind.UNKNOWN),
    ],
)
def test_a_change_is_what_both_say(before: Count | None, after: Count | None, kind: ChangeKind) -> None:
    def of(count: Count | None) -> list[object]:
        if count is None:
            return []
        fits = Ternary.YES if count.low else Ternary.UNKNOWN
        return [row(7, held(7, 1, count), fits=fits)]

    found = compare_snapshots(snapshot(*of(before)), snapshot(*of(after), number=13, at=LATER))  # type: ignore[arg-type] # rows
    assert [change.kind for change in found.changes] == [kind]
    assert (found.changes[0].before, found.changes[0].after) == (before, after)


def test_the_older_one_comes_first_whatever_the_order() -> None:
    old, new = snapshot(), snapshot(row(7, held(7, 1, exact(1))), number=13, at=LATER)
    assert compare_snapshots(new, old) == compare_snapshots(old, new)
    assert [change.user_id for change in compare_snapshots(new, old).of(ChangeKind.JOINED)] == [7]


@pytest.mark.parametrize(
    "other",
    [SnapshotRequest("261"), SnapshotRequest("254", Weight.COPIES), SnapshotRequest("254", minimum=2)],
)
def test_two_of_different_things_are_not_compared(other: SnapshotRequest) -> None:
    with pytest.raises(InputError, match="Snapshots 12 and 13 are not of the same"):
        compare_snapshots(snapshot(), snapshot(request=other, number=13, at=LATER))


def test_copies_are_compared_where_they_are_the_weight() -> None:
    by_copies = SnapshotRequest("254", Weight.COPIES)
    old = snapshot(row(7, held(7, 1, exact(1), copies=exact(2))), request=by_copies)
    new = snapshot(row(7, held(7, 1, exact(1), copies=exact(5))), request=by_copies, number=13, at=LATER)
    assert compare_snapshots(old, new).changes[0].kind is ChangeKind.UP


def test_who_may_have_been_in_the_older_one_has_not_joined() -> None:
    old = replace(snapshot(), forgotten=1)
    new = snapshot(row(7, held(7, 1, exact(1))), row(8, held(8, 2, exact(1))), number=13, at=LATER)
    diff = compare_snapshots(old, new, linked={8})
    assert [(change.user_id, change.kind) for change in diff.changes] == [
        (8, ChangeKind.JOINED),
        (7, ChangeKind.UNKNOWN),
    ]
    assert str(diff.remarks[0]).startswith("One member is gone from snapshot 12, who had all their data deleted.")


def test_what_counted_the_same_or_not_is_said_where_it_is_not_recorded() -> None:
    recorded = Counting()
    old, new = replace(snapshot(), counting=recorded), replace(snapshot(number=13, at=LATER), counting=recorded)
    assert compare_snapshots(old, new).remarks == []
    [remark] = compare_snapshots(replace(old, counting=None), new).remarks
    assert str(remark).startswith("Snapshot 12 does not say which collections counted as the same")
    with pytest.raises(InputError, match="Snapshots 12 and 13 cannot be compared: which collections never count"):
        compare_snapshots(old, replace(new, counting=Counting(left_out=(CollectionRef("loopring", "254"),))))
