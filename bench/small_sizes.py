"""`python -m bench --smoke`: sizes so small that nothing is measured, and a part that cannot run is found in seconds.

A part asks the store and the bot's own classes, and nobody may run it for weeks. A size is a constant of its part: so a
process that makes them small measures nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any

from bench import (
    archive,
    attacks,
    background,
    bursts,
    details_calls,
    drawing,
    fair,
    first_page,
    first_sync,
    flood,
    footprint,
    holder_exports,
    holder_lists,
    judging,
    kills,
    page,
    passes,
    poisoned,
    rebuild,
    recording,
    role_delays,
    signatures,
    webhooks,
    words,
)

# Each is measured as `quick`. As large as a count needs to be right: a queue's first requests are let through at once.
SMALL: Mapping[ModuleType, Mapping[str, Any]] = {
    archive: {"QUICK_ACCOUNTS": 20},
    attacks: {"SECONDS": 1},
    background: {"QUICK_MEMBERS": 2, "QUICK_ROUNDS": 1},
    bursts: {"QUICK": ((1, 2), (2, 1)), "ANSWERS": 4},
    details_calls: {"SIZES": (1,), "PEOPLE": 2, "UPSTREAM_SECONDS": 0.1},
    drawing: {"QUICK_CHARTS": 1, "POINTS": 3, "QUICK_ROUNDS": 1, "QUICK_CARDS": 1},
    fair: {"QUICK_ROUNDS": 1, "QUESTIONS": 2},
    first_page: {"QUICK_RUNS": 1},
    first_sync: {"MEMBERS": 100, "KILLED_AFTER": 40.5, "LOOKS": 20, "QUESTIONS": 3},
    flood: {"QUICK_SECONDS": 1, "RATE": 20, "PROOFS": 1, "ADDRESSES": 2},
    footprint: {"SCENES": (footprint.Scene("2 servers", 2, 3),), "QUICK_STARTS": 1, "COMMANDS": 1},
    holder_exports: {"QUICK_HOLDERS": 20},
    holder_lists: {"QUICK_HOLDERS": 20, "LEVELS": 3},
    judging: {"FEW": 10, "QUICK_MANY": 20, "IN_SERVER": 10},
    kills: {"QUICK_KILLS": 2},
    page: {"QUICK_SECONDS": 1, "BURST": 1},
    passes: {"QUICK_ACCOUNTS": 3, "ACCOUNTS": 200, "GATES": (2,)},
    poisoned: {"QUICK_SECONDS": 3},
    rebuild: {"QUICK_REPETITIONS": 1, "QUICK_SLOTS": 100, "QUICK_STEPS": 50, "QUICK_ACCOUNTS": 10},
    recording: {"QUICK_ACCOUNTS": 2},
    role_delays: {"QUICK_TIMES": 1, "APART": 0.0, "LONGEST": 60.0},
    signatures: {"SIGNATURES": 1},
    words: {"QUICK_ROUNDS": 1, "ANSWERS": 10},
    webhooks: {"QUICK_MANY": 60, "CHANGES": 10, "OTHERS": 10},
}


def small_sizes() -> Sequence[tuple[ModuleType, str, Any]]:
    """Module, constant, and how small it becomes."""
    return [(module, name, size) for module, sizes in SMALL.items() for name, size in sizes.items()]
