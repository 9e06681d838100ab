"""A gate: in one server, one role and the rule that earns it; and what a server has set about its gates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from bot.gates.rule import CollectionRef, Rule
from bot.holdings import Account


class GateState(StrEnum):
    """Whether a gate works."""

    ACTIVE = auto()
    PAUSED = auto()  # by an admin: nothing is given or taken
    PARKED = auto()  # by Tessera, as something must be repaired: nothing is given or taken; it heals by itself


class ParkReason(StrEnum):
    """Why Tessera parked a gate."""

    ROLE_GONE = auto()
    ROLE_ABOVE_US = auto()
    ROLE_MANAGED = auto()
    ROLE_DANGEROUS = auto()
    NO_PERMISSION = auto()  # Manage Roles was taken from the bot
    REFUSED = auto()  # Discord refuses to change its role, and nothing that the bot sees says why
    SOURCE_GONE = auto()  # no source has answered about it for days, or none is configured any more
    ROLE_FOUGHT_OVER = auto()  # another bot undid our change twice


@dataclass(frozen=True, slots=True)
class GateDraft:
    """What an admin decides about a gate.

    Attributes:
        role_id: The role; one gate for each role of a server.
        rule: What earns it.
        grace: How long a holder who no longer qualifies retains it; None: as set for the server.
        never_remove: It is given, and never taken.
        is_sensitive: It is first given a while after an account's proof (the server's cool-down).
        ladder: Of the gates with the same name only the highest that is granted gives its role; "": none.
        rank: Its place on the ladder; the higher number is the higher role.
        confirmed_powers: Permissions of the role that the admin confirmed by typing its name.
    """

    role_id: int
    rule: Rule
    grace: timedelta | None = None
    never_remove: bool = False
    is_sensitive: bool = False
    ladder: str = ""
    rank: int = 0
    confirmed_powers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of a server.

    Attributes:
        gate_id: Unique in this installation, and never used again.
        guild_id: The server.
        draft: What its admin decided.
        state: Whether it works.
        parked: Why it is parked.
        since: Since when it has had this state.
        created_at: When it was added.
    """

    gate_id: int
    guild_id: int
    draft: GateDraft
    state: GateState
    since: datetime
    created_at: datetime
    parked: ParkReason | None = None

    @property
    def role_id(self) -> int:
        """The role that it gives."""
        return self.draft.role_id

    @property
    def rule(self) -> Rule:
        """What earns it."""
        return self.draft.rule


@dataclass(frozen=True, slots=True)
class GuildSettings:
    """What a server's admins have set.

    Attributes:
        log_channel_id: Where role changes and alerts are posted; None: nowhere.
        grace: How long a holder who no longer qualifies retains a role, where the gate says nothing else.
        protected_members: Nothing is ever taken from them.
        protected_roles: Nothing is ever taken from members who have one of these.
        admin_role_id: Who has it may configure, besides those with Manage Server.
        excluded_accounts: Accounts that never count here.
        excluded_collections: Collections that never count here.
        cool_down: How long after the first proof of an account a sensitive role may first be earned by it.
        shows_requirements: Whether all members see what unlocks which role, or only what they hold themselves.
        shows_addresses: Whether exports for admins name the accounts of all members, or only those that members share.
    """

    log_channel_id: int | None = None
    grace: timedelta = timedelta(0)
    protected_members: frozenset[int] = frozenset()
    protected_roles: frozenset[int] = frozenset()
    admin_role_id: int | None = None
    excluded_accounts: frozenset[Account] = frozenset()
    excluded_collections: frozenset[CollectionRef] = frozenset()
    cool_down: timedelta = timedelta(days=1)
    shows_requirements: bool = True
    shows_addresses: bool = False
