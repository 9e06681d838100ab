"""What a right signature leads to, as the address stands: a table, without a store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.contest_rules import LONGEST_ROUND, decide, is_late
from bot.links import Claim, Notification, NotificationKind, ProofKind, Standing

ANN, BEN = 401, 402
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
KEY, WORD = ProofKind.KEY, ProofKind.MODERATOR
LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("standing", "claim"),
    [
        pytest.param(Standing(), Claim.PROVE, id="nobody has it"),
        pytest.param(Standing(refused_until=LATER), Claim.PROVE, id="nobody has it any more"),
        pytest.param(Standing(ANN, KEY), Claim.PROVE, id="hers"),
        pytest.param(Standing(ANN, KEY, is_contested=True), Claim.PROVE, id="hers, and contested"),
        pytest.param(Standing(ANN, WORD), Claim.PROVE, id="hers by a moderator's word"),
        pytest.param(Standing(BEN, WORD), Claim.OUTWEIGH, id="his by a moderator's word"),
        pytest.param(Standing(BEN, WORD, refused_until=LATER), Claim.OUTWEIGH, id="likewise, and she lost it before"),
        pytest.param(Standing(BEN, KEY), Claim.CONTEST, id="his"),
        pytest.param(Standing(BEN, ProofKind.CONTRACT), Claim.CONTEST, id="his by a contract"),
        pytest.param(Standing(BEN, ProofKind.COUNTERFACTUAL), Claim.CONTEST, id="his by a wallet to come"),
        pytest.param(Standing(BEN, KEY, is_contested=True), Claim.TAKE_OVER, id="his, and contested"),
        pytest.param(Standing(BEN, KEY, refused_until=LATER), Claim.REFUSE, id="his, and she lost it before"),
        pytest.param(
            Standing(BEN, KEY, is_contested=True, refused_until=LATER), Claim.REFUSE, id="likewise, and contested"
        ),
    ],
)
def test_what_anns_signature_leads_to(standing: Standing, claim: Claim) -> None:
    assert decide(ANN, standing) is claim


@pytest.mark.parametrize(
    ("kind", "waited", "late"),
    [
        (NotificationKind.CONTESTED, LONGEST_ROUND, False),
        (NotificationKind.CONTESTED, LONGEST_ROUND + timedelta(seconds=1), True),
        (NotificationKind.LOST, timedelta(days=9), False),
    ],
)
def test_late_is_who_hears_of_a_contest_after_more_than_a_round(
    kind: NotificationKind, waited: timedelta, *, late: bool
) -> None:
    assert is_late(Notification(1, ANN, kind, "0x", NOW), NOW + waited) is late
