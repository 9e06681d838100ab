"""Routes of a guild: itself, its roles, its members, and adding and removing roles under Discord's hierarchy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.discord.answers import (
    ApiError,
    Json,
    json_answer,
    missing_access,
    missing_permissions,
    read_json,
    unknown_guild,
)
from sandbox.discord.form import Form
from sandbox.discord.member_requests import GUILD_MEMBERS
from sandbox.discord.permissions import MANAGE_NICKNAMES, MANAGE_ROLES, is_above, permissions_of
from sandbox.discord.ratelimits import MEMBER_EDITS, READS, ROLE_EDITS
from sandbox.discord.rest import Rest, no_content, path_id, query_number
from sandbox.discord.wire import channel_json, guild_json, member_json, role_json

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.gateway import Gateway
    from sandbox.world import Guild, Member, Role, World

MEMBER = "/guilds/{guild_id}/members/{user_id}"
MEMBER_ROLE = MEMBER + "/roles/{role_id}"
MEMBER_ROLE_UPDATE = 25  # the audit log's number for it
NICK = 32
PAGE = 1000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of a guild's audit log: a change of somebody's roles by the bot, and the reason it gave."""

    guild_id: int
    target_id: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    reason: str | None
    action_type: int = MEMBER_ROLE_UPDATE


class GuildRoutes:
    """Guild routes; `audit_log` is what an administrator would read there."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.audit_log: list[AuditEntry] = []
        self._world = world
        self._gateway = gateway

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "GET", "/guilds/{guild_id}", self.guild, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/roles", self.roles, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/channels", self.channels, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/members", self.members, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/members/search", self.search, READS)
        rest.add(app, "GET", MEMBER, self.member, READS)
        rest.add(app, "PATCH", MEMBER, self.edit_member, MEMBER_EDITS)
        rest.add(app, "PUT", MEMBER_ROLE, self.add_role, ROLE_EDITS)
        rest.add(app, "DELETE", MEMBER_ROLE, self.remove_role, ROLE_EDITS)

    async def guild(self, request: web.Request) -> web.Response:
        """The guild."""
        guild = self._guild(request)
        body = guild_json(guild)
        if request.query.get("with_counts") in ("1", "true", "True"):
            body["approximate_member_count"] = len(guild.members)
            body["approximate_presence_count"] = len(guild.members)
        return json_answer(body)

    async def roles(self, request: web.Request) -> web.Response:
        """Its roles."""
        guild = self._guild(request)
        return json_answer([role_json(guild, role) for role in guild.roles.values()])

    async def channels(self, request: web.Request) -> web.Response:
        """Its channels."""
        guild = self._guild(request)
        return json_answer([channel_json(guild, one, n) for n, one in enumerate(guild.channels.values())])

    async def members(self, request: web.Request) -> web.Response:
        """A page of its members; only for those with the members intent."""
        guild = self._guild(request)
        if not self._gateway.privileged_intents & GUILD_MEMBERS:
            raise missing_access()
        after, limit = query_number(request, "after", 0), query_number(request, "limit", 1)
        page = sorted(user_id for user_id in guild.members if user_id > after)[: min(limit, PAGE)]
        return json_answer([self._member_json(guild.members[user_id]) for user_id in page])

    async def search(self, request: web.Request) -> web.Response:
        """Members whose names start with `query`."""
        guild = self._guild(request)
        start = request.query.get("query", "").casefold()
        users = self._world.users
        found = [
            member
            for member in guild.members.values()
            if users[member.user_id].username.casefold().startswith(start)
            or (member.nick or users[member.user_id].display_name).casefold().startswith(start)
        ]
        limit = min(query_number(request, "limit", 1), PAGE)
        return json_answer([self._member_json(member) for member in found[:limit]])

    async def member(self, request: web.Request) -> web.Response:
        """One member."""
        return json_answer(self._member_json(self._member(request, self._guild(request))))

    async def edit_member(self, request: web.Request) -> web.Response:
        """Change a member: all roles at once, or the nickname."""
        guild = self._guild(request)
        member = self._member(request, guild)
        body = await read_json(request)
        form = Form()
        if not isinstance(body, dict):
            body = {}
        form.text(("nick",), body.get("nick"), NICK)
        form.refuse()
        if "nick" in body:
            if not permissions_of(guild, self._world.application_id) & MANAGE_NICKNAMES:
                raise missing_permissions()
            member.nick = body["nick"] or None
        if body.get("roles") is not None:
            self._set_roles(guild, member, _ids(body["roles"]), _reason(request))
        self._notify(guild, member)
        return json_answer(self._member_json(member))

    async def add_role(self, request: web.Request) -> web.Response:
        """Add a role; also 204 when the member had it."""
        guild = self._guild(request)
        member, role = self._member(request, guild), self._role(request, guild)
        self._may_manage(guild, role)
        if role.id not in member.roles:
            self._set_roles(guild, member, [*member.roles, role.id], _reason(request))
            self._notify(guild, member)
        return no_content()

    async def remove_role(self, request: web.Request) -> web.Response:
        """Remove a role; also 204 when the member did not have it."""
        guild = self._guild(request)
        member, role = self._member(request, guild), self._role(request, guild)
        self._may_manage(guild, role)
        if role.id in member.roles:
            self._set_roles(guild, member, [r for r in member.roles if r != role.id], _reason(request))
            self._notify(guild, member)
        return no_content()

    def _guild(self, request: web.Request) -> Guild:
        guild = self._world.guilds.get(path_id(request, "guild_id"))
        if guild is None:
            raise unknown_guild()
        if self._world.application_id not in guild.members:
            raise missing_access()
        return guild

    def _member(self, request: web.Request, guild: Guild) -> Member:
        user_id = path_id(request, "user_id")
        member = guild.members.get(user_id)
        if member is not None:
            return member
        if user_id in self._world.users:
            raise ApiError(404, 10007, "Unknown Member")
        raise ApiError(404, 10013, "Unknown User")

    def _role(self, request: web.Request, guild: Guild) -> Role:
        role = guild.roles.get(path_id(request, "role_id"))
        if role is None:
            raise _unknown_role()
        return role

    def _may_manage(self, guild: Guild, role: Role) -> None:
        """Manage Roles, the bot's highest role strictly above, and neither managed nor @everyone."""
        bot = self._world.application_id
        if role.id == guild.id:
            raise ApiError(400, 50028, "Invalid Role")
        if not permissions_of(guild, bot) & MANAGE_ROLES or role.managed or not is_above(guild, bot, role):
            raise missing_permissions()

    def _set_roles(self, guild: Guild, member: Member, roles: list[int], reason: str | None) -> None:
        before, after = set(member.roles), set(roles)
        for role_id in before ^ after:
            role = guild.roles.get(role_id)
            if role is None:
                raise _unknown_role()
            self._may_manage(guild, role)
        member.roles = list(dict.fromkeys(roles))
        if before != after:
            added, removed = tuple(sorted(after - before)), tuple(sorted(before - after))
            self.audit_log.append(AuditEntry(guild.id, member.user_id, added, removed, reason))

    def _notify(self, guild: Guild, member: Member) -> None:
        """GUILD_MEMBER_UPDATE: for its own member the bot needs no intent."""
        needs = 0 if member.user_id == self._world.application_id else GUILD_MEMBERS
        body: Json = {**self._member_json(member), "guild_id": str(guild.id)}
        self._gateway.dispatch(guild.id, "GUILD_MEMBER_UPDATE", body, needs=needs)

    def _member_json(self, member: Member) -> Json:
        return member_json(member, self._world.users[member.user_id])


def _unknown_role() -> ApiError:
    return ApiError(404, 10011, "Unknown Role")


def _ids(values: Any) -> list[int]:
    """Role ids; discord.py sends them as numbers, others as texts."""
    form = Form()
    found = []
    for n, value in enumerate(values if isinstance(values, list) else [values]):
        try:
            found.append(int(value))
        except (TypeError, ValueError):
            form.add(("roles", n), "NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    form.refuse()
    return found


def _reason(request: web.Request) -> str | None:
    reason = request.headers.get("X-Audit-Log-Reason")
    return None if reason is None else unquote(reason)
