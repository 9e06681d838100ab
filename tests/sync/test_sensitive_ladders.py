"""A higher role that waits for its cool-down leaves its member the lower one, which they have earned."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.gates.rule import Holds
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    TEN_MINUTES,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@pytest_asyncio.fixture
async def harness() -> AsyncIterator[SyncHarness]:
    """One member has the higher role of a ladder; most of it they hold in an account that was proven just now."""
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR), ladder="tier", rank=1)
        await harness.gate(Holds(HARBOUR, least=3), WHALE, ladder="tier", rank=2, is_sensitive=True)
        await harness.members(10)
        await harness.member(30, holds=3)
        await harness.turn()
        harness.advance(2 * A_DAY)
        await harness.turn()
        await harness.pass_time(TEN_MINUTES)
        harness.source.held[account_of(30)] = {HARBOUR: 1}
        harness.source.held[account_of(60)] = {HARBOUR: 2}
        await harness.link(30, 60)
        await harness.sync.links_changed(user(30))
        await harness.turn()
        await harness.pass_time(2 * TEN_MINUTES)
        assert roles(harness) == {WHALE}
        yield harness


def roles(harness: SyncHarness) -> set[int]:
    """Which roles the member has."""
    return set(harness.server.members[user(30)])


async def leave_and_join(harness: SyncHarness) -> None:
    """They leave, and join again."""
    del harness.server.members[user(30)]
    await harness.sync.drifted(GUILD, user(30))
    await harness.turn()
    harness.server.members[user(30)] = set()
    harness.server.joined_at[user(30)] = harness.now
    await harness.sync.seen(GUILD, user(30), harness.now)
    await harness.turn()


async def test_who_joins_again_in_a_cool_down_has_the_lower_role_and_then_the_higher_one(harness: SyncHarness) -> None:
    await leave_and_join(harness)
    assert roles(harness) == {COLLECTOR}
    asked = len(harness.discord.calls)
    await harness.pass_time(5 * AN_HOUR)
    assert len(harness.discord.calls) == asked  # what was seen of their roles is believed for a while
    await harness.pass_time(A_DAY - 6 * AN_HOUR)
    assert roles(harness) == {COLLECTOR}
    await harness.pass_time(2 * AN_HOUR)
    assert roles(harness) == {WHALE}


async def test_who_joins_again_after_a_restart_has_the_lower_role_too(harness: SyncHarness) -> None:
    await leave_and_join(harness)
    await harness.sync.close()
    harness.start()
    await harness.pass_time(AN_HOUR)
    assert roles(harness) == {COLLECTOR}


async def test_whom_only_a_new_account_earns_both_roles_has_to_wait_for_the_sensitive_one(harness: SyncHarness) -> None:
    harness.source.held[account_of(30)] = {}
    harness.source.held[account_of(60)] = {HARBOUR: 3}
    await harness.pass_time(TEN_MINUTES)
    assert roles(harness) == {WHALE}
    await leave_and_join(harness)
    await harness.pass_time(AN_HOUR)
    assert roles(harness) == {COLLECTOR}
