"""What a right signature leads to, as the address stands: a table, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.contest_rules import LONGEST_ROUND, decide, is_late
from bot.links import AddressStatus, ClaimDecision, Notification, NotificationKind, ProofKind

ANN, BEN = 401, 402
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KEY, WORD = ProofKind.KEY, ProofKind.MODERATOR
LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("status", "claim"),
    [
        pytest.param(AddressStatus(), ClaimDecision.PROVE, id="nobody has it"),
        pytest.param(AddressStatus(refused_until=LATER), ClaimDecision.PROVE, id="nobody has it any more"),
        pytest.param(AddressStatus(ANN, KEY), ClaimDecision.PROVE, id="hers"),
        pytest.param(AddressStatus(ANN, KEY, is_contested=True), ClaimDecision.PROVE, id="hers, and contested"),
        pytest.param(AddressStatus(ANN, WORD), ClaimDecision.PROVE, id="hers by a moderator's confirmation"),
        pytest.param(AddressStatus(BEN, WORD), ClaimDecision.OUTWEIGH, id="his by a moderator's confirmation"),
        pytest.param(
            AddressStatus(BEN, WORD, refused_until=LATER), ClaimDecision.OUTWEIGH, id="likewise, and she lost it before"
        ),
        pytest.param(AddressStatus(BEN, KEY), ClaimDecision.CONTEST, id="his"),
        pytest.param(AddressStatus(BEN, ProofKind.CONTRACT), ClaimDecision.CONTEST, id="his by a contract"),
        pytest.param(AddressStatus(BEN, ProofKind.COUNTERFACTUAL), ClaimDecision.CONTEST, id="his by a wallet to come"),
        pytest.param(AddressStatus(BEN, KEY, is_contested=True), ClaimDecision.TAKE_OVER, id="his, and contested"),
        pytest.param(
            AddressStatus(BEN, KEY, refused_until=LATER), ClaimDecision.REFUSE, id="his, and she lost it before"
        ),
        pytest.param(
            AddressStatus(BEN, KEY, is_contested=True, refused_until=LATER),
            ClaimDecision.REFUSE,
            id="likewise, and contested",
        ),
    ],
)
def test_what_anns_signature_leads_to(status: AddressStatus, claim: ClaimDecision) -> None:
    assert decide(ANN, status) is claim


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
