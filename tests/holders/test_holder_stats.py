"""How gates stand: judged for everybody, exact only where everything is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.counts import Count
from bot.gates.rule import AccountIn, Holds
from tests.holders.waiting import Waiting
from tests.sync.sync_harness import COLLECTOR, GUILD, HARBOUR, OTHER_GUILD, WHALE, SyncHarness, account_of, open_sync


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Sync in two servers."""
    async with open_sync() as harness:
        yield harness


async def test_a_gate_has_who_earns_it_who_has_it_and_what_changed(sync: SyncHarness) -> None:
    await sync.gate(Holds(HARBOUR, least=3))
    await sync.member(9, guild_id=OTHER_GUILD, holds=9)
    for number, holds in ((1, 5), (2, 3), (3, 1)):
        await sync.member(number, holds=holds)
    await sync.turn()

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting(), in_full=True)

    assert (stats.live, stats.members, stats.given_to) == (Count(2, 2), 3, 2)
    assert (stats.given, stats.taken) == (2, 0)
    assert stats.distribution
    bins = {each.least: each.members for each in stats.distribution.bins if each.members}
    assert bins == {1: 1, 3: 2}
    assert stats.distribution.kinds == Count(9, 9)
    assert stats.distribution.holders == Count(3, 3)
    assert [(point.holders, point.unknown) for point in stats.trend] == [(3, 0)]


async def test_who_has_unlinked_is_judged_and_has_no_proven_account(sync: SyncHarness) -> None:
    """Sync knows them further on, as a role may have to be taken; the gap counts the same members."""
    await sync.gate(Holds(HARBOUR, least=3))
    await sync.member(1, holds=5)
    await sync.member(2, holds=5)
    await sync.turn()
    await sync.unlink(2, 2)

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting())

    assert (stats.live, stats.members, stats.proven) == (Count(1, 1), 2, 1)
    assert len(await sync.sync.holders.lists.proven_members(GUILD)) == stats.proven


async def test_who_is_not_known_makes_the_number_a_range(sync: SyncHarness) -> None:
    await sync.gate(Holds(HARBOUR, least=3))
    await sync.member(1, holds=5)
    await sync.turn()
    await sync.member(2, holds=5)

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting(), in_full=True)

    assert (stats.live, stats.unknown) == (Count(1, 2), 1)
    assert stats.distribution
    assert stats.distribution.holders == Count(1, 2)
    assert stats.distribution.kinds == Count(5, None)


async def test_who_was_not_judged_before_it_was_cancelled_is_unknown(sync: SyncHarness) -> None:
    await sync.gate(Holds(HARBOUR))
    await sync.members(60)
    await sync.turn()

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting(leaves_at=50))

    assert (stats.judged, stats.members, stats.live) == (50, 60, Count(50, 60))


async def test_a_role_that_was_taken_is_counted(sync: SyncHarness) -> None:
    await sync.gate()
    await sync.members(3)
    await sync.turn()
    sync.sell(2)
    await sync.pass_time(timedelta(hours=2))

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting())

    assert (stats.live, stats.given_to, stats.given, stats.taken) == (Count(2, 2), 2, 3, 1)


async def test_one_gate_is_chosen_and_one_that_names_no_collection_has_no_distribution(sync: SyncHarness) -> None:
    await sync.gate(Holds(HARBOUR), COLLECTOR)
    gate = await sync.gate(AccountIn(frozenset({account_of(1)})), WHALE)
    await sync.member(1)
    await sync.turn()

    [stats] = await sync.sync.holders.stats.of_gates(GUILD, Waiting(), gate_ids=[gate.gate_id], in_full=True)

    assert (stats.gate.gate_id, stats.live) == (gate.gate_id, Count(1, 1))
    assert stats.distribution is None
    assert not stats.trend
