"""The nouns of linking: an account that a member named, the proof that it is theirs, a claim that is contested.

A *link* says that a member named an account: enough to show it, never enough for a role. A *proof* says that a member
has shown control of an address; it covers every account of that address (`covers`). One address has at most one
proof, so one proven account belongs to one Discord user.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from bot.holdings import Account

MAX_LINKS = 10
MAX_LABEL = 32


class ProofKind(Enum):
    """How an address was proven."""

    KEY = "eoa"
    CONTRACT = "1271"
    COUNTERFACTUAL = "counterfactual"
    MODERATOR = "manual"

    @property
    def description(self) -> str:
        """For people to read."""
        return _DESCRIPTIONS[self]


# Where a contract is on Ethereum, somebody else's may be at the same address of another chain: a factory that uses
# a counter can be made to deploy to the same address there. A key is the same everywhere.
_OF_CONTRACTS = ("loopring:", "eip155:1:")


def covers(kind: ProofKind, account: str) -> bool:
    """Whether a proof of an address also proves its account `network:id`."""
    return kind in (ProofKind.KEY, ProofKind.MODERATOR) or account.startswith(_OF_CONTRACTS)


_DESCRIPTIONS = {
    ProofKind.KEY: "signature",
    ProofKind.CONTRACT: "signature, confirmed by the wallet's contract",
    ProofKind.COUNTERFACTUAL: "signature by the key of a wallet not yet deployed",
    ProofKind.MODERATOR: "a moderator's confirmation, without a signature",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A Discord user, as far as linking needs: `name` is the unique user name, upstream text."""

    user_id: int
    name: str = ""
    avatar_url: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An account that a member named; `owner` is its address in lower case, "" while that is not known.

    `proof_kind` and `proven_at` are those of the member's own proof that covers it, None while there is none. A
    moderator's confirmation counts in one server alone, `proven_in`; it is None for a signature, which counts
    everywhere. `first_proven_at` is since when the address has been this member's without a break: signing again does
    not change it. `is_frozen`: the operator must decide whose the address is; until then a role is neither given nor
    taken for it.
    """

    account: Account
    owner: str
    label: str
    is_main: bool
    linked_at: datetime
    proof_kind: ProofKind | None = None
    proven_at: datetime | None = None
    proven_in: int | None = None
    first_proven_at: datetime | None = None
    is_frozen: bool = False

    @property
    def proven(self) -> bool:
        """Whether it may count for roles."""
        return self.proof_kind is not None


@dataclass(frozen=True, slots=True)
class Membership:
    """A member of a server, as Discord gave them for one question: true then, and not to be stored.

    `joined_at` is when they joined it, the last time.
    """

    user_id: int
    guild_id: int
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """Others in a server may see an account, as long as its member, who joined at `joined_at`, does not leave."""

    guild_id: int
    account: Account
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Contest:
    """Two members have signed for one address: unless its holder signs again, it moves at `ends_at`."""

    owner: str
    holder_id: int
    challenger_id: int
    opened_at: datetime
    ends_at: datetime
    objected_at: datetime | None = None


def cool_down_over(link: Link, now: datetime, span: timedelta) -> bool:
    """Whether an address has been proven by this member for so long that it may earn a first sensitive role.

    It starts with the member's first signature for the address, not with their latest. After the address was
    another's, or the proof was deleted, it starts again.
    """
    return link.first_proven_at is not None and now - link.first_proven_at >= span


class FreezeReason(Enum):
    """Why the operator must decide whose an address is."""

    MOVES = "moves"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class FrozenAddress:
    """An address that moves no more until the operator has decided; `holder_id` is who had it then, and still has."""

    owner: str
    frozen_at: datetime
    reason: FreezeReason
    holder_id: int | None = None


@dataclass(frozen=True, slots=True)
class AddressStatus:
    """The status of an address when a member has signed for it.

    Attributes:
        holder_id: The member who has proven it, None for nobody.
        kind: How they have proven it.
        challenger_id: The member who claims it already, None for nobody.
        challenger_kind: How they signed for it.
        ends_at: When their contest ends.
        refused_until: Until when the member who signed may not claim it by a contract's answer, None where they may.
        is_frozen: The operator must decide whose it is.
        claims: When it was claimed from its holder, in contests that are over as well.
    """

    holder_id: int | None = None
    kind: ProofKind | None = None
    challenger_id: int | None = None
    challenger_kind: ProofKind | None = None
    ends_at: datetime | None = None
    refused_until: datetime | None = None
    is_frozen: bool = False
    claims: tuple[datetime, ...] = ()


class ClaimDecision(Enum):
    """What a valid signature for an address leads to."""

    PROVE = "the member who signed has proven it, or proven it again"
    OUTWEIGH = "the same; the moderator's confirmation for its holder no longer counts"
    CONTEST = "its holder is asked to sign again"
    TAKE_OVER = "the same; the member who signed replaces an earlier challenger"
    FREEZE = "it moves no more: the operator must decide"
    AWAIT = "the operator learns that this member signed, too"
    REFUSE = "nothing: they claimed it recently, by a contract's answer, and it stayed with its holder"
    NEED_KEY = "nothing: a contract's answer does not outweigh a signature by the address's own key"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision about a signature; `until` is when the contest ends, or a refusal."""

    decision: ClaimDecision
    until: datetime | None = None


class NotificationKind(Enum):
    """What a member must be notified of; stored until they were."""

    CONTESTED = "contested"
    LOST = "lost"
    WON = "won"
    KEPT = "kept"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
    FROZEN = "frozen"
    DECIDED_FOR = "decided for"
    DECIDED_AGAINST = "decided against"
    DECIDED_FOR_NOBODY = "decided for nobody"


@dataclass(frozen=True, slots=True)
class Notification:
    """What one member must be notified of about an address; `tried`: a direct message was refused."""

    notification_id: int
    user_id: int
    kind: NotificationKind
    owner: str
    created_at: datetime
    until: datetime | None = None
    tried: bool = False


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A wallet that was never deployed, whose address is computed from its owner (Loopring's counterFactualInfo).

    All addresses are lower case; `owner` is the key that signs, `wallet` is what owns the account.
    """

    wallet: str
    factory: str
    salt: int
    owner: str
