"""Roles of members: changed by the bot over REST, by another bot or by hand, with all that follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sandbox.discord.answers import ApiError, missing_permissions
from sandbox.discord.audit_log import MEMBER_ROLE_UPDATE
from sandbox.discord.member_requests import GUILD_MEMBERS
from sandbox.discord.permissions import MANAGE_ROLES, is_above, permissions_of
from sandbox.discord.wire import member_json

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.audit_log import AuditLog
    from sandbox.discord.events import Events
    from sandbox.discord.gateway import Gateway
    from sandbox.world import Guild, Member, Role, World


@dataclass(frozen=True, slots=True)
class RoleWrite:
    """One request that Discord accepted to give or take a role; `changed` False: the member had it so already."""

    guild_id: int
    user_id: int
    role_id: int
    is_given: bool
    changed: bool
    by: int
    reason: str | None

    def json(self) -> Json:
        """With ids as texts."""
        return {name: str(value) if type(value) is int else value for name, value in asdict(self).items()}


class RoleEdits:
    """Changes roles of members; `writes` has everything in the order in which it was done."""

    def __init__(self, world: World, gateway: Gateway, audit_log: AuditLog, events: Events) -> None:
        self.writes: list[RoleWrite] = []
        self._world = world
        self._gateway = gateway
        self._audit_log = audit_log
        self._events = events

    def check_manageable(self, guild: Guild, role: Role) -> None:
        """Manage Roles, the bot's highest role strictly above, and neither managed nor @everyone.

        Raises:
            ApiError: the bot may not give or take this role.
        """
        bot = self._world.application_id
        if role.id == guild.id:
            raise ApiError(400, 50028, "Invalid Role")
        if not permissions_of(guild, bot) & MANAGE_ROLES or role.managed or not is_above(guild, bot, role):
            raise missing_permissions()

    def give(self, guild: Guild, member: Member, role: Role, by: int, reason: str | None) -> None:
        """Give a role; nothing happens to a member who has it."""
        self.set_roles(guild, member, [*member.roles, role.id], by, reason, requested=[(role.id, True)])

    def take(self, guild: Guild, member: Member, role: Role, by: int, reason: str | None) -> None:
        """Take a role; nothing happens to a member who does not have it."""
        left = [each for each in member.roles if each != role.id]
        self.set_roles(guild, member, left, by, reason, requested=[(role.id, False)])

    def set_roles(
        self,
        guild: Guild,
        member: Member,
        roles: Iterable[int],
        by: int,
        reason: str | None,
        *,
        requested: Iterable[tuple[int, bool]] | None = None,
    ) -> None:
        """Make these the roles of a member: recorded in the audit log, and sent to those who may know."""
        before, after = set(member.roles), set(roles)
        given, taken = sorted(after - before), sorted(before - after)
        for role_id, is_given in requested or [*((r, True) for r in given), *((r, False) for r in taken)]:
            changed = role_id in (given if is_given else taken)
            self.writes.append(RoleWrite(guild.id, member.user_id, role_id, is_given, changed, by, reason))
        if before == after:
            return
        member.roles = list(dict.fromkeys(roles))
        changes = [
            {"key": key, "new_value": [{"id": str(role_id), "name": guild.roles[role_id].name} for role_id in ids]}
            for key, ids in (("$add", given), ("$remove", taken))
            if ids
        ]
        self._audit_log.record(guild, by, member.user_id, MEMBER_ROLE_UPDATE, changes, reason)
        self.notify(guild, member)

    def notify(self, guild: Guild, member: Member) -> None:
        """GUILD_MEMBER_UPDATE: for its own member the bot needs no intent; and every open client shows the roles."""
        needs = 0 if member.user_id == self._world.application_id else GUILD_MEMBERS
        body: Json = {**member_json(member, self._world.users[member.user_id]), "guild_id": str(guild.id)}
        self._gateway.dispatch(guild.id, "GUILD_MEMBER_UPDATE", body, needs=needs)
        self._events.publish({"type": "guild", "guild": str(guild.id)})
