"""Two members, one address: the holder is notified and may object, and then the one who can sign last keeps it.

A proof by another member moves nothing at once: a signature can be lured out of somebody, and then both would lose.
The holder has a day. Who objects has a week, to fetch the key from wherever it is; a new proof by the holder ends the
contest, and its challenger cannot open another for a month. Without one the address moves: wallets are sold, too.

Rules alone: no clock, no store. The store calls `decide` in the transaction that writes what it says.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.links import MOST_LINKS, Claim, Notification, NotificationKind, ProofKind, Standing
from bot.store.linking.proof_writer import ClaimPolicy

OBJECTED_FOR = timedelta(days=7)
# Somebody who lost a contest for an address, or gave it up after its holder objected, may not open another one about
# it for so long.
REFUSED_FOR = timedelta(days=30)
# Rounds are half a minute apart. What is longer is an absence, or a notification that comes late.
LONGEST_ROUND = timedelta(minutes=5)


def decide(member_id: int, standing: Standing) -> Claim:
    """What a right signature leads to, for a member, as the address stands."""
    if standing.holder_id in (None, member_id):
        return Claim.PROVE
    if standing.kind is ProofKind.MODERATOR:  # a signature outweighs a moderator's word, at once
        return Claim.OUTWEIGH
    if standing.refused_until is not None:
        return Claim.REFUSE
    return Claim.TAKE_OVER if standing.is_contested else Claim.CONTEST


def policy(now: datetime, contest_for: timedelta) -> ClaimPolicy:
    """What the store goes by when a signature is written down now."""
    return ClaimPolicy(decide=decide, ends_at=now + contest_for, refused_until=now + REFUSED_FOR, most_links=MOST_LINKS)


def is_late(notification: Notification, now: datetime) -> bool:
    """Whether somebody hears of a contest only now, who could have had a part of their time already."""
    return notification.kind is NotificationKind.CONTESTED and now - notification.at > LONGEST_ROUND
