"""What counts as proven for a member: by a signature everywhere, by a moderator's word in one server."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.holdings import Account
from bot.links.named import Link, Scope
from bot.messages import Message, Words


class ProofKind(Enum):
    """How an address was proven; each is a signature."""

    KEY = "eoa"
    CONTRACT = "1271"
    COUNTERFACTUAL = "counterfactual"

    @property
    def description(self) -> Words:
        """For people to read."""
        return _DESCRIPTIONS[self]()


# Where a contract is on Ethereum, somebody else's may be at the same address of another chain: a factory that uses
# a counter can be made to deploy to the same address there. A key is the same everywhere.
_OF_CONTRACTS = ("loopring:", "eip155:1:")


def covers(kind: ProofKind, account: str) -> bool:
    """Whether a proof of an address also proves its account `network:id`."""
    return kind is ProofKind.KEY or account.startswith(_OF_CONTRACTS)


_DESCRIPTIONS = {
    ProofKind.KEY: Message("signature"),
    ProofKind.CONTRACT: Message("signature, confirmed by the wallet's contract"),
    ProofKind.COUNTERFACTUAL: Message("signature by the key of a wallet not yet deployed"),
}


@dataclass(frozen=True, slots=True)
class ProvenAccount:
    """An account that counts as proven for one member, where it was asked.

    Attributes:
        account: The account; a vouched one need not be among the member's links.
        owner: Its address.
        kind: How it was signed for; None: a moderator of that server vouches for it, and the member confirmed.
        proven_at: When it was signed for or confirmed, the last time.
        first_proven_at: Since when it has been this member's without a break; signing again does not change that.
        is_frozen: The operator must decide whose the address is; until then a role is neither given nor taken for it.
    """

    account: Account
    owner: str
    kind: ProofKind | None
    proven_at: datetime
    first_proven_at: datetime
    is_frozen: bool = False

    @property
    def is_signed(self) -> bool:
        """Whether it rests on a signature: it then counts in every server."""
        return self.kind is not None


@dataclass(frozen=True, slots=True)
class Proven:
    """The accounts that count as proven for one member in one scope: gates, answers and lists ask this and no other.

    Attributes:
        user_id: The member.
        scope: Where it was asked; the answer is true there alone.
        accounts: Those accounts.
    """

    user_id: int
    scope: Scope
    accounts: Mapping[Account, ProvenAccount]

    def of(self, link: Link) -> ProvenAccount | None:
        """How a link of that member is proven there; None: it is not."""
        return self.accounts.get(link.account)

    def is_signed(self, link: Link) -> bool:
        """Whether a signature of that member covers the link."""
        found = self.of(link)
        return found is not None and found.is_signed


@dataclass(frozen=True, slots=True)
class Vouch:
    """A moderator of one server says that an account is a member's; it counts once that member has confirmed.

    Attributes:
        guild_id: The only server in which it counts and is shown.
        user_id: The member.
        account: The account.
        owner: Its address.
        asked_at: When the moderator said so.
        confirmed_at: When the member confirmed; None: not yet.
    """

    guild_id: int
    user_id: int
    account: Account
    owner: str
    asked_at: datetime
    confirmed_at: datetime | None = None

    @property
    def vouch_id(self) -> str:
        """Names exactly this one, for buttons: it is made of its own fields, so it says nothing about any other."""
        fields = f"{self.guild_id} {self.user_id} {self.account} {self.owner} {int(self.asked_at.timestamp())}"
        return hashlib.sha256(fields.encode()).hexdigest()[:16]


def cool_down_over(proven: ProvenAccount, now: datetime, span: timedelta) -> bool:
    """Whether an address has been proven by this member for so long that it may earn a first sensitive role.

    It starts with the member's first signature for the address, not with their latest. After the address was
    another's, or the proof was deleted, it starts again.
    """
    return now - proven.first_proven_at >= span
