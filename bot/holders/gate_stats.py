"""How a gate stands at this moment: who earns its role, who has it, and how both changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.counts import Count, Ternary, count_yes, total
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef
from bot.holders.distribution import Distribution
from bot.holders.trend import TrendPoint


@dataclass(frozen=True, slots=True)
class GateStats:
    """How a gate stands.

    Attributes:
        gate: The gate.
        as_of: When it was judged.
        earn: Members who earn its role now.
        unknown: Members of whom that is not known, those who were not judged included.
        judged: Members who were judged.
        members: Members of the server who were to be judged: all that sync knows, also without an account by now.
        proven: Members of the server who have a proven account there.
        given_to: Members who have its role from Tessera.
        span_days: How many days `given`, `taken` and `trend` are about.
        given: How often the role was given in that time.
        taken: How often it was taken.
        distribution: How many kinds members hold of the collections that its rule names; None: it names none, or this
            was not asked for.
        trend: How many members held any of these over time; empty likewise, or nobody had looked.
        left_out: Which of these collections never count in that server; empty likewise.
    """

    gate: Gate
    as_of: datetime
    earn: int
    unknown: int
    judged: int
    members: int
    proven: int
    given_to: int
    span_days: int
    given: int
    taken: int
    distribution: Distribution | None = None
    trend: Sequence[TrendPoint] = ()
    left_out: Sequence[CollectionRef] = ()

    @property
    def live(self) -> Count:
        """How many earn its role: exactly, or between those who do and those who may."""
        return count_yes([Ternary.YES] * self.earn + [Ternary.UNKNOWN] * self.unknown, total(()))
