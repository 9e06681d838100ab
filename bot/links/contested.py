"""Claims of several members to one address: contests, freezes, and what members are notified of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from bot.links.proven import ProofKind


@dataclass(frozen=True, slots=True)
class Contest:
    """Two members have signed for one address: unless its holder signs again, it moves at `ends_at`."""

    owner: str
    holder_id: int
    challenger_id: int
    opened_at: datetime
    ends_at: datetime
    objected_at: datetime | None = None


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
