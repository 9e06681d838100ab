"""Sync over sources that ask the sandbox over real sockets, and clocks that only a test moves.

What a source waits (a retry, a pause that it was asked for) passes at once by its own clock, so that hours are
seconds; only what has a time limit on the socket itself takes real time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.config.source_tables import LoopringTable
from bot.config.sync_table import SyncSettings
from bot.roles.safety import Cause
from bot.sources.askers import Asker
from bot.sources.loopring import LoopringSource
from bot.sources.pace import Clock
from bot.store import Store
from bot.store.sync.post_table import PostKind
from sandbox.world import API_KEY
from tests.sandbox_client import SandboxClient
from tests.sync.fake_discord import FakeDiscord, Server
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    JOINED,
    OTHER_GUILD,
    SyncHarness,
    account_of,
    user,
)

HOLDINGS = "user/collection/details"
EVERY_LIST = "api/v3/user/"  # the holdings, and the second question: the NFTs of one collection
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
# Long enough for all that follows a true sale: four readings, half an hour, and a pause after a failure.
UNTIL_A_SALE_IS_SEEN = timedelta(minutes=75)


@dataclass
class Waiting:
    """The source's own clock: it runs with the harness, and faster where the source waits."""

    ran: Callable[[], float]
    waited: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Seconds."""
        return self.ran() + self.waited

    async def sleep(self, seconds: float) -> None:
        """Let so much pass."""
        self.sleeps.append(seconds)
        self.waited += seconds
        await asyncio.sleep(0)


@dataclass
class SandboxedSync(SyncHarness):
    """The harness of sync whose holdings are the sandbox's: what members sell there is sold."""

    sandbox: SandboxClient = field(kw_only=True)

    @staticmethod
    def number(member: int) -> int:
        """The number of a member's account: none of the community's own."""
        return 1_000 + member

    async def holder(self, member: int, *, others: int = 0, guild_id: int = GUILD) -> None:
        """A member who joins, links, proves, and holds something: `others` more collections come first in lists."""
        number = self.number(member)
        account = account_of(number)
        await self.sandbox.control("accounts", account=int(account.account_id), collections=others)
        user_id, server = user(number), self.discord.servers[guild_id]
        server.members[user_id] = set()
        server.joined_at[user_id] = JOINED
        await self.bought(member)
        await self.link(number)
        await self.sync.seen(guild_id, user_id, JOINED)

    async def holders_of(self, count: int) -> None:
        """So many members with one NFT each, a gate, and the role that follows: what every case begins with."""
        await self.gate()
        for member in range(1, count + 1):
            await self.holder(member)
        await self.turn()
        assert self.having() == list(range(1, count + 1))

    async def bought(self, member: int) -> None:
        """A member buys."""
        await self.sandbox.trade(None, self.account_id(member), HARBOUR.collection_id)

    async def sold(self, *members: int) -> None:
        """Members sell all they have of it."""
        for member in members:
            await self.sandbox.trade(self.account_id(member), None, HARBOUR.collection_id)

    def account_id(self, member: int) -> str:
        """The number of a member's account, as text."""
        return account_of(self.number(member)).account_id

    def having(self, role_id: int = COLLECTOR) -> list[int]:
        """Which members have the role, as Discord has it."""
        return [number - 1_000 for number in self.holders(role_id)]

    def removals(self) -> int:
        """How often Discord was asked to take a role."""
        return sum(call[0] == "remove" for call in self.discord.writes)

    async def requests(self) -> int:
        """How many requests Loopring has got."""
        return sum((await self.sandbox.counts("loopring")).values())

    async def fails(self, kind: str, path: str = EVERY_LIST, **options: Any) -> None:
        """From now on Loopring fails."""
        await self.sandbox.fault(kind, path, **options)

    async def answers_about(self, member: int) -> list[dict[str, Any]]:
        """What Loopring has answered about a member's holdings, page by page; what was given up is of other tests."""
        traffic = await self.sandbox.requests(HOLDINGS)
        about = [each for each in traffic if each["query"]["accountId"] == self.account_id(member)]
        return [each["response"] for each in about if each["response"]]

    async def reads(self, member: int) -> bool:
        """Read a member's account now; whether it is known then what it holds."""
        return (await self.readings.read(account_of(self.number(member)), Asker.job("test"))).is_read

    async def repaired(self) -> None:
        """Nothing fails any more."""
        await self.sandbox.clear_faults()

    async def misses(self) -> dict[int, int]:
        """How often each member was seen not to qualify."""
        return {row[0] - user(1_000): row[1] for row in await self.rows("SELECT user_id, count FROM role_misses")}

    def alerts(self) -> list[str]:
        """What admins were notified of, but for what was given and taken."""
        posts = [post for post in self.sent.values() if post.kind is not PostKind.CHANGES]
        return [line.render() for post in posts for line in post.lines]

    async def holds(self) -> list[Cause]:
        """Why removals wait."""
        return [hold.cause for hold in (await self.sync.status(GUILD)).holds]

    async def all_goes_on(self, seller: int, buyer: int) -> None:
        """After a fault the usual is as usual: who sells loses the role, some time later, and who buys gets it."""
        before = set(self.having())
        assert seller in before
        await self.sold(seller)
        await self.holder(buyer)
        await self.pass_time(UNTIL_A_SALE_IS_SEEN)
        assert set(self.having()) == before - {seller} | {buyer}
        assert self.removals() == 1


@asynccontextmanager
async def open_sandboxed(
    sandbox: SandboxClient, *, path: Path | None = None, discord: FakeDiscord | None = None, **source: Any
) -> AsyncIterator[SandboxedSync]:
    """Sync in two servers without a gate; `source` are further settings of Loopring's table."""
    store = await Store.open(path, lock_timeout=0.1)
    started: list[SandboxedSync] = []
    waiting = Waiting(lambda: started[0].ran if started else 0.0)
    table: dict[str, Any] = {"requests_per_second": 10_000, "base_url": f"{sandbox.url}/loopring"} | source
    async with aiohttp.ClientSession() as session:
        loopring = LoopringSource(
            session,
            LoopringTable(name="loopring", api_key=SecretStr(API_KEY), **table),
            clock=Clock(waiting.now, waiting.sleep),
        )
        discord = discord or FakeDiscord()
        discord.servers |= {GUILD: Server(), OTHER_GUILD: Server()}
        harness = SandboxedSync(store, discord, loopring, SyncSettings(), sandbox=sandbox)
        started.append(harness)
        try:
            yield harness
        finally:
            await harness.sync.close()
            await harness.readings.close()
            await loopring.close()
            await store.close()


@pytest.fixture
async def synced(sandbox: SandboxClient) -> AsyncIterator[SandboxedSync]:
    """Sync that has seen nothing yet, over the sandbox as at the start."""
    async with open_sandboxed(sandbox) as harness:
        yield harness
