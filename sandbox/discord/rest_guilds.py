"""Routes of a guild: itself, its roles and how many have each, its channels, its audit log."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sandbox.discord.answers import json_answer, missing_access, missing_permissions, unknown_guild
from sandbox.discord.permissions import VIEW_AUDIT_LOG, permissions_of
from sandbox.discord.ratelimits import READS
from sandbox.discord.rest import Rest, path_id, query_number
from sandbox.discord.wire import channel_json, guild_json, role_json

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.audit_log import AuditLog
    from sandbox.world import Guild, World

AUDIT_PAGE, MOST_AUDIT_PAGE = 50, 100


def guild_of_request(world: World, request: web.Request) -> Guild:
    """The guild of a request's path.

    Raises:
        ApiError: there is none, or the bot is not in it.
    """
    guild = world.guilds.get(path_id(request, "guild_id"))
    if guild is None:
        raise unknown_guild()
    if world.application_id not in guild.members:
        raise missing_access()
    return guild


class GuildRoutes:
    """Guild routes."""

    def __init__(self, world: World, audit_log: AuditLog) -> None:
        self._world = world
        self._audit_log = audit_log

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "GET", "/guilds/{guild_id}", self.guild, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/roles", self.roles, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/roles/member-counts", self.member_counts, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/channels", self.channels, READS)
        rest.add(app, "GET", "/guilds/{guild_id}/audit-logs", self.audit_log, READS)

    async def guild(self, request: web.Request) -> web.Response:
        """The guild."""
        guild = guild_of_request(self._world, request)
        body = guild_json(guild)
        if request.query.get("with_counts") in ("1", "true", "True"):
            body["approximate_member_count"] = len(guild.members)
            body["approximate_presence_count"] = len(guild.members)
        return json_answer(body)

    async def roles(self, request: web.Request) -> web.Response:
        """Its roles."""
        guild = guild_of_request(self._world, request)
        return json_answer([role_json(guild, role) for role in guild.roles.values()])

    async def member_counts(self, request: web.Request) -> web.Response:
        """How many members have each role; without @everyone."""
        guild = guild_of_request(self._world, request)
        counts = Counter(role_id for member in guild.members.values() for role_id in member.roles)
        return json_answer({str(role_id): counts[role_id] for role_id in guild.roles if role_id != guild.id})

    async def channels(self, request: web.Request) -> web.Response:
        """Its channels."""
        guild = guild_of_request(self._world, request)
        return json_answer([channel_json(guild, one, n) for n, one in enumerate(guild.channels.values())])

    async def audit_log(self, request: web.Request) -> web.Response:
        """Its audit log, newest first; with `after`, oldest first. Needs View Audit Log."""
        guild = guild_of_request(self._world, request)
        if not permissions_of(guild, self._world.application_id) & VIEW_AUDIT_LOG:
            raise missing_permissions()
        before, after = query_number(request, "before", 1 << 63), query_number(request, "after", 0)
        found = [entry for entry in self._audit_log.entries if entry.guild_id == guild.id and after < entry.id < before]
        for name in ("user_id", "target_id", "action_type"):
            if name in request.query:
                found = [entry for entry in found if getattr(entry, name) == query_number(request, name, 0)]
        limit = min(query_number(request, "limit", AUDIT_PAGE), MOST_AUDIT_PAGE)
        return json_answer(self._audit_log.page((found if "after" in request.query else found[::-1])[:limit]))
