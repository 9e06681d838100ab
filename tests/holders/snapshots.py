"""Snapshots for the tests: members who hold something, nothing that is known, or at least something."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.counts import Count, Ternary, at_least, exact, unknown
from bot.holders.held import HeldAccount, HeldMember, OpenReason
from bot.holders.snapshot import Snapshot, SnapshotMember, SnapshotRequest
from bot.holdings import Account

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
READ = datetime(2026, 11, 27, 11, 55, tzinfo=UTC)
GUILD = 900000000000000001


def owner(number: int) -> str:
    """An address."""
    return f"0x{number:040x}"


def held(
    user_id: int,
    number: int,
    kinds: Count,
    *,
    copies: Count | None = None,
    reason: OpenReason | None = None,
    network: str = "loopring",
    owner_number: int = 0,
) -> HeldAccount:
    """An account of a member, with as many copies as kinds unless it is said."""
    address = owner(owner_number or number)
    name = str(number) if network == "loopring" else address
    as_of = None if reason is OpenReason.NEVER_READ else READ
    return HeldAccount(user_id, Account(network, name), address, kinds, copies or kinds, as_of, reason)


def row(user_id: int, *accounts: HeldAccount, fits: Ternary = Ternary.YES) -> SnapshotMember:
    """A member with these accounts."""
    return SnapshotMember(HeldMember.of(user_id, accounts), fits)


def snapshot(
    *members: SnapshotMember, request: SnapshotRequest | None = None, number: int = 12, at: datetime = AT
) -> Snapshot:
    """A snapshot of `254 >= 1`, unless something else is said."""
    return Snapshot(
        GUILD, at, request or SnapshotRequest("254"), members, names=("Harbour Lights",), snapshot_id=number
    )


# Ann holds for certain, in two accounts of two owners; Ben at least two; of Cleo nothing is known.
ANN = row(101, held(101, 10001, exact(3)), held(101, 10002, exact(1), copies=exact(5)))
BEN = row(102, held(102, 10003, at_least(2), reason=OpenReason.PARTLY_READ))
CLEO = row(103, held(103, 10004, unknown(), reason=OpenReason.NEVER_READ), fits=Ternary.UNKNOWN)
