"""What changed since a moment: only what is known of both moments is a change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.holders.change_kind import ChangeKind
from bot.holders.changes import HolderChanges
from bot.sync.holder_history import HolderHistory
from tests.holders.lists import lists_of
from tests.sync.sync_harness import GUILD, HARBOUR, MOSAIC, SyncHarness, account_of, open_sync, user

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Sync with one gate, so that accounts are read; once an hour, as days go by here."""
    async with open_sync(interval_minutes=60) as harness:
        await harness.gate()
        yield harness


async def changes(sync: SyncHarness, ago: timedelta) -> HolderChanges:
    """What changed since so long ago."""
    return await HolderHistory(lists_of(sync)).changes(GUILD, HARBOUR, sync.now - ago)


def said(found: HolderChanges) -> list[tuple[str, int, int, int]]:
    """Kind, member, before and after, of each change."""
    return [(each.kind.value, each.user_id - user(0), each.before.low, each.after.low) for each in found.changes]


async def test_each_way_in_which_holdings_change_is_named(sync: SyncHarness) -> None:
    for number, holds in ((1, 0), (2, 3), (3, 2), (4, 9), (5, 5), (6, 0)):
        await sync.member(number, holds=holds)
    await sync.turn()
    await sync.pass_time(DAY, step=HOUR)
    sync.buy(1, holds=2)
    sync.sell(2)
    sync.buy(3, holds=6)
    sync.buy(4, holds=8)
    await sync.pass_time(HOUR, step=HOUR)

    found = await changes(sync, 12 * HOUR)

    assert said(found) == [("joined", 1, 0, 2), ("left", 2, 3, 0), ("up", 3, 2, 6), ("down", 4, 9, 8)]
    assert found.unchanged == 1


async def test_what_went_and_returned_since_is_no_change(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.sell(1)
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(1, holds=2)
    await sync.pass_time(6 * HOUR, step=HOUR)

    assert said(await changes(sync, 14 * HOUR)) == []
    assert said(await changes(sync, 8 * HOUR)) == [("joined", 1, 0, 2)]


async def test_before_the_first_observation_it_is_compared_with_that(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    first = sync.now
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(1, holds=3)
    await sync.pass_time(HOUR, step=HOUR)

    found = await changes(sync, 30 * DAY)

    assert found.since == found.first_looked_at == first
    assert said(found) == [("up", 1, 2, 3)]


async def test_whoever_proved_an_account_since_was_not_looked_at_before(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    await sync.member(2, holds=4)
    await sync.pass_time(HOUR, step=HOUR)

    assert said(await changes(sync, 5 * HOUR)) == [("seen_first", 2, 0, 4)]


async def test_a_holder_who_proved_another_account_since_is_no_new_face(sync: SyncHarness) -> None:
    await sync.member(1, holds=3)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(11, holds=2)
    await sync.link(1, 11)
    await sync.pass_time(HOUR, step=HOUR)

    found = await changes(sync, 5 * HOUR)

    assert said(found) == [("unknown", 1, 3, 5)]
    assert found.changes[0].before.high is None


async def test_a_holder_with_a_new_account_of_whom_nothing_is_known_now_is_not_left_out(sync: SyncHarness) -> None:
    await sync.member(1, holds=3)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(11, holds=2)
    await sync.link(1, 11)
    await sync.pass_time(HOUR, step=HOUR)
    sync.source.is_down = True
    await sync.pass_time(6 * HOUR, step=HOUR)

    found = await changes(sync, 9 * HOUR)

    assert (said(found), found.unchanged) == ([("unknown", 1, 3, 0)], 0)


async def test_a_member_who_joined_the_server_since_is_a_new_holder_there(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.member(2, holds=1)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    joined_at = int((sync.now - HOUR).timestamp())
    await sync.rows("UPDATE sync_members SET joined_at = ? WHERE user_id = ?", [joined_at, user(1)])

    assert said(await changes(sync, 5 * HOUR)) == [("joined", 1, 0, 2)]


async def test_an_account_that_cannot_be_read_now_is_unknown_and_has_not_left(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.source.is_down = True
    await sync.pass_time(6 * HOUR, step=HOUR)

    found = await changes(sync, 8 * HOUR)

    assert said(found) == [("unknown", 1, 2, 0)]
    assert found.changes[0].after.high is None


async def test_a_time_that_could_not_be_observed_is_unknown(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    sync.source.is_down = True
    await sync.pass_time(12 * HOUR, step=HOUR)
    sync.source.is_down = False
    sync.buy(1, holds=5)
    await sync.pass_time(HOUR, step=HOUR)

    assert said(await changes(sync, 4 * HOUR)) == [("unknown", 1, 0, 5)]
    assert said(await changes(sync, 13 * HOUR)) == [("up", 1, 2, 5)]


async def test_a_history_that_was_cut_is_not_known_before_it(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(1, holds=3)
    await sync.pass_time(HOUR, step=HOUR)
    await sync.rows("DELETE FROM sync_levels WHERE kinds = 2")
    await sync.rows("UPDATE sync_levels SET kinds = NULL, at = at - 3600")

    [change] = (await changes(sync, 5 * HOUR)).changes
    assert change.kind is ChangeKind.UNKNOWN
    assert change.before.high is None


async def test_collections_that_the_server_leaves_out_change_nothing(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    await sync.pass_time(6 * HOUR, step=HOUR)
    sync.buy(1, holds=3)
    await sync.pass_time(HOUR, step=HOUR)
    await sync.set(excluded_collections=frozenset({HARBOUR}))

    assert said(await changes(sync, 5 * HOUR)) == []


async def test_a_trend_says_how_many_held_some_and_of_how_many_that_is_not_known(sync: SyncHarness) -> None:
    await sync.member(1, holds=2)
    await sync.turn()
    first = sync.now
    await sync.pass_time(4 * HOUR, step=HOUR)
    await sync.member(2, of=MOSAIC, holds=1)
    sync.source.held[account_of(2)][HARBOUR] = 3
    await sync.pass_time(4 * HOUR, step=HOUR)
    sync.sell(1)
    await sync.pass_time(4 * HOUR, step=HOUR)

    points = await HolderHistory(lists_of(sync)).trend(GUILD, [HARBOUR], sync.now - 30 * DAY, points=4)

    assert [each.at for each in points] == [first, first + 4 * HOUR, first + 8 * HOUR, sync.now]
    assert [(each.holders, each.kinds, each.unknown) for each in points] == [
        (1, 2, 1),
        (1, 2, 1),
        (2, 5, 0),
        (1, 3, 0),
    ]
