"""The sandbox with a crowd in it, and the bot connected to it, with a page for proofs or without.

Commands are typed by calling the sandbox's own objects: a thousand HTTP requests would reach it over half a second,
and would not be a burst.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
from aiohttp import web

from bench.bot_config import CONFIG, NO_PAGE, PAGE
from bench.bot_process import PAGE_SECRETS, SECRETS, BotProcess
from sandbox.app import make_app
from sandbox.app_keys import DISCORD, TRAFFIC
from sandbox.community import load_world
from sandbox.discord.attachments import Attachments
from sandbox.discord.client_actions import ClientActions
from sandbox.discord.dms import DirectMessages
from sandbox.discord.interactions import Interaction
from sandbox.discord.snowflakes import Snowflakes
from sandbox.world import BLOCKSCOUT_KEY, Guild, Member, User, World

CROWD = 1000
FIRST_OF_CROWD = 940_000_000_000_000_000
FIRST_ACCOUNT = 600_000
# A burst opens a connection for each answer at once; Discord's servers accept them without delay.
BACKLOG = 4096
# Sockets of a burst of a thousand, twice over.
ENOUGH_FILES = 4096
LONGEST_WAIT = 30.0
# Only ends waits, so it need not be precise; the sandbox itself records when things happen.
POLL = 0.005
# Twice as long as a source takes where it is slowed down.
QUIET = 0.1


class BenchSandbox:
    """The sandbox's side: switches, the crowd, and the answers to what it typed."""

    def __init__(self, app: web.Application, world: World, port: int, session: aiohttp.ClientSession) -> None:
        self.port = port
        discord = app[DISCORD]
        self._traffic = app[TRAFFIC]
        self._session = session
        self._interactions = discord.interactions
        snowflakes = Snowflakes()  # ids of interactions and of messages are never compared
        self._actions = ClientActions(
            world,
            commands=discord.commands,
            messages=discord.messages,
            dms=DirectMessages(world, discord.messages, snowflakes),
            interactions=discord.interactions,
            gateway=discord.gateway,
            snowflakes=snowflakes,
            attachments=Attachments(snowflakes),
        )
        self._guilds: list[Guild] = list(world.guilds.values())
        self._world = world
        self._accounts = 0
        self.page_url = ""  # of the bot that runs

    async def switch(self, path: str, **body: Any) -> Any:
        """POST to one of the sandbox's switches."""
        async with self._session.post(f"http://127.0.0.1:{self.port}/_sandbox/{path}", json=body) as response:
            response.raise_for_status()
            return await response.json()

    async def authorize(self, url: str, member: int) -> str:
        """A member accepts on Discord's page; returns where the browser is sent."""
        asked = {"url": url, "user": str(FIRST_OF_CROWD + member), "approve": True}
        async with self._session.post(f"http://127.0.0.1:{self.port}/_client/authorize", json=asked) as response:
            response.raise_for_status()
            return str((await response.json())["location"])

    async def new_account(self, collections: int) -> str:
        """An account that nobody has asked for yet."""
        self._accounts += 1
        account = FIRST_ACCOUNT + self._accounts
        await self.switch("accounts", account=account, collections=collections)
        return str(account)

    async def new_address(self, collections: int) -> str:
        """An address on Ethereum that nobody has asked for yet."""
        self._accounts += 1
        address = f"0x{FIRST_ACCOUNT + self._accounts:040x}"
        await self.switch("contracts", address=address, contracts=collections)
        # The stand-in computes Keccak in plain Python, and caches the hashes: that must not count as the time of an
        # explorer.
        page = f"http://127.0.0.1:{self.port}/blockscout/1/api/v2/addresses/{address}/nft/collections"
        async with self._session.get(page, params={"apikey": BLOCKSCOUT_KEY}) as response:
            response.raise_for_status()
        return f"eip155:1:{address}"

    def blockscout_requests(self, path: str) -> int:
        """How often Blockscout was asked for something."""
        return sum(path in exchange.path for exchange in self._traffic.exchanges(0, "blockscout"))

    @property
    def guild_id(self) -> int:
        """The first server."""
        return self._guilds[0].id

    def visitors(self, count: int) -> list[int]:
        """So many of the crowd who type in the first server where everybody types in one by their number."""
        return [number * len(self._guilds) for number in range(count)]

    def has_role(self, member: int, role_id: int) -> bool:
        """Whether one of the crowd has a role in the first server."""
        return role_id in self._guilds[0].members[FIRST_OF_CROWD + member].roles

    def give_role(self, member: int, role_id: int) -> None:
        """One of the crowd has a role in the first server."""
        self._guilds[0].members[FIRST_OF_CROWD + member].roles.append(role_id)

    def owner_of(self, account: str) -> str:
        """The address that owns an account."""
        return self._world.accounts[int(account)].owner.lower()

    def ask(self, account: str, people: int = 1) -> list[Interaction]:
        """So many people type `/collections account:…`; nothing is sent before the last has typed it."""
        return [self.type(n % CROWD, "collections", {"account": account}) for n in range(people)]

    def type(
        self, member: int, command: str, options: Mapping[str, str], *, guild: int = 0, locale: str = "en-US"
    ) -> Interaction:
        """One of the crowd types a command, in one of the servers."""
        place, user_id = self._guilds[guild % len(self._guilds)], FIRST_OF_CROWD + member
        place.members.setdefault(user_id, Member(user_id))
        self._world.users[user_id].locale = locale
        interaction = self._interactions.find(
            self._actions.command(
                {
                    "user": user_id,
                    "guild": place.id,
                    "channel": next(iter(place.channels)),
                    "name": command,
                    "options": dict(options),
                }
            )
        )
        assert interaction is not None  # noqa: S101 - it was opened above
        return interaction

    async def answered(self, asked: list[Interaction], seconds: float = LONGEST_WAIT) -> None:
        """Return when each is answered, or given up by Discord; raises TimeoutError."""
        await self._reached("answered", asked, seconds)

    async def acknowledged(self, asked: list[Interaction], seconds: float = LONGEST_WAIT) -> None:
        """Return when each is acknowledged, or given up by Discord; raises TimeoutError."""
        await self._reached("acknowledged", asked, seconds)

    @staticmethod
    async def _reached(wanted: str, asked: list[Interaction], seconds: float) -> None:
        async with asyncio.timeout(seconds):
            # One poll for all: a waiter each would be a thousand tasks of the sandbox in the middle of the burst.
            while not all(interaction.reached(wanted) for interaction in asked):  # noqa: ASYNC110 - as above
                await asyncio.sleep(POLL)

    async def settled(self, seconds: float = 2.0) -> None:
        """Return when the bot asks for nothing more, as an owner's name that an answer is shown without; or in time."""
        until = time.perf_counter() + seconds
        last, since = self.last_exchange, time.perf_counter()
        while time.perf_counter() < min(since + QUIET, until):
            await asyncio.sleep(POLL)
            if self.last_exchange != last:
                last, since = self.last_exchange, time.perf_counter()

    @staticmethod
    def rest() -> None:
        """Collect the sandbox's garbage now, and freeze what is there: its pauses must not count as the bot's."""
        gc.collect()
        gc.freeze()

    def loopring_requests(self, path: str, after: int) -> int:
        """How often Loopring was asked for something, since exchange `after`."""
        return sum(path in exchange.path for exchange in self._traffic.exchanges(after, "loopring"))

    @property
    def last_exchange(self) -> int:
        """The number of the latest exchange between the bot and the sandbox."""
        return self._traffic.last

    @asynccontextmanager
    async def bot(
        self,
        *,
        page: bool = False,
        per_second: int = 10_000,
        interval: float = 10,
        prepare: Callable[[Path], Awaitable[None]] | None = None,
    ) -> AsyncIterator[BotProcess]:
        """A bot with an empty store, ready; with a page for proofs at `page_url` if wanted.

        Args:
            page: Whether it has one.
            per_second: How often it may ask each source.
            interval: Minutes from one reading of a linked account to the next.
            prepare: Fills the store, whose path it is given, before the bot is started.
        """
        web_table = NO_PAGE
        if page:
            page_port = _free_port()
            self.page_url = f"http://127.0.0.1:{page_port}"
            web_table = PAGE.format(page_port=page_port, page_url=self.page_url)
        with TemporaryDirectory(prefix="tessera-bench-") as name:
            config = Path(name) / "config.toml"
            store = (Path(name) / "tessera.db").as_posix()
            written = CONFIG.format(
                port=self.port, store=store, web=web_table, per_second=per_second, interval=interval
            )
            config.write_text(written, encoding="utf-8")
            if prepare:
                await prepare(Path(store))
            secrets = dict(SECRETS)
            if page:
                secrets |= PAGE_SECRETS | {"ETH_RPC_URL": f"http://127.0.0.1:{self.port}/ethereum/1"}
            async with BotProcess.run(("-m", "bot", "run", "--config", str(config)), secrets) as bot:
                with _room_for_connections():
                    yield bot

    @asynccontextmanager
    async def bare_bot(self) -> AsyncIterator[BotProcess]:
        """`bench.bare_bot`, ready."""
        addresses = f"http://127.0.0.1:{self.port}/api/v10", f"ws://127.0.0.1:{self.port}/gateway/"
        async with BotProcess.run(("-m", "bench.bare_bot", *addresses)) as bot:
            with _room_for_connections():
                yield bot


@asynccontextmanager
async def open_bench_sandbox() -> AsyncIterator[BenchSandbox]:
    """A sandbox of its own on a free port of this machine."""
    world = load_world()
    _add_crowd(world)
    runner = web.AppRunner(make_app(world), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
        async with aiohttp.ClientSession() as session:
            sandbox = BenchSandbox(runner.app, world, runner.addresses[0][1], session)
            await sandbox.switch("blockscout", per_second=100_000)  # its limit is not measured
            yield sandbox
    finally:
        await runner.cleanup()


@contextmanager
def _room_for_connections() -> Iterator[None]:
    """Let this process open as many files as the system allows; the bot was started before, and is not affected."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = ENOUGH_FILES if hard == resource.RLIM_INFINITY else min(hard, ENOUGH_FILES)
    if soft != resource.RLIM_INFINITY and soft < enough:
        resource.setrlimit(resource.RLIMIT_NOFILE, (enough, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _add_crowd(world: World) -> None:
    """A thousand more members of the first guild, so that nobody has to ask twice at the same time."""
    guild = next(iter(world.guilds.values()))
    for n in range(CROWD):
        user = User(FIRST_OF_CROWD + n, f"crowd{n}", f"Crowd {n}")
        world.users[user.id] = user
        guild.members[user.id] = Member(user.id)
