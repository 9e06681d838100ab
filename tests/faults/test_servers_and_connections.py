"""The bot is kicked and invited again, a server has an outage, and the connection to Discord is lost for hours."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.gates.gate import ParkReason
from sandbox.app_keys import WORLD
from tests.cogs.gates.live_bot import LIGHTKEEPER, MOSAIC, WHALE
from tests.faults.live_sync import FIRST, LiveSync, live_sync
from tests.sync.sync_harness import TEN_MINUTES, user

AN_HOUR = timedelta(hours=1)
HARBOUR_CLUB = MOSAIC + 10_000


async def kicked_and_invited(harness: LiveSync, *, away: timedelta, position: int = 4) -> None:
    """The owner kicks the bot, and invites it again later; its role is then where Discord or the owner puts it."""
    ours = harness.live.bot.user
    assert ours
    gone = harness.live.bot.wait_for("guild_remove", timeout=60)
    await harness.happens(gone, "members", action="kick", guild=MOSAIC, user=ours.id)
    await harness.pass_time(away, away / 2)
    back = harness.live.bot.wait_for("guild_available", timeout=60)
    await harness.happens(back, "members", action="invite", guild=MOSAIC, user=ours.id, position=position)
    await harness.gateway_is_read()


# ---------------------------------------------------------------- 28: kicked, and invited again


async def test_case_28_after_a_second_invitation_nothing_is_taken_before_everybody_was_looked_at(
    tmp_path: Path,
) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        await harness.sells(FIRST)
        await harness.pass_time(2 * TEN_MINUTES)  # two misses
        requests = len(await harness.live.sent(f"/guilds/{MOSAIC}"))
        await kicked_and_invited(harness, away=timedelta(days=20))
        assert len(await harness.rows("SELECT 1 FROM role_grants")) == 20
        assert len(await harness.store.gates.of_guild(MOSAIC)) == 1
        assert len(await harness.live.sent(f"/guilds/{MOSAIC}/members")) <= requests  # nothing was asked meanwhile
        await harness.newcomer(130, 1)
        await harness.link(130)
        await harness.sync.seen(MOSAIC, user(130), harness.now)
        await harness.turn()
        assert await harness.changes(is_given=False) == {}
        assert set(await harness.have()) == {*range(101, 121), 130}
        assert await harness.count_log_lines("Removals wait", "invited again") == 1
        # A pass over everybody, and after it three misses over half an hour from the beginning.
        await harness.pass_time(2 * AN_HOUR)
        assert await harness.changes(is_given=False) == {FIRST: 1}
        assert await harness.count_log_lines("do not wait any more") == 1


async def test_case_28_invited_with_a_role_at_the_bottom_it_parks_its_gates_until_that_is_moved(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await kicked_and_invited(harness, away=timedelta(days=2), position=1)
        await harness.sells(FIRST)
        await harness.pass_time(AN_HOUR)
        (gate,) = await harness.store.gates.of_guild(MOSAIC)
        assert gate.parked is ParkReason.ROLE_ABOVE_US
        assert await harness.have() == [101, 102, 103, 104, 105]


async def test_case_28_what_it_knew_of_a_server_is_gone_thirty_days_after_it_left(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        ours = harness.live.bot.user
        assert ours
        gone = harness.live.bot.wait_for("guild_remove", timeout=60)
        await harness.happens(gone, "members", action="kick", guild=MOSAIC, user=ours.id)
        harness.advance(timedelta(days=29))
        await harness.sync.purge()
        assert len(await harness.rows("SELECT 1 FROM role_grants")) == 3
        harness.advance(timedelta(days=2))
        await harness.sync.purge()
        assert await harness.rows("SELECT 1 FROM role_grants") == []
        assert len(await harness.rows("SELECT 1 FROM links")) == 3
        assert await harness.have() == [101, 102, 103]


# ---------------------------------------------------------------- 29: an outage of a server


async def test_case_29_a_server_with_an_outage_is_left_alone_and_counts_as_no_departure(tmp_path: Path) -> None:
    async with live_sync(tmp_path) as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        await harness.sells(FIRST)
        gone = harness.live.bot.wait_for("guild_unavailable", timeout=60)
        await harness.happens(gone, "guilds", guild=MOSAIC, available=False)
        requests = len(await harness.live.sent(f"/guilds/{MOSAIC}"))
        questions = await harness.live.questions()
        await harness.minutes(61)
        assert len(await harness.live.sent(f"/guilds/{MOSAIC}")) == requests
        assert await harness.live.questions() == questions
        assert await harness.rows("SELECT 1 FROM sync_guilds WHERE left_at IS NOT NULL") == []
        assert await harness.rows("SELECT 1 FROM sync_members WHERE absent_since IS NOT NULL") == []
        back = harness.live.bot.wait_for("guild_available", timeout=60)
        await harness.happens(back, "guilds", guild=MOSAIC, available=True)
        assert await harness.have() == [101, 102, 103, 104, 105]
        await harness.pass_time(AN_HOUR)
        assert await harness.have() == [102, 103, 104, 105]
        assert await harness.count_log_lines("invited again") == 0


# ---------------------------------------------------------------- 30: hours without a connection


@pytest.mark.parametrize("first_scan_done", [True, False])
async def test_case_30_what_happened_in_two_hours_without_a_connection_is_repaired_in_the_first_minutes(
    tmp_path: Path, *, first_scan_done: bool
) -> None:
    """Somebody took a role, somebody left, and somebody joined again; none of it is reported afterwards."""
    async with live_sync(tmp_path, members_intent=True, moderation_intent=True, audit_log=True) as harness:
        await harness.gate()
        await harness.members(6)
        await harness.turn()
        if first_scan_done:
            await harness.minutes(2)
        await harness.sandbox.control("members", action="leave", guild=MOSAIC, user=user(106))
        await harness.gateway_is_read()
        await harness.turn()
        guild = harness.sandbox.app[WORLD].guilds[MOSAIC]  # changed without a word to anybody
        guild.members[user(101)].roles.remove(WHALE)
        guild.members[user(102)].roles.append(LIGHTKEEPER)
        del guild.members[user(103)]
        harness.advance(timedelta(hours=2))
        await harness.reconnected()
        await harness.minutes(2)
        assert await harness.have() == [101, 102, 104, 105]
        absent = await harness.rows("SELECT user_id - ? FROM sync_members WHERE absent_since IS NOT NULL", [user(0)])
        assert {number for (number,) in absent} == {103, 106}
        assert await harness.have(LIGHTKEEPER) == [102]
        assert await harness.changes(is_given=False) == {}
