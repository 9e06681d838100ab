"""What a wave of removals trips, and what it does not: nobody is taken from by an outage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import During, Holds
from bot.store.sync.hold_table import HoldEnd
from bot.store.sync.post_table import PostKind
from tests.sync.sync_harness import (
    GUILD,
    HARBOUR,
    MOD,
    START,
    SyncHarness,
    open_sync,
    user,
)
from tests.sync.waves import AN_HOUR, a_wave

pytestmark = pytest.mark.asyncio


async def test_an_hour_in_which_every_answer_is_empty_costs_nobody_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.source.is_empty = True
        await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 10
        harness.source.is_empty = False
        await harness.pass_time(AN_HOUR)
        assert len(harness.holders()) == 10
        assert (await harness.sync.status(GUILD)).holds == []


async def test_a_wave_whose_readings_are_spread_over_time_has_no_victim() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        for number in range(1, 5):  # one more every five minutes
            harness.sell(number)
            await harness.pass_time(timedelta(minutes=5), step=timedelta(minutes=5))
        await harness.pass_time(3 * AN_HOUR)
        assert len(harness.holders()) == 10


async def test_who_has_a_protected_role_is_no_part_of_a_wave_and_waits_for_nobody() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=2))
        await harness.members(10, 2)
        for number in range(1, 6):
            harness.server.members[user(number)].add(77)
        await harness.turn()
        await harness.set(protected_roles=frozenset({77}))
        harness.buy(*range(1, 6), holds=1)
        await harness.pass_time(7 * AN_HOUR)
        assert (await harness.sync.status(GUILD)).holds == []
        assert [post for post in harness.sent.values() if post.kind is PostKind.HOLD] == []
        harness.buy(*range(6, 11), holds=1)
        await harness.pass_time(AN_HOUR)
        staged = await harness.sync.staged(GUILD)
        assert sorted(each.user_id for each in staged) == [user(number) for number in range(6, 11)]
        assert await harness.sync.approve(GUILD, by=MOD) == 5
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [1, 2, 3, 4, 5]


async def test_a_wave_waits_while_discord_does_not_say_whom_a_role_protects() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        await harness.set(protected_roles=frozenset({77}))
        harness.discord.reads_fail = True
        harness.sell(*range(1, 6))
        await harness.pass_time(AN_HOUR)
        assert len(await harness.sync.staged(GUILD)) == 5


async def test_while_removals_wait_roles_are_given() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.member(30)
        await harness.turn()
        assert harness.has(30)
        assert len(harness.holders()) == 11


async def test_the_alert_is_sent_once_for_each_hold() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.pass_time(5 * AN_HOUR)
        holds = [post for post in harness.sent.values() if post.kind is PostKind.HOLD]
        status = await harness.sync.status(GUILD)
        assert len(holds) == len(status.holds) > 0
        assert len({post.hold_id for post in holds}) == len(holds)


@pytest.mark.parametrize("is_shared", [True, False], ids=["one message", "two messages"])
async def test_an_alert_of_several_holds_is_not_over_before_the_last_of_them(is_shared: bool) -> None:  # noqa: FBT001
    async with open_sync() as harness:
        await a_wave(harness)
        alerts = [post.post_id for post in harness.sent.values() if post.kind is PostKind.HOLD]
        assert len(alerts) == 2  # the gate's, and its source's
        for post_id in alerts:
            message_id = 77 if is_shared else post_id
            await harness.sync.outbox.sent(post_id, channel_id=1, message_id=message_id)
        await harness.sync.discard(GUILD, by=9)  # ends that of the gate
        over = [post for post in await harness.sync.outbox.posts() if post.kind is PostKind.HOLD_OVER]
        assert len(over) == (0 if is_shared else 1)


@pytest.mark.parametrize("is_over", [True, False], ids=["after its last day", "before it"])
async def test_the_alert_names_the_last_day_of_a_rule_by_which_its_holders_lose_the_role(is_over: bool) -> None:  # noqa: FBT001 - a case
    async with open_sync() as harness:
        await harness.gate(During(Holds(HARBOUR), last=START.date()))
        await harness.members(20)
        await harness.turn()
        if not is_over:
            harness.sell(*range(1, 5))
        await harness.pass_time(11 * AN_HOUR, step=timedelta(minutes=20))
        if is_over:
            await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 20  # a clock that is wrong would do the same
        alerts = [
            [line.render() for line in post.lines] for post in harness.sent.values() if post.kind is PostKind.HOLD
        ]
        named = "The last day of its rule was 2026-11-26: because of that, 20 members lose the role."
        assert any(named in lines for lines in alerts) is is_over
        assert await harness.sync.approve(GUILD, by=MOD) == (20 if is_over else 4)
        await harness.pass_time(AN_HOUR)
        assert len(harness.holders()) == (0 if is_over else 16)


async def test_an_alert_that_nobody_could_read_is_known_until_its_removals_no_longer_wait() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        [alert, *others] = [post for post in harness.sent.values() if post.kind is PostKind.HOLD]
        assert await harness.sync.outbox.unread_alerts() == []
        for post in (alert, *others):
            await harness.sync.outbox.sent(post.post_id)
        unread = await harness.sync.outbox.unread_alerts()
        assert [post.post_id for post in unread] == [post.post_id for post in (alert, *others)]
        explained = await harness.rows(f"EXPLAIN QUERY PLAN {await unread_query(harness)}")
        assert [row[-1] for row in explained if "SCAN" in row[-1] and "USING" not in row[-1]] == []
        for each in await harness.store.sync.holds.open(GUILD):
            await harness.store.sync.holds.end(each, harness.now, HoldEnd.OVER)
        assert await harness.sync.outbox.unread_alerts() == []


async def unread_query(harness: SyncHarness) -> str:
    """The statement that finds them."""
    asked: list[str] = []
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await harness.sync.outbox.unread_alerts()
    await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
    return next(sql for sql in asked if "role_holds" in sql)
