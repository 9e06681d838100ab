"""A vouch that is confirmed in a direct message counts in its server, in which its member was never seen before."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.store.linking.owner_table import FIRST, OwnerFact
from tests.sync.sync_harness import GUILD, HARBOUR, JOINED, SyncHarness, account_of, open_sync, user

pytestmark = pytest.mark.asyncio
_VOUCH = """
    INSERT INTO vouches (guild_id, owner, user_id, account, asked_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?)
"""


@pytest.fixture
async def harness() -> AsyncIterator[SyncHarness]:
    """A gate, and what moderators vouch for counts."""
    async with open_sync() as harness:
        await harness.sync.close()
        harness.vouching = True
        harness.start()
        await harness.gate()
        await harness.turn()
        yield harness


async def confirmed(harness: SyncHarness) -> None:
    """Somebody confirms what a moderator of the server vouches for."""
    harness.source.held[account_of(1)] = {HARBOUR: 1}
    owner, at = f"0x{1:040x}", int(harness.now.timestamp())
    fact = OwnerFact(account_of(1), owner, (), FIRST, is_confirmed=True, seen_at=harness.now)
    await harness.store.owners.save(fact)
    await harness.rows(_VOUCH, [GUILD, owner, user(1), str(account_of(1)), at, at])


async def test_a_member_who_was_never_seen_is_looked_for_and_gets_the_role(harness: SyncHarness) -> None:
    harness.server.members[user(1)] = set()
    harness.server.joined_at[user(1)] = JOINED
    await confirmed(harness)
    await harness.turn()
    assert harness.has(1)


async def test_while_discord_says_nothing_about_them_it_waits_until_they_are_seen(harness: SyncHarness) -> None:
    harness.server.members[user(1)] = set()
    harness.server.joined_at[user(1)] = JOINED
    harness.discord.reads_fail = True
    await confirmed(harness)
    await harness.turn()
    assert not harness.has(1)
    harness.discord.reads_fail = False
    harness.advance(timedelta(seconds=30))  # the server is tried again
    await harness.sync.seen(GUILD, user(1), JOINED)
    await harness.turn()
    assert harness.has(1)
