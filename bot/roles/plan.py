"""From verdicts, ledger, misses and clock to changes of roles: the only place that decides to take a role.

Laws

1. Unknown takes nothing: only a denial can, and a denial needs an upper bound for every account (`bot.counts`).
2. Only what the ledger says the bot gave, or an admin adopted, is ever taken (`removal.is_removable`).
3. A denial is a miss only if every account was read again since the last miss (`miss_count.counted`).
4. What is given comes first; what is taken from the same ladder waits for it (`ladders`).
5. To decide again after a plan was applied changes nothing.
"""

from __future__ import annotations

from bot.gates.patience import Patience
from bot.roles.case import Act, Case, Change, Held, HoldCode, Judged, Plan
from bot.roles.ladders import ladders_of, steps_of
from bot.roles.proof_warning import proof_warning

__all__ = ["Act", "Case", "Change", "Held", "HoldCode", "Judged", "Patience", "Plan", "decide"]


def decide(case: Case, patience: Patience) -> Plan:
    """Decide what follows for one member of one server; a function of its arguments and of nothing else.

    Args:
        case: All that is decided from.
        patience: When misses are enough.
    """
    steps = [step for ladder in ladders_of(case.judged) for step in steps_of(case, ladder, patience)]
    changes = [step.change for step in steps if step.change]
    warn = tuple(step.judged.gate for step in steps if step.is_to_warn)
    ends = proof_warning(case, steps)
    # Nobody is notified of what their roles protect them from, or of a role that they do not have any more.
    is_unread = case.roles is None
    waits = is_unread and bool(warn and case.settings.protected_roles)
    return Plan(
        changes=(
            *(change for change in changes if change.act is Act.ADD),
            *(change for change in changes if change.act is Act.REMOVE),
        ),
        held=tuple(step.held for step in steps if step.held),
        misses={step.judged.gate.gate_id: step.misses for step in steps if step.misses},
        found=tuple(step.judged.gate for step in steps if step.is_found),
        warn=() if waits else warn,
        confirm=tuple(step.judged.gate for step in steps if step.is_to_confirm),
        warns_next=waits or (is_unread and bool(ends.due)),
        proof_ends=() if is_unread else ends.due,
        again_at=ends.again_at,
    )
