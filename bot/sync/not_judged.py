"""What is known of a gate that cannot be judged, because of a defect: nothing, which gives and takes no role."""

from __future__ import annotations

import logging

from bot.counts import Ternary
from bot.gates.gate import Gate
from bot.gates.verdict import Verdict, WhyCode
from bot.roles.plan import Judged

log = logging.getLogger(__name__)


def not_judged(gate: Gate, error: Exception) -> Judged:
    """Unknown for this gate, so that the defect, which is logged, does not stop its member's other gates."""
    log.error("gate #%d cannot be judged", gate.gate_id, exc_info=error)
    return Judged(gate, Verdict(Ternary.UNKNOWN, gate.rule, WhyCode.NOT_JUDGED), evidence_at=None)
