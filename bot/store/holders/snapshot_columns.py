"""Snapshots and their members as rows, and rows as these."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bot.counts import Count, Ternary, as_of_then
from bot.holders.counting import Counting
from bot.holders.held import HeldAccount, HeldMember, OpenReason
from bot.holders.snapshot import Snapshot, SnapshotMember, SnapshotRequest, Weight
from bot.store.gates.alias_table import to_collection
from bot.store.rows import moment, seconds, to_account

COLUMNS = "snapshot_id, guild_id, schedule_id, made_at, rule, weight, minimum, names, forgotten, counting"
ROWS = "user_id, account, owner, fits, kinds, most_kinds, copies, most_copies, as_of, reason"
_LARGEST = 2**63 - 1


def rows_of(snapshot: Snapshot) -> Iterator[tuple[Any, ...]]:
    """The rows of a snapshot, as `ROWS` names their columns."""
    for member in snapshot.members:
        fits = int(member.fits is Ternary.YES)
        if not member.held.accounts:
            yield member.user_id, "", "", fits, 0, 0, 0, 0, None, None
        for each in member.held.accounts:
            yield (
                member.user_id,
                str(each.account),
                each.owner,
                fits,
                *_storable(each.kinds),
                *_storable(each.copies),
                seconds(each.as_of) if each.as_of else None,
                each.reason.value if each.reason else None,
            )


def _storable(count: Count) -> tuple[int, int | None]:
    """What of a count fits: what a hostile contract says of copies may add up to more, and is "at least" then."""
    is_larger = count.high is not None and count.high > _LARGEST
    return min(count.low, _LARGEST), None if is_larger else count.high


def to_members(rows: Collection[Sequence[Any]]) -> Iterator[SnapshotMember]:
    """The members of these rows, in their order."""
    accounts: dict[int, list[HeldAccount]] = {}
    fits: dict[int, Ternary] = {}
    for user_id, account, owner, its_fit, kinds, most_kinds, copies, most_copies, as_of, reason in rows:
        fits[user_id] = Ternary.YES if its_fit else Ternary.UNKNOWN
        theirs = accounts.setdefault(user_id, [])
        if account:
            theirs.append(
                HeldAccount(
                    user_id=user_id,
                    account=to_account(account),
                    owner=owner,
                    kinds=as_of_then(kinds, most_kinds),
                    copies=as_of_then(copies, most_copies),
                    as_of=None if as_of is None else moment(as_of),
                    reason=OpenReason(reason) if reason else None,
                )
            )
    return (SnapshotMember(HeldMember.of(user_id, theirs), fits[user_id]) for user_id, theirs in accounts.items())


def to_snapshot(row: Sequence[Any]) -> Snapshot:
    """A snapshot without its members, from its `COLUMNS`."""
    snapshot_id, guild_id, schedule_id, made_at, rule, weight, minimum, names, forgotten, counting = row
    return Snapshot(
        guild_id=guild_id,
        made_at=moment(made_at),
        request=SnapshotRequest(rule, Weight(weight), minimum),
        names=tuple(json.loads(names)),
        snapshot_id=snapshot_id,
        forgotten=forgotten,
        schedule_id=schedule_id,
        counting=None if counting is None else _to_counting(counting),
    )


def counting_text(counting: Counting | None) -> str | None:
    """What a snapshot counted, as its column has it."""
    if counting is None:
        return None
    same, left_out = [list(map(str, each)) for each in counting.same], list(map(str, counting.left_out))
    return json.dumps({"same": same, "left_out": left_out, "accounts": counting.accounts})


def _to_counting(text: str) -> Counting:
    its = json.loads(text)
    same = tuple(tuple(map(to_collection, each)) for each in its["same"])
    return Counting(same, tuple(map(to_collection, its["left_out"])), its["accounts"])
