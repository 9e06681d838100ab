"""Cases to decide, made from what matters to a test; and what the world looks like after a plan was applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.counts import Ternary
from bot.gates.gate import Gate, GateDraft, GateState, GuildSettings, ParkReason
from bot.gates.rule import CollectionRef, Holds
from bot.gates.verdict import Verdict, WhyCode
from bot.roles.grants import Grant, GrantState, Misses
from bot.roles.plan import Act, Case, HoldCode, Judged, Patience, Plan

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PATIENCE = Patience()
GUILD, MEMBER = 7, 1000
RULE = Holds(CollectionRef("loopring", "254"))
GRANTED, DENIED, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
_CODES = {GRANTED: WhyCode.ENOUGH, DENIED: WhyCode.TOO_FEW, UNKNOWN: WhyCode.MAY_BE_ENOUGH}

# So many denials, so far apart, and confirmed: a removal is due.
ENOUGH = Misses(3, NOW - 31 * MINUTE, NOW, is_confirmed=True)


def gate(
    number: int = 1,
    *,
    state: GateState = GateState.ACTIVE,
    parked: ParkReason | None = None,
    grace: timedelta | None = None,
    never_remove: bool = False,
    ladder: str = "",
    rank: int = 0,
) -> Gate:
    """Gate `number`, whose role has that number too, times a hundred."""
    draft = GateDraft(number * 100, RULE, grace=grace, never_remove=never_remove, ladder=ladder, rank=rank)
    return Gate(number, GUILD, draft, state, NOW, NOW, parked)


def judged(
    status: Ternary, of: Gate | None = None, *, evidence_at: datetime | None = NOW, in_cool_down: bool = False
) -> Judged:
    """A gate as answered for the member."""
    return Judged(of or gate(), Verdict(status, RULE, _CODES[status]), evidence_at, in_cool_down)


def ledger(*numbers: int, state: GrantState = GrantState.GIVEN) -> dict[int, Grant]:
    """The rows of some gates' roles."""
    return {
        number * 100: Grant(GUILD, MEMBER, number * 100, number, state, NOW - timedelta(days=9)) for number in numbers
    }


def case(
    *answers: Judged,
    given: Mapping[int, Grant] | None = None,
    misses: Mapping[int, Misses] | None = None,
    roles: Iterable[int] | None = None,
    settings: GuildSettings | None = None,
    now: datetime = NOW,
    own_act: bool = False,
    held: Mapping[int, HoldCode] | None = None,
) -> Case:
    """What is decided from."""
    return Case(
        MEMBER,
        now,
        settings or GuildSettings(),
        answers,
        given or {},
        misses or {},
        None if roles is None else frozenset(roles),
        own_act,
        held or {},
    )


def changed(plan: Plan) -> list[tuple[Act, int]]:
    """What changes, as act and gate."""
    return [(change.act, change.gate.gate_id) for change in plan.changes]


def codes(plan: Plan) -> dict[int, HoldCode]:
    """Gate → why its role is retained."""
    return {held.gate.gate_id: held.code for held in plan.held}


def applied(before: Case, plan: Plan) -> Case:
    """The case after all of a plan was done, as sync does it; nothing else has happened."""
    rows, roles = dict(before.ledger), None if before.roles is None else set(before.roles)
    misses = dict(plan.misses)
    for change in plan.changes:
        role_id = change.gate.role_id
        if change.act is Act.ADD:
            rows |= ledger(change.gate.gate_id)
        else:
            del rows[role_id]
        if roles is not None:
            (roles.add if change.act is Act.ADD else roles.discard)(role_id)
    for found in plan.found:
        rows |= ledger(found.gate_id, state=GrantState.FOUND)
    for warned in plan.warn:
        misses[warned.gate_id] = replace(misses[warned.gate_id], warned_at=before.now)
    words = [each.proof_end.proven_at for each in plan.proof_ends if each.proof_end]
    return replace(
        before,
        ledger=rows,
        misses=misses,
        roles=None if roles is None else frozenset(roles),
        warned_proof=max(words) if words else before.warned_proof,
    )
