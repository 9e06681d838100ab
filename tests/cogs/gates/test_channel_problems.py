"""A log channel that cannot be posted in, and what becomes of the messages."""

from __future__ import annotations

from pathlib import Path

from bot.cogs.servers.log_problems import LogProblem, Unposted
from tests.cogs.gates.live_bot import (
    MOSAIC,
    TESSERA,
    until,
    with_own_member,
    without_own_member,
)
from tests.cogs.gates.logged import BUTTONS, CHANNEL, Logging, alert, change, logging
from tests.cogs.gates.sync_in_memory import AT, NOWHERE
from tests.e2e.two_servers import labels


async def _without_view(on: Logging) -> None:
    on.live.guild.roles[TESSERA].permissions = 0
    on.live.guild.roles[MOSAIC].permissions = 0
    fields = {"guild": MOSAIC, "action": "change", "permissions": "0"}
    for role in (TESSERA, MOSAIC):
        await on.live.sandbox.post("/_sandbox/roles", {**fields, "role": role})
    guild = on.live.bot.get_guild(MOSAIC)
    assert guild is not None
    await until(lambda: not guild.default_role.permissions.value and not guild.me.guild_permissions.send_messages)


async def test_a_forbidden_channel_is_a_problem_that_is_over_when_a_message_arrives(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1), change(2)) as on:
        body = {"message": "Missing Access", "code": 50001}
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=403, body=body)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.FORBIDDEN, CHANNEL, AT, 1)
        assert 1 in on.outbox.sent_as  # it is dropped: nothing may pile up behind it
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) is None
        assert len(await on.posted()) == 1


async def test_an_alert_that_was_dropped_is_posted_once_there_is_a_channel_that_works(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1), change(2)) as on:
        await on.set_channel(MOSAIC + 999)
        for _ in range(3):
            await on.log.deliver()
        assert on.outbox.sent_as == {1: NOWHERE, 2: NOWHERE}
        assert await on.live.sent("/messages") == []
        await on.set_channel(None)  # and this is no channel either
        await on.log.deliver()
        await on.set_channel(CHANNEL)
        for _ in range(3):
            await on.log.deliver()
        (message,) = await on.posted()
        assert labels(message) == BUTTONS
        assert on.outbox.sent_as == {1: (CHANNEL, int(message["id"])), 2: NOWHERE}


async def test_a_channel_that_refuses_an_alert_is_left_alone_for_a_while(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1)) as on:
        body = {"message": "Missing Access", "code": 50001}
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=403, body=body)
        for _ in range(120):
            await on.log.deliver()
        assert await on.posted() == []
        for _ in range(3):
            await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_where_the_bot_may_not_post_it_does_not_try(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await _without_view(on)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.FORBIDDEN, CHANNEL, AT, 1)
        assert await on.live.sent("/messages") == []


async def test_while_it_is_not_known_what_the_bot_may_do_the_message_waits(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await without_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert on.outbox.sent_as == {}
        await with_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_a_dropped_alert_waits_too_while_it_is_not_known_what_the_bot_may_do(tmp_path: Path) -> None:
    async with logging(tmp_path, alert(1)) as on:
        await on.set_channel(MOSAIC + 999)
        await on.log.deliver()
        await on.set_channel(CHANNEL)
        await without_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert await on.posted() == []
        await with_own_member(on.live.sandbox, on.live.bot, MOSAIC)
        await on.log.deliver()
        assert len(await on.posted()) == 1


async def test_a_missing_channel_is_a_problem_and_none_is_not(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1), change(2)) as on:
        await on.set_channel(MOSAIC + 999)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) == Unposted(LogProblem.CHANNEL_GONE, MOSAIC + 999, AT, 1)
        await on.set_channel(None)
        await on.log.deliver()
        assert on.log.problems.of(MOSAIC) is None
        assert on.outbox.sent_as == {1: (None, None), 2: (None, None)}


async def test_while_discord_does_not_answer_the_message_waits(tmp_path: Path) -> None:
    async with logging(tmp_path, change(1)) as on:
        await on.live.fault("status", f"/channels/{CHANNEL}/messages", times=1, status=503)
        await on.log.deliver()
        assert on.outbox.sent_as == {}
        await on.log.deliver()
        assert len(await on.posted()) == 1
