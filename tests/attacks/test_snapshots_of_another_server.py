"""Admins of one server make, schedule and end what they can, to learn or change anything of another's snapshots."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.gates.gate import GuildSettings
from bot.holders.export_files import write_file
from bot.holders.export_view import Layout, export_view
from bot.holders.snapshot import Every, SnapshotRequest
from tests.holders.test_snapshot_maker import maker_of
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    MOSAIC,
    OTHER_GUILD,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

REQUEST = SnapshotRequest("254")
_SHARE = "INSERT INTO shares (user_id, guild_id, account, joined_at) VALUES (?, ?, ?, ?)"


@pytest.fixture
async def sync() -> AsyncIterator[SyncHarness]:
    """Two servers with a gate each: 1 is in the first alone, 4 in the other alone, 3 in both."""
    async with open_sync() as harness:
        await harness.gate(role_id=COLLECTOR)
        await harness.gate(role_id=WHALE, guild_id=OTHER_GUILD)
        await harness.member(1, holds=1)
        for guild_id in (GUILD, OTHER_GUILD):
            await harness.member(3, holds=3, guild_id=guild_id)
        await harness.member(4, holds=4, guild_id=OTHER_GUILD)
        await harness.turn()
        yield harness


async def file_of(sync: SyncHarness, guild_id: int, number: int) -> str:
    """The file that a server's admins get."""
    store = sync.store
    settings = await store.guild_settings.of(guild_id, GuildSettings())
    view = export_view(
        await maker_of(sync).get(guild_id, number),
        shows_addresses=settings.shows_addresses,
        shared=await store.snapshots.shared(guild_id),
    )
    return write_file(view, Layout.JSON).decode()


async def test_nothing_that_one_server_does_changes_a_file_or_a_schedule_of_the_other(sync: SyncHarness) -> None:
    maker, schedules = maker_of(sync, retain=1), sync.store.snapshot_schedules
    made = await maker.make(GUILD, REQUEST)
    schedule = await schedules.add(GUILD, REQUEST, Every.WEEK, 2, sync.now + timedelta(days=1))
    assert schedule
    before = await file_of(sync, GUILD, made.snapshot_id), await schedules.of_guild(GUILD)

    for _ in range(3):  # more than one server retains
        await maker.make(OTHER_GUILD, REQUEST)
    await schedules.add(OTHER_GUILD, REQUEST, Every.DAY, 1, sync.now)
    await maker.run_due()
    assert not await schedules.remove(OTHER_GUILD, schedule.schedule_id)
    settings = GuildSettings(shows_addresses=True, excluded_collections=frozenset({HARBOUR}))
    await sync.store.guild_settings.save(OTHER_GUILD, settings, MOD, sync.now)
    await sync.store.gates.set_alias(OTHER_GUILD, MOSAIC, HARBOUR, user(4), sync.now)
    await sync.rows(_SHARE, [user(3), OTHER_GUILD, str(account_of(3)), int(sync.now.timestamp())])
    await sync.store.sync.members.mark_absent(OTHER_GUILD, user(3), sync.now)
    await sync.store.snapshots.forget_guild(OTHER_GUILD)

    assert (await file_of(sync, GUILD, made.snapshot_id), await schedules.of_guild(GUILD)) == before
    again = await maker.make(GUILD, REQUEST)
    assert [(each.user_id, each.held) for each in again.members] == [(each.user_id, each.held) for each in made.members]


async def test_no_server_gets_a_snapshot_of_another_or_a_member_who_is_only_there(sync: SyncHarness) -> None:
    maker = maker_of(sync)
    made = await maker.make(GUILD, REQUEST)
    with pytest.raises(InputError) as refused:
        await maker.get(OTHER_GUILD, made.snapshot_id)
    with pytest.raises(InputError) as never_made:
        await maker.get(OTHER_GUILD, made.snapshot_id + 7)
    assert refused.value.sentence == never_made.value.sentence  # nor whether there is one
    theirs = await maker.make(OTHER_GUILD, REQUEST)
    content = await file_of(sync, OTHER_GUILD, theirs.snapshot_id)
    assert (str(user(1)) in content, str(user(4)) in content) == (False, True)


async def test_an_address_that_is_shared_or_shown_in_one_server_is_not_in_a_file_of_the_other(
    sync: SyncHarness,
) -> None:
    await sync.rows(_SHARE, [user(3), OTHER_GUILD, str(account_of(3)), int(sync.now.timestamp())])
    await sync.store.guild_settings.save(OTHER_GUILD, GuildSettings(shows_addresses=True), MOD, sync.now)
    here = await maker_of(sync).make(GUILD, REQUEST)
    there = await maker_of(sync).make(OTHER_GUILD, REQUEST)
    assert str(account_of(3)) not in await file_of(sync, GUILD, here.snapshot_id)
    assert str(account_of(3)) in await file_of(sync, OTHER_GUILD, there.snapshot_id)
