"""Harness for the tests of the Discord stand-in: a small guild, the server on a free port, a throwaway bot."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Self

import aiohttp
import discord
import yarl
from aiohttp import web
from discord import app_commands

from sandbox.discord import Discord
from sandbox.world import APPLICATION_ID, BOT_TOKEN, Channel, Guild, Member, Role, User, World

GUILD, CHANNEL, OTHER_CHANNEL = 100 << 22, (100 << 22) + 1, (100 << 22) + 2
ADA, BEN, OWNER, STRANGER = 501, 502, 500, 599
ADMIN_ROLE, BOT_ROLE, LOW_ROLE, OTHER_LOW_ROLE, BOOSTER = 601, 602, 603, 604, 605
EVERYONE = discord.Permissions(view_channel=True, send_messages=True, embed_links=True, read_message_history=True)
Json = dict[str, Any]


def small_world() -> World:
    """One guild: an owner, an admin (Ada), a plain member (Ben), the bot in the middle of the hierarchy."""
    world = World()
    for user_id, name in ((OWNER, "owner"), (ADA, "ada"), (BEN, "ben"), (STRANGER, "stranger")):
        world.users[user_id] = User(user_id, name, name.title())
    world.users[APPLICATION_ID] = User(APPLICATION_ID, "tessera", "Tessera", bot=True)
    guild = Guild(GUILD, "Mosaic", OWNER)
    for role in (
        Role(GUILD, "@everyone", 0, EVERYONE.value),
        Role(LOW_ROLE, "Holder", 1, color=0x336699),
        Role(OTHER_LOW_ROLE, "Whale", 2),
        Role(BOT_ROLE, "Tessera", 3, discord.Permissions(manage_roles=True, attach_files=True).value, managed=True),
        Role(BOOSTER, "Booster", 1, managed=True),
        Role(ADMIN_ROLE, "Admin", 9, discord.Permissions(administrator=True).value),
    ):
        guild.roles[role.id] = role
    guild.channels[CHANNEL] = Channel(CHANNEL, "general", "talk")
    guild.channels[OTHER_CHANNEL] = Channel(OTHER_CHANNEL, "gates")
    for member in (
        Member(OWNER),
        Member(ADA, [ADMIN_ROLE]),
        Member(BEN, []),
        Member(APPLICATION_ID, [BOT_ROLE]),
    ):
        guild.members[member.user_id] = member
    world.guilds[guild.id] = guild
    return world


class DiscordHarness:
    """The server, and a client that does what people do."""

    def __init__(self, stand_in: Discord, address: str, session: aiohttp.ClientSession) -> None:
        self.discord = stand_in
        self.address = address
        self.session = session

    @property
    def guild(self) -> Guild:
        """The guild of the small world."""
        return self.discord.world.guilds[GUILD]

    async def get(self, path: str, **query: Any) -> Any:
        """GET of the client API."""
        async with self.session.get(f"{self.address}/_client{path}", params=query) as answer:
            return await answer.json()

    async def post(self, path: str, body: Json) -> tuple[int, Any]:
        """POST of the client API: status and body."""
        async with self.session.post(f"{self.address}/_client{path}", json=body) as answer:
            return answer.status, await answer.json()

    async def type(self, command: str, /, *, user: int = BEN, wait: str = "answered", **options: Any) -> Json:
        """Type a command and wait for its outcome."""
        body = {"user": str(user), "guild": str(GUILD), "channel": str(CHANNEL), "name": command, "options": options}
        return await self._outcome("/commands", body, wait)

    async def press(self, message: Json, custom_id: str, *, user: int = BEN, values: list[str] | None = None) -> Json:
        """Press a button or choose from a menu, and wait for the outcome."""
        body: Json = {"user": str(user), "message": message["id"], "custom_id": custom_id}
        if values is not None:
            body["values"] = values
        return await self._outcome("/components", body, "answered")

    async def submit(self, opened: Json, *, user: int = BEN, **values: str) -> Json:
        """Send a modal, and wait for the outcome."""
        body = {"user": str(user), "interaction": opened["id"], "values": values}
        return await self._outcome("/modals", body, "answered")

    async def messages(self, user: int = BEN, channel: int = CHANNEL) -> list[Json]:
        """What a person sees in a channel."""
        found: list[Json] = await self.get("/messages", user=user, channel=channel)
        return found

    async def rest(
        self, method: str, path: str, body: Any = None, *, token: str | None = BOT_TOKEN, **more: Any
    ) -> tuple[int, Any]:
        """A single REST call with the bot's token: status and body."""
        headers = {"Authorization": f"Bot {token}"} if token else {}
        async with self.session.request(
            method, f"{self.address}/api/v10{path}", json=body, headers=headers, **more
        ) as answer:
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def _outcome(self, path: str, body: Json, wait: str) -> Json:
        status, sent = await self.post(path, body)
        assert status == 202, sent
        outcome: Json = await self.get(f"/interactions/{sent['interaction']}", wait=wait, timeout=60)
        return outcome


@contextlib.asynccontextmanager
async def harness(**options: Any) -> AsyncIterator[DiscordHarness]:
    """The server on a free port. `options` go to Discord."""
    stand_in = Discord(small_world(), **options)
    app = web.Application(client_max_size=26 * 2**20)
    stand_in.add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        try:
            yield DiscordHarness(stand_in, f"http://127.0.0.1:{port}", session)
        finally:
            await runner.cleanup()


class ThrowawayBot(discord.Client):
    """A stock client with a command tree, pointed at the sandbox; `register` puts its commands in."""

    def __init__(self, register: Callable[[app_commands.CommandTree[Self]], None], **options: Any) -> None:
        options.setdefault("intents", discord.Intents(guilds=True))
        super().__init__(guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.errors: list[BaseException] = []
        self.moments: list[str] = []
        self.tree.error(self.remember)
        register(self.tree)

    async def setup_hook(self) -> None:
        """Sync, as bots do."""
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify again without the library's five seconds."""

    async def remember(self, interaction: discord.Interaction[Self], error: app_commands.AppCommandError) -> None:
        """Record an error in a command."""
        del interaction
        self.errors.append(error.__cause__ or error)

    async def on_resumed(self) -> None:
        """Record that the session was resumed."""
        self.moments.append("resumed")

    async def on_connect(self) -> None:
        """Record that a session was started."""
        self.moments.append("connect")


@contextlib.asynccontextmanager
async def online(
    on: DiscordHarness, register: Callable[[app_commands.CommandTree[Any]], None], **options: Any
) -> AsyncIterator[ThrowawayBot]:
    """A bot that is logged in and ready."""
    base, gateway = discord.http.Route.BASE, discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY
    discord.http.Route.BASE = f"{on.address}/api/v10"
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(on.address.replace("http", "ws") + "/gateway/")
    bot = ThrowawayBot(register, **options)
    running = asyncio.create_task(bot.start(BOT_TOKEN))
    try:
        async with asyncio.timeout(60):
            while not bot.is_ready():
                if running.done():
                    running.result()
                await asyncio.sleep(0.01)
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)
        discord.http.Route.BASE = base
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway


async def until(holds: Callable[[], bool | Awaitable[bool]], seconds: float = 60.0) -> None:
    """Wait until something holds, polling.

    Raises:
        TimeoutError: it never did.
    """
    async with asyncio.timeout(seconds):
        while True:
            held = holds()
            if held is True or (not isinstance(held, bool) and await held):
                return
            await asyncio.sleep(0.01)
