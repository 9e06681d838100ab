"""Routes of a guild's members: reading them, and giving and taking roles under Discord's hierarchy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.discord.answers import ApiError, json_answer, missing_access, missing_permissions, read_json
from sandbox.discord.audit_log import LONGEST_REASON
from sandbox.discord.form import Form
from sandbox.discord.member_requests import GUILD_MEMBERS, members_named
from sandbox.discord.permissions import MANAGE_NICKNAMES, permissions_of
from sandbox.discord.ratelimits import MEMBER_EDITS, READS, ROLE_EDITS
from sandbox.discord.rest import Rest, no_content, path_id, query_number
from sandbox.discord.rest_guilds import guild_of_request
from sandbox.discord.wire import member_json

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.answers import Json
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.role_edits import RoleEdits
    from sandbox.world import Guild, Member, Role, World

MEMBER = "/guilds/{guild_id}/members/{user_id}"
MEMBER_ROLE = MEMBER + "/roles/{role_id}"
NICK = 32
PAGE = 1000


class MemberRoutes:
    """Member routes."""

    def __init__(self, world: World, gateway: Gateway, role_edits: RoleEdits) -> None:
        self._world = world
        self._gateway = gateway
        self._edits = role_edits

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "GET", "/guilds/{guild_id}/members", self.members, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/members/search", self.search, READS)
        rest.add(app, "GET", MEMBER, self.member, READS)
        rest.add(app, "PATCH", MEMBER, self.edit_member, MEMBER_EDITS)
        rest.add(app, "PUT", MEMBER_ROLE, self.add_role, ROLE_EDITS)
        rest.add(app, "DELETE", MEMBER_ROLE, self.remove_role, ROLE_EDITS)

    async def members(self, request: web.Request) -> web.Response:
        """A page of its members; only for those with the members intent."""
        guild = guild_of_request(self._world, request)
        if not self._gateway.privileged_intents & GUILD_MEMBERS:
            raise missing_access()
        after, limit = query_number(request, "after", 0), query_number(request, "limit", 1)
        page = sorted(user_id for user_id in guild.members if user_id > after)[: min(limit, PAGE)]
        return json_answer([self._member_json(guild.members[user_id]) for user_id in page])

    async def search(self, request: web.Request) -> web.Response:
        """Members whose names start with `query`."""
        found = members_named(self._world, guild_of_request(self._world, request), request.query.get("query", ""))
        limit = min(query_number(request, "limit", 1), PAGE)
        return json_answer([self._member_json(member) for member in found[:limit]])

    async def member(self, request: web.Request) -> web.Response:
        """One member."""
        return json_answer(self._member_json(self._member(request, guild_of_request(self._world, request))))

    async def edit_member(self, request: web.Request) -> web.Response:
        """Change a member: all roles at once, or the nickname."""
        guild = guild_of_request(self._world, request)
        member = self._member(request, guild)
        reason = _reason(request)
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
            self._edits.notify(guild, member)
        if body.get("roles") is not None:
            roles = _ids(body["roles"])
            for role_id in set(member.roles) ^ set(roles):
                if role_id not in guild.roles:
                    raise _unknown_role()
                self._edits.check_manageable(guild, guild.roles[role_id])
            self._edits.set_roles(guild, member, roles, self._world.application_id, reason)
        return json_answer(self._member_json(member))

    async def add_role(self, request: web.Request) -> web.Response:
        """Add a role; also 204 when the member had it."""
        guild, member, role = self._manageable(request)
        self._edits.give(guild, member, role, self._world.application_id, _reason(request))
        return no_content()

    async def remove_role(self, request: web.Request) -> web.Response:
        """Remove a role; also 204 when the member did not have it."""
        guild, member, role = self._manageable(request)
        self._edits.take(guild, member, role, self._world.application_id, _reason(request))
        return no_content()

    def _manageable(self, request: web.Request) -> tuple[Guild, Member, Role]:
        guild = guild_of_request(self._world, request)
        member = self._member(request, guild)
        role = guild.roles.get(path_id(request, "role_id"))
        if role is None:
            raise _unknown_role()
        self._edits.check_manageable(guild, role)
        return guild, member, role

    def _member(self, request: web.Request, guild: Guild) -> Member:
        user_id = path_id(request, "user_id")
        member = guild.members.get(user_id)
        if member is not None:
            return member
        if user_id in self._world.users:
            raise ApiError(404, 10007, "Unknown Member")
        raise ApiError(404, 10013, "Unknown User")

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
    """The reason for the audit log.

    Raises:
        ApiError: it is longer than Discord takes.
    """
    header = request.headers.get("X-Audit-Log-Reason")
    reason = None if header is None else unquote(header)
    form = Form()
    form.text(("X-Audit-Log-Reason",), reason, LONGEST_REASON)
    form.refuse()
    return reason
