"""Tessera's client, connected to the sandbox, and what sync would ask of Discord over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from discord import Permissions
from discord.ext import commands

from bot.cogs.gates.discord_requests import DiscordRequests
from bot.cogs.gates.discord_roles import DiscordRoles
from bot.cogs.gates.member_reads import MemberReads
from bot.config.settings import DiscordSettings
from bot.sources.pace import Clock
from bot.ui.client import Bot, point_at
from sandbox.app_keys import DISCORD, WORLD
from sandbox.discord.wire import user_json
from sandbox.world import BOT_TOKEN, Guild
from tests.sandbox_client import SandboxClient, open_sandbox

MOSAIC = 910000000000000000
WHALE, LIGHTKEEPER, MOSAICIST = MOSAIC + 5, MOSAIC + 6, MOSAIC + 7
MODERATOR, BOOSTER, TESSERA = MOSAIC + 2, MOSAIC + 3, MOSAIC + 4
ADA, BRUNO, CHIAMAKA, ELIF = 920001048583001117, 920002097166002234, 920003145749003351, 920005242915005585
REASON = "Tessera gate #12: holds 0 of 3 of Harbour Lights"


@dataclass
class VirtualClock:
    """A clock that only sleepers move."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        """The time in seconds."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass, and everything else have its turn."""
        self.slept.append(seconds)
        self.time += seconds
        await asyncio.sleep(0)

    @property
    def clock(self) -> Clock:
        """As it is handed in."""
        return Clock(self.now, self.sleep)


@dataclass
class LiveBot:
    """The sandbox, the client, and the port."""

    sandbox: SandboxClient
    bot: Bot
    roles: DiscordRoles
    time: VirtualClock

    @property
    def guild(self) -> Guild:
        """The first server as Discord has it."""
        return self.sandbox.app[WORLD].guilds[MOSAIC]

    @property
    def audit_log(self) -> list[Any]:
        """What was changed in it."""
        return list(self.sandbox.app[DISCORD].audit_log)

    def roles_of(self, user_id: int) -> set[int]:
        """A member's roles as Discord has them."""
        return set(self.guild.members[user_id].roles)

    async def fault(self, kind: str, path: str, **options: Any) -> None:
        """Let Discord's REST fail."""
        await self.sandbox.post("/_sandbox/faults", {"service": "discord", "path": path, "kind": kind, **options})

    async def odd_queries(self, **fault: Any) -> None:
        """Let Discord's gateway answer questions for members in an odd way."""
        await self.sandbox.post("/_sandbox/member_queries", fault)

    async def questions(self) -> int:
        """How many questions for members reached the gateway."""
        return int((await self.sandbox.get("/_sandbox/discord"))["opcodes"].get("8", 0))

    async def sent(self, path: str) -> list[str]:
        """The requests to Discord whose path contains `path`: method and path."""
        traffic = await self.sandbox.get("/_sandbox/traffic", service="discord")
        return [f"{one['method']} {one['path']}" for one in traffic["exchanges"] if path in one["path"]]


@asynccontextmanager
async def live_bot(
    *cogs: commands.Cog | Callable[[Bot], commands.Cog],
    patience: float = 60.0,
    answer_within: float = 30.0,
    audit_log: bool = False,
    **settings: Any,
) -> AsyncIterator[LiveBot]:
    """A connected bot in the sandbox's community; time passes only where it sleeps."""
    async with open_sandbox() as sandbox:
        await sandbox.post("/_sandbox/intents", {"privileged": ["members"]})
        if audit_log:
            sandbox.app[WORLD].guilds[MOSAIC].roles[TESSERA].permissions |= Permissions(view_audit_log=True).value
        discord = DiscordSettings(
            api_url=f"{sandbox.url}/api/v10",
            gateway_url=f"{sandbox.url.replace('http', 'ws', 1)}/gateway/",
            **settings,
        )
        point_at(discord)
        bot = Bot(discord, cancel_reads=_nothing_to_cancel)
        for cog in cogs:
            await bot.add_cog(cog if isinstance(cog, commands.Cog) else cog(bot))
        time = VirtualClock()
        requests = DiscordRequests(time.clock, patience=patience)
        reads = MemberReads(bot, requests, time.clock, answer_within=answer_within)
        running = asyncio.create_task(bot.start(BOT_TOKEN))
        try:
            async with asyncio.timeout(60):
                while not bot.is_ready():  # noqa: ASYNC110 - the state is another program's
                    await asyncio.sleep(0.01)
            yield LiveBot(sandbox, bot, DiscordRoles(bot, requests, reads), time)
        finally:
            await bot.close()
            await asyncio.gather(running, return_exceptions=True)


async def without_own_member(sandbox: SandboxClient, bot: Bot, guild_id: int) -> None:
    """Let Discord report a server without the bot's own member in it, so that `Guild.me` is None."""
    body = {"guild_id": str(guild_id), "user": user_json(sandbox.app[WORLD].users[sandbox.app[WORLD].application_id])}
    sandbox.app[DISCORD].gateway.dispatch(guild_id, "GUILD_MEMBER_REMOVE", body)
    await until(lambda: getattr(bot.get_guild(guild_id), "me", "no server") is None)


async def with_own_member(sandbox: SandboxClient, bot: Bot, guild_id: int) -> None:
    """Let Discord report the server whole again."""
    sandbox.app[DISCORD].gateway.send_guild(sandbox.app[WORLD].guilds[guild_id])
    await until(lambda: getattr(bot.get_guild(guild_id), "me", None))


async def _nothing_to_cancel() -> None:
    """There are no reads here."""


async def until(holds: Callable[[], object]) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - the state is another program's
            await asyncio.sleep(0.01)
