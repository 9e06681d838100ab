"""Of the gates of a ladder only the highest that is granted gives its role, and nobody is without one in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.counts import Ternary
from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.roles.grants import GrantState
from bot.roles.plan import Act, Case, HoldCode, Judged, decide
from tests.roles.cases import (
    DENIED,
    ENOUGH,
    GRANTED,
    MEMBER,
    MINUTE,
    NOW,
    PATIENCE,
    UNKNOWN,
    case,
    changed,
    codes,
    gate,
    judged,
    ledger,
)

GOLD, SILVER, BRONZE = 3, 2, 1


def step(number: int, status: Ternary, *, never_remove: bool = False, in_cool_down: bool = False) -> Judged:
    return judged(
        status, gate(number, ladder="tier", rank=number, never_remove=never_remove), in_cool_down=in_cool_down
    )


def closed(number: int, status: Ternary, state: GateState, parked: ParkReason | None = None) -> Judged:
    return judged(status, gate(number, ladder="tier", rank=number, state=state, parked=parked))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            case(step(BRONZE, GRANTED), step(GOLD, GRANTED), step(SILVER, GRANTED)),
            [(Act.ADD, GOLD)],
            id="the highest of three, in whatever order they are",
        ),
        pytest.param(case(step(GOLD, UNKNOWN), step(SILVER, GRANTED)), [(Act.ADD, SILVER)], id="the higher is unknown"),
        pytest.param(
            case(step(GOLD, GRANTED, in_cool_down=True), step(SILVER, GRANTED)),
            [(Act.ADD, SILVER)],
            id="the higher is in its cool-down",
        ),
        pytest.param(
            case(step(GOLD, GRANTED, in_cool_down=True), step(SILVER, GRANTED), given=ledger(GOLD), roles=[]),
            [(Act.ADD, SILVER)],
            id="the higher is in its cool-down, and not there any more",
        ),
        pytest.param(
            case(step(GOLD, GRANTED, in_cool_down=True), step(SILVER, GRANTED), given=ledger(GOLD), roles=[GOLD * 100]),
            [],
            id="the higher is in its cool-down, and there",
        ),
        pytest.param(
            case(step(GOLD, GRANTED), step(SILVER, GRANTED), given=ledger(GOLD, SILVER), roles=[SILVER * 100]),
            [(Act.ADD, GOLD), (Act.REMOVE, SILVER)],
            id="the cool-down of the higher is over",
        ),
        pytest.param(
            case(closed(GOLD, GRANTED, GateState.PAUSED), step(SILVER, GRANTED)),
            [(Act.ADD, SILVER)],
            id="the higher is paused",
        ),
        pytest.param(
            case(step(GOLD, GRANTED), step(SILVER, GRANTED), given=ledger(SILVER)),
            [(Act.ADD, GOLD), (Act.REMOVE, SILVER)],
            id="up",
        ),
        pytest.param(
            case(step(GOLD, GRANTED), step(SILVER, UNKNOWN), given=ledger(GOLD, SILVER)),
            [(Act.REMOVE, SILVER)],
            id="up, and stopped in between",
        ),
        pytest.param(
            case(step(GOLD, GRANTED), step(SILVER, GRANTED), given=ledger(SILVER, state=GrantState.FOUND)),
            [(Act.ADD, GOLD)],
            id="up from a role that is not from the bot",
        ),
        pytest.param(
            case(step(GOLD, DENIED), step(SILVER, GRANTED), given=ledger(GOLD), misses={GOLD: ENOUGH}),
            [(Act.ADD, SILVER), (Act.REMOVE, GOLD)],
            id="down",
        ),
        pytest.param(
            case(step(GOLD, DENIED), step(SILVER, GRANTED), given=ledger(GOLD)), [], id="down, with too few misses"
        ),
        pytest.param(
            case(step(GOLD, UNKNOWN), step(SILVER, GRANTED), given=ledger(GOLD)), [], id="the higher is retained"
        ),
        pytest.param(
            case(step(GOLD, UNKNOWN), step(SILVER, DENIED), given=ledger(GOLD, SILVER), misses={SILVER: ENOUGH}),
            [],
            id="the higher is retained, and the lower denied",
        ),
        pytest.param(
            case(
                closed(GOLD, GRANTED, GateState.PARKED, ParkReason.NO_PERMISSION),
                step(SILVER, GRANTED),
                given=ledger(GOLD),
            ),
            [],
            id="the higher is there, and parked",
        ),
        pytest.param(
            case(
                closed(GOLD, GRANTED, GateState.PARKED, ParkReason.ROLE_GONE), step(SILVER, GRANTED), given=ledger(GOLD)
            ),
            [(Act.ADD, SILVER)],
            id="the higher role does not exist any more",
        ),
        pytest.param(
            case(step(GOLD, UNKNOWN), step(SILVER, GRANTED), given=ledger(GOLD), roles=[]),
            [(Act.ADD, SILVER)],
            id="the higher is unknown, and not there any more",
        ),
        pytest.param(
            case(
                step(GOLD, DENIED, never_remove=True), step(SILVER, GRANTED), given=ledger(GOLD), misses={GOLD: ENOUGH}
            ),
            [],
            id="the higher is never removed",
        ),
        pytest.param(
            case(step(GOLD, GRANTED), step(SILVER, GRANTED, never_remove=True), given=ledger(SILVER)),
            [(Act.ADD, GOLD)],
            id="up from one that is never removed",
        ),
    ],
)
def test_only_the_highest_that_is_granted_gives_its_role(given: Case, expected: list[tuple[Act, int]]) -> None:
    assert changed(decide(given, PATIENCE)) == expected


@pytest.mark.parametrize(
    ("gold", "expected"),
    [
        pytest.param(step(GOLD, GRANTED, in_cool_down=True), [], id="in its cool-down"),
        pytest.param(step(GOLD, UNKNOWN), [], id="unknown"),
        pytest.param(step(GOLD, GRANTED), [(Act.ADD, GOLD), (Act.REMOVE, SILVER)], id="after its cool-down"),
    ],
)
def test_a_role_that_a_member_lacked_when_their_roles_were_read_last_supersedes_no_lower_one(
    gold: Judged, expected: list[tuple[Act, int]]
) -> None:
    given = case(gold, step(SILVER, GRANTED), given=ledger(GOLD, SILVER))
    assert changed(decide(replace(given, lacking=frozenset({GOLD * 100})), PATIENCE)) == expected


def test_misses_end_with_a_grant_in_a_cool_down_without_the_role() -> None:
    given = case(step(GOLD, GRANTED, in_cool_down=True), given=ledger(GOLD), misses={GOLD: ENOUGH}, roles=[])
    assert decide(given, PATIENCE).misses == {}


def up() -> Case:
    return case(step(GOLD, GRANTED), step(SILVER, GRANTED), given=ledger(SILVER))


def test_a_lower_role_is_replaced_and_waits_for_the_higher() -> None:
    removal = decide(up(), PATIENCE).changes[1]
    assert removal.superseded_by == removal.waits_for == gate(GOLD, ladder="tier", rank=GOLD)


def test_a_higher_role_is_taken_after_the_lower_was_given() -> None:
    given = case(step(GOLD, DENIED), step(SILVER, GRANTED), given=ledger(GOLD), misses={GOLD: ENOUGH})
    removal = decide(given, PATIENCE).changes[1]
    assert (removal.superseded_by, removal.waits_for) == (None, gate(SILVER, ladder="tier", rank=SILVER))


def test_what_members_do_themselves_waits_for_no_other_role() -> None:
    given = case(step(GOLD, DENIED), step(SILVER, GRANTED), given=ledger(GOLD), own_act=True)
    plan = decide(given, PATIENCE)
    assert changed(plan) == [(Act.ADD, SILVER), (Act.REMOVE, GOLD)]
    assert plan.changes[1].waits_for is None


def test_what_a_member_does_takes_a_lower_role_below_an_unknown_one() -> None:
    given = case(step(GOLD, UNKNOWN), step(SILVER, DENIED), given=ledger(GOLD, SILVER), own_act=True)
    assert changed(decide(given, PATIENCE)) == [(Act.REMOVE, SILVER)]


@pytest.mark.parametrize(
    ("code", "is_replaced"),
    [
        pytest.param(HoldCode.BREAKER, True, id="the breaker counts losses"),
        pytest.param(HoldCode.ADMIN_HOLD, False, id="an admin said: take nothing"),
        pytest.param(HoldCode.CLOCK_JUMPED, False, id="the clock jumped"),
        pytest.param(HoldCode.OTHER_INSTANCE, False, id="a second instance"),
    ],
)
def test_a_replacement_is_no_loss_but_an_admins_hold_is_for_all(code: HoldCode, is_replaced: bool) -> None:  # noqa: FBT001  # a column of the table
    plan = decide(replace(up(), removals_held={SILVER * 100: code}), PATIENCE)
    assert ((Act.REMOVE, SILVER) in changed(plan)) is is_replaced
    assert codes(plan) == ({} if is_replaced else {SILVER: code})


def test_a_protected_member_keeps_the_lower_role_too() -> None:
    plan = decide(replace(up(), settings=GuildSettings(protected_members=frozenset({MEMBER}))), PATIENCE)
    assert (changed(plan), codes(plan)) == ([(Act.ADD, GOLD)], {SILVER: HoldCode.PROTECTED})


def test_below_a_retained_role_misses_are_counted_on() -> None:
    given = case(
        step(GOLD, UNKNOWN),
        step(SILVER, DENIED),
        given=ledger(GOLD, SILVER),
        misses={SILVER: replace(ENOUGH, count=1, last_at=NOW - MINUTE)},
    )
    plan = decide(given, PATIENCE)
    assert plan.misses[SILVER].count == 2
    assert codes(plan) == {GOLD: HoldCode.UNKNOWN, SILVER: HoldCode.UNKNOWN}


def test_ladders_of_other_names_do_not_matter() -> None:
    other = judged(GRANTED, gate(5, ladder="other", rank=9))
    assert changed(decide(case(other, step(SILVER, GRANTED)), PATIENCE)) == [(Act.ADD, 5), (Act.ADD, SILVER)]
