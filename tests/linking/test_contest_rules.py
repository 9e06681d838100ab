"""What a right signature leads to, as the address stands: a table, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.linking.contest_rules import (
    HISTORY_RETAINED,
    LONGER_CONTESTS,
    LONGEST_ROUND,
    MESSAGE_SPAN,
    MOST_CLAIMS,
    MOVE_SPAN,
    decide,
    freezes,
    is_late,
)
from bot.links import (
    AddressStatus,
    ClaimDecision,
    Notification,
    NotificationKind,
    ProofKind,
    ProvenAccount,
    Ruling,
    cool_down_over,
)
from bot.store.rows import to_account

ANN, BEN, CLEO = 401, 402, 403
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KEY, CONTRACT = ProofKind.KEY, ProofKind.CONTRACT
DAY = timedelta(days=1)
A_SECOND = timedelta(seconds=1)
LATER = NOW + 3 * DAY
PROVE, CONTEST, TAKE_OVER = ClaimDecision.PROVE, ClaimDecision.CONTEST, ClaimDecision.TAKE_OVER


def his(kind: ProofKind = KEY, **rest: Any) -> AddressStatus:
    """Ben has it."""
    return AddressStatus(BEN, kind, **rest)


def hers(kind: ProofKind = KEY, **rest: Any) -> AddressStatus:
    """Ann has it."""
    return AddressStatus(ANN, kind, **rest)


def claimed_by(member: int, kind: ProofKind = KEY) -> dict[str, Any]:
    """A contest that ends in three days."""
    return {"challenger_id": member, "challenger_kind": kind, "ends_at": LATER}


@pytest.mark.parametrize(
    ("kind", "status", "ruling"),
    [
        pytest.param(KEY, AddressStatus(), Ruling(PROVE), id="nobody has it"),
        pytest.param(CONTRACT, AddressStatus(refused_until=LATER), Ruling(PROVE), id="nobody has it any more"),
        pytest.param(KEY, hers(), Ruling(PROVE), id="hers"),
        pytest.param(KEY, hers(**claimed_by(BEN)), Ruling(PROVE), id="hers, and contested"),
        pytest.param(
            CONTRACT,
            hers(CONTRACT, **claimed_by(BEN)),
            Ruling(ClaimDecision.NEED_KEY),
            id="hers by a contract, contested by the key",
        ),
        pytest.param(
            CONTRACT,
            hers(CONTRACT, **claimed_by(BEN, CONTRACT)),
            Ruling(PROVE),
            id="hers by a contract, contested by a contract",
        ),
        pytest.param(KEY, his(), Ruling(CONTEST, NOW + DAY), id="his"),
        pytest.param(KEY, his(CONTRACT), Ruling(CONTEST, NOW + DAY), id="his by a contract"),
        pytest.param(KEY, his(ProofKind.COUNTERFACTUAL), Ruling(CONTEST, NOW + DAY), id="his by a wallet to come"),
        pytest.param(KEY, his(refused_until=LATER), Ruling(CONTEST, NOW + DAY), id="his, and she lost it before"),
        pytest.param(CONTRACT, his(), Ruling(ClaimDecision.NEED_KEY), id="his by the key, hers by a contract"),
        pytest.param(CONTRACT, his(CONTRACT), Ruling(CONTEST, NOW + DAY), id="both by a contract"),
        pytest.param(
            CONTRACT,
            his(CONTRACT, refused_until=LATER),
            Ruling(ClaimDecision.REFUSE, LATER),
            id="both by a contract, and she lost it before",
        ),
        pytest.param(
            CONTRACT,
            his(CONTRACT, **claimed_by(CLEO)),
            Ruling(ClaimDecision.NEED_KEY),
            id="claimed by the key, and she signs by a contract",
        ),
        pytest.param(KEY, his(claims=(NOW,)), Ruling(CONTEST, NOW + LONGER_CONTESTS[0]), id="the second claim"),
        pytest.param(KEY, his(claims=(NOW,) * 2), Ruling(CONTEST, NOW + LONGER_CONTESTS[1]), id="the third"),
        pytest.param(KEY, his(claims=(NOW,) * 4), Ruling(CONTEST, NOW + LONGER_CONTESTS[1]), id="the last"),
        pytest.param(KEY, his(claims=(NOW,) * MOST_CLAIMS), Ruling(ClaimDecision.FREEZE), id="one claim too many"),
        pytest.param(
            KEY,
            his(claims=(NOW - HISTORY_RETAINED,) * MOST_CLAIMS),
            Ruling(CONTEST, NOW + DAY),
            id="claims of a year ago do not count",
        ),
        pytest.param(
            KEY,
            his(claims=(NOW - HISTORY_RETAINED + A_SECOND,) * MOST_CLAIMS),
            Ruling(ClaimDecision.FREEZE),
            id="those within a year do",
        ),
        pytest.param(KEY, his(**claimed_by(CLEO)), Ruling(TAKE_OVER, LATER), id="claimed by another, for long enough"),
        pytest.param(
            KEY,
            his(challenger_id=CLEO, challenger_kind=KEY, ends_at=NOW + A_SECOND),
            Ruling(TAKE_OVER, NOW + MESSAGE_SPAN + DAY),
            id="claimed by another, who could not answer any more",
        ),
        pytest.param(
            KEY,
            his(claims=(NOW,) * MOST_CLAIMS, **claimed_by(CLEO)),
            Ruling(ClaimDecision.FREEZE),
            id="overtaken once too often",
        ),
        pytest.param(
            KEY,
            his(challenger_id=ANN, challenger_kind=KEY, ends_at=NOW + A_SECOND, claims=(NOW,) * MOST_CLAIMS),
            Ruling(TAKE_OVER, NOW + A_SECOND),
            id="claimed by herself: signing again is no further claim, and delays nothing",
        ),
        pytest.param(KEY, his(is_frozen=True), Ruling(ClaimDecision.AWAIT), id="frozen"),
        pytest.param(KEY, hers(is_frozen=True), Ruling(ClaimDecision.AWAIT), id="hers, and frozen"),
        pytest.param(KEY, AddressStatus(is_frozen=True), Ruling(ClaimDecision.AWAIT), id="frozen, and given up"),
    ],
)
def test_what_anns_signature_leads_to(kind: ProofKind, status: AddressStatus, ruling: Ruling) -> None:
    assert decide(ANN, kind, status, NOW, DAY) == ruling


@pytest.mark.parametrize("claims", range(MOST_CLAIMS))
def test_no_later_contest_is_shorter_than_the_first(claims: int) -> None:
    month = timedelta(days=30)
    assert decide(ANN, KEY, his(claims=(NOW,) * claims), NOW, month) == Ruling(CONTEST, NOW + month)


@pytest.mark.parametrize(
    ("moves", "frozen"),
    [
        pytest.param([], False, id="the first move"),
        pytest.param([NOW - MOVE_SPAN], False, id="the second, a month later"),
        pytest.param([NOW - MOVE_SPAN + A_SECOND], True, id="the second within a month"),
        pytest.param([NOW - 9 * MOVE_SPAN, NOW - DAY], True, id="one of long ago, and a second within a month"),
    ],
)
def test_an_address_is_frozen_by_its_second_move_within_a_month(moves: list[datetime], *, frozen: bool) -> None:
    assert freezes(moves, NOW) is frozen


@pytest.mark.parametrize(
    ("first_proven_at", "over"), [(NOW - 2 * DAY + A_SECOND, False), (NOW - 2 * DAY, True), (NOW + DAY, False)]
)
def test_a_cool_down_is_over_when_an_address_has_been_a_members_for_long_enough(
    first_proven_at: datetime, *, over: bool
) -> None:
    proven = ProvenAccount(to_account("loopring:1"), "0x", KEY, NOW, first_proven_at)
    assert cool_down_over(proven, NOW, 2 * DAY) is over


@pytest.mark.parametrize(
    ("kind", "waited", "late"),
    [
        (NotificationKind.CONTESTED, LONGEST_ROUND, False),
        (NotificationKind.CONTESTED, LONGEST_ROUND + timedelta(seconds=1), True),
        (NotificationKind.LOST, timedelta(days=9), False),
    ],
)
def test_a_notification_of_a_contest_is_late_after_more_than_a_round(
    kind: NotificationKind, waited: timedelta, *, late: bool
) -> None:
    assert is_late(Notification(1, ANN, kind, "0x", NOW), NOW + waited) is late
