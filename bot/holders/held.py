"""Who holds a collection in one server, as far as it is known: each proven account, and each member of all of theirs.

A list has every account that counts in the server, also those that hold nothing and those of which it is not known: so
that it can be shown how much of it is unknown. "Unknown" is never counted as "nothing".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from bot.counts import Count, counted_once, total
from bot.gates.rule import CollectionRef
from bot.holdings import Account


class OpenReason(StrEnum):
    """Why it is not known exactly how many kinds an account holds."""

    NO_SOURCE = auto()  # none is configured for its network
    NEVER_READ = auto()
    TOO_OLD = auto()  # it was read so long ago that it may have changed
    PARTLY_READ = auto()  # its latest reading is not complete
    NOT_COUNTED = auto()  # its source did not say how many
    OWNER_UNCERTAIN = auto()  # whose account it is must be decided or confirmed first


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """What one proven account of a member holds of a collection, and of all that counts as the same.

    Attributes:
        user_id: The member.
        account: The account.
        owner: Its address, lower case; "" where it is not known.
        kinds: Distinct NFTs.
        copies: Units; open above where single NFTs were not read: they are read where a gate asks for them.
        as_of: When the account was read; None: never.
        reason: Why `kinds` is not exact; None: it is.
    """

    user_id: int
    account: Account
    owner: str
    kinds: Count
    copies: Count
    as_of: datetime | None
    reason: OpenReason | None = None

    @property
    def is_complete(self) -> bool:
        """Whether both counts are exact."""
        return is_exact(self.kinds) and is_exact(self.copies)


@dataclass(frozen=True, slots=True)
class HeldMember:
    """What one member holds, of all their accounts together; at least one account.

    Accounts of one network with the same owner hold the same, so of these only one counts.

    Attributes:
        user_id: The member.
        accounts: Their accounts, by name.
        kinds: Distinct NFTs.
        copies: Units.
    """

    user_id: int
    accounts: tuple[HeldAccount, ...]
    kinds: Count
    copies: Count

    @classmethod
    def of(cls, user_id: int, accounts: Iterable[HeldAccount]) -> HeldMember:
        """A member with these accounts."""
        theirs = tuple(sorted(accounts, key=lambda each: str(each.account)))
        owners: dict[tuple[str, str], list[HeldAccount]] = {}
        for each in theirs:
            key = each.account.network, each.owner or each.account.account_id
            owners.setdefault(key, []).append(each)
        kinds = total(counted_once(each.kinds for each in same) for same in owners.values())
        copies = total(counted_once(each.copies for each in same) for same in owners.values())
        return cls(user_id, theirs, kinds, copies)

    @property
    def as_of(self) -> datetime | None:
        """When the oldest reading was made that this rests on; None: one of their accounts was never read."""
        moments = [each.as_of for each in self.accounts]
        return None if None in moments else min((at for at in moments if at), default=None)

    @property
    def reasons(self) -> frozenset[OpenReason]:
        """Why `kinds` is not exact; none: it is."""
        return frozenset(each.reason for each in self.accounts if each.reason)


@dataclass(frozen=True, slots=True)
class HolderList:
    """All proven accounts of a server's members that may hold a collection, at one moment.

    Attributes:
        guild_id: The server; nobody else's members are in it.
        collections: The collection, and all that count as the same in that server.
        accounts: Every account that counts there and is on a network of these collections.
        made_at: When the list was made; each row says itself as of when it is.
        left_out: Which of the collections never count in that server: nobody is known to hold these.
    """

    guild_id: int
    collections: tuple[CollectionRef, ...]
    accounts: tuple[HeldAccount, ...]
    made_at: datetime
    left_out: tuple[CollectionRef, ...] = ()

    def members(self) -> Sequence[HeldMember]:
        """Every member with such an account: those who hold most first, and of equal ones the one with the lower id."""
        theirs: dict[int, list[HeldAccount]] = {}
        for each in self.accounts:
            theirs.setdefault(each.user_id, []).append(each)
        return sorted((HeldMember.of(user_id, each) for user_id, each in theirs.items()), key=by_most)

    @property
    def as_of(self) -> datetime | None:
        """When the oldest of the readings was made that this rests on, of those accounts that were read at all."""
        return min((each.as_of for each in self.accounts if each.as_of), default=None)

    @property
    def is_complete(self) -> bool:
        """Whether it is known exactly how many kinds each of the accounts holds."""
        return all(each.reason is None for each in self.accounts)

    @property
    def open_reasons(self) -> dict[OpenReason, int]:
        """Reason → of how many accounts it is not known exactly for that reason."""
        found: dict[OpenReason, int] = {}
        for each in self.accounts:
            if each.reason:
                found[each.reason] = found.get(each.reason, 0) + 1
        return found


def holders_of(members: Iterable[HeldMember]) -> list[HeldMember]:
    """Those who are known to hold at least one, in the same order."""
    return [member for member in members if member.kinds.low > 0]


def perhaps_of(members: Iterable[HeldMember]) -> list[HeldMember]:
    """Those of whom it is not known whether they hold any."""
    return [member for member in members if member.kinds.low == 0 and member.kinds.high != 0]


def is_exact(count: Count) -> bool:
    """Whether it is one number."""
    return count.low == count.high


def by_most(member: HeldMember) -> tuple[int, int, int]:
    """Sorts members: who holds most first."""
    return -member.kinds.low, -member.copies.low, member.user_id
