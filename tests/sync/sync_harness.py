"""Sync over a real store, a source and a Discord that do as a test says, and a clock that only a test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.config.sync_table import SyncSettings
from bot.errors import UnavailableError
from bot.gates.gate import Gate, GateDraft
from bot.gates.rule import CollectionRef, Holds, Rule
from bot.holdings import Account, Collection, Holding, Nft
from bot.linking.vouching import ProvenHere
from bot.messages import Message
from bot.roles.eligibility import RoleFacts
from bot.roles.grants import Grant
from bot.sources.askers import Asker, Askers
from bot.sources.health import Health
from bot.sources.paging import Scan
from bot.sources.source import Abilities
from bot.store import Store
from bot.store.linking.owner_table import FIRST, OwnerFact
from bot.sync.asked_rules import AskedRules
from bot.sync.readings import Readings
from bot.sync.report import Post
from bot.sync.sync import Sync
from tests.inline_store import open_inline
from tests.sync.fake_discord import FakeDiscord, Server

GUILD, OTHER_GUILD = 910_000_000_000_000_000, 910_000_000_000_000_001
MOD = 810_000_000_000_000_499
COLLECTOR, WHALE = 5_001, 5_002
HARBOUR, MOSAIC = CollectionRef("loopring", "254"), CollectionRef("loopring", "261")
JOINED = datetime(2026, 1, 1, tzinfo=UTC)
START = datetime(2026, 11, 26, 12, tzinfo=UTC)
INTERVAL = timedelta(minutes=10)
TEN_MINUTES = timedelta(minutes=10, seconds=1)

ANY = Holds(HARBOUR)
_LINK = "INSERT OR IGNORE INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, ?)"
_PROVE = """
    INSERT OR IGNORE INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at)
    VALUES (?, ?, 'eoa', ?, ?, ?)
"""
_DOWN = Message("Loopring does not answer.")


def user(number: int) -> int:
    """Discord's id of a member."""
    return 810_000_000_000_000_000 + number


def account_of(number: int) -> Account:
    """The account of a member."""
    return Account("loopring", str(10_000 + number))


@dataclass
class FakeSource:
    """A source that answers what a test says; it implements `bot.sources.source.Source`, as far as it is used.

    Attributes:
        held: What each account holds.
        is_down: It does not answer.
        is_empty: It answers that nobody holds anything.
        empties: It answers that for these accounts.
        silent_about: It does not answer about these.
        asked: Of which accounts it was asked, in order.
        contradicts: Asked for single NFTs, it says that they are still held: so many.
    """

    held: dict[Account, dict[CollectionRef, int]] = field(default_factory=dict)
    is_down: bool = False
    is_empty: bool = False
    empties: set[Account] = field(default_factory=set)
    silent_about: set[Account] = field(default_factory=set)
    asked: list[Account] = field(default_factory=list)
    contradicts: int = 0
    name: str = "loopring"
    label: str = "Loopring"
    network: str = "loopring"
    abilities: Abilities = field(default_factory=Abilities)
    health: Health = field(default_factory=Health)

    async def iter_holdings(
        self, account: Account, _contract: str | None, _askers: Askers
    ) -> AsyncIterator[Scan[Holding]]:
        self.asked.append(account)
        if self.is_down or account in self.silent_about:
            raise UnavailableError(_DOWN)
        holds = {} if self.is_empty or account in self.empties else self.held.get(account, {})
        rows = tuple(
            Holding(Collection(ref.network, ref.collection_id, name=f"Collection {ref.collection_id}"), kinds)
            for ref, kinds in holds.items()
            if kinds
        )
        yield Scan(rows, total=len(rows), finished=True)

    async def iter_nfts(self, account: Account, collection: Collection, _askers: Askers) -> AsyncIterator[Scan[Nft]]:
        if self.is_down:
            raise UnavailableError(_DOWN)
        ref = CollectionRef(collection.network, collection.collection_id)
        holds = {} if self.is_empty or account in self.empties else self.held.get(account, {})
        count = self.contradicts or holds.get(ref, 0)
        rows = tuple(Nft(str(number), str(number), 1) for number in range(count))
        yield Scan(rows, total=count, finished=True)

    async def close(self) -> None:
        """Nothing is under way."""


@dataclass
class SyncHarness:
    """All of it, and what happened."""

    store: Store
    discord: FakeDiscord
    source: Any
    settings: SyncSettings
    now: datetime = START
    ran: float = 0.0
    vouching: bool = False  # whether what moderators vouch for counts
    sources: list[Any] = field(default_factory=list)  # besides that of most tests
    sent: dict[str, Post] = field(default_factory=dict)  # by nonce: Discord takes a repetition for the same one
    sync: Sync = field(init=False)
    asked: AskedRules = field(init=False)
    readings: Readings = field(init=False)

    def __post_init__(self) -> None:
        """Start the bot's part."""
        self.start()

    def start(self, *, store: Store | None = None, discord: Any = None) -> Sync:
        """Start (again): a process of its own over the same store."""
        store = store or self.store
        proven = ProvenHere(store, vouching=self.vouching)
        self.asked = AskedRules(store, lambda: self.now)
        self.readings = Readings(
            store.readings,
            [each for each in (self.source, *self.sources) if each],
            proven,
            rates={},
            interval=self.settings.interval,
            wanted=self.asked.wanted,
            clock=lambda: self.now,
            random=Random(1),  # noqa: S311 - spreads retries
        )
        self.sync = Sync(
            store,
            proven,
            self.readings,
            discord or self.discord,
            self.settings,
            clock=lambda: self.now,
            monotonic=lambda: self.ran,
            asked=self.asked,
        )
        return self.sync

    @property
    def server(self) -> Server:
        """The server of most tests, as Discord has it."""
        return self.discord.servers[GUILD]

    async def add_role(self, role_id: int, guild_id: int = GUILD, position: int = 10) -> None:
        """There is a role."""
        self.discord.servers[guild_id].roles[role_id] = RoleFacts(role_id, f"role {role_id}", position)

    async def gate(self, rule: Rule = ANY, role_id: int = COLLECTOR, *, guild_id: int = GUILD, **draft: Any) -> Gate:
        """An admin saves a gate."""
        await self.add_role(role_id, guild_id)
        gate = await self.store.gates.add(guild_id, GateDraft(role_id, rule, **draft), MOD, self.now)
        assert gate
        await self.sync.gates_changed(guild_id)
        return gate

    async def link(self, number: int, *more: int) -> None:
        """A member links and proves accounts."""
        for each in (number, *more):
            owner, account = f"0x{each:040x}", account_of(each)
            await self.store.owners.save(OwnerFact(account, owner, (), FIRST, is_confirmed=True, seen_at=self.now))
            at = int(self.now.timestamp())
            await self.rows(_LINK, [user(number), str(account), owner, at])
            await self.rows(_PROVE, [owner, user(number), b"hash", at, at])

    async def unlink(self, number: int, each: int) -> None:
        """A member unlinks an account, and its proof goes with it."""
        await self.rows("DELETE FROM links WHERE user_id = ? AND account = ?", [user(number), str(account_of(each))])
        await self.rows("DELETE FROM proofs WHERE owner = ?", [f"0x{each:040x}"])

    async def member(
        self,
        number: int,
        holds: int = 1,
        *,
        of: CollectionRef = HARBOUR,
        guild_id: int = GUILD,
        roles: Iterable[int] = (),
    ) -> int:
        """Somebody joins, links, proves, and holds so many; Discord's id."""
        user_id = user(number)
        self.discord.servers[guild_id].members[user_id] = set(roles)
        self.discord.servers[guild_id].joined_at[user_id] = JOINED
        self.source.held.setdefault(account_of(number), {})[of] = holds
        await self.link(number)
        await self.sync.seen(guild_id, user_id, JOINED)
        return user_id

    async def members(self, count: int, holds: int = 1) -> list[int]:
        """So many members, from 1 on."""
        return [await self.member(number, holds) for number in range(1, count + 1)]

    def sell(self, *numbers: int) -> None:
        """Members sell everything."""
        for number in numbers:
            self.source.held[account_of(number)] = {}

    def buy(self, *numbers: int, holds: int = 1) -> None:
        """Members buy, or their source says again that they hold."""
        for number in numbers:
            self.source.held[account_of(number)] = {HARBOUR: holds}

    async def turn(self) -> None:
        """One turn of every job: read what is due, judge who is due, post what there is."""
        await self.sync.read_due()
        await self.sync.run_due()
        await self.sync.idle()
        await self.post()

    async def post(self) -> None:
        """Send what is to be said."""
        while posts := await self.sync.outbox.posts():
            for post in posts:
                before = self.sent.setdefault(post.nonce, post)
                assert before == post, "another content with the same nonce"
                await self.sync.outbox.sent(post.post_id, channel_id=1, message_id=post.post_id)

    async def pass_time(self, span: timedelta, step: timedelta = TEN_MINUTES) -> None:
        """Let time go by, with a turn after each step."""
        end = self.now + span
        while self.now < end:
            self.advance(min(step, end - self.now))
            await self.turn()

    def advance(self, span: timedelta) -> None:
        """Let both clocks go on."""
        self.now += span
        self.ran += span.total_seconds()

    def has(self, number: int, role_id: int = COLLECTOR, guild_id: int = GUILD) -> bool:
        """Whether Discord says that a member has a role."""
        return role_id in self.discord.servers[guild_id].members[user(number)]

    def holders(self, role_id: int = COLLECTOR) -> list[int]:
        """Which members have a role."""
        return sorted(each - user(0) for each, roles in self.server.members.items() if role_id in roles)

    async def grant(self, number: int, role_id: int = COLLECTOR) -> Grant | None:
        """What the ledger says."""
        return (await self.store.sync.ledger.of(GUILD, user(number))).get(role_id)

    def said(self) -> list[str]:
        """Every line that was sent."""
        return [line.render() for post in self.sent.values() for line in post.lines]

    async def look_at(self, number: int, guild_id: int = GUILD) -> Any:
        """A member presses Refresh."""
        return await self.sync.look_at(guild_id, user(number), Asker.member(user(number)))

    async def set(self, guild_id: int = GUILD, **changes: Any) -> None:
        """An admin sets something."""
        settings = await self.store.guild_settings.of(guild_id)
        await self.store.guild_settings.save(guild_id, replace(settings, **changes), MOD, self.now)
        await self.sync.gates_changed(guild_id)

    async def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Ask or change the store directly."""
        return await self.store.writer.transaction(lambda db: db.execute(sql, list(values)).fetchall())


@asynccontextmanager
async def open_sync(
    path: Path | None = None, *, stored: bytes | None = None, **settings: Any
) -> AsyncIterator[SyncHarness]:
    """Sync in two servers without a gate, over a file or in memory; `stored`: over a copy of another store."""
    store = await Store.open(path) if path else open_inline(seed=1, stored=stored)
    discord = FakeDiscord({GUILD: Server(), OTHER_GUILD: Server()})
    harness = SyncHarness(store, discord, FakeSource(), SyncSettings(**settings))
    try:
        yield harness
    finally:
        await harness.sync.close()
        await harness.readings.close()
        await store.close()
