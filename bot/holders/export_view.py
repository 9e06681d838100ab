"""What of a snapshot an export shows: addresses only as far as the server and their members let them be seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum, auto

from bot.holders.held import HeldAccount
from bot.holders.snapshot import Snapshot


class Layout(StrEnum):
    """The form of a file."""

    CSV = auto()
    JSON = auto()
    DROP = auto()  # `address,amount`, as tools for merkle drops read it
    ADDRESSES = auto()  # one address a line

    @property
    def suffix(self) -> str:
        """How the names of such files end."""
        return {"csv": ".csv", "json": ".json", "drop": ".drop.csv", "addresses": ".txt"}[self.value]

    @property
    def is_for_airdrops(self) -> bool:
        """Whether it is a list of addresses for another tool, and nothing besides."""
        return self in (Layout.DROP, Layout.ADDRESSES)


@dataclass(frozen=True, slots=True)
class ExportView:
    """A snapshot as it may be shown.

    Attributes:
        snapshot: With the members who are shown.
        shows_addresses: Whether the server shows the addresses of all; else only of accounts that members share there.
        shared: Member and account, of those that members share there.
        by_member: One row for each member.
        left_out: How many members are left out, as they left the server since.
    """

    snapshot: Snapshot
    shows_addresses: bool
    shared: frozenset[tuple[int, str]] = frozenset()
    by_member: bool = False
    left_out: int = 0

    def may_show(self, account: HeldAccount) -> bool:
        """Whether an account and its owner are shown."""
        return self.shows_addresses or (account.user_id, str(account.account)) in self.shared

    @property
    def hidden(self) -> int:
        """How many accounts are not shown."""
        accounts = (account for member in self.snapshot.members for account in member.held.accounts)
        return sum(not self.may_show(account) for account in accounts)


def export_view(
    snapshot: Snapshot,
    *,
    shows_addresses: bool,
    shared: Collection[tuple[int, str]] = (),
    by_member: bool = False,
    present: Collection[int] | None = None,
) -> ExportView:
    """A snapshot as it may be shown now.

    Args:
        snapshot: Whole.
        shows_addresses: As the server has set it.
        shared: Member and account, of those that members share in that server.
        by_member: One row for each member.
        present: Who is a member now, where only they are wanted; None: all who were when it was made.
    """
    wanted = tuple(member for member in snapshot.members if present is None or member.user_id in present)
    left_out = len(snapshot.members) - len(wanted)
    return ExportView(replace(snapshot, members=wanted), shows_addresses, frozenset(shared), by_member, left_out)
