"""A member is notified once, in advance, that their proof will be too old for roles that they have from the bot.

All of these roles are in one message: they rest on the same proof, which is the member's latest one. So there is one
message for each proof and server, whatever gates are added after it. Where the account of that proof is unlinked, an
older one is the latest, which ends sooner than the message said: it has its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.gates.gate import GateState
from bot.gates.rule_moments import ProofEnd
from bot.roles.case import Act, Case, HoldCode, Judged
from bot.roles.ladders import Step
from bot.roles.removal import gate_hold, is_removable, lasting_hold


@dataclass(frozen=True, slots=True)
class ProofWarning:
    """What follows from the age of a member's latest proof.

    Attributes:
        due: Of these gates they are to be notified now, in this order.
        again_at: When time alone may lead to something else; see `Plan.again_at`.
    """

    due: tuple[Judged, ...]
    again_at: datetime | None


def proof_warning(case: Case, steps: Iterable[Step]) -> ProofWarning:
    """What follows from the age of a member's latest proof, given what follows from everything else."""
    steps = tuple(steps)
    ends = [(end, step) for step in steps if (end := _end_of(case, step))]
    resting = [(end, step.judged) for end, step in ends if _has_role(case, step)]
    is_due = any(end.warn_at <= case.now for end, _ in resting)
    due = sorted(resting, key=lambda each: (each[0].at, each[1].gate.gate_id)) if is_due else []
    moments = [step.judged.changes_at for step in steps if step.judged.gate.state is GateState.ACTIVE]
    if not is_due:
        # A role that is given just now is one of theirs as soon as Discord has confirmed it.
        given = [end for end, step in ends if step.change or _has_role(case, step)]
        moments += [end.warn_at for end in given]
    return ProofWarning(tuple(judged for _, judged in due), min((at for at in moments if at), default=None))


def _end_of(case: Case, step: Step) -> ProofEnd | None:
    """The end of the proof that a role rests on, if it costs the role and its member does not know."""
    judged, end = step.judged, step.judged.proof_end
    if end is None or judged.verdict.is_denied:
        return None
    if case.warned_proof == end.proven_at:
        return None
    # What is retained or taken for another reason than that nothing is known now does not rest on the proof.
    if (step.held and step.held.code is not HoldCode.UNKNOWN) or (step.change and step.change.act is Act.REMOVE):
        return None
    return None if gate_hold(judged) or lasting_hold(case, judged) else end


def _has_role(case: Case, step: Step) -> bool:
    """Whether they have it from the bot, as far as is known."""
    role_id = step.judged.gate.role_id
    is_there = role_id not in case.lacking if case.roles is None else role_id in case.roles
    return is_removable(case, step.judged) and is_there and step.change is None
