"""What is decided from, and what is decided, for one member of one server; `bot.roles.plan` decides it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum, auto

from bot.gates.gate import Gate, GuildSettings
from bot.gates.rule_moments import ProofEnd
from bot.gates.verdict import Verdict
from bot.roles.grants import Grant, Misses


@dataclass(frozen=True, slots=True)
class Judged:
    """One gate as answered for one member.

    Attributes:
        gate: The gate.
        verdict: Its answer.
        evidence_at: As of when the oldest reading is that the answer rests on; None: an account was never read.
        in_cool_down: It would be earned only by accounts that were proven too recently for a sensitive role.
        proof_end: When it is denied because the member's latest proof is too old; None: not because of that.
        changes_at: When the answer may change next by time alone.
        needs_readings: The answer rests on readings; False: it is denied whatever is read.
    """

    gate: Gate
    verdict: Verdict
    evidence_at: datetime | None
    in_cool_down: bool = False
    proof_end: ProofEnd | None = None
    changes_at: datetime | None = None
    needs_readings: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """All that is decided from, for one member of one server.

    Attributes:
        user_id: The member.
        now: The moment of the decision.
        settings: What the server has set.
        judged: Every gate of the server.
        ledger: Role → its grant, as far as the bot knows.
        misses: Gate → misses.
        roles: The member's roles as read from Discord just now; None: not read, because nothing suggested it.
        own_act: The member did something themselves that costs a role (unlinked an account, deleted their data): what
            their remaining accounts do not earn is taken at once.
        removals_held: Roles that may not be taken now, and why: the breaker, an admin's hold, a clock that jumped, a
            second instance.
        is_protected: The member had a protected role when their roles were last read, which is not long ago.
        warned_proof: Of which proof the member was notified that it will be too old: when it was made.
        lacking: Roles of the ledger that they did not have when their roles were last read, which is not long ago.
    """

    user_id: int
    now: datetime
    settings: GuildSettings
    judged: Sequence[Judged]
    ledger: Mapping[int, Grant] = field(default_factory=dict)
    misses: Mapping[int, Misses] = field(default_factory=dict)
    roles: frozenset[int] | None = None
    own_act: bool = False
    removals_held: Mapping[int, HoldCode] = field(default_factory=dict)
    is_protected: bool = False
    warned_proof: datetime | None = None
    lacking: frozenset[int] = frozenset()


class HoldCode(StrEnum):
    """Why a role is not taken, though its gate's last answer was no."""

    UNKNOWN = auto()  # the answer is unknown; this is no miss
    TOO_FEW_MISSES = auto()
    TOO_SHORT_SPAN = auto()
    NOT_CONFIRMED = auto()  # the source is asked a second question first
    GRACE = auto()
    NEVER_REMOVE = auto()
    PROTECTED = auto()
    GATE_PAUSED = auto()
    GATE_PARKED = auto()
    BREAKER = auto()
    ADMIN_HOLD = auto()
    EXCUSED = auto()
    CLOCK_JUMPED = auto()
    OTHER_INSTANCE = auto()
    REPLACEMENT_MISSING = auto()  # a higher role of the ladder is not given yet


class Act(StrEnum):
    """What happens to a role."""

    ADD = auto()
    REMOVE = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is due now.

    Attributes:
        act: What.
        gate: Of which gate.
        verdict: Why.
        superseded_by: It is taken because a higher role of its ladder replaces it: the gate of that role.
        waits_for: It is made only after that gate's role was given, in this same plan: between two roles of a ladder
            nobody is without one. If that role could not be given, the member retains this one
            (`HoldCode.REPLACEMENT_MISSING`).
    """

    act: Act
    gate: Gate
    verdict: Verdict
    superseded_by: Gate | None = None
    waits_for: Gate | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A role that the member retains for now though its last answer was not "granted".

    Attributes:
        gate: Its gate.
        verdict: The last answer.
        code: Why it is retained.
        until: When that ends, as far as only time is missing.
    """

    gate: Gate
    verdict: Verdict
    code: HoldCode
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows for one member.

    Attributes:
        changes: In the order in which they are made: what is given first, then what is taken.
        held: What is retained for now, and why.
        misses: Gate → misses, as they are to be stored from now on; a gate that is not in it has none.
        found: Roles that the member has and that no ledger row is about: to be recorded as found, never to be taken.
        warn: Gates whose grace has begun, and about which the member has not been notified.
        confirm: Gates whose next step is the second question to the source.
        warns_next: The member is to be notified, if their roles do not say otherwise: one may protect them.
        proof_ends: The member is to be notified that their proof will be too old for these gates, whose roles they have
            from the bot; the first to end first.
        again_at: When time alone may lead to another plan; a moment that has come already: as soon as possible; None:
            never.
    """

    changes: tuple[Change, ...] = ()
    held: tuple[Held, ...] = ()
    misses: Mapping[int, Misses] = field(default_factory=dict)
    found: tuple[Gate, ...] = ()
    warn: tuple[Gate, ...] = ()
    confirm: tuple[Gate, ...] = ()
    warns_next: bool = False
    proof_ends: tuple[Judged, ...] = ()
    again_at: datetime | None = None

    @property
    def needs_roles(self) -> bool:
        """Whether anything would be written or announced, so that the member's roles must be read first."""
        return bool(self.changes) or self.warns_next
