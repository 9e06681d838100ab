"""Killed at any await of a turn, the next process ends up in the same state, and says nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlite_utils import Database

from bot.gates.rule import AllOf, Holds, ProvenWithin
from bot.store import Store
from bot.store.sync.post_table import PostKind
from bot.store.thread import Writer
from tests.inline_store import InlineWriter
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import COLLECTOR, HARBOUR, TEN_MINUTES, WHALE, SyncHarness, open_sync, user

pytestmark = pytest.mark.asyncio

T = TypeVar("T")


class KilledError(BaseException):
    """The process is gone: nothing that it would have done after this is done."""


class Fuse:
    """Burns down by one with each await of the store or of Discord, and is then the end of everything."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def before(self) -> None:
        """A step is about to be done."""
        self.left -= 1
        if self.left <= 0:
            raise KilledError

    async def around(self, step: Callable[[], Awaitable[T]]) -> T:
        """A step; there is a kill before it, and one after it whose outcome nobody learns."""
        await self.before()
        outcome = await step()
        await self.before()
        return outcome


class FusedWriter(InlineWriter):
    """The store's thread, in a process that will be killed."""

    fuse: Fuse

    @classmethod
    def over(cls, writer: Writer, fuse: Fuse) -> FusedWriter:
        """The same connection."""
        fused = cls.__new__(cls)
        vars(fused).update(vars(writer))
        fused.fuse = fuse
        return fused

    async def run(self, work: Callable[[Database], T]) -> T:
        return await self.fuse.around(lambda: super(FusedWriter, self).run(work))

    async def transaction(self, work: Callable[[Database], T]) -> T:
        return await self.fuse.around(lambda: super(FusedWriter, self).transaction(work))


class FusedDiscord:
    """Discord, asked by a process that will be killed."""

    def __init__(self, discord: FakeDiscord, fuse: Fuse) -> None:
        self.guild_ids = discord.guild_ids
        self.guild_roles = discord.guild_roles
        self._discord = discord
        self._fuse = fuse

    async def read_members(self, *arguments: Any, **options: Any) -> Any:
        return await self._fuse.around(lambda: self._discord.read_members(*arguments, **options))

    async def count_role_members(self, *arguments: Any) -> Any:
        return await self._fuse.around(lambda: self._discord.count_role_members(*arguments))

    async def add_role(self, *arguments: Any) -> None:
        await self._fuse.around(lambda: self._discord.add_role(*arguments))

    async def remove_role(self, *arguments: Any) -> None:
        await self._fuse.around(lambda: self._discord.remove_role(*arguments))


async def prepare(harness: SyncHarness) -> None:
    """One will lose a role, one will get one, one will climb a ladder, and one had a role before."""
    await harness.gate(Holds(HARBOUR, least=1), ladder="tier", rank=1)
    await harness.gate(Holds(HARBOUR, least=3), WHALE, ladder="tier", rank=2)
    for number, holds in ((1, 1), (2, 0), (3, 1)):
        await harness.member(number, holds)
    await harness.member(4, 1, roles=[COLLECTOR])
    await harness.turn()
    harness.sell(1)
    await harness.pass_time(3 * TEN_MINUTES)
    harness.buy(2)
    harness.buy(3, holds=3)
    harness.advance(TEN_MINUTES)
    await harness.sync.close()


async def state(harness: SyncHarness) -> tuple[Any, ...]:
    """All that must be the same in the end, as Discord, the store and the log channel have it."""
    ledger = "SELECT user_id, role_id, gate_id, state FROM role_grants ORDER BY user_id, role_id"
    misses = "SELECT user_id, gate_id FROM role_misses ORDER BY user_id, gate_id"
    intents = "SELECT user_id, role_id FROM role_intents"
    said = Counter(line.split(":")[0] for line in harness.said())
    members = {each: frozenset(roles) for each, roles in harness.server.members.items()}
    return members, await harness.rows(ledger), await harness.rows(misses), await harness.rows(intents), said


async def killed_turn(harness: SyncHarness, point: int) -> bool:
    """A turn by a process that is killed at that point; whether it was."""
    fuse = Fuse(point)
    store = Store(FusedWriter.over(harness.store.writer, fuse))
    harness.start(store=store, discord=FusedDiscord(harness.discord, fuse))
    try:
        await harness.turn()
    except* KilledError:  # reading passes are groups of tasks
        pass
    finally:
        was_killed = fuse.left <= 0
        fuse.left = 10**9
        await harness.sync.close()
        await harness.readings.close()
    return was_killed


@asynccontextmanager
async def copied(prepared: SyncHarness, stored: bytes) -> AsyncIterator[SyncHarness]:
    """All as it was prepared."""
    async with open_sync(stored=stored) as harness:
        harness.discord, harness.source = deepcopy(prepared.discord), deepcopy(prepared.source)
        harness.sent = dict(prepared.sent)
        harness.advance(prepared.now - harness.now)
        harness.start()
        yield harness


async def test_a_turn_that_is_killed_at_any_await_is_finished_by_the_next_process() -> None:
    async with open_sync() as prepared:
        await prepare(prepared)
        stored: bytes = await prepared.store.writer.run(lambda db: db.conn.serialize())

    async with copied(prepared, stored) as harness:
        await harness.turn()
        await harness.turn()
        whole = await state(harness)
    assert whole[0][user(1)] == frozenset()
    assert whole[0][user(3)] == {WHALE}
    points = 0
    for point in range(1, 2_000):
        async with copied(prepared, stored) as harness:
            if not await killed_turn(harness, point):
                break
            points = point
            harness.start()
            await harness.turn()
            await harness.turn()
            assert await state(harness) == whole, f"killed at {point}"
    assert points > 100


async def test_a_word_about_a_proof_is_sent_once_wherever_the_process_is_killed() -> None:
    async with open_sync() as prepared:
        await prepared.gate(AllOf((Holds(HARBOUR), ProvenWithin(timedelta(days=30)))))
        await prepared.member(1)
        await prepared.turn()
        prepared.advance(timedelta(days=27))
        await prepared.sync.close()
        stored: bytes = await prepared.store.writer.run(lambda db: db.conn.serialize())

    points = 0
    for point in range(1, 2_000):
        async with copied(prepared, stored) as harness:
            if not await killed_turn(harness, point):
                break
            points = point
            harness.start()
            for _ in range(3):
                await harness.turn()
                harness.advance(TEN_MINUTES)
            words = [post for post in harness.sent.values() if post.kind is PostKind.PROOF_ENDS]
            assert [post.user_id for post in words] == [user(1)], f"killed at {point}"
            assert await harness.rows("SELECT count(*) FROM sync_posts WHERE kind = 'proof_ends'") == [(1,)]
    assert points > 40
