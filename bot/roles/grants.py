"""What the bot gave to whom, and how often a holder was seen not to qualify any more."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto


class GrantState(StrEnum):
    """How a member came to a role."""

    GIVEN = auto()  # by the bot: it may take it again
    ADOPTED = auto()  # they had it, and an admin put it under its gate: the bot may take it
    FOUND = auto()  # they had it already: the bot never takes it


@dataclass(frozen=True, slots=True)
class Grant:
    """A row of the ledger: a gated role that a member has, as far as the bot knows. Only after Discord said so.

    Attributes:
        guild_id: The server.
        user_id: The member.
        role_id: The role.
        gate_id: Its gate.
        state: How they came to it.
        granted_at: When it was recorded.
    """

    guild_id: int
    user_id: int
    role_id: int
    gate_id: int
    state: GrantState
    granted_at: datetime


def found_and_gone(ledger: Mapping[int, Grant], roles: Collection[int]) -> Sequence[Grant]:
    """What a member once had from somebody else, and has no more: what is given from now on comes from the bot."""
    return [grant for grant in ledger.values() if grant.state is GrantState.FOUND and grant.role_id not in roles]


@dataclass(frozen=True, slots=True)
class Misses:
    """A holder was seen not to qualify, by complete and fresh readings, again and again.

    Attributes:
        count: How often, each time from readings of all accounts that were made after the time before.
        first_at: When the first was counted.
        last_at: When the last was counted.
        warned_at: When the member was notified that the role will be taken after the grace; None: not yet.
        is_confirmed: A second question to the source said the same.
        excused_until: An admin discarded the removal: nothing is taken until then.
        approved_at: An admin approved the removal.
    """

    count: int
    first_at: datetime
    last_at: datetime
    warned_at: datetime | None = None
    is_confirmed: bool = False
    excused_until: datetime | None = None
    approved_at: datetime | None = None
