"""Moderators of one server ask about holders, and do what they can, to learn or change anything of another's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.gates.rule import Holds
from bot.store.holders.gate_numbers import gate_numbers
from bot.store.holders.shared_rows import shared_in, who_shares
from tests.holders.lists import lists_of
from tests.holders.waiting import Waiting
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOSAIC,
    OTHER_GUILD,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

# In both servers is 3; 1 and 2 are in the first alone, 4 in the other alone.
HERE, THERE = {user(1), user(2), user(3)}, {user(3), user(4)}
_SHARE = "INSERT INTO shares (user_id, guild_id, account, joined_at) VALUES (?, ?, ?, ?)"
_VOUCH = """
    INSERT INTO vouches (guild_id, user_id, account, owner, asked_at, confirmed_at) VALUES (?, ?, ?, ?, ?, ?)
"""


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Two servers with a gate each, and members who hold something."""
    async with open_sync() as harness:
        harness.vouching = True
        harness.start()
        await harness.gate(role_id=COLLECTOR)
        await harness.gate(role_id=WHALE, guild_id=OTHER_GUILD)
        for number in (1, 2, 3):
            await harness.member(number, holds=number)
        await harness.member(3, holds=3, guild_id=OTHER_GUILD)
        await harness.member(4, holds=4, guild_id=OTHER_GUILD)
        await harness.turn()
        yield harness


async def answers(sync: SyncHarness, guild_id: int) -> str:
    """All that a server's moderators are answered, as text."""
    lists, holders = lists_of(sync), sync.sync.holders
    since = sync.now - timedelta(days=30)
    return repr(
        [
            await lists.of_collection(guild_id, HARBOUR),
            await lists.of_rule(guild_id, Holds(HARBOUR)),
            await holders.history.changes(guild_id, HARBOUR, since),
            await holders.history.trend(guild_id, [HARBOUR], since, points=5),
            await holders.stats.of_gates(guild_id, Waiting(), in_full=True),
            sorted((await shared_in(sync.store.reader, guild_id)).items()),
            await who_shares(sync.store.reader, guild_id, [account_of(3), account_of(4)], f"0x{4:040x}"),
            await gate_numbers(sync.store.reader, guild_id, since),
        ]
    )


async def test_nobody_of_another_server_is_in_any_answer(sync: SyncHarness) -> None:
    at = int(sync.now.timestamp())
    for number, guild_id in ((1, GUILD), (4, OTHER_GUILD)):
        await sync.rows(_SHARE, [user(number), guild_id, str(account_of(number)), at])
    here, there = await answers(sync, GUILD), await answers(sync, OTHER_GUILD)
    assert {each for each in HERE | THERE if str(each) in here} == HERE
    assert {each for each in HERE | THERE if str(each) in there} == THERE
    assert str(account_of(1).account_id) not in there
    assert str(account_of(4).account_id) not in here


async def test_nothing_that_happens_in_one_server_changes_an_answer_in_the_other(sync: SyncHarness) -> None:
    before = await answers(sync, GUILD)
    at = int(sync.now.timestamp())
    await sync.rows(_VOUCH, [OTHER_GUILD, user(3), str(account_of(9)), f"0x{9:040x}", at, at])
    await sync.store.gates.set_alias(OTHER_GUILD, MOSAIC, HARBOUR, user(4), sync.now)
    await sync.set(OTHER_GUILD, excluded_collections=frozenset({HARBOUR}), excluded_accounts=frozenset({account_of(3)}))
    await sync.store.keep_outs.start(user(3), OTHER_GUILD, account_of(3))
    await sync.rows(_SHARE, [user(3), OTHER_GUILD, str(account_of(3)), at])
    await sync.store.sync.members.mark_absent(OTHER_GUILD, user(3), sync.now)
    await sync.rows("UPDATE sync_members SET joined_at = ? WHERE guild_id = ?", [at, OTHER_GUILD])
    assert await answers(sync, GUILD) == before


async def test_what_a_member_did_before_they_joined_is_not_known_in_that_server(sync: SyncHarness) -> None:
    sync.sell(3)
    await sync.pass_time(timedelta(hours=1))
    later = int((sync.now + timedelta(minutes=1)).timestamp())
    await sync.rows("UPDATE sync_members SET joined_at = ? WHERE guild_id = ?", [later, OTHER_GUILD])
    sync.advance(timedelta(minutes=5))
    since = sync.now - timedelta(hours=3)
    here = await sync.sync.holders.history.changes(GUILD, HARBOUR, since)
    there = await sync.sync.holders.history.changes(OTHER_GUILD, HARBOUR, since)
    assert user(3) in {each.user_id for each in here.changes}
    assert user(3) not in {each.user_id for each in there.changes}
    assert there.first_looked_at
    assert here.first_looked_at
    assert int(there.first_looked_at.timestamp()) == later > here.first_looked_at.timestamp()


async def test_a_share_from_before_a_member_joined_again_shows_nothing(sync: SyncHarness) -> None:
    at = int(sync.now.timestamp())
    await sync.rows(_SHARE, [user(1), GUILD, str(account_of(1)), at])
    assert await shared_in(sync.store.reader, GUILD)
    await sync.rows("UPDATE sync_members SET joined_at = ?", [at + 60])
    assert not await shared_in(sync.store.reader, GUILD)
    assert not await who_shares(sync.store.reader, GUILD, [account_of(1)], "")
