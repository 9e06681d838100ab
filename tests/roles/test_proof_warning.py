"""Who is notified that a proof will be too old, of which gates, and when they are judged again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.counts import Ternary
from bot.gates.gate import Gate, GateState, GuildSettings
from bot.gates.rule_moments import ProofEnd
from bot.holdings import Account
from bot.roles.grants import GrantState
from bot.roles.plan import Case, HoldCode, Judged, decide
from tests.roles.cases import DENIED, GRANTED, MEMBER, NOW, PATIENCE, UNKNOWN, case, gate, judged, ledger

DAY = timedelta(days=1)
PROVEN_AT = NOW - 177 * DAY
PROTECTING = GuildSettings(protected_roles=frozenset({555}))
LOW, HIGH = gate(1, ladder="tier", rank=1), gate(2, ladder="tier", rank=2)


def resting(of: Gate | None = None, status: Ternary = GRANTED, *, days: float = 3, before: float = 7) -> Judged:
    """A gate for which the proof counts so many days, whose member should know so long before."""
    at = NOW + timedelta(days=days)
    end = ProofEnd(at, at - timedelta(days=before), PROVEN_AT, Account("loopring", "10001"))
    return replace(judged(status, of), proof_end=end, changes_at=at + timedelta(seconds=1))


def holder(*answers: Judged, **changes: object) -> Case:
    """They have the roles of gates 1 and 2 from the bot."""
    whole = case(*answers or [resting()], given=ledger(1, 2), roles=[100, 200])
    return replace(whole, **changes)  # type: ignore[arg-type]  # names of fields


def warned(of: Case) -> list[int]:
    """Of which gates they are notified, in order."""
    return [each.gate.gate_id for each in decide(of, PATIENCE).proof_ends]


@pytest.mark.parametrize(
    ("of", "gates"),
    [
        pytest.param(holder(), [1], id="a role of theirs"),
        pytest.param(holder(resting(status=UNKNOWN)), [1], id="one of which the rest is not known"),
        pytest.param(holder(resting(days=8)), [], id="too early"),
        pytest.param(holder(resting(days=7)), [1], id="just in time"),
        pytest.param(holder(resting(gate(1), days=20), resting(gate(2))), [2, 1], id="also what ends later"),
        pytest.param(holder(warned_proof=PROVEN_AT), [], id="notified before"),
        pytest.param(holder(warned_proof=PROVEN_AT + DAY), [1], id="notified of a later one, theirs no more"),
        pytest.param(holder(warned_proof=PROVEN_AT - DAY), [1], id="notified of the proof before"),
        pytest.param(holder(ledger={}), [], id="the role is not from the bot"),
        pytest.param(holder(ledger=ledger(1, state=GrantState.ADOPTED)), [1], id="an admin adopted it"),
        pytest.param(holder(ledger=ledger(1, state=GrantState.FOUND)), [], id="they had it before"),
        pytest.param(holder(roles=frozenset()), [], id="somebody took it"),
        pytest.param(holder(resting(gate(state=GateState.PAUSED))), [], id="the gate is paused"),
        pytest.param(holder(resting(gate(never_remove=True))), [], id="it is never taken"),
        pytest.param(holder(settings=PROTECTING, roles=frozenset({100, 555})), [], id="a role protects them"),
        pytest.param(
            holder(settings=GuildSettings(protected_members=frozenset({MEMBER}))), [], id="an admin protects them"
        ),
        pytest.param(holder(resting(status=DENIED)), [], id="it is lost anyway"),
        pytest.param(holder(resting(LOW), judged(GRANTED, HIGH)), [], id="a higher role replaces it now"),
        pytest.param(
            holder(resting(LOW), judged(GRANTED, HIGH), removals_held={100: HoldCode.ADMIN_HOLD}),
            [],
            id="a higher role replaces it as soon as an admin lets it",
        ),
        pytest.param(holder(resting(LOW), resting(HIGH, UNKNOWN)), [1, 2], id="a higher one may be lost too"),
        pytest.param(
            holder(resting(LOW, DENIED), resting(HIGH, UNKNOWN)), [2], id="a lower one that is not earned any more"
        ),
    ],
)
def test_a_member_is_notified_of_roles_that_a_proof_alone_keeps(of: Case, gates: list[int]) -> None:
    assert warned(of) == gates


def test_before_a_word_their_roles_are_read() -> None:
    unread = decide(holder(roles=None), PATIENCE)
    assert (unread.proof_ends, unread.needs_roles) == ((), True)
    assert not decide(holder(roles=None, warned_proof=PROVEN_AT), PATIENCE).needs_roles


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        pytest.param(holder(judged(GRANTED)), None, id="nothing depends on time"),
        pytest.param(holder(resting(days=30)), NOW + 23 * DAY, id="the word"),
        pytest.param(holder(resting()), NOW + 3 * DAY + timedelta(seconds=1), id="the end, after the word"),
        pytest.param(
            holder(resting(days=30), warned_proof=PROVEN_AT), NOW + 30 * DAY + timedelta(seconds=1), id="again"
        ),
        pytest.param(holder(resting(), ledger={}, roles=frozenset()), NOW - 4 * DAY, id="the word, once it is given"),
        pytest.param(holder(resting(gate(state=GateState.PAUSED))), None, id="the gate is paused"),
        pytest.param(
            holder(resting(gate(1), days=30), resting(gate(2), days=20)), NOW + 13 * DAY, id="the first of several"
        ),
    ],
)
def test_a_member_is_judged_again_when_time_alone_leads_to_something_else(of: Case, expected: datetime | None) -> None:
    assert decide(of, PATIENCE).again_at == expected
