"""Whether a role that the bot gave may be taken when its gate does not grant it: every reason to wait, in its order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.gates.gate import GateState
from bot.gates.patience import Patience
from bot.roles.case import Case, Held, HoldCode, Judged
from bot.roles.grants import GrantState, Misses
from bot.roles.miss_count import are_enough, are_far_apart, counted

# An approval is of what the admin saw; a day later that is another list.
APPROVAL_LASTS = timedelta(days=1)
# So long nothing is taken from a member whose removal an admin discarded or undid: they may find out what was wrong.
EXCUSED_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Removal:
    """What follows for one role that its member has from the bot and that its gate does not grant.

    Attributes:
        held: Why it is retained; None: it is taken now.
        misses: As they are to be stored.
        is_to_warn: The member is to be notified that their grace has begun.
        is_to_confirm: The source is to be asked a second question.
    """

    held: Held | None
    misses: Misses | None = None
    is_to_warn: bool = False
    is_to_confirm: bool = False


def is_removable(case: Case, judged: Judged) -> bool:
    """Whether the ledger says that the member has the role from the bot: no other role is ever taken."""
    grant = case.ledger.get(judged.gate.role_id)
    return grant is not None and grant.state in (GrantState.GIVEN, GrantState.ADOPTED)


def gate_hold(judged: Judged) -> HoldCode | None:
    """Why the gate itself takes nothing now."""
    if judged.gate.state is GateState.PAUSED:
        return HoldCode.GATE_PAUSED
    return HoldCode.GATE_PARKED if judged.gate.state is GateState.PARKED else None


def lasting_hold(case: Case, judged: Judged) -> HoldCode | None:
    """Why the role is never taken from this member, whatever they hold or do."""
    if judged.gate.draft.never_remove:
        return HoldCode.NEVER_REMOVE
    settings = case.settings
    has_protected_role = case.is_protected if case.roles is None else bool(settings.protected_roles & case.roles)
    return HoldCode.PROTECTED if case.user_id in settings.protected_members or has_protected_role else None


def removal_of(case: Case, judged: Judged, patience: Patience) -> Removal:
    """Decide about a role that the bot gave and that its gate, which is active, does not grant."""
    misses = case.misses.get(judged.gate.gate_id)
    if code := gate_hold(judged):
        return Removal(Held(judged.gate, judged.verdict, code), misses)
    if not judged.verdict.is_denied:
        return Removal(Held(judged.gate, judged.verdict, HoldCode.UNKNOWN), misses)
    if code := lasting_hold(case, judged):
        return Removal(Held(judged.gate, judged.verdict, code))
    # What members do themselves was confirmed by them, with what it costs: it waits for nothing. What was denied
    # before they did it is not the cost of it: that may be a fault, a grace, or a wave that an admin looks at. Misses
    # that were forgotten say so too, until a reading that grants the role deletes them, and excused ones for their day.
    if case.own_act and misses is None:
        return Removal(None, misses)
    return _patient(case, judged, counted(misses, judged.evidence_at, case.now, patience.lapse), patience)


def _patient(case: Case, judged: Judged, misses: Misses | None, patience: Patience) -> Removal:
    """Decide about a denial, after it was counted."""
    if code := _hold_of_a_person(case, judged, misses):
        until = misses.excused_until if misses and code is HoldCode.EXCUSED else None
        return Removal(Held(judged.gate, judged.verdict, code, until), misses)
    # Misses after the last of which there was a long silence are none; the next one is the first.
    if misses is None or not are_enough(misses, patience) or case.now - misses.last_at > patience.lapse:
        return Removal(Held(judged.gate, judged.verdict, HoldCode.TOO_FEW_MISSES), misses)
    if not are_far_apart(misses, patience):
        until = misses.first_at + patience.span
        return Removal(Held(judged.gate, judged.verdict, HoldCode.TOO_SHORT_SPAN, until), misses)
    if until := _end_of_grace(case, judged, misses):
        held = Held(judged.gate, judged.verdict, HoldCode.GRACE, until)
        return Removal(held, misses, is_to_warn=misses.warned_at is None)
    # Asked last of all, so that the answer is as new as the removal.
    if not misses.is_confirmed:
        return Removal(Held(judged.gate, judged.verdict, HoldCode.NOT_CONFIRMED), misses, is_to_confirm=True)
    return Removal(None, misses)


def _hold_of_a_person(case: Case, judged: Judged, misses: Misses | None) -> HoldCode | None:
    """Why the removal waits for a person, or for a time that a person set, however many misses there are."""
    if misses and misses.excused_until and case.now < misses.excused_until:
        return HoldCode.EXCUSED
    code = case.removals_held.get(judged.gate.role_id)
    return None if code is HoldCode.BREAKER and _is_approved(misses, case.now) else code


def _is_approved(misses: Misses | None, now: datetime) -> bool:
    return misses is not None and misses.approved_at is not None and now - misses.approved_at < APPROVAL_LASTS


def _end_of_grace(case: Case, judged: Judged, misses: Misses) -> datetime | None:
    """Until when the role is retained; None: there is no grace, or it is over.

    It is counted from the notification, which is due when the misses suffice: nobody loses a role unprepared because
    the notification was late.
    """
    draft = judged.gate.draft
    grace = case.settings.grace if draft.grace is None else draft.grace
    if grace <= timedelta(0):
        return None
    until = (misses.warned_at or case.now) + grace
    return until if misses.warned_at is None or case.now < until else None
