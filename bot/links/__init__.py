"""The nouns of linking: an account that a member named, the proof that it is theirs, a claim that is contested.

A *link* says that a member named an account: enough to show it, never enough for a role. A *proof* says that a member
has shown control of an address; it covers every account of that address (`covers`). One address has at most one
proof, so one proven account belongs to one Discord user. A *vouch* is the word of one server's moderator, which its
member confirmed: it counts in that server alone, and nowhere once somebody else has signed.

So a link is never proven by itself: whether it counts is a question with a `Scope` in it, and `Proven` is its answer.
"""

from __future__ import annotations

from bot.links.contested import (
    AddressStatus,
    ClaimDecision,
    Contest,
    FreezeReason,
    FrozenAddress,
    Notification,
    NotificationKind,
    Ruling,
)
from bot.links.named import (
    MAX_LABEL,
    MAX_LINKS,
    NOWHERE,
    Counterfactual,
    InGuild,
    Link,
    Membership,
    Person,
    Scope,
    Share,
)
from bot.links.proven import (
    ProofKind,
    Proven,
    ProvenAccount,
    Vouch,
    cool_down_over,
    covers,
)

__all__ = [
    "MAX_LABEL",
    "MAX_LINKS",
    "NOWHERE",
    "AddressStatus",
    "ClaimDecision",
    "Contest",
    "Counterfactual",
    "FreezeReason",
    "FrozenAddress",
    "InGuild",
    "Link",
    "Membership",
    "Notification",
    "NotificationKind",
    "Person",
    "ProofKind",
    "Proven",
    "ProvenAccount",
    "Ruling",
    "Scope",
    "Share",
    "Vouch",
    "cool_down_over",
    "covers",
]
