"""Reading now what a list lacks: bounded, cancellable, and what fails is said."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.counts import Count
from bot.sources.askers import Asker
from bot.sync.holder_reads import MOST, HolderReads, ReadNow
from tests.holders.lists import by_number, list_of
from tests.holders.waiting import Waiting
from tests.sync.sync_harness import HARBOUR, SyncHarness, account_of, open_sync

MOD = Asker.member(900)


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Sync without a gate: nothing is read by itself."""
    async with open_sync() as harness:
        yield harness


async def read(sync: SyncHarness, waiting: Waiting | None = None) -> ReadNow:
    """Read what the list lacks."""
    reads, found = HolderReads(sync.readings), await list_of(sync)
    return await reads.read(reads.lacking(found), found.collections, MOD, waiting or Waiting())


async def test_without_a_gate_accounts_are_read_only_now_with_their_copies(sync: SyncHarness) -> None:
    await sync.members(3, holds=2)
    await sync.turn()
    assert by_number((await list_of(sync)).members()) == {1: (0, None), 2: (0, None), 3: (0, None)}
    waiting = Waiting()
    assert await read(sync, waiting) == ReadNow(3, 0, 0)
    assert waiting.reports[-1] == (3, 3)
    members = (await list_of(sync)).members()
    assert [(each.kinds, each.copies) for each in members] == [(Count(2, 2), Count(2, 2))] * 3
    assert not HolderReads(sync.readings).lacking(await list_of(sync))


async def test_what_fails_is_counted_with_its_reason(sync: SyncHarness) -> None:
    await sync.members(2)
    sync.source.is_down = True
    found = await read(sync)
    assert (found.read, found.failed, found.left) == (0, 2, 0)
    assert found.why


async def test_cancelling_leaves_the_rest_unread(sync: SyncHarness) -> None:
    await sync.members(12)
    found = await read(sync, Waiting(leaves_at=1))
    assert found.read < 12
    assert found.left == 12 - found.read
    assert len(sync.source.asked) == found.read


async def test_one_press_reads_a_bounded_number_of_accounts(sync: SyncHarness) -> None:
    await sync.members(MOST + 3)
    found = await read(sync)
    assert (found.read, found.left) == (MOST, 3)
    assert (await read(sync)).read == 3


async def test_an_account_that_others_must_settle_is_not_read(sync: SyncHarness) -> None:
    await sync.member(1)
    await sync.rows("UPDATE owners SET is_confirmed = 0")
    assert not HolderReads(sync.readings).lacking(await list_of(sync))
    assert account_of(1) not in sync.source.asked
    assert (await list_of(sync, HARBOUR)).open_reasons
