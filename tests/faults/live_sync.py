"""Sync over real sockets: discord.py and the sandbox's Discord, Loopring over HTTP, a real store; only time is moved.

Every turn of the jobs is begun by the test, so that hours pass in an instant. What Discord's side has is asked of the
sandbox, and never of the bot.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from bot.cogs.gates.log_channel import LogChannel
from bot.cogs.gates.role_events import RoleEventsCog
from bot.config.sync_table import SyncSettings
from bot.gates.gate import Gate
from bot.gates.rule import CollectionRef, Rule
from bot.store import Store
from sandbox.app_keys import FAULTS, WORLD
from sandbox.fixtures import ensure_account
from sandbox.world import Member, User
from tests.cogs.gates.live_bot import MOSAIC, WHALE, LiveBot, live_bot
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import ANY, HARBOUR, JOINED, MOD, SyncHarness, account_of, user

CHANNEL = MOSAIC + 101
ROLES = f"/guilds/{MOSAIC}/members/"
# Far from the accounts and people of the sandbox's own community.
FIRST = 101
_MARKERS = count()


@dataclass
class LiveHints:
    """Passes what Discord reports on to the sync that runs now; the gateway is connected before there is one."""

    harness: LiveSync | None = None

    async def seen(self, *arguments: Any) -> None:
        if self.harness:
            await self.harness.sync.seen(*arguments)

    async def drifted(self, *arguments: Any) -> None:
        if self.harness:
            await self.harness.sync.drifted(*arguments)

    async def left(self, *arguments: Any) -> None:
        if self.harness:
            await self.harness.sync.left(*arguments)

    async def in_servers(self, *arguments: Any) -> None:
        if self.harness:
            await self.harness.sync.in_servers(*arguments)


@dataclass
class LiveSync(SyncHarness):
    """The harness of sync, of which Discord and Loopring are the sandbox's; members are numbered from 101 on."""

    live: LiveBot = field(kw_only=True)
    log: LogChannel = field(init=False)

    def start(self, *, store: Store | None = None, discord: Any = None) -> Any:
        """Start (again): a process of its own over the same store."""
        sync = super().start(store=store, discord=discord)
        self.log = LogChannel(self.live.bot, sync.outbox, sync, self.store.guild_settings)
        return sync

    @property
    def sandbox(self) -> SandboxClient:
        """The sandbox."""
        return self.live.sandbox

    async def add_role(self, role_id: int, guild_id: int = MOSAIC, position: int = 10) -> None:
        """The roles of the community are there already."""

    async def gate(self, rule: Rule = ANY, role_id: int = WHALE, *, guild_id: int = MOSAIC, **draft: Any) -> Gate:
        """An admin saves a gate."""
        return await super().gate(rule, role_id, guild_id=guild_id, **draft)

    async def member(
        self,
        number: int,
        holds: int = 1,
        *,
        of: CollectionRef = HARBOUR,
        guild_id: int = MOSAIC,
        roles: Iterable[int] = (),
    ) -> int:
        """Somebody joins, links, proves, and holds so many; Discord's id."""
        user_id = await self.newcomer(number, holds, of=of, guild_id=guild_id, roles=roles)
        await self.link(number)
        await self.sync.seen(guild_id, user_id, JOINED)
        return user_id

    async def newcomer(
        self, number: int, holds: int, *, of: CollectionRef = HARBOUR, guild_id: int = MOSAIC, roles: Iterable[int] = ()
    ) -> int:
        """Somebody joins and holds so many, and has not linked anything."""
        world, user_id = self.sandbox.app[WORLD], user(number)
        world.users[user_id] = User(user_id, f"member{number}", f"Member {number}")
        world.guilds[guild_id].members[user_id] = Member(user_id, list(roles), joined_at=JOINED.isoformat())
        ensure_account(world, int(account_of(number).account_id))
        for _ in range(holds):
            await self.buys(number, of)
        return user_id

    async def members(self, count: int, holds: int = 1) -> list[int]:
        """So many members, from 101 on."""
        return [await self.member(number, holds) for number in range(FIRST, FIRST + count)]

    async def sells(self, *numbers: int, of: CollectionRef = HARBOUR) -> None:
        """Members sell everything of a collection."""
        for number in numbers:
            await self.sandbox.trade(account_of(number).account_id, None, of.collection_id)

    async def buys(self, number: int, of: CollectionRef = HARBOUR) -> None:
        """A member buys one more."""
        await self.sandbox.trade(None, account_of(number).account_id, of.collection_id)

    async def post(self) -> None:
        """Send what is to be said, in the rounds in which the bot does it."""
        while await self.sync.outbox.posts():
            await self.log.deliver()

    async def roles_of(self, number: int) -> set[int]:
        """A member's roles as Discord has them."""
        guild = (await self.sandbox.get("/_sandbox/discord"))["guilds"][str(MOSAIC)]
        return {int(role) for role in guild["members"][str(user(number))]}

    async def have(self, role_id: int = WHALE) -> list[int]:
        """Which of our members have a role, as Discord has it."""
        members = (await self.sandbox.get("/_sandbox/discord"))["guilds"][str(MOSAIC)]["members"]
        return sorted(
            int(each) - user(0)
            for each, roles in members.items()
            if str(role_id) in roles and 0 < int(each) - user(0) < 1_000
        )

    async def changes(self, *, is_given: bool | None = None) -> Counter[int]:
        """How often the bot changed a role of each member, by number; what it wrote in vain does not count."""
        bot = str(self.live.bot.user.id) if self.live.bot.user else ""
        return Counter(
            int(write["user_id"]) - user(0)
            for write in await self.sandbox.role_writes()
            if write["by"] == bot and write["changed"] and is_given in (None, write["is_given"])
        )

    async def requests(self, method: str, path: str = ROLES) -> int:
        """How many requests of a kind reached Discord."""
        return sum(sent.startswith(f"{method} ") for sent in await self.live.sent(path))

    async def gateway_is_read(self) -> None:
        """Return when the bot has read every event that Discord has sent so far: they arrive in their order."""
        ours = self.live.bot.user
        assert ours
        marker = f"marker {next(_MARKERS)}"
        reported = self.live.bot.wait_for("guild_role_create", check=lambda role: role.name == marker, timeout=60)
        waiting = asyncio.ensure_future(reported)
        made = await self.sandbox.control("roles", action="make", guild=MOSAIC, name=marker)
        await waiting
        await self.sandbox.control("roles", action="delete", guild=MOSAIC, role=int(made["role"]))

    async def reconnected(self) -> None:
        """Return when the bot has a new session with Discord, which lists its servers again."""
        identifies = (await self.sandbox.get("/_sandbox/discord"))["identifies"]
        ready = asyncio.ensure_future(self.live.bot.wait_for("ready", timeout=60))
        await self.sandbox.control("gateway", action="invalid_session", resumable=False)
        await ready
        assert (await self.sandbox.get("/_sandbox/discord"))["identifies"] > identifies
        await self.gateway_is_read()

    async def happens(self, event: Awaitable[object], route: str, **fields: Any) -> None:
        """Change something by the control API, and return when the bot has read of it."""
        waiting = asyncio.ensure_future(event)
        await asyncio.sleep(0)
        await self.sandbox.control(route, **fields)
        await waiting
        await asyncio.sleep(0.05)  # the bot's own listeners of that event

    async def minutes(self, number: int) -> None:
        """The bot runs for so many minutes: every job, the scans among them, each minute."""
        for _ in range(number):
            self.advance(timedelta(minutes=1))
            await self.sync.scan()
            await self.turn()

    def turn_meanwhile(self) -> asyncio.Task[None]:
        """A turn, while the test goes on."""
        return asyncio.create_task(self.turn())

    async def until_have(self, number: int, role_id: int = WHALE) -> None:
        """Return when so many of our members have a role."""
        async with asyncio.timeout(60):
            while len(await self.have(role_id)) < number:  # noqa: ASYNC110 - the state is another program's
                await asyncio.sleep(0.01)

    async def interleaved(self, *acts: Awaitable[object], seed: int) -> None:
        """Do these at the same time, in an order that is drawn."""
        shuffled = list(acts)
        Random(seed).shuffle(shuffled)  # noqa: S311 - an order
        await asyncio.gather(*shuffled)

    async def discord_works(self) -> None:
        """No request fails any more."""
        self.sandbox.app[FAULTS].clear()

    async def log_lines(self) -> list[str]:
        """What the admins read in the log channel, line by line, oldest first."""
        owner = await self.sandbox.person("rosalind")
        messages = await self.sandbox.get("/_client/messages", user=owner.user, channel=str(CHANNEL))
        embeds = [embed for message in messages for embed in message["embeds"] if not message.get("ephemeral")]
        return [f"{embed.get('title')}: {line}" for embed in embeds for line in embed["description"].split("\n")]

    async def count_log_lines(self, *words: str) -> int:
        """How many lines in the log channel have all of these words."""
        return sum(all(word in line for word in words) for line in await self.log_lines())


@asynccontextmanager
async def live_sync(
    folder: Path,
    *,
    sync: dict[str, Any] | None = None,
    audit_log: bool = False,
    vouching: bool = False,
    **discord: Any,
) -> AsyncIterator[LiveSync]:
    """Sync without a gate, with its log channel.

    Args:
        folder: For the store.
        sync: Settings of `[sync]`.
        audit_log: Whether the bot may see the audit log.
        vouching: Whether what moderators vouch for counts.
        discord: Settings of `[discord]`.
    """
    hints = LiveHints()
    async with live_bot(
        lambda bot: RoleEventsCog(bot, hints), audit_log=audit_log, answer_within=1.0, **discord
    ) as live:
        await live.sandbox.control("limits", **{"role edits": 10_000, "messages": 10_000})
        store = await Store.open(folder / "tessera.db", backups=folder / "backups")
        async with open_source(live.sandbox) as source:
            discord_port: Any = live.roles
            settings = SyncSettings(**(sync or {}))
            harness = LiveSync(store, discord_port, source, settings, vouching=vouching, live=live)
            hints.harness = harness
            await harness.set(log_channel_id=CHANNEL)
            await harness.sync.in_servers([guild.id for guild in live.bot.guilds])
            try:
                yield harness
            finally:
                hints.harness = None
                await harness.sync.close()
                await harness.readings.close()
                await store.close()


__all__ = ["CHANNEL", "FIRST", "MOD", "ROLES", "LiveHints", "LiveSync", "live_sync"]
