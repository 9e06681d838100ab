"""The gateway: sessions of the bot, what is dispatched to them, and the interruptions of a real gateway.

Follows Discord's "Gateway" page: identify, privileged intents, sharding, resume, invalid session.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.discord import opcodes
from sandbox.discord.connection import Connection, Requests
from sandbox.discord.early_ends import EarlyEnd, StartLimit, reset_connection
from sandbox.discord.identify import intents_of, shard_of
from sandbox.discord.member_requests import GUILD_MEMBERS, MemberRequests
from sandbox.discord.opcodes import CloseConnection
from sandbox.discord.presence import Presence
from sandbox.discord.ready import ready_json
from sandbox.discord.session import OnSent, Session
from sandbox.discord.streams import stream_for
from sandbox.discord.wire import application_flags, bot_user, guild_create_json, member_json
from sandbox.world import BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.discord.answers import Json
    from sandbox.discord.events import Events
    from sandbox.discord.extra_guilds import ExtraGuilds
    from sandbox.world import Guild, World

GUILDS_PER_SHARD = 2500
API_VERSIONS = {"9", "10"}
RESUME_SECONDS = 90.0  # Discord names no number; a minute and a half is what is commonly seen


class Gateway:
    """All connections and sessions of the bot.

    Args:
        world: who is where.
        events: published to when the bot connects and disconnects.
        extra_guilds: listed at the next identify.
        clock: seconds, for limits and for how long a session can be resumed.
        heartbeat_ms: the interval in hello.
        privileged_intents: the bit set switched on for the application; requesting another is close code 4014.
    """

    def __init__(
        self,
        world: World,
        events: Events,
        extra_guilds: ExtraGuilds,
        *,
        clock: Callable[[], float] = time.perf_counter,
        heartbeat_ms: int = 41_250,
        privileged_intents: int = 0,
    ) -> None:
        self.clock = clock
        self.heartbeat_ms = heartbeat_ms
        self.privileged_intents = privileged_intents
        self.identifies = 0
        self.presence = Presence(events)
        self.start_limit = StartLimit()
        self.early_end = EarlyEnd()
        self._world = world
        self._events = events
        self._extra_guilds = extra_guilds
        self._connections: set[Connection] = set()
        self._sessions: dict[str, Session] = {}
        self._refusals = 0
        self.member_requests = MemberRequests(world, clock)
        self.received: Counter[int] = Counter()  # how often the bot sent each opcode
        self._requests = Requests(self.identify, self.resume, self.member_requests.answer, self.received, self.presence)

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The route of the websocket."""
        if self._refusals > 0:
            self._refusals -= 1
            return web.Response(status=503, text="no gateway here at the moment")
        if self.early_end.strikes("connect"):
            return reset_connection(request)
        try:
            stream = stream_for(request.query.get("compress"))
        except ValueError as error:
            return web.Response(status=400, text=str(error))
        socket = web.WebSocketResponse(compress=False, autoping=True)
        await socket.prepare(request)
        connection = Connection(
            socket, stream, request.host, self._requests, clock=self.clock, heartbeat_ms=self.heartbeat_ms
        )
        if request.query.get("v", "10") not in API_VERSIONS:
            await connection.close(opcodes.INVALID_VERSION, "Invalid API version.")
            return socket
        self._connections.add(connection)
        if self.early_end.strikes("hello"):
            connection.ends_with = self.early_end.code
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self._detach(connection)
        return socket

    def connected(self) -> bool:
        """Whether the bot has a session with a connection."""
        return any(session.outgoing is not None for session in self._sessions.values())

    def dispatch(
        self, guild_id: int | None, event: str, body: Any, *, needs: int = 0, on_sent: OnSent | None = None
    ) -> None:
        """Send an event of a guild to its shard.

        Args:
            guild_id: whose event it is; None for direct messages, which are the first shard's.
            event: its name, as GUILD_CREATE.
            body: its `d`.
            needs: intents of which the session must have one; 0 for events that need none.
            on_sent: called when it goes on the wire.
        """
        guild = self._world.guilds.get(guild_id or 0)
        if guild is not None and (self._world.application_id not in guild.members or not guild.available):
            return
        for session in self._live_sessions():
            if session.sees(guild_id or 0) and (not needs or session.intents & needs):
                session.dispatch(event, body, on_sent)

    def recommended_shards(self) -> int:
        """One shard per thousand guilds, as Discord counts."""
        return 1 + (len(self._world.guilds) + self._extra_guilds.guilds) // 1000

    def wants(self, intents: int) -> bool:
        """Whether any session has one of these intents."""
        return any(session.intents & intents for session in self._sessions.values())

    def identify(self, connection: Connection, body: Json) -> Iterator[bytes]:
        """Start a session: READY and the guilds of the world at once; yields the announced guilds, encoded.

        Raises:
            CloseConnection: token, intents or shard are not acceptable.
        """
        if body.get("token") != BOT_TOKEN:
            raise CloseConnection(opcodes.AUTHENTICATION_FAILED, "Authentication failed.")
        intents, shard = intents_of(body, self.privileged_intents), shard_of(body)
        session = Session(shard, intents)
        guilds = self._guilds_of(session)
        extra = [guild_id for guild_id in self._extra_guilds.ids() if session.sees(guild_id)]
        if len(guilds) + len(extra) >= GUILDS_PER_SHARD:
            raise CloseConnection(opcodes.SHARDING_REQUIRED, "Sharding required.")
        self.identifies += 1
        self.start_limit.remaining -= 1
        if self.early_end.strikes("identify"):
            connection.send(opcodes.INVALID_SESSION, body=False)
            return iter(())
        self._attach(connection, session)
        listed = [guild.id for guild in guilds] + extra
        flags = application_flags(self.privileged_intents)
        ready = ready_json(self._world, session, connection.host, listed, flags)
        session.dispatch("READY", ready if "shard" in body else {k: v for k, v in ready.items() if k != "shard"})
        if self.early_end.strikes("ready"):
            connection.ends_with = self.early_end.code
            return iter(())
        self._create_guilds(session)
        return self._announce(session, extra)

    def resume(self, connection: Connection, token: str, session_id: str, sequence: int) -> bool:
        """Resume a session and replay what was missed; False when that is not possible."""
        if token != BOT_TOKEN:
            raise CloseConnection(opcodes.AUTHENTICATION_FAILED, "Authentication failed.")
        session = next((s for s in self._live_sessions() if s.id == session_id), None)
        if session is None or not session.can_resume(sequence):
            return False
        missed = list(session.missed_since(sequence))
        self._attach(connection, session)
        for outgoing in missed:
            connection.outgoing.put_nowait(outgoing)
        session.dispatch("RESUMED", {"_trace": ["sandbox"]})
        return True

    async def action(self, action: str, options: Json) -> None:
        """Cause on purpose what a real gateway does now and then.

        Args:
            action: drop, reconnect, invalid_session, refuse, malformed or zombie.
            options: `resumable` for invalid_session, `times` for refuse.

        Raises:
            ValueError: there is no such action.
        """
        match action:
            case "drop":
                for connection in list(self._connections):
                    await connection.close(opcodes.UNKNOWN_ERROR, "Unknown error.")
            case "reconnect":
                self._send_all(opcodes.RECONNECT, None)
            case "invalid_session":
                resumable = bool(options.get("resumable", False))
                if not resumable:
                    self._sessions.clear()
                self._send_all(opcodes.INVALID_SESSION, resumable)
            case "refuse":
                self._refusals = int(options.get("times", 1))
            case "malformed":
                self._dispatch_malformed()
            case "zombie":
                for connection in self._connections:
                    connection.zombie = True
            case _:
                raise ValueError(f"no such gateway action: {action}")

    def send_guilds(self) -> None:
        """Send every session its guilds again, and those it has left, after the world has changed."""
        for session in self._live_sessions():
            now = {guild.id for guild in self._guilds_of(session)}
            for guild_id in session.guilds - now:
                session.dispatch("GUILD_DELETE", {"id": str(guild_id)})
            self._create_guilds(session)

    def send_guild(self, guild: Guild) -> None:
        """Send one guild whole: the bot has just been invited, or an outage of the guild has ended."""
        for session in self._live_sessions():
            if session.sees(guild.id):
                everyone = bool(session.intents & GUILD_MEMBERS)
                session.dispatch("GUILD_CREATE", guild_create_json(guild, self._world, all_members=everyone))
                session.guilds.add(guild.id)

    def withdraw_guild(self, guild_id: int, *, is_outage: bool) -> None:
        """GUILD_DELETE: the bot is no longer in a guild, or the guild is not available for a while."""
        for session in self._live_sessions():
            if session.sees(guild_id):
                session.dispatch("GUILD_DELETE", {"id": str(guild_id), **({"unavailable": True} if is_outage else {})})
                session.guilds.discard(guild_id)

    async def close(self) -> None:
        """Close every connection: the server goes away."""
        self._sessions.clear()
        for connection in list(self._connections):
            await connection.close(opcodes.GOING_AWAY, "Going away.")

    def _guilds_of(self, session: Session) -> list[Guild]:
        bot = self._world.application_id
        return [guild for guild in self._world.guilds.values() if bot in guild.members and session.sees(guild.id)]

    def _create_guilds(self, session: Session) -> None:
        guilds = self._guilds_of(session)
        everyone = bool(session.intents & GUILD_MEMBERS)
        for guild in (each for each in guilds if each.available):
            session.dispatch("GUILD_CREATE", guild_create_json(guild, self._world, all_members=everyone))
        session.guilds = {guild.id for guild in guilds}

    def _live_sessions(self) -> list[Session]:
        oldest = self.clock() - RESUME_SECONDS
        for session in [s for s in self._sessions.values() if s.left_at is not None and s.left_at < oldest]:
            del self._sessions[session.id]
        return list(self._sessions.values())

    def _attach(self, connection: Connection, session: Session) -> None:
        was_online = self.connected()
        session.outgoing = connection.outgoing
        session.left_at = None
        connection.session = session
        self._sessions[session.id] = session
        if not was_online:
            self._events.publish({"type": "bot", "online": True})

    def _detach(self, connection: Connection) -> None:
        session = connection.session
        if session is None or session.outgoing is not connection.outgoing:
            return
        session.outgoing = None
        session.left_at = self.clock()
        if connection.ended_by_bot or connection.ends_with:
            self._sessions.pop(session.id, None)
        if not self.connected():
            self._events.publish({"type": "bot", "online": False})

    def _announce(self, session: Session, extra: list[int]) -> Iterator[bytes]:
        for body in self._extra_guilds.create_bodies(
            self._world, extra, all_members=bool(session.intents & GUILD_MEMBERS)
        ):
            yield session.number("GUILD_CREATE", body)
        if extra:
            session.forget_events()

    def _send_all(self, opcode: int, body: Any) -> None:
        for connection in self._connections:
            connection.send(opcode, body)

    def _dispatch_malformed(self) -> None:
        # About the bot itself: the one member that every bot caches, so that each reads the event.
        bot = self._world.application_id
        guild = next(guild for guild in self._world.guilds.values() if bot in guild.members)
        body = member_json(guild.members[bot], bot_user(self._world))
        del body["user"]["username"]
        self.dispatch(guild.id, "GUILD_MEMBER_UPDATE", {**body, "guild_id": str(guild.id)})
