"""Two members, one address: the holder is notified and may object, and then the one who can sign last keeps it.

A proof by another member moves nothing at once: somebody may have been tricked into signing, and would then lose it.
The holder has a day. A holder who objects has a week, to get the key from where it is stored; a new proof by the
holder ends the contest. Without one the address moves: wallets are sold, too.

The rules cannot know who is the owner and who the thief, so none of them may shut out either. What an owner has and a
thief with a few lured signatures has not is the next signature. So:

- Who signs with the address's own key is delayed, never refused: each further contest about an address takes longer,
  up to a limit, no matter who opens it.
- Who is overtaken as challenger has the time to hear of it and to sign once more.
- An address that moves twice within a month, or is claimed again and again, moves no more: the operator decides.
- A contract's answer may be a lie, or one that the key has revoked: it outweighs no signature of the address's own
  key, and a challenger who lost by it is refused for a month.

What is counted is counted of the address, not of members, who may have many Discord accounts; under a keyed hash, so
that deleting a member's data resets nothing.

Only rules: no clock, no store. The store calls `decide` in the transaction that writes its result.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.links import (
    MAX_LINKS,
    AddressStatus,
    ClaimDecision,
    Notification,
    NotificationKind,
    ProofKind,
    Ruling,
)
from bot.store.linking.proof_writer import ClaimPolicy

OBJECTION_PERIOD = timedelta(days=7)
# Somebody who lost a contest for an address, or gave it up after its holder objected, may not open another one about
# it for so long by the answer of a contract, which costs nobody a signature.
REFUSAL_PERIOD = timedelta(days=30)
# Rounds are half a minute apart. A longer gap means that the bot was away, or that a notification is late.
LONGEST_ROUND = timedelta(minutes=5)
# The second contest about an address takes a week, as an objection does; the next ones two: time for a holder who is
# away, and short enough for an owner who must claim an address back from somebody who has signatures left.
LONGER_CONTESTS = (timedelta(days=7), timedelta(days=14))
# An address that moves a second time within so long is frozen: a wallet is not sold twice in a month.
MOVE_SPAN = timedelta(days=30)
# Three lured signatures, each answered by the owner, bring at most five claims (tests/linking/test_contest_model.py).
# More than that come from two who have the key, between whom no signature can decide.
MOST_CLAIMS = 5
# For so long claims and moves are counted, longer than all contests until the freeze can take together.
HISTORY_RETAINED = timedelta(days=365)
# One direct message about an address to one member in so long: claims must not be a way to flood somebody.
MESSAGE_SPAN = timedelta(days=1)


def decide(member_id: int, kind: ProofKind, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """What a valid signature by a member leads to, given the status of the address."""
    if status.is_frozen:
        return Ruling(ClaimDecision.AWAIT)
    if status.holder_id is None:
        return Ruling(ClaimDecision.PROVE)
    if status.holder_id == member_id:
        outweighed = status.challenger_kind is ProofKind.KEY and kind is not ProofKind.KEY
        return Ruling(ClaimDecision.NEED_KEY if outweighed else ClaimDecision.PROVE)
    return _refusal(kind, status) or _claim(member_id, status, now, contest_for)


def _refusal(kind: ProofKind, status: AddressStatus) -> Ruling | None:
    """Why a claim is refused. One by the address's own key never is."""
    if kind is ProofKind.KEY:
        return None
    if ProofKind.KEY in (status.kind, status.challenger_kind):
        return Ruling(ClaimDecision.NEED_KEY)
    return Ruling(ClaimDecision.REFUSE, status.refused_until) if status.refused_until else None


def _claim(member_id: int, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """What a claim to another member's address leads to."""
    if status.challenger_id == member_id:
        return Ruling(ClaimDecision.TAKE_OVER, status.ends_at)
    claims = sum(now - claimed_at < HISTORY_RETAINED for claimed_at in status.claims)
    if claims >= MOST_CLAIMS:
        return Ruling(ClaimDecision.FREEZE)
    if status.ends_at is not None:
        # The one who is overtaken hears of it within `MESSAGE_SPAN`, and then has as long as any holder.
        return Ruling(ClaimDecision.TAKE_OVER, max(status.ends_at, now + MESSAGE_SPAN + contest_for))
    return Ruling(ClaimDecision.CONTEST, now + _contest_time(claims, contest_for))


def _contest_time(claims: int, contest_for: timedelta) -> timedelta:
    """How long a contest takes after so many claims to the same address."""
    if claims == 0:
        return contest_for
    return max(contest_for, LONGER_CONTESTS[min(claims, len(LONGER_CONTESTS)) - 1])


def freezes(moves: Sequence[datetime], now: datetime) -> bool:
    """Whether an address that moves now is frozen by that, given its earlier moves."""
    return any(now - moved_at < MOVE_SPAN for moved_at in moves)


def policy(now: datetime, contest_for: timedelta) -> ClaimPolicy:
    """The rules and dates that the store applies when a signature is recorded now."""
    return ClaimPolicy(
        decide=lambda member_id, kind, status: decide(member_id, kind, status, now, contest_for),
        refused_until=now + REFUSAL_PERIOD,
        max_links=MAX_LINKS,
    )


def is_late(notification: Notification, now: datetime) -> bool:
    """Whether the holder is notified of a contest so late that part of their time has passed already."""
    return notification.kind is NotificationKind.CONTESTED and now - notification.created_at > LONGEST_ROUND
