"""Which roles a gate may give, and who may say so: checked when a gate is saved, and again at every grant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, auto

from bot.gates.describe import joined
from bot.gates.gate import ParkReason
from bot.messages import Message, Words
from bot.roles.powers import CONFIRMABLE, FORBIDDEN, administers_roles
from bot.text import safe_text

_GONE = Message("This role does not exist any more. Choose another role for the gate.")
_EVERYONE = Message("@everyone cannot be given or taken: all members have it. Create a role for the gate.")
_MANAGED = Message(
    "Only Discord gives {role}: it belongs to a bot, as Tessera's own role does, to an integration or to boosters."
    " Create a role for the gate."
)
_NO_PERMISSION = Message("I may not manage roles here. In Server Settings → Roles, turn on Manage Roles for my role.")
_ABOVE_BOT = Message(
    "{role} is not below my highest role, so Discord does not let me give it. In Server Settings → Roles, drag my role"
    " above {role}."
)
_FORBIDDEN = Message(
    "{role} has permissions that no gate may give: {powers}. Anybody who holds an NFT would have them. Turn them off"
    " for this role, or create another one for the gate."
)
_UNCONFIRMED = Message(
    "{role} has permissions that can harm a server: {powers}. Turn them off for this role, or confirm them by typing"
    " the role's name."
)
_CALLER_MAY_NOT = Message("Only members who may manage roles here can put {role} under a gate: ask one of them.")
_CALLER_TOO_LOW = Message(
    "{role} is not below your own highest role, so you cannot put it under a gate. Ask somebody whose role is above it,"
    " or the server's owner."
)

_LIST = Message("{one}, {other}")

# A role's name is a hundred characters at most; two of them fit into a sentence with its permissions.
_NAME_LIMIT = 100


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role as Discord reports it.

    Attributes:
        role_id: The role.
        name: Upstream text, not yet safe to show.
        position: Its place; of two at the same place, the one with the lower id is the higher (as in Discord).
        powers: Its permissions, by discord.py's names.
        is_managed: It belongs to an integration, a bot, or boosters.
    """

    role_id: int
    name: str
    position: int
    powers: frozenset[str] = frozenset()
    is_managed: bool = False


@dataclass(frozen=True, slots=True)
class GuildRoles:
    """A server's roles.

    Attributes:
        guild_id: The server; also the id of its @everyone role.
        name: Upstream text, not yet safe to show.
        owner_id: Its owner.
        roles: By id.
        own_roles: The bot's own roles.
        own_powers: The bot's permissions in that server.
    """

    guild_id: int
    name: str
    owner_id: int
    roles: Mapping[int, RoleFacts]
    own_roles: frozenset[int]
    own_powers: frozenset[str]


class ProblemCode(StrEnum):
    """What is wrong."""

    GONE = auto()
    EVERYONE = auto()
    MANAGED = auto()
    NO_PERMISSION = auto()
    ABOVE_BOT = auto()
    FORBIDDEN_POWERS = auto()
    UNCONFIRMED_POWERS = auto()
    CALLER_MAY_NOT = auto()
    CALLER_TOO_LOW = auto()


# What a gate is parked for when the problem appears after it was saved. It says nothing about its author any more: who
# saved a gate may have left since.
_PARKED_FOR = {
    ProblemCode.GONE: ParkReason.ROLE_GONE,
    ProblemCode.EVERYONE: ParkReason.ROLE_MANAGED,
    ProblemCode.MANAGED: ParkReason.ROLE_MANAGED,
    ProblemCode.NO_PERMISSION: ParkReason.NO_PERMISSION,
    ProblemCode.ABOVE_BOT: ParkReason.ROLE_ABOVE_US,
    ProblemCode.FORBIDDEN_POWERS: ParkReason.ROLE_DANGEROUS,
    ProblemCode.UNCONFIRMED_POWERS: ParkReason.ROLE_DANGEROUS,
}


@dataclass(frozen=True, slots=True)
class RoleProblem:
    """Why a role cannot be given by a gate at present.

    Attributes:
        code: What is wrong.
        words: The sentence to show: what is wrong, and how to fix it.
        powers: The permissions that it is about, by discord.py's names.
    """

    code: ProblemCode
    words: Words
    powers: tuple[str, ...] = ()

    @property
    def park_reason(self) -> ParkReason:
        """Why the gate is parked while this lasts; only for what `problem_of` finds."""
        return _PARKED_FOR[self.code]


def problem_of(
    role_id: int, guild: GuildRoles, *, confirmed_powers: frozenset[str] = frozenset()
) -> RoleProblem | None:
    """Why a role cannot be given now; None: it can.

    Args:
        role_id: The role.
        guild: The server's roles as they are now.
        confirmed_powers: Permissions of the role that the gate's admin confirmed (`GateDraft.confirmed_powers`).
    """
    if role_id == guild.guild_id:
        return RoleProblem(ProblemCode.EVERYONE, _EVERYONE())
    role = guild.roles.get(role_id)
    if role is None:
        return RoleProblem(ProblemCode.GONE, _GONE())
    return _out_of_reach(role, guild) or _too_powerful(role, confirmed_powers)


def _out_of_reach(role: RoleFacts, guild: GuildRoles) -> RoleProblem | None:
    """Why the bot cannot give a role."""
    name = safe_text(role.name, _NAME_LIMIT)
    if role.is_managed:
        return RoleProblem(ProblemCode.MANAGED, _MANAGED(role=name))
    if not administers_roles(guild.own_powers):
        return RoleProblem(ProblemCode.NO_PERMISSION, _NO_PERMISSION())
    if not is_below(role, guild.own_roles, guild):
        return RoleProblem(ProblemCode.ABOVE_BOT, _ABOVE_BOT(role=name))
    return None


def _too_powerful(role: RoleFacts, confirmed_powers: frozenset[str]) -> RoleProblem | None:
    """Why no stranger should have a role."""
    name = safe_text(role.name, _NAME_LIMIT)
    if forbidden := _having(FORBIDDEN, role.powers):
        words = _FORBIDDEN(role=name, powers=_list_of(forbidden, FORBIDDEN))
        return RoleProblem(ProblemCode.FORBIDDEN_POWERS, words, forbidden)
    if unconfirmed := _having(CONFIRMABLE, role.powers - confirmed_powers):
        words = _UNCONFIRMED(role=name, powers=_list_of(unconfirmed, CONFIRMABLE))
        return RoleProblem(ProblemCode.UNCONFIRMED_POWERS, words, unconfirmed)
    return None


def refusal_to_gate(
    role_id: int,
    guild: GuildRoles,
    *,
    caller_id: int,
    caller_roles: frozenset[int],
    caller_powers: frozenset[str],
    confirmed_powers: frozenset[str] = frozenset(),
) -> RoleProblem | None:
    """Why somebody may not put a role under a gate; None: they may.

    Without this, who may configure the bot could give themselves any role below the bot's own by a rule they fulfil.

    Args:
        role_id: The role.
        guild: The server's roles as they are now.
        caller_id: Who asks.
        caller_roles: Their roles now.
        caller_powers: Their permissions in the server now.
        confirmed_powers: Permissions of the role that they confirmed by typing its name.
    """
    problem = problem_of(role_id, guild, confirmed_powers=confirmed_powers)
    # A role that cannot be gated by anybody is refused for that; only then does it matter who asks.
    if problem and problem.code is not ProblemCode.UNCONFIRMED_POWERS:
        return problem
    if caller_id == guild.owner_id:
        return problem
    role = guild.roles[role_id]
    name = safe_text(role.name, _NAME_LIMIT)
    if not administers_roles(caller_powers):
        return RoleProblem(ProblemCode.CALLER_MAY_NOT, _CALLER_MAY_NOT(role=name))
    if not is_below(role, caller_roles, guild):
        return RoleProblem(ProblemCode.CALLER_TOO_LOW, _CALLER_TOO_LOW(role=name))
    return problem


def is_below(role: RoleFacts, roles: frozenset[int], guild: GuildRoles) -> bool:
    """Whether a role is below the highest of some roles, as Discord orders them."""
    highest = max((_rank(guild.roles[role_id]) for role_id in roles if role_id in guild.roles), default=None)
    return highest is not None and _rank(role) < highest


def _rank(role: RoleFacts) -> tuple[int, int]:
    """What is greater for the higher role: of two at the same place that is the older one."""
    return role.position, -role.role_id


def _having(powers: Iterable[str], role_powers: frozenset[str]) -> tuple[str, ...]:
    """Those of some powers that a role has, in the order of the list."""
    return tuple(power for power in powers if power in role_powers)


def _list_of(powers: Iterable[str], names: Mapping[str, Message]) -> Words:
    """Permissions as Discord's own settings name them."""
    return joined([names[power]() for power in powers], _LIST)
