"""Clocks that are set, and two bots that run at the same time: nobody loses a role by either."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta, timezone
from typing import Any

import pytest

from bot.holdings import Account, Holding
from bot.roles.plan import HoldCode
from bot.sources.paging import Scan
from bot.store import Store
from bot.store.sync.post_table import PostKind
from bot.ui.other_process import OtherProcess
from tests.sync.sync_harness import GUILD, TEN_MINUTES, SyncHarness, account_of, open_sync, user

AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
SPAN = timedelta(minutes=30)


async def a_server(harness: SyncHarness) -> None:
    """Twenty have the role, and one of them has sold and was seen not to qualify twice."""
    await harness.gate()
    await harness.members(20)
    await harness.turn()
    harness.sell(1)
    await harness.pass_time(2 * TEN_MINUTES)
    assert len(harness.holders()) == 20


# ---------------------------------------------------------------- 41: clocks


@pytest.mark.parametrize("jump", [A_DAY, -A_DAY, AN_HOUR, -AN_HOUR], ids=str)
async def test_case_41_a_clock_that_is_set_brings_no_removal_nearer_and_ends_nothing(jump: timedelta) -> None:
    async with open_sync() as harness:
        await a_server(harness)
        links = await harness.rows("SELECT * FROM links ORDER BY user_id")
        harness.now += jump  # and the monotonic clock goes on as it did
        await harness.turn()
        began = harness.ran
        while harness.ran - began < SPAN.total_seconds():
            assert len(harness.holders()) == 20
            await harness.pass_time(timedelta(minutes=5), timedelta(minutes=5))
        assert await harness.rows("SELECT * FROM links ORDER BY user_id") == links
        assert not any(post.kind is PostKind.HOLD for post in harness.sent.values())
        await harness.pass_time(A_DAY + 2 * AN_HOUR, timedelta(minutes=20))
        assert harness.holders() == list(range(2, 21))
        assert len(harness.discord.writes) == 21


async def test_case_41_a_clock_that_is_set_in_the_middle_of_a_sync_takes_nothing() -> None:
    async with open_sync() as harness:
        await a_server(harness)
        source, set_at = harness.source, account_of(10)
        read = source.iter_holdings

        async def set_the_clock(account: Account, *rest: Any) -> AsyncIterator[Scan[Holding]]:
            if account == set_at and harness.ran < 10_000:
                harness.now += A_DAY
            async for scan in read(account, *rest):
                yield scan

        source.iter_holdings = set_the_clock
        await harness.pass_time(TEN_MINUTES)
        assert len(harness.holders()) == 20
        source.iter_holdings = read
        await harness.pass_time(timedelta(minutes=25), timedelta(minutes=5))
        assert len(harness.holders()) == 20
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == list(range(2, 21))


@pytest.mark.parametrize("offsets", [(1, 2), (2, 1)], ids=["begins", "ends"])
async def test_case_41_summer_time_is_no_jump(offsets: tuple[int, int]) -> None:
    """The clock of a machine in Berlin, which is set by an hour between two misses."""
    before, after = (timezone(timedelta(hours=hours)) for hours in offsets)
    async with open_sync() as harness:
        harness.now = harness.now.astimezone(before)
        await a_server(harness)
        harness.now = harness.now.astimezone(after)
        await harness.turn()
        assert len(harness.holders()) == 20
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.holders() == list(range(2, 21))


# ---------------------------------------------------------------- 40: two instances


async def test_case_40_of_two_processes_over_one_store_only_the_one_that_started_last_takes_roles() -> None:
    """The lock of the store refuses the second one (see the processes); this is what guards where there is no lock."""
    async with open_sync() as harness:
        await a_server(harness)
        first = harness.sync
        second = harness.start()
        await second.run_due()
        await second.idle()
        for _ in range(6):
            harness.advance(TEN_MINUTES)
            await first.read_due()
            await first.run_due()
            await first.idle()
        assert len(harness.holders()) == 20
        held = (await first.explain(GUILD, user(1))).held
        assert [each.code for each in held] == [HoldCode.OTHER_INSTANCE]
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(2, 21))
        assert len([call for call in harness.discord.writes if call[0] == "remove"]) == 1
        await first.close()


@asynccontextmanager
async def copied(harness: SyncHarness) -> AsyncIterator[SyncHarness]:
    """The same bot on another disk: a copy of the store, in the same server, asking the same source."""
    stored: bytes = await harness.store.writer.run(lambda db: db.conn.serialize())
    store = await Store.open(None)
    await store.writer.run(lambda db: db.conn.deserialize(stored))
    other = SyncHarness(store, harness.discord, harness.source, harness.settings)
    other.now, other.ran = harness.now, harness.ran
    try:
        yield other
    finally:
        await other.sync.close()
        await other.readings.close()
        await store.close()


async def together(*harnesses: SyncHarness, span: timedelta) -> None:
    """Time goes by for all of them."""
    end = harnesses[0].now + span
    while harnesses[0].now < end:
        for harness in harnesses:
            await harness.pass_time(TEN_MINUTES)


async def test_case_40_two_bots_on_two_disks_take_a_role_once_and_from_nobody_who_qualifies() -> None:
    """What is possible without anything that both can see: nothing but Discord itself, and that is enough for roles.

    An epoch in the store cannot be seen from another disk, and Discord names no other session of a token. So the second
    bot is not detected before both answer members. Both decide from the same holdings with all of their patience, and
    each reads the member before it writes: who qualifies loses nothing, and what one has taken the other finds taken,
    says nothing and forgets it.
    """
    async with open_sync() as harness:
        await a_server(harness)
        async with copied(harness) as other:
            await together(harness, other, span=2 * AN_HOUR)
            assert harness.holders() == list(range(2, 21))
            assert len([call for call in harness.discord.writes if call[0] == "remove"]) == 1
            took = [line for each in (harness, other) for line in each.said() if "Took" in line]
            assert len(took) <= 2  # the copy had the messages of the original
            harness.buy(1)
            await together(harness, other, span=AN_HOUR)
            assert len(harness.holders()) == 20
            assert await other.grant(1)


async def test_case_40_a_bot_with_an_empty_store_takes_nothing_that_another_one_gave() -> None:
    """The other disk knows the same links, and none of the grants: what it finds there is not its own."""
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        async with copied(harness) as other:
            for table in ("role_grants", "role_misses", "sync_changes", "sync_runs", "sync_posts"):
                await other.rows(f"DELETE FROM {table}")  # noqa: S608 - names of tables
            await other.sync.gates_changed(GUILD)
            await other.pass_time(TEN_MINUTES)
            harness.sell(1)
            await other.pass_time(6 * AN_HOUR)
            assert len(harness.holders()) == 20
            assert [call for call in harness.discord.writes if call[0] == "remove"] == []


async def test_case_40_while_another_bot_answers_with_this_token_removals_wait_and_are_not_given_up() -> None:
    """Whatever store that other one has: what it knows of a member, this one may not."""
    async with open_sync() as harness:
        await a_server(harness)
        other = OtherProcess(lambda: harness.now)
        harness.sync.hold_while(lambda: other.is_there)
        meet(other, 1, 2)
        for number in range(3, 10):
            await harness.pass_time(timedelta(minutes=50))
            assert len(harness.holders()) == 20
            held = (await harness.sync.explain(GUILD, user(1))).held
            assert [each.code for each in held] == [HoldCode.OTHER_INSTANCE]
            assert (await harness.sync.status(GUILD)).is_answered_elsewhere
            meet(other, number)
        await harness.pass_time(2 * AN_HOUR)
        assert not (await harness.sync.status(GUILD)).is_answered_elsewhere
        assert harness.holders() == list(range(2, 21))


async def test_case_40_an_answer_of_our_own_whose_response_was_lost_holds_nothing() -> None:
    async with open_sync() as harness:
        await a_server(harness)
        other = OtherProcess(lambda: harness.now)
        harness.sync.hold_while(lambda: other.is_there)
        for number in range(10):
            other.sending(number)  # and again, below
            meet(other, number)
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == list(range(2, 21))


def meet(other: OtherProcess, *interactions: int) -> None:
    """Discord refuses the answers to these, as they have one."""
    for each in interactions:
        other.sending(each)
        other.refused(each)
