"""What a person's Discord client reads: people, servers, messages, commands, the outcome of an interaction, events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from sandbox.discord.answers import Json, json_answer
from sandbox.discord.commands import localized
from sandbox.discord.options import ClientRefusedError
from sandbox.discord.permissions import rank, standing
from sandbox.discord.wire import avatar_url, bot_user, icon_url

if TYPE_CHECKING:
    from sandbox.discord.client_actions import ClientActions
    from sandbox.discord.commands import Commands
    from sandbox.discord.dms import DirectMessages
    from sandbox.discord.events import Events
    from sandbox.discord.gateway import Gateway
    from sandbox.discord.interactions import Interactions
    from sandbox.discord.messages import Messages
    from sandbox.world import Guild, Member, World

BASE = "/_client"
LONGEST_WAIT = 60.0
Handler = Callable[[web.Request], Awaitable[web.Response]]


class ClientApi:
    """Routes of the people's side. Refusals are 400 with one sentence, as a client would show it."""

    def __init__(
        self,
        world: World,
        *,
        commands: Commands,
        messages: Messages,
        dms: DirectMessages,
        interactions: Interactions,
        gateway: Gateway,
        events: Events,
        actions: ClientActions,
    ) -> None:
        self._world = world
        self._commands = commands
        self._messages = messages
        self._dms = dms
        self._interactions = interactions
        self._gateway = gateway
        self._events = events
        self._actions = actions

    def add(self, app: web.Application) -> None:
        """Add the routes."""
        for path, read in (
            ("/people", self.people),
            ("/state", self.state),
            ("/commands", self.commands),
            ("/messages", self.messages),
            ("/interactions/{interaction_id}", self.interaction),
        ):
            app.router.add_get(BASE + path, with_refusals(read))
        app.router.add_get(BASE + "/events", self._events.stream)
        for path, act in (
            ("/commands", self._actions.command),
            ("/components", self._actions.component),
            ("/modals", self._actions.modal),
            ("/handmade", self._actions.handmade),
        ):
            app.router.add_post(BASE + path, with_refusals(_posted(act)))
        app.router.add_post(BASE + "/autocomplete", with_refusals(self.autocomplete))
        app.router.add_post(BASE + "/dms", with_refusals(self.set_direct_messages))

    async def people(self, request: web.Request) -> web.Response:
        """Everybody who is not a bot."""
        del request
        guilds = self._world.guilds.values()
        return json_answer(
            [
                {
                    "id": str(user.id),
                    "username": user.username,
                    "display_name": user.display_name,
                    "avatar_url": avatar_url(user.id),
                    "guilds": [str(guild.id) for guild in guilds if user.id in guild.members],
                    "standings": {str(guild.id): word for guild in guilds if (word := standing(guild, user.id))},
                }
                for user in self._world.users.values()
                if not user.bot
            ]
        )

    async def state(self, request: web.Request) -> web.Response:
        """What a client shows when it opens."""
        user_id = _number(request, "user")
        user = self._world.users.get(user_id)
        if user is None:
            raise ClientRefusedError("there is no such user")
        bot = bot_user(self._world)
        return json_answer(
            {
                "user": {
                    "id": str(user.id),
                    "username": user.username,
                    "display_name": user.display_name,
                    "avatar_url": avatar_url(user.id),
                },
                "application": {
                    "id": str(self._world.application_id),
                    "name": bot.display_name,
                    "avatar_url": avatar_url(bot.id),
                    "online": self._gateway.connected(),
                    "presence": self._gateway.presence.line,
                },
                "guilds": [
                    self._guild_json(guild) for guild in self._world.guilds.values() if user_id in guild.members
                ],
                "dms": self._dms.for_client(user_id),
            }
        )

    async def commands(self, request: web.Request) -> web.Response:
        """The commands this person may use in a guild."""
        guild = self._actions.guild_of(_number(request, "guild"), _number(request, "user"))
        user_id = _number(request, "user")
        user = self._world.users.get(user_id)
        commands = self._commands.shown_to(guild, user_id)
        return json_answer([localized(command, user.locale) for command in commands] if user else commands)

    async def messages(self, request: web.Request) -> web.Response:
        """The messages of a channel that this person may see, oldest first; this marks direct messages as read."""
        user_id, channel_id = _number(request, "user"), _number(request, "channel")
        direct = self._dms.find(channel_id)
        guild = next((g for g in self._world.guilds.values() if channel_id in g.channels), None)
        if direct is not None and direct.user_id == user_id:
            self._dms.mark_read(direct)
        elif guild is None or user_id not in guild.members:
            raise ClientRefusedError("there is no such channel")
        return json_answer(
            [
                message.for_client()
                for message in self._messages.of_channel(channel_id)
                if message.may_be_seen_by(user_id)
            ]
        )

    async def interaction(self, request: web.Request) -> web.Response:
        """The outcome of an interaction; with `wait`, once there is one."""
        interaction = self._interactions.find(int(request.match_info["interaction_id"]))
        if interaction is None:
            return json_answer({"error": "there is no such interaction"}, 404)
        wanted = request.query.get("wait")
        if wanted in ("acknowledged", "answered"):
            seconds = min(float(request.query.get("timeout", 5)), LONGEST_WAIT)
            await self._interactions.wait(interaction, wanted, seconds)
        return json_answer(interaction.for_client())

    async def autocomplete(self, request: web.Request) -> web.Response:
        """Suggestions for the option that is being typed."""
        choices = await self._actions.autocomplete(orjson.loads(await request.read()))
        if choices is None:
            return json_answer({"error": "Loading options failed"}, 504)
        return json_answer({"choices": choices})

    async def set_direct_messages(self, request: web.Request) -> web.Response:
        """A person's setting: whether they accept direct messages."""
        body = orjson.loads(await request.read())
        user_id, accept = int(body["user"]), body["accepts"]
        if user_id not in self._world.users or not isinstance(accept, bool):
            raise ClientRefusedError("user is the id of somebody, accepts is true or false")
        self._dms.set_accepts(user_id, accept=accept)
        return json_answer({})

    def _guild_json(self, guild: Guild) -> Json:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "icon_url": icon_url(guild.id),
            "roles": [
                {"id": str(role.id), "name": role.name, "color": role.color}
                for role in sorted(guild.roles.values(), key=rank, reverse=True)
            ],
            "channels": [
                {"id": str(channel.id), "name": channel.name, "topic": channel.topic}
                for channel in guild.channels.values()
            ],
            "members": [self._member_json(guild, member) for member in guild.members.values()],
        }

    def _member_json(self, guild: Guild, member: Member) -> Json:
        user = self._world.users[member.user_id]
        roles = [guild.roles[role_id] for role_id in member.roles if role_id in guild.roles]
        colored = sorted((role for role in roles if role.color), key=rank)
        return {
            "id": str(user.id),
            "display_name": member.nick or user.display_name,
            "avatar_url": avatar_url(user.id),
            "color": colored[-1].color if colored else 0,
            "bot": user.bot,
            "roles": [str(role_id) for role_id in member.roles],
        }


def _number(request: web.Request, name: str) -> int:
    try:
        return int(request.query[name])
    except (KeyError, ValueError):
        raise ClientRefusedError(f"{name} is missing") from None


def _posted(act: Callable[[Json], int]) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        interaction_id = act({**orjson.loads(await request.read()), "host": request.host})
        return json_answer({"interaction": str(interaction_id)}, 202)

    return answer


def with_refusals(handler: Handler) -> Handler:
    """A route that answers what a client would not send with 400 and one sentence."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except ClientRefusedError as refusal:
            return json_answer({"error": str(refusal)}, 400)
        except (KeyError, TypeError, ValueError) as error:
            return json_answer({"error": f"not understood: {error}"}, 400)

    return answer
