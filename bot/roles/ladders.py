"""Ladders: of gates with one name only the highest that is granted gives its role; a gate alone is a ladder of one.

From the highest gate down, each is one of these, and the ones below it follow from it:

    earned      its role is given if it is not there; a lower role that the bot gave is superseded
    retained    not granted, but not taken now either; lower roles are neither given nor taken
    neither     it does not have the role, or loses it now: the next lower one is looked at
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.gates.gate import GateState, ParkReason
from bot.gates.patience import Patience
from bot.roles.case import Act, Case, Change, Held, HoldCode, Judged
from bot.roles.grants import Misses
from bot.roles.removal import gate_hold, is_removable, lasting_hold, removal_of


@dataclass(frozen=True, slots=True)
class Step:
    """What follows for one gate.

    Attributes:
        judged: The gate, with its answer.
        change: What is changed now.
        held: Why the role is retained though it is not granted.
        misses: As they are to be stored; None: none.
        is_earned: The member is to have the role.
        is_found: They have it already, and not from the bot.
        is_to_warn: They are to be notified that their grace has begun.
        is_to_confirm: The source is to be asked a second question.
    """

    judged: Judged
    change: Change | None = None
    held: Held | None = None
    misses: Misses | None = None
    is_earned: bool = False
    is_found: bool = False
    is_to_warn: bool = False
    is_to_confirm: bool = False


def ladders_of(judged: Iterable[Judged]) -> list[list[Judged]]:
    """The gates by ladder, the highest of each first; a gate without a ladder is alone."""
    ladders: dict[str | int, list[Judged]] = {}
    for each in judged:
        ladders.setdefault(each.gate.draft.ladder or each.gate.gate_id, []).append(each)
    return [sorted(ladder, key=lambda each: (-each.gate.draft.rank, each.gate.gate_id)) for ladder in ladders.values()]


def steps_of(case: Case, ladder: Sequence[Judged], patience: Patience) -> list[Step]:
    """What follows for each gate of a ladder, the highest first."""
    steps: list[Step] = []
    earned: Judged | None = None
    retained: Held | None = None
    for judged in ladder:
        if earned is not None:
            steps.append(_superseded(case, judged, earned))
        elif retained is not None:
            steps.append(_below_retained(case, judged, retained, patience))
        else:
            step = _highest(case, judged, patience)
            steps.append(step)
            earned = judged if step.is_earned else None
            retained = _retained(case, step)
    return _without_a_gap(case, steps)


def _highest(case: Case, judged: Judged, patience: Patience) -> Step:
    """What follows where no higher gate of the ladder has a say."""
    if _is_earned(case, judged):
        return _earned(case, judged)
    if not is_removable(case, judged):
        return Step(judged)
    if judged.verdict.is_granted:  # paused, parked, or in a cool-down without the role
        return Step(judged, misses=case.misses.get(judged.gate.gate_id) if gate_hold(judged) else None)
    removal = removal_of(case, judged, patience)
    return Step(
        judged,
        change=None if removal.held else Change(Act.REMOVE, judged.gate, judged.verdict),
        held=removal.held,
        misses=removal.misses,
        is_to_warn=removal.is_to_warn,
        is_to_confirm=removal.is_to_confirm,
    )


def _is_earned(case: Case, judged: Judged) -> bool:
    """Whether the member is to have the role; a cool-down delays that it is given, and takes it from nobody.

    Who has left, sold, and comes back with an account that was proven only now has not earned it before that either.
    """
    is_delayed = judged.in_cool_down and not (judged.gate.role_id in case.ledger and _is_there(case, judged))
    return judged.gate.state is GateState.ACTIVE and judged.verdict.is_granted and not is_delayed


def _earned(case: Case, judged: Judged) -> Step:
    """Give the role where it is missing."""
    if _is_there(case, judged):
        return Step(judged, is_earned=True, is_found=judged.gate.role_id not in case.ledger)
    return Step(judged, Change(Act.ADD, judged.gate, judged.verdict), is_earned=True)


def _is_there(case: Case, judged: Judged) -> bool:
    """Whether the member has the role; the ledger is believed until their roles were read, or were not long ago."""
    role_id = judged.gate.role_id
    if case.roles is not None:
        return role_id in case.roles
    return role_id in case.ledger and role_id not in case.lacking


def _retained(case: Case, step: Step) -> Held | None:
    """What a step retains, if that is a role that the member has now as far as it is known."""
    judged = step.judged
    if not is_removable(case, judged) or step.is_earned or step.change is not None:
        return None
    is_gone = judged.gate.parked is ParkReason.ROLE_GONE and judged.gate.state is GateState.PARKED
    if is_gone or not _is_there(case, judged):
        return None
    return step.held or Held(judged.gate, judged.verdict, gate_hold(judged) or HoldCode.UNKNOWN)


def _superseded(case: Case, judged: Judged, by: Judged) -> Step:
    """Take a lower role that the bot gave: that is a replacement and no loss, so it needs no misses and no breaker."""
    if not is_removable(case, judged):
        return Step(judged)
    hold = gate_hold(judged) or lasting_hold(case, judged) or case.removals_held.get(judged.gate.role_id)
    if hold not in (None, HoldCode.BREAKER):
        return Step(judged, held=Held(judged.gate, judged.verdict, hold))
    return Step(judged, Change(Act.REMOVE, judged.gate, judged.verdict, superseded_by=by.gate))


def _below_retained(case: Case, judged: Judged, above: Held, patience: Patience) -> Step:
    """Neither give nor take a lower role, but count on; what members do themselves still takes effect at once."""
    if not is_removable(case, judged) or judged.verdict.is_granted:
        return Step(judged)
    removal = removal_of(case, judged, patience)
    if removal.held is None and case.own_act:
        return Step(judged, Change(Act.REMOVE, judged.gate, judged.verdict), misses=removal.misses)
    held = Held(judged.gate, judged.verdict, above.code, above.until)
    return Step(judged, held=held, misses=removal.misses)


def _without_a_gap(case: Case, steps: list[Step]) -> list[Step]:
    """Let what is taken wait for what is given on the same ladder; only a member's own act waits for nothing."""
    given = next((step.judged.gate for step in steps if step.change and step.change.act is Act.ADD), None)
    if given is None:
        return steps
    return [
        replace(step, change=replace(step.change, waits_for=given))
        if step.change and step.change.act is Act.REMOVE and not case.own_act
        else step
        for step in steps
    ]
