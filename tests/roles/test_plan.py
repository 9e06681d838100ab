"""What is given, what is taken, and every reason to wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.counts import Ternary
from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.roles.grants import GrantState, Misses
from bot.roles.miss_count import counted
from bot.roles.plan import Act, Case, HoldCode, decide
from tests.roles.cases import (
    DENIED,
    ENOUGH,
    GRANTED,
    HOUR,
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

ADD, REMOVE = (Act.ADD, 1), (Act.REMOVE, 1)
PAUSED, PARKED = gate(state=GateState.PAUSED), gate(state=GateState.PARKED, parked=ParkReason.NO_PERMISSION)
FOUND = ledger(1, state=GrantState.FOUND)
PROTECTED_MEMBER = GuildSettings(protected_members=frozenset({MEMBER}))
PROTECTED_ROLE = GuildSettings(protected_roles=frozenset({555}))


def leaving(**values: object) -> Case:
    """A holder who no longer qualifies, and whose misses suffice."""
    return replace(case(judged(DENIED), given=ledger(1), misses={1: ENOUGH}), **values)  # type: ignore[arg-type]  # names of fields


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(case(judged(GRANTED)), [ADD], id="granted and not there as far as is known"),
        pytest.param(case(judged(GRANTED), roles=[]), [ADD], id="granted and not there"),
        pytest.param(case(judged(GRANTED), given=ledger(1)), [], id="given before"),
        pytest.param(case(judged(GRANTED), given=ledger(1), roles=[100]), [], id="given before and seen there"),
        pytest.param(case(judged(GRANTED), given=ledger(1), roles=[]), [ADD], id="given before and taken by others"),
        pytest.param(case(judged(GRANTED), given=FOUND, roles=[]), [ADD], id="found before and taken by others"),
        pytest.param(case(judged(UNKNOWN)), [], id="unknown earns nothing"),
        pytest.param(case(judged(DENIED)), [], id="denied and not there"),
        pytest.param(case(judged(DENIED), roles=[100], misses={1: ENOUGH}), [], id="denied, there, not from the bot"),
        pytest.param(case(judged(DENIED), given=FOUND, misses={1: ENOUGH}), [], id="denied, and found before"),
        pytest.param(case(judged(GRANTED, PAUSED)), [], id="a paused gate gives nothing"),
        pytest.param(case(judged(GRANTED, PARKED)), [], id="a parked gate gives nothing"),
        pytest.param(case(judged(GRANTED, in_cool_down=True)), [], id="a sensitive role during its cool-down"),
        pytest.param(leaving(), [REMOVE], id="denied often enough"),
        pytest.param(leaving(roles=frozenset({100})), [REMOVE], id="denied often enough, and seen there"),
        # Discord sometimes reports a member without roles: the row would be lost, and the role be there for ever.
        pytest.param(leaving(roles=frozenset()), [REMOVE], id="denied often enough, and reported without the role"),
        pytest.param(leaving(ledger=ledger(1, state=GrantState.ADOPTED)), [REMOVE], id="adopted by an admin"),
    ],
)
def test_only_differences_are_changed(given: Case, expected: list[tuple[Act, int]]) -> None:
    assert changed(decide(given, PATIENCE)) == expected


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(leaving(judged=(judged(UNKNOWN),)), HoldCode.UNKNOWN, id="unknown"),
        pytest.param(leaving(judged=(judged(DENIED, PAUSED),)), HoldCode.GATE_PAUSED, id="paused"),
        pytest.param(leaving(judged=(judged(DENIED, PARKED),)), HoldCode.GATE_PARKED, id="parked"),
        pytest.param(
            leaving(judged=(judged(DENIED, gate(never_remove=True)),)), HoldCode.NEVER_REMOVE, id="never removed"
        ),
        pytest.param(leaving(settings=PROTECTED_MEMBER), HoldCode.PROTECTED, id="a protected member"),
        pytest.param(
            leaving(settings=PROTECTED_ROLE, roles=frozenset({100, 555})), HoldCode.PROTECTED, id="a protected role"
        ),
        pytest.param(leaving(misses={}), HoldCode.TOO_FEW_MISSES, id="no miss before"),
        pytest.param(leaving(misses={1: replace(ENOUGH, count=1)}), HoldCode.TOO_FEW_MISSES, id="one miss before"),
        pytest.param(
            leaving(misses={1: replace(ENOUGH, first_at=NOW - 29 * MINUTE)}),
            HoldCode.TOO_SHORT_SPAN,
            id="in 29 minutes",
        ),
        pytest.param(
            leaving(misses={1: replace(ENOUGH, is_confirmed=False)}), HoldCode.NOT_CONFIRMED, id="not confirmed"
        ),
        pytest.param(leaving(settings=GuildSettings(grace=HOUR)), HoldCode.GRACE, id="grace of the server"),
        pytest.param(leaving(judged=(judged(DENIED, gate(grace=HOUR)),)), HoldCode.GRACE, id="grace of the gate"),
        pytest.param(
            leaving(misses={1: replace(ENOUGH, excused_until=NOW + MINUTE)}),
            HoldCode.EXCUSED,
            id="discarded by an admin",
        ),
        *(
            pytest.param(leaving(removals_held={100: code}), code, id=code.value)
            for code in (HoldCode.BREAKER, HoldCode.ADMIN_HOLD, HoldCode.CLOCK_JUMPED, HoldCode.OTHER_INSTANCE)
        ),
    ],
)
def test_a_role_is_retained_with_its_reason(given: Case, code: HoldCode) -> None:
    plan = decide(given, PATIENCE)
    assert (changed(plan), codes(plan)) == ([], {1: code})


def test_the_gates_grace_goes_before_the_servers() -> None:
    answer = judged(DENIED, gate(grace=timedelta(0)))
    assert changed(decide(leaving(settings=GuildSettings(grace=HOUR), judged=(answer,)), PATIENCE)) == [REMOVE]


def test_a_member_is_notified_once_and_loses_the_role_a_whole_grace_later() -> None:
    settings = GuildSettings(grace=HOUR)
    first = decide(leaving(settings=settings), PATIENCE)
    assert [warned.gate_id for warned in first.warn] == [1]
    assert first.held[0].until == NOW + HOUR
    warned = {1: replace(ENOUGH, warned_at=NOW)}
    for minutes, expected in ((10, []), (59, []), (60, [REMOVE])):
        later = NOW + minutes * MINUTE
        plan = decide(
            leaving(settings=settings, misses=warned, now=later, judged=(judged(DENIED, evidence_at=NOW),)), PATIENCE
        )
        assert (changed(plan), plan.warn) == (expected, ())


def test_nobody_is_notified_of_a_removal_that_waits_for_a_person() -> None:
    plan = decide(leaving(settings=GuildSettings(grace=HOUR), removals_held={100: HoldCode.BREAKER}), PATIENCE)
    assert plan.warn == ()
    assert codes(plan) == {1: HoldCode.BREAKER}


def test_the_source_is_asked_again_only_when_nothing_else_is_missing() -> None:
    unconfirmed = {1: replace(ENOUGH, is_confirmed=False)}
    assert [each.gate_id for each in decide(leaving(misses=unconfirmed), PATIENCE).confirm] == [1]
    assert decide(leaving(misses=unconfirmed, settings=GuildSettings(grace=HOUR)), PATIENCE).confirm == ()
    assert decide(leaving(misses=unconfirmed, removals_held={100: HoldCode.BREAKER}), PATIENCE).confirm == ()
    assert decide(leaving(misses={1: replace(unconfirmed[1], count=1)}), PATIENCE).confirm == ()


@pytest.mark.parametrize(
    ("code", "hours", "expected"),
    [
        pytest.param(HoldCode.BREAKER, 1, [REMOVE], id="approved an hour ago"),
        pytest.param(HoldCode.BREAKER, 24, [], id="approved a day ago"),
        pytest.param(HoldCode.ADMIN_HOLD, 1, [], id="an admin holds all removals"),
        pytest.param(HoldCode.CLOCK_JUMPED, 1, [], id="the clock jumped"),
        pytest.param(HoldCode.OTHER_INSTANCE, 1, [], id="a second instance"),
    ],
)
def test_an_approval_is_for_the_breaker_alone_and_for_a_day(
    code: HoldCode, hours: int, expected: list[tuple[Act, int]]
) -> None:
    approved = {1: replace(ENOUGH, approved_at=NOW - hours * HOUR)}
    assert changed(decide(leaving(misses=approved, removals_held={100: code}), PATIENCE)) == expected


def test_an_approval_replaces_no_miss_and_no_denial() -> None:
    approved = {1: replace(ENOUGH, count=1, approved_at=NOW)}
    held = {100: HoldCode.BREAKER}
    assert codes(decide(leaving(misses=approved, removals_held=held), PATIENCE)) == {1: HoldCode.TOO_FEW_MISSES}
    assert changed(decide(leaving(misses=approved, removals_held=held, judged=(judged(UNKNOWN),)), PATIENCE)) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(leaving(misses={}), [REMOVE], id="without a miss"),
        pytest.param(leaving(misses={}, removals_held={100: HoldCode.BREAKER}), [REMOVE], id="though held"),
        pytest.param(leaving(misses={}, settings=GuildSettings(grace=HOUR)), [REMOVE], id="without grace"),
        pytest.param(leaving(settings=GuildSettings(grace=HOUR)), [], id="in a grace that had begun before"),
        pytest.param(leaving(removals_held={100: HoldCode.BREAKER}), [], id="denied and held before"),
        pytest.param(leaving(misses={1: Misses(0, NOW, NOW)}), [], id="denied before, and its misses were forgotten"),
        pytest.param(
            leaving(misses={1: Misses(0, NOW, NOW, excused_until=NOW + HOUR)}), [], id="given back, and excused"
        ),
        pytest.param(leaving(misses={}, judged=(judged(UNKNOWN),)), [], id="unknown is kept"),
        pytest.param(leaving(misses={}, judged=(judged(DENIED, gate(never_remove=True)),)), [], id="never removed"),
        pytest.param(leaving(misses={}, settings=PROTECTED_MEMBER), [], id="protected"),
        pytest.param(leaving(misses={}, judged=(judged(DENIED, PAUSED),)), [], id="paused"),
        pytest.param(leaving(misses={}, ledger=FOUND), [], id="not from the bot"),
    ],
)
def test_what_members_do_themselves_takes_effect_at_once(given: Case, expected: list[tuple[Act, int]]) -> None:
    assert changed(decide(replace(given, own_act=True), PATIENCE)) == expected


@pytest.mark.parametrize(
    ("status", "before", "minutes", "count"),
    [
        pytest.param(DENIED, None, 0, 1, id="the first"),
        pytest.param(DENIED, Misses(1, NOW - 10 * MINUTE, NOW - 10 * MINUTE), 0, 2, id="the second"),
        pytest.param(DENIED, Misses(1, NOW, NOW), 0, 1, id="the same reading again"),
        pytest.param(DENIED, Misses(1, NOW, NOW), -1, 1, id="one of the accounts was not read again"),
        pytest.param(DENIED, Misses(2, NOW - 48 * HOUR, NOW - 25 * HOUR), 0, 1, id="after a long silence"),
        pytest.param(DENIED, Misses(2, NOW - 48 * HOUR, NOW - 24 * HOUR), 0, 3, id="before that"),
        pytest.param(DENIED, Misses(5, NOW + HOUR, NOW + 2 * HOUR), 0, 1, id="misses of a clock that was ahead"),
        pytest.param(DENIED, Misses(1, NOW - HOUR, NOW - HOUR), 2, 1, id="a reading from the future"),
        pytest.param(UNKNOWN, Misses(2, NOW - HOUR, NOW - HOUR), 0, 2, id="unknown changes nothing"),
        pytest.param(GRANTED, Misses(2, NOW - HOUR, NOW - HOUR), 0, None, id="granted ends them"),
    ],
)
def test_a_miss_is_a_newer_reading_of_every_account(
    status: Ternary, before: Misses | None, minutes: int, count: int | None
) -> None:
    answer = judged(status, evidence_at=NOW + minutes * MINUTE)
    plan = decide(case(answer, given=ledger(1), misses={1: before} if before else {}), PATIENCE)
    assert (plan.misses[1].count if 1 in plan.misses else None) == count


def test_two_accounts_that_are_read_by_turns_make_one_miss_in_both_readings() -> None:
    misses: dict[int, Misses] = {}
    # One at 0, 10, 20 …, the other at 9, 19, 29 …: judged after each reading, with the older of both.
    for now, oldest, count in ((9, 0, 1), (10, 9, 1), (19, 10, 2), (20, 19, 2), (29, 20, 3), (30, 29, 3)):
        answer = judged(DENIED, evidence_at=NOW + oldest * MINUTE)
        misses = dict(decide(case(answer, given=ledger(1), misses=misses, now=NOW + now * MINUTE), PATIENCE).misses)
        assert misses[1].count == count


def test_no_miss_is_counted_while_an_account_was_never_read() -> None:
    plan = decide(case(judged(DENIED, evidence_at=None), given=ledger(1)), PATIENCE)
    assert (plan.misses, codes(plan)) == ({}, {1: HoldCode.TOO_FEW_MISSES})


def test_misses_after_a_long_silence_take_nothing() -> None:
    # No reading since: the account's source has been silent, and what is judged is what was stored before.
    old = replace(ENOUGH, first_at=NOW - 30 * HOUR, last_at=NOW - 25 * HOUR)
    plan = decide(leaving(misses={1: old}, judged=(judged(DENIED, evidence_at=old.last_at),)), PATIENCE)
    assert (changed(plan), codes(plan)) == ([], {1: HoldCode.TOO_FEW_MISSES})


def test_an_excuse_lasts_though_the_misses_begin_again() -> None:
    excused = Misses(0, NOW - HOUR, NOW - HOUR, excused_until=NOW + 20 * HOUR)
    plan = decide(leaving(misses={1: excused}), PATIENCE)
    assert plan.misses[1] == Misses(1, NOW, NOW, excused_until=NOW + 20 * HOUR)
    assert codes(plan) == {1: HoldCode.EXCUSED}


def test_a_role_that_is_there_already_is_recorded_as_found() -> None:
    plan = decide(case(judged(GRANTED), roles=[100]), PATIENCE)
    assert ([found.gate_id for found in plan.found], changed(plan), plan.needs_roles) == ([1], [], False)


def test_a_sensitive_role_that_was_given_is_retained_during_a_cool_down() -> None:
    answer = judged(GRANTED, in_cool_down=True)
    plan = decide(case(answer, given=ledger(1), misses={1: ENOUGH}), PATIENCE)
    assert (changed(plan), plan.misses) == ([], {})
    assert changed(decide(case(answer, given=ledger(1), roles=[]), PATIENCE)) == []


def test_what_is_given_comes_before_what_is_taken() -> None:
    given = case(judged(DENIED), judged(GRANTED, gate(2)), given=ledger(1), misses={1: ENOUGH})
    plan = decide(given, PATIENCE)
    assert changed(plan) == [(Act.ADD, 2), REMOVE]
    assert plan.needs_roles


def test_gates_without_a_ladder_do_not_wait_for_each_other() -> None:
    given = case(judged(DENIED), judged(GRANTED, gate(2)), given=ledger(1), misses={1: ENOUGH})
    assert [change.waits_for for change in decide(given, PATIENCE).changes] == [None, None]


def test_another_denial_has_to_be_confirmed_again() -> None:
    before = Misses(3, NOW - timedelta(hours=2), NOW - timedelta(hours=1), is_confirmed=True)
    after = counted(before, NOW, NOW, timedelta(days=1))
    assert after == Misses(4, before.first_at, NOW, is_confirmed=False)
    assert counted(after and replace(after, is_confirmed=True), NOW, NOW, timedelta(days=1)) == Misses(
        4, before.first_at, NOW, is_confirmed=True
    )
