"""For every case: unknown takes nothing, only ledger roles go, nobody falls between two roles of a ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.counts import Ternary
from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.gates.rule_moments import ProofEnd
from bot.holdings import Account
from bot.roles.grants import GrantState, Misses
from bot.roles.plan import Act, Case, HoldCode, Judged, Patience, Plan, decide
from tests.roles.cases import MEMBER, MINUTE, NOW, PATIENCE, applied, case, gate, judged, ledger

T = TypeVar("T")
PROVEN_AT = NOW - timedelta(days=30)
THOROUGH = settings(max_examples=400)
HOLDS = [HoldCode.BREAKER, HoldCode.ADMIN_HOLD, HoldCode.CLOCK_JUMPED, HoldCode.OTHER_INSTANCE]
STATES = [*[GateState.ACTIVE] * 4, GateState.PAUSED, GateState.PARKED]
PROTECTED = GuildSettings(protected_roles=frozenset({555}))
SETTINGS = [GuildSettings(), PROTECTED, GuildSettings(grace=timedelta(hours=1))]


class Invented:
    """Cases at random from one number: a hundred times as fast as if each part were drawn by itself."""

    def __init__(self, seed: int, statuses: Sequence[Ternary] = tuple(Ternary)) -> None:
        self._random = Random(seed)  # noqa: S311  # no secret
        self._statuses = statuses

    def case(self) -> Case:
        """Anything that may have to be decided."""
        numbers = range(1, 1 + self._random.randint(1, 5))
        given_before = [ledger(number, state=self._of(list(GrantState))) for number in numbers if self._coin()]
        roles = [*(number * 100 for number in numbers), 555]
        return case(
            *(self._answer(number) for number in numbers),
            given={role: grant for row in given_before for role, grant in row.items()},
            misses={number: self._misses() for number in numbers if self._coin()},
            roles=self._of([None, [role for role in roles if self._coin()]]),
            settings=self._of(SETTINGS),
            own_act=self._of([False, False, True]),
            held={role: self._of(HOLDS) for role in roles if self._of([False, False, True])},
        )

    def _answer(self, number: int) -> Judged:
        state = self._of(STATES)
        made = gate(
            number,
            state=state,
            parked=self._of(list(ParkReason)) if state is GateState.PARKED else None,
            grace=self._of([None, timedelta(0), timedelta(hours=2)]),
            never_remove=self._of([False, False, False, True]),
            ladder=self._of(["", "tier", "tier", "other"]),
            rank=self._random.randint(0, 3),
        )
        status, evidence_at = self._of(self._statuses), self._of([None, self._moment(), NOW])
        answer = judged(status, made, evidence_at=evidence_at, in_cool_down=self._of([False, False, True]))
        return replace(answer, proof_end=self._of([None, self._proof_end()]))

    def _proof_end(self) -> ProofEnd:
        """Of the same proof for all gates."""
        at = NOW + self._random.randint(0, 26 * 60) * MINUTE
        return ProofEnd(at, at - timedelta(hours=13), PROVEN_AT, Account("loopring", "10001"))

    def _misses(self) -> Misses:
        first, last = sorted((self._moment(), self._moment()))
        return Misses(
            self._random.randint(0, 5),
            first,
            last,
            warned_at=self._of([None, self._moment()]),
            is_confirmed=self._coin(),
            excused_until=self._of([None, None, self._moment() + timedelta(hours=24)]),
            approved_at=self._of([None, self._moment()]),
        )

    def _moment(self) -> datetime:
        return NOW - self._random.randint(0, 26 * 60) * MINUTE

    def _coin(self) -> bool:
        return self._random.random() < 0.5

    def _of(self, options: Sequence[T]) -> T:
        return self._random.choice(options)


def cases(*statuses: Ternary) -> st.SearchStrategy[Case]:
    return st.integers(0, 2**64).map(lambda seed: Invented(seed, statuses or tuple(Ternary)).case())


@THOROUGH
@given(cases())
def test_an_unknown_answer_takes_no_role_but_where_a_higher_one_replaces_it(given_case: Case) -> None:
    for change in decide(given_case, PATIENCE).changes:
        if change.act is Act.REMOVE and change.superseded_by is None:
            assert change.verdict.is_denied


@THOROUGH
@given(cases(Ternary.UNKNOWN))
def test_where_all_is_unknown_nothing_changes_and_no_miss_is_counted(given_case: Case) -> None:
    plan = decide(given_case, PATIENCE)
    assert plan.changes == ()
    assert all(plan.misses[gate_id] == given_case.misses[gate_id] for gate_id in plan.misses)


@THOROUGH
@given(cases())
def test_only_what_the_bot_gave_or_an_admin_adopted_is_taken(given_case: Case) -> None:
    for change in decide(given_case, PATIENCE).changes:
        if change.act is Act.REMOVE:
            assert given_case.ledger[change.gate.role_id].state is not GrantState.FOUND


@THOROUGH
@given(cases())
def test_only_active_gates_change_anything_and_what_is_never_removed_stays(given_case: Case) -> None:
    for change in decide(given_case, PATIENCE).changes:
        assert change.gate.state is GateState.ACTIVE
        assert change.act is Act.ADD or not change.gate.draft.never_remove


@THOROUGH
@given(cases())
def test_to_decide_again_after_a_plan_was_applied_changes_nothing(given_case: Case) -> None:
    once = applied(given_case, decide(given_case, PATIENCE))
    again = decide(once, PATIENCE)
    assert (again.changes, again.found, again.warn) == ((), (), ())
    assert not (once.warned_proof and again.proof_ends)
    twice = applied(once, again)
    assert applied(twice, decide(twice, PATIENCE)) == twice


@THOROUGH
@given(cases())
def test_a_word_about_a_proof_is_about_roles_that_they_have_from_the_bot_and_would_lose(given_case: Case) -> None:
    plan = decide(given_case, PATIENCE)
    for each in plan.proof_ends:
        role_id = each.gate.role_id
        assert given_case.ledger[role_id].state is not GrantState.FOUND
        assert given_case.roles is not None
        assert role_id in given_case.roles
        assert not given_case.settings.protected_roles & given_case.roles
        assert (each.gate.state, each.gate.draft.never_remove) == (GateState.ACTIVE, False)
        assert not each.verdict.is_denied
        assert role_id not in {change.gate.role_id for change in plan.changes}
        assert {held.code for held in plan.held if held.gate == each.gate} <= {HoldCode.UNKNOWN}


@THOROUGH
@given(cases())
def test_every_gate_has_at_most_one_outcome(given_case: Case) -> None:
    plan = decide(given_case, PATIENCE)
    outcomes = [change.gate.gate_id for change in plan.changes] + [held.gate.gate_id for held in plan.held]
    assert len(outcomes) == len(set(outcomes))


def ladder_roles(given_case: Case, ladder: str) -> frozenset[int]:
    return frozenset(each.gate.role_id for each in given_case.judged if each.gate.draft.ladder == ladder)


def earned(given_case: Case, ladder: str) -> bool:
    """Whether some role of a ladder can be given to the member now."""
    return any(
        each.gate.draft.ladder == ladder
        and each.gate.state is GateState.ACTIVE
        and each.verdict.is_granted
        and not each.in_cool_down
        for each in given_case.judged
    )


def moments(plan: Plan, had: frozenset[int], failing: bool) -> list[frozenset[int]]:  # noqa: FBT001  # drawn
    """The member's roles after each change, as sync makes them; with `failing`, Discord gives nothing."""
    states, there, added = [had], set(had), set()
    for change in plan.changes:
        if change.act is Act.ADD and not failing:
            there.add(change.gate.role_id)
            added.add(change.gate.gate_id)
        elif change.act is Act.REMOVE and (change.waits_for is None or change.waits_for.gate_id in added):
            there.discard(change.gate.role_id)
        states.append(frozenset(there))
    return states


@THOROUGH
@given(cases(), st.booleans())
def test_nobody_who_earns_a_role_of_a_ladder_is_without_one_in_between(given_case: Case, failing: bool) -> None:  # noqa: FBT001  # drawn
    had = frozenset(given_case.ledger)
    patient = replace(given_case, roles=had, own_act=False)
    for ladder in ("tier", "other"):
        if had & ladder_roles(patient, ladder) and earned(patient, ladder):
            states = moments(decide(patient, PATIENCE), had, failing)
            assert all(state & ladder_roles(patient, ladder) for state in states)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[datetime, Ternary, datetime]]:
    """Decisions over time: when, the answer, and as of when the oldest reading was."""
    at, found = NOW, []
    for _ in range(draw(st.integers(1, 25))):
        at += draw(st.integers(0, 40)) * MINUTE
        status = draw(st.sampled_from([Ternary.NO, Ternary.NO, Ternary.NO, Ternary.UNKNOWN, Ternary.YES]))
        found.append((at, status, at - draw(st.sampled_from([0, 0, 5, 10, 60])) * MINUTE))
    return found


def removed_after(history: Sequence[tuple[datetime, Ternary, datetime]], patience: Patience) -> int | None:
    """After how many decisions the role of a holder is taken, when every second question confirms the first."""
    misses: dict[int, Misses] = {}
    for number, (now, status, evidence_at) in enumerate(history, start=1):
        for _ in range(2):  # once more, after the second question
            answer = judged(status, evidence_at=evidence_at)
            plan = decide(case(answer, given=ledger(1), misses=misses, now=now), patience)
            misses = {gate_id: replace(each, is_confirmed=bool(plan.confirm)) for gate_id, each in plan.misses.items()}
            if plan.changes:
                return number
    return None


@given(histories(), st.integers(1, 5), st.integers(0, 60))
def test_no_role_is_taken_after_fewer_misses_or_a_shorter_span(
    history: list[tuple[datetime, Ternary, datetime]], least: int, minutes: int
) -> None:
    number = removed_after(history, Patience(least, minutes * MINUTE))
    if number is None:
        return
    since_granted: list[datetime] = []
    for at, status, evidence_at in history[:number]:
        if status is Ternary.YES:
            since_granted.clear()
        elif status is Ternary.NO and (not since_granted or evidence_at > since_granted[-1]):
            since_granted.append(at)
    assert history[number - 1][1] is Ternary.NO
    assert len(since_granted) >= least
    assert max(since_granted) - min(since_granted) >= minutes * MINUTE


def test_a_holder_who_sold_loses_the_role_at_the_fourth_reading_in_ten_minutes_each() -> None:
    history = [(NOW + n * 10 * MINUTE, Ternary.NO, NOW + n * 10 * MINUTE) for n in range(9)]
    assert removed_after(history, PATIENCE) == 4


def test_protected_by_a_role_is_known_once_the_roles_were_read() -> None:
    before = case(judged(Ternary.NO), given=ledger(1), settings=PROTECTED, own_act=True)
    assert decide(before, PATIENCE).needs_roles
    assert not decide(replace(before, roles=frozenset({100, 555})), PATIENCE).needs_roles
    assert MEMBER not in PROTECTED.protected_members
