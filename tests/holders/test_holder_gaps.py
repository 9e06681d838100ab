"""Who is missing: the list of a source against the accounts that are linked; what is not whole is "at least"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.counts import Count
from bot.gates.rule import CollectionRef
from bot.holders.gap import HolderGap
from bot.lookup.lookup import Lookup
from bot.messages import language_of, written_in
from bot.sources.askers import Asker
from bot.sources.blockscout import BlockscoutSource
from bot.sync.holder_gaps import HolderGaps
from tests.blockscout_source import ADA, NOBODY, by_name, hurry, open_blockscout
from tests.holders.lists import lists_of
from tests.holders.waiting import Waiting
from tests.loopring_source import module_sandbox, sandbox
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import GUILD, HARBOUR, SyncHarness, open_sync, user

__all__ = ["module_sandbox", "sandbox"]

_LINK = "INSERT INTO links (user_id, account, owner, linked_at) VALUES (?, ?, ?, 0)"
_PROVE = """
    INSERT INTO proofs (owner, user_id, method, text_hash, proven_at, first_proven_at) VALUES (?, ?, 'eoa', x'00', 0, 0)
"""


@pytest.fixture
async def eth(sandbox: SandboxClient) -> AsyncIterator[BlockscoutSource]:
    """Ethereum's Blockscout, at the rate of a test."""
    await hurry(sandbox)
    async with open_blockscout(sandbox) as source:
        yield source


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """A server with one member who has proven a Loopring account and Ada's address."""
    async with open_sync() as harness:
        await harness.member(1)
        await harness.rows(_LINK, [user(1), f"eip155:1:{ADA}", ADA])
        await harness.rows(_PROVE, [ADA, user(1)])
        yield harness


async def gap(
    sync: SyncHarness,
    source: Any,
    collection: CollectionRef,
    *,
    waiting: Waiting | None = None,
    server_members: int | None = 40,
) -> HolderGap:
    """The gap, with one source besides."""
    lookup = Lookup([sync.source, source], sync.store, cache_for=timedelta(0), clock=lambda: sync.now)
    gaps = HolderGaps(lookup, lists_of(sync), lambda: sync.now)
    return await gaps.of(GUILD, collection, Asker.member(1), waiting or Waiting(), server_members=server_members)


async def named(eth: BlockscoutSource, name: str) -> CollectionRef:
    """A collection that Ada holds."""
    return CollectionRef("eip155:1", (await by_name(eth))[name].collection.collection_id)


async def test_of_a_whole_list_the_numbers_are_exact(sync: SyncHarness, eth: BlockscoutSource) -> None:
    waiting = Waiting()
    found = await gap(sync, eth, await named(eth, "Founders' Tiles"), waiting=waiting)
    assert found.holders == Count(66, 66)
    assert found.linked_accounts == 1
    assert found.unlinked == Count(65, 65)
    assert found.maybe_holders == 1  # her account was never read
    assert [done for done, _ in waiting.reports] == [50, 66]


async def test_a_list_with_rows_for_each_kind_is_a_lower_bound(sync: SyncHarness, eth: BlockscoutSource) -> None:
    found = await gap(sync, eth, await named(eth, "Signal Flags"))
    assert found.holders == Count(3, None)
    assert found.unlinked == Count(2, None)
    assert str(found.collections[0].why_open) == (
        "its source lists an ERC-1155 by holder and NFT, and may leave some out"
    )


async def test_what_arrived_before_it_was_cancelled_is_a_lower_bound(sync: SyncHarness, eth: BlockscoutSource) -> None:
    found = await gap(sync, eth, await named(eth, "Founders' Tiles"), waiting=Waiting(leaves_at=50))
    assert found.holders == Count(50, None)
    assert str(found.collections[0].why_open) == "it was cancelled before the list was read to its end"


async def test_a_source_that_breaks_off_in_the_middle_leaves_a_lower_bound(
    sync: SyncHarness, eth: BlockscoutSource, sandbox: SandboxClient
) -> None:
    tiles = await named(eth, "Founders' Tiles")
    fault = {"service": "blockscout", "path": "/holders", "kind": "status", "status": 503, "times": None, "after": 1}
    await sandbox.post("/_sandbox/faults", fault)
    found = await gap(sync, eth, tiles)
    assert found.holders == Count(50, None)
    assert "Ethereum (Blockscout)" in str(found.collections[0].why_open)


async def test_a_source_that_is_down_says_nothing_about_how_many_there_are(
    sync: SyncHarness, eth: BlockscoutSource, sandbox: SandboxClient
) -> None:
    tiles = await named(eth, "Founders' Tiles")
    fault = {"service": "blockscout", "path": "", "kind": "status", "status": 503, "times": None}
    await sandbox.post("/_sandbox/faults", fault)
    found = await gap(sync, eth, tiles)
    assert found.holders == Count(0, None)
    assert found.unlinked == Count(0, None)
    assert found.collections[0].as_of is None


async def test_a_collection_that_there_is_not_says_so(sync: SyncHarness, eth: BlockscoutSource) -> None:
    found = await gap(sync, eth, CollectionRef("eip155:1", NOBODY))
    assert "knows no collection" in str(found.collections[0].why_open)


async def test_why_a_source_cannot_be_read_is_in_the_readers_language(sync: SyncHarness, eth: BlockscoutSource) -> None:
    german = language_of("de")
    with written_in(german):
        found = await gap(sync, eth, CollectionRef("eip155:1", NOBODY))
    why = found.collections[0].why_open
    assert why
    assert "knows no collection" not in why.render(german)
    assert NOBODY[-4:] in why.render(german).lower()


async def test_a_source_that_cannot_list_holders_is_named(sync: SyncHarness, eth: BlockscoutSource) -> None:
    found = await gap(sync, eth, HARBOUR)
    assert str(found.collections[0].why_open) == "Loopring cannot list the holders of a collection"
    none = await gap(sync, eth, CollectionRef("eip155:10", ADA))
    assert str(none.collections[0].why_open) == "no source here knows `eip155:10`"


async def test_the_server_is_counted_as_far_as_discord_says(sync: SyncHarness, eth: BlockscoutSource) -> None:
    known = await gap(sync, eth, HARBOUR)
    assert (known.proven_members, known.members_without_proof) == (1, 39)
    unknown = await gap(sync, eth, HARBOUR, server_members=None)
    assert unknown.members_without_proof is None


async def test_whoever_has_no_proof_any_more_has_proven_nothing(sync: SyncHarness, eth: BlockscoutSource) -> None:
    await sync.member(2)
    await sync.turn()
    assert (await gap(sync, eth, HARBOUR)).proven_members == 2
    await sync.unlink(2, 2)
    await sync.turn()
    assert (await gap(sync, eth, HARBOUR)).proven_members == 1
