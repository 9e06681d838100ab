"""A server that the bot was removed from loses nothing for 30 days, and is then forgotten as a whole."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from bot.holders.snapshot import Every, SnapshotRequest
from bot.roles.safety import Cause
from bot.store.webhooks.webhook_store import Admin
from tests.sync.sync_harness import GUILD, MOD, OTHER_GUILD, TEN_MINUTES, SyncHarness, account_of, open_sync, user
from tests.sync.waves import AN_HOUR

pytestmark = pytest.mark.asyncio


async def a_server(harness: SyncHarness) -> None:
    """Members with roles, settings, an account that is kept out, and a webhook with events."""
    await harness.gate()
    admin = Admin(9, b"nine")
    await harness.store.webhooks.add_endpoint(GUILD, "https://example.org/", b"salt", harness.now, admin, most=5)
    await harness.members(3)
    await harness.member(4)
    await harness.turn()
    await harness.sync.scan()
    await harness.set(grace=timedelta(0), protected_members=frozenset({user(4)}))
    await harness.store.keep_outs.start(user(3), GUILD, account_of(3))
    await harness.rows("INSERT INTO owed_roles VALUES (?, 7, 7, ?)", [GUILD, int(harness.now.timestamp())])


async def kicked(harness: SyncHarness, *, while_offline: bool = False) -> None:
    """The bot is removed from the server, and learns of it at once, or at its next connection."""
    harness.server.is_available = False
    if while_offline:
        await harness.sync.in_servers([OTHER_GUILD])
    else:
        await harness.sync.left(GUILD)


async def invited(harness: SyncHarness) -> None:
    """The bot is invited (again)."""
    harness.server.is_available = True
    await harness.sync.in_servers([GUILD, OTHER_GUILD])


async def tables_with_it(harness: SyncHarness) -> set[str]:
    """All tables in which the server is named."""
    found = await harness.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    named = set()
    for (table,) in found:
        columns = {row[1] for row in await harness.rows(f"PRAGMA table_info({table})")}
        sql = f"SELECT 1 FROM {table} WHERE guild_id = ? LIMIT 1"  # noqa: S608 - the store's own names
        if "guild_id" in columns and await harness.rows(sql, [GUILD]):
            named.add(table)
    return named


@pytest.mark.parametrize("while_offline", [False, True])
async def test_after_thirty_days_nothing_names_the_server(*, while_offline: bool) -> None:
    async with open_sync() as harness:
        await a_server(harness)
        before = await tables_with_it(harness)
        assert before >= {"gates", "guild_settings", "keep_outs", "role_grants", "sync_members", "owed_roles"}
        assert before >= {"webhook_endpoints", "webhook_events", "webhook_logs"}
        await kicked(harness, while_offline=while_offline)
        harness.advance(timedelta(days=29))
        await harness.sync.purge()
        assert await tables_with_it(harness) >= before - {"sync_posts", "sync_changes", "sync_runs"}
        harness.advance(timedelta(days=1, seconds=1))
        await harness.sync.purge()
        assert await tables_with_it(harness) == set()


async def test_what_a_kill_left_of_a_server_without_gates_is_forgotten_the_next_time() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        await harness.store.snapshot_schedules.add(GUILD, SnapshotRequest("254"), Every.DAY, 1, harness.now)
        await kicked(harness)
        harness.advance(timedelta(days=31))
        stop = "BEGIN SELECT raise(ABORT, 'killed'); END"
        await harness.rows(f"CREATE TRIGGER kill BEFORE DELETE ON snapshot_schedules {stop}")
        with pytest.raises(sqlite3.IntegrityError, match="killed"):
            await harness.sync.purge()
        await harness.rows("DROP TRIGGER kill")
        await harness.sync.purge()
        assert await tables_with_it(harness) == set()


@pytest.mark.parametrize("while_offline", [False, True])
async def test_while_it_is_away_nothing_is_read_or_judged(*, while_offline: bool) -> None:
    async with open_sync() as harness:
        await a_server(harness)
        await kicked(harness, while_offline=while_offline)
        del harness.source.asked[:]
        await harness.pass_time(TEN_MINUTES)
        assert harness.source.asked == []  # no other server has a gate


@pytest.mark.parametrize("while_offline", [False, True])
async def test_invited_again_everybody_is_looked_at_before_anything_is_taken(*, while_offline: bool) -> None:
    async with open_sync() as harness:
        await a_server(harness)
        await kicked(harness, while_offline=while_offline)
        harness.sell(1)
        await harness.pass_time(timedelta(days=10), step=timedelta(days=1))
        await invited(harness)
        harness.server.members[user(2)].clear()  # meanwhile somebody took it
        await harness.turn()
        held = await harness.rows("SELECT cause, ended_at IS NULL FROM role_holds WHERE cause = 'invited_again'")
        assert held == [(Cause.INVITED_AGAIN.value, 1)]
        assert harness.has(1)
        await harness.pass_time(timedelta(hours=2))
        assert (await harness.sync.status(GUILD)).holds == []
        assert harness.holders() == [2, 4]  # the account of 3 is kept out: an act of theirs


async def test_a_member_about_whom_discord_never_answers_holds_back_nobody_for_ever() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        await kicked(harness)
        harness.advance(timedelta(days=1))
        harness.sell(1)
        harness.discord.silent_about = {user(9)}
        await invited(harness)
        await harness.turn()
        assert [each.cause for each in (await harness.sync.status(GUILD)).holds] == [Cause.INVITED_AGAIN]
        await harness.pass_time(3 * AN_HOUR)
        assert (await harness.sync.status(GUILD)).holds == []
        assert harness.holders() == list(range(2, 11))


async def test_an_admin_can_end_the_waiting_of_a_bot_that_was_invited_again() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        await kicked(harness)
        harness.advance(timedelta(days=1))
        await invited(harness)
        harness.discord.reads_fail = True
        await harness.turn()
        await harness.sync.hold(GUILD, by=MOD)
        for left in ([Cause.INVITED_AGAIN], []):  # first what an admin began
            assert await harness.sync.release(GUILD, by=MOD)
            assert [each.cause for each in (await harness.sync.status(GUILD)).holds] == left
        assert not await harness.sync.release(GUILD, by=MOD)


async def test_a_server_that_came_back_within_thirty_days_is_not_forgotten() -> None:
    async with open_sync() as harness:
        await a_server(harness)
        await kicked(harness)
        harness.advance(timedelta(days=29))
        await invited(harness)
        harness.advance(timedelta(days=29))
        await harness.turn()
        await harness.sync.purge()
        assert len(await harness.store.gates.of_guild(GUILD)) == 1
        assert harness.holders() == [1, 2, 4]
