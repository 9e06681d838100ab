"""Routes about the bot itself: who it is, where its gateway is, which commands it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.answers import ApiError, json_answer, missing_access, read_json
from sandbox.discord.commands import without_localizations
from sandbox.discord.ratelimits import COMMANDS, READS
from sandbox.discord.rest import Rest, no_content, path_id
from sandbox.discord.wire import SUPPORTED_LOCALE, application_json, bot_user, user_json

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.commands import Commands
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.rest import Handler
    from sandbox.world import World

GLOBAL = "/applications/{application_id}/commands"
IN_GUILD = "/applications/{application_id}/guilds/{guild_id}/commands"


class ApplicationRoutes:
    """Users, application, gateway and command routes; `person` answers for the token of a person."""

    def __init__(self, world: World, commands: Commands, gateway: Gateway, person: Handler) -> None:
        self._world = world
        self._commands = commands
        self._gateway = gateway
        self._person = person

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add(app, "GET", "/users/@me", self.me, READS, bearer=self._person)
        rest.add(app, "GET", "/users/{user_id}", self.user, READS)
        rest.add(app, "GET", "/oauth2/applications/@me", self.application, READS)
        rest.add(app, "GET", "/applications/@me", self.application, READS)
        rest.add(app, "GET", "/gateway", self.gateway, READS)
        rest.add(app, "GET", "/gateway/bot", self.gateway_bot, READS)
        for path in (GLOBAL, IN_GUILD):
            rest.add(app, "GET", path, self.list_commands, COMMANDS)
            rest.add(app, "PUT", path, self.overwrite_commands, COMMANDS)
            rest.add(app, "POST", path, self.upsert_command, COMMANDS)
            one = path + "/{command_id}"
            rest.add(app, "GET", one, self.read_command, COMMANDS)
            rest.add(app, "PATCH", one, self.edit_command, COMMANDS)
            rest.add(app, "DELETE", one, self.delete_command, COMMANDS)

    async def me(self, request: web.Request) -> web.Response:
        """The bot's user."""
        del request
        private = {"mfa_enabled": True, "locale": SUPPORTED_LOCALE, "verified": True, "email": None}
        return json_answer({**user_json(bot_user(self._world)), **private})

    async def user(self, request: web.Request) -> web.Response:
        """Any user."""
        user = self._world.users.get(path_id(request, "user_id"))
        if user is None:
            raise ApiError(404, 10013, "Unknown User")
        return json_answer(user_json(user))

    async def application(self, request: web.Request) -> web.Response:
        """The bot's application."""
        del request
        return json_answer(application_json(self._world, self._gateway.privileged_intents))

    async def gateway(self, request: web.Request) -> web.Response:
        """Where the websocket is."""
        return json_answer({"url": f"ws://{request.host}/gateway/"})

    async def gateway_bot(self, request: web.Request) -> web.Response:
        """Where the websocket is, how many shards, how many identifies are left."""
        limit = self._gateway.start_limit.json()
        shards = self._gateway.recommended_shards()
        return json_answer({"url": f"ws://{request.host}/gateway/", "shards": shards, "session_start_limit": limit})

    async def list_commands(self, request: web.Request) -> web.Response:
        """The registered commands."""
        commands = self._commands.all(self._scope(request))
        has_all = request.query.get("with_localizations", "").lower() in ("true", "1")
        return json_answer(commands if has_all else without_localizations(commands))

    async def overwrite_commands(self, request: web.Request) -> web.Response:
        """Replace all."""
        scope = self._scope(request)
        return json_answer(self._commands.overwrite(scope, await read_json(request)))

    async def upsert_command(self, request: web.Request) -> web.Response:
        """Register or replace one: 201 when it is new."""
        command, is_new = self._commands.upsert(self._scope(request), await read_json(request))
        return json_answer(command, 201 if is_new else 200)

    async def read_command(self, request: web.Request) -> web.Response:
        """One command."""
        return json_answer(self._commands.get(self._scope(request), path_id(request, "command_id")))

    async def edit_command(self, request: web.Request) -> web.Response:
        """Change one command."""
        command_id = path_id(request, "command_id")
        return json_answer(self._commands.edit(self._scope(request), command_id, await read_json(request)))

    async def delete_command(self, request: web.Request) -> web.Response:
        """Remove one command."""
        self._commands.delete(self._scope(request), path_id(request, "command_id"))
        return no_content()

    def _scope(self, request: web.Request) -> int | None:
        if path_id(request, "application_id") != self._world.application_id:
            raise ApiError(403, 20012, "You are not authorized to perform this action on this application")
        if "guild_id" not in request.match_info:
            return None
        guild = self._world.guilds.get(path_id(request, "guild_id"))
        if guild is None or self._world.application_id not in guild.members:
            raise missing_access()
        return guild.id
