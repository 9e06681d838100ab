"""Who has the key and signs once in every contest gets the address, or the operator decides; who lured a few does not.

Every order of moves is tried, on the rules alone: see `tests.linking.contest_model`. With a contest of two days:

- With at most three lured signatures, in whatever accounts, the thief never takes the address from an owner who signs,
  never has the owner refused, never freezes it, and it is the owner's, undisputed, within 48 days.
- With the key itself, or after anything that went on while the owner slept, it is the owner's, undisputed, or the
  operator sees that the owner signed, within 81 days.
- A contract that says "right" to anything changes nothing once the owner has signed with the key; before, it can at
  most put the address before the operator.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest

from bot.linking.contest_rules import HISTORY_RETAINED, MOST_CLAIMS, decide
from bot.links import AddressStatus, ClaimDecision, ProofKind, Ruling
from tests.linking.contest_model import ANN, CHALLENGER, CONTRACT, HOLDER, KEY, UNLIMITED, Decide, Model, State

HERS = State(0, holder=ANN, kind=KEY)


def is_settled(state: State) -> bool:
    """The owner has it, undisputed; or the operator sees that she signed."""
    return state.ann_is_listed if state.frozen else state.is_anns


def wrong(model: Model, start: State) -> set[str]:
    """What must not be, of all that can come of a start."""
    found = model.reachable(start)
    seen = {
        "robbed": any(state.robbed for state in found),
        "refused": any(state.refused for state in found),
        "frozen": any(state.frozen for state in found),
        "without end": model.longest_wait(found, is_settled) is None,
    }
    return {name for name, it_is in seen.items() if it_is}


@pytest.mark.parametrize(("lured", "days"), [(0, 0), (1, 8), (2, 28), (3, 48)])
@pytest.mark.parametrize("start", [State(0), HERS], ids=["the thief may be first", "the owner was first"])
def test_three_lured_signatures_win_nothing_and_freeze_nothing(start: State, lured: int, days: int) -> None:
    model = Model()
    begun = State(lured, holder=start.holder, kind=start.kind)
    assert wrong(model, begun) == set()
    found = model.reachable(begun)
    assert max(state.claims for state in found) <= MOST_CLAIMS
    wait = model.longest_wait(found, lambda state: state.is_anns)
    assert wait is not None
    assert wait <= days


def test_so_few_claims_freeze_that_a_fourth_lured_signature_might() -> None:
    """The limit is no higher than it must be: those who can both sign are put before the operator early."""
    assert wrong(Model(), State(4)) == {"frozen"}


def test_a_thief_who_has_the_key_too_is_put_before_the_operator() -> None:
    model = Model()
    assert wrong(model, State(UNLIMITED)) == {"frozen"}
    wait = model.longest_wait(model.reachable(State(UNLIMITED)), is_settled)
    assert wait == 81
    assert timedelta(days=2 * wait) < HISTORY_RETAINED  # nothing that counts is forgotten on the way


def after_a_sleep() -> list[State]:
    """What the owner may wake up to: every holder and challenger, with what was counted meanwhile."""
    # How long a contest takes, and how many claims it takes at least until one takes so long.
    contests = [(None, 0, 0), *((who, *most) for who in (ANN, CHALLENGER) for most in ((2, 1), (7, 2), (14, 3)))]
    return [
        State(
            UNLIMITED,
            holder=holder,
            kind=KEY,
            challenger=challenger,
            challenger_kind=KEY if challenger else None,
            days_left=days_left,
            claims=claims,
            moved=moved,
        )
        for holder, (challenger, days_left, least) in product((ANN, HOLDER), contests)
        for claims, moved in product({least, MOST_CLAIMS}, (None, 0, 20))
        if holder != challenger
    ]


def test_an_owner_who_slept_gets_it_or_is_put_before_the_operator() -> None:
    model = Model()
    found = model.reachable(*after_a_sleep(), State(UNLIMITED, frozen=True, holder=HOLDER, kind=KEY))
    assert not any(state.refused for state in found)
    wait = model.longest_wait(found, is_settled)
    assert wait is not None
    assert wait <= 81


def test_a_contract_that_agrees_to_anything_changes_nothing_once_the_key_has_signed() -> None:
    model = Model(has_contract=True)
    assert {state.is_anns for state in model.reachable(HERS)} == {True}


def test_a_contract_that_was_first_can_at_most_put_the_address_before_the_operator() -> None:
    assert wrong(Model(has_contract=True), State(1)) == {"frozen"}


# ---------------------------------------------------------------- rules that do not hold are found out


def refusing(member: int, kind: ProofKind, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """Who claims what was claimed before is refused."""
    ruling = decide(member, kind, status, now, contest_for)
    return Ruling(ClaimDecision.REFUSE) if ruling.decision is ClaimDecision.CONTEST and status.claims else ruling


def overtaking(member: int, kind: ProofKind, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """Who is overtaken gets no time to answer."""
    ruling = decide(member, kind, status, now, contest_for)
    return Ruling(ruling.decision, status.ends_at) if ruling.decision is ClaimDecision.TAKE_OVER else ruling


def uncounting(member: int, kind: ProofKind, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """Claims are not counted."""
    uncounted = AddressStatus(
        status.holder_id, status.kind, status.challenger_id, status.challenger_kind, status.ends_at
    )
    return decide(member, kind, uncounted, now, contest_for)


def trusting(member: int, kind: ProofKind, status: AddressStatus, now: datetime, contest_for: timedelta) -> Ruling:
    """A contract's answer is as good as the key."""
    del kind
    return decide(member, KEY, status, now, contest_for)


@pytest.mark.parametrize(
    ("rule", "start", "has_contract", "found"),
    [
        pytest.param(refusing, State(2), False, {"refused", "without end"}, id="refuse who lost"),
        pytest.param(overtaking, State(3), False, {"frozen"}, id="overtake at the last second"),
        pytest.param(uncounting, State(UNLIMITED), False, {"without end"}, id="count no claims"),
        pytest.param(trusting, HERS, True, {"frozen"}, id="trust a contract like the key"),
    ],
)
def test_a_rule_that_can_be_turned_on_the_owner_is_found_out(
    rule: Decide, start: State, found: set[str], *, has_contract: bool
) -> None:
    assert wrong(Model(), State(3)) == set()
    assert wrong(Model(rule, has_contract), start) >= found


def test_the_thief_of_the_model_wins_against_an_owner_who_sleeps() -> None:
    """Or nothing above would mean anything."""
    found = Model().reachable(State(1, holder=ANN, kind=KEY), ann_sleeps=True)
    assert any(state.robbed and state.holder == HOLDER for state in found)
    assert CONTRACT not in {state.kind for state in found}
