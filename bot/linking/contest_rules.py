"""Two members, one address: the holder is notified and may object, and then the one who can sign last keeps it.

A proof by another member moves nothing at once: somebody may have been tricked into signing, and would then lose it.
The holder has a day. A holder who objects has a week, to get the key from where it is stored; a new proof by the
holder ends the contest, and its challenger cannot open another for a month. Without one the address moves: wallets
are sold, too.

Only rules: no clock, no store. The store calls `decide` in the transaction that writes its result.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.links import MAX_LINKS, AddressStatus, ClaimDecision, Notification, NotificationKind, ProofKind
from bot.store.linking.proof_writer import ClaimPolicy

OBJECTION_PERIOD = timedelta(days=7)
# Somebody who lost a contest for an address, or gave it up after its holder objected, may not open another one about
# it for so long.
REFUSAL_PERIOD = timedelta(days=30)
# Rounds are half a minute apart. A longer gap means that the bot was away, or that a notification is late.
LONGEST_ROUND = timedelta(minutes=5)


def decide(member_id: int, status: AddressStatus) -> ClaimDecision:
    """What a valid signature by a member leads to, given the status of the address."""
    if status.holder_id in (None, member_id):
        return ClaimDecision.PROVE
    if status.kind is ProofKind.MODERATOR:  # a signature outweighs a moderator's confirmation, at once
        return ClaimDecision.OUTWEIGH
    if status.refused_until is not None:
        return ClaimDecision.REFUSE
    return ClaimDecision.TAKE_OVER if status.is_contested else ClaimDecision.CONTEST


def policy(now: datetime, contest_for: timedelta) -> ClaimPolicy:
    """The rules and dates that the store applies when a signature is recorded now."""
    return ClaimPolicy(
        decide=decide, ends_at=now + contest_for, refused_until=now + REFUSAL_PERIOD, max_links=MAX_LINKS
    )


def is_late(notification: Notification, now: datetime) -> bool:
    """Whether the holder is notified of a contest so late that part of their time has passed already."""
    return notification.kind is NotificationKind.CONTESTED and now - notification.created_at > LONGEST_ROUND
