"""Builds the stand-in for Discord and adds it to a web application."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.discord.attachments import Attachments
from sandbox.discord.audit_log import AuditEntry, AuditLog
from sandbox.discord.callbacks import Callbacks
from sandbox.discord.client_actions import ClientActions
from sandbox.discord.client_api import ClientApi
from sandbox.discord.client_oauth import ClientOAuth
from sandbox.discord.commands import Commands
from sandbox.discord.departures import Departures
from sandbox.discord.dms import DirectMessages
from sandbox.discord.events import Events
from sandbox.discord.extra_guilds import ExtraGuilds
from sandbox.discord.gateway import Gateway
from sandbox.discord.guild_changes import GuildChanges
from sandbox.discord.interactions import Deadlines, Interactions
from sandbox.discord.messages import Messages
from sandbox.discord.oauth import OAuth
from sandbox.discord.ratelimits import RateLimits
from sandbox.discord.rest import Rest
from sandbox.discord.rest_application import ApplicationRoutes
from sandbox.discord.rest_channels import ChannelRoutes
from sandbox.discord.rest_guilds import GuildRoutes
from sandbox.discord.rest_interactions import InteractionRoutes
from sandbox.discord.rest_members import MemberRoutes
from sandbox.discord.rest_oauth import OAuthRoutes
from sandbox.discord.role_edits import RoleEdits
from sandbox.discord.snowflakes import Snowflakes

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from sandbox.discord.answers import Json
    from sandbox.world import World

HEARTBEAT_MS = 41_250  # what the real gateway says


class Discord:
    """The whole stand-in.

    Args:
        world: read at every request and changed in place (roles, nicknames); its parts may be replaced at any time, the
            object itself not.
        deadlines: how long a bot has; shorter ones make tests fast.
        clock: seconds that only grow; tests move it to make tokens expire.
        wall: the present in seconds since 1970, of what is dated; it can be moved for the bot too.
        heartbeat_ms: the interval in hello.
        privileged_intents: the bit set switched on for the application.
    """

    def __init__(
        self,
        world: World,
        *,
        deadlines: Deadlines | None = None,
        clock: Callable[[], float] = time.perf_counter,
        wall: Callable[[], float] = time.time,
        heartbeat_ms: int = HEARTBEAT_MS,
        privileged_intents: int = 0,
    ) -> None:
        self.world = world
        self.events = Events()
        self.extra_guilds = ExtraGuilds()
        self.gateway = Gateway(
            world,
            self.events,
            self.extra_guilds,
            clock=clock,
            heartbeat_ms=heartbeat_ms,
            privileged_intents=privileged_intents,
        )
        self._snowflakes = Snowflakes(wall)
        self.rate_limits = RateLimits(clock)
        self._attachments = Attachments(self._snowflakes)
        self.commands = Commands(world, self.events, self._snowflakes, clock)
        self.messages = Messages(world, self.events, self.gateway, self._snowflakes, self._attachments)
        self.interactions = Interactions(self.events, clock, deadlines or Deadlines())
        self.oauth = OAuth(clock)
        self._dms = DirectMessages(world, self.messages, self._snowflakes)
        self._audit_log = AuditLog(world, self.gateway, self._snowflakes)
        self.role_edits = RoleEdits(world, self.gateway, self._audit_log, self.events)
        self.departures = Departures(world, self.gateway, self._audit_log, self.events, self._snowflakes)
        self.guild_changes = GuildChanges(world, self.gateway, self._audit_log, self.events, self._snowflakes)

    @property
    def audit_log(self) -> list[AuditEntry]:
        """What was changed in all guilds, oldest first: by whom, and with which reason."""
        return self._audit_log.entries

    def add_routes(self, app: web.Application) -> None:
        """Add /api/v10, /gateway/, /oauth2/authorize, /cdn/attachments and /_client to an application.

        The application must accept bodies of 26 MiB (`client_max_size`): that is what ten files may come to.
        """
        rest = Rest(self.rate_limits)
        callbacks = Callbacks(self.world, self.interactions, self.messages, self.events)
        oauth_routes = OAuthRoutes(self.world, self.oauth)
        oauth_routes.add(app, rest)
        ApplicationRoutes(self.world, self.commands, self.gateway, oauth_routes.person).add(app, rest)
        InteractionRoutes(self.world, self.interactions, callbacks).add(app, rest)
        ChannelRoutes(self.world, self.messages, self._dms).add(app, rest)
        GuildRoutes(self.world, self._audit_log).add(app, rest)
        MemberRoutes(self.world, self.gateway, self.role_edits).add(app, rest)
        rest.add_unknown(app)
        app.router.add_get("/gateway/", self.gateway.connect)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get(r"/cdn/attachments/{channel}/{file:\d+}/{name}", self._attachments.serve)
        actions = ClientActions(
            self.world,
            commands=self.commands,
            messages=self.messages,
            dms=self._dms,
            interactions=self.interactions,
            gateway=self.gateway,
            # In real time: from these ids a bot reads how long their tokens are valid.
            snowflakes=Snowflakes(worker=1),
            attachments=self._attachments,
        )
        ClientApi(
            self.world,
            commands=self.commands,
            messages=self.messages,
            dms=self._dms,
            interactions=self.interactions,
            gateway=self.gateway,
            events=self.events,
            actions=actions,
        ).add(app)
        ClientOAuth(self.world, self.oauth).add(app)
        app.on_shutdown.append(self._close)

    def moment(self) -> str:
        """The present as Discord writes it."""
        return self._snowflakes.moment()

    def publish(self, event: Json) -> None:
        """Push an event to every open client, as `{"type": "log", "line": ...}`."""
        self.events.publish(event)

    async def gateway_action(self, action: str, options: Json) -> None:
        """Break the gateway on purpose; see Gateway.action.

        Raises:
            ValueError: there is no such action.
        """
        await self.gateway.action(action, options)

    def announce(self, guilds: int, members: int) -> None:
        """At the next identify, list this many more guilds with this many members each."""
        self.extra_guilds.guilds, self.extra_guilds.members = guilds, members

    def connected(self) -> bool:
        """Whether the bot is online."""
        return self.gateway.connected()

    def refresh_guilds(self) -> None:
        """Send the bot its guilds again, after those of the world have changed."""
        self.gateway.send_guilds()

    def reset(self) -> None:
        """Forget messages, files, interactions, authorizations, limits, the audit log and the writes of roles.

        Commands, the bot's session and the channels of direct messages stay: the bot caches them too. Call it after the
        world has been reset: the bot gets its guilds again.
        """
        self.interactions.clear()
        self.messages.clear()
        self._attachments.clear()
        self._dms.reset()
        self.oauth.clear()
        self.rate_limits.clear()
        self.audit_log.clear()
        self.role_edits.writes.clear()
        self.gateway.member_requests.faults.clear()
        self.announce(0, 0)
        self.gateway.send_guilds()
        self.events.publish({"type": "reset"})

    async def _close(self, app: web.Application) -> None:
        del app
        self.interactions.clear()
        await self.events.close()
        await self.gateway.close()
