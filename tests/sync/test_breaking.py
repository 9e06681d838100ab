"""The breaker: a wave of removals waits for a person, and is seen before its first victim."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.errors import InputError
from bot.gates.rule import Holds
from bot.roles.safety import Cause, Scope
from bot.store.sync.hold_table import HoldEnd
from bot.store.sync.post_table import PostKind
from bot.sync.results import StagedState
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    MOSAIC,
    OTHER_GUILD,
    TEN_MINUTES,
    WHALE,
    SyncHarness,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
AN_HOUR = timedelta(hours=1)


async def a_wave(harness: SyncHarness, holders: int = 10, sellers: int = 4) -> None:
    """Of so many holders, so many read as empty for an hour."""
    await harness.gate()
    await harness.members(holders)
    await harness.turn()
    harness.sell(*range(1, sellers + 1))
    await harness.pass_time(AN_HOUR)


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


async def test_the_staged_list_says_who_waits_and_why() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        staged = await harness.sync.staged(GUILD)
        assert sorted(each.user_id for each in staged) == [user(number) for number in range(1, 5)]
        assert {each.state for each in staged} == {StagedState.WAITING}
        assert all(each.sentence and each.gate.role_id == COLLECTOR for each in staged)
        assert (await harness.sync.status(GUILD)).staged == 4


async def test_what_is_approved_is_taken_and_counted_no_more() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        assert await harness.sync.approve(GUILD, by=9) == 4
        await harness.turn()
        assert harness.holders() == list(range(5, 11))
        assert (await harness.sync.status(GUILD)).holds == []
        harness.sell(5)  # a true sale after it does not wait until the others are a day old
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(6, 11))


async def test_an_approval_is_of_those_who_were_shown_and_the_others_still_wait() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        harness.sell(5, 6, 7)  # after the list was shown
        await harness.pass_time(AN_HOUR)
        assert await harness.sync.approve(GUILD, by=9, only=shown) == 4
        await harness.turn()
        assert harness.holders() == list(range(5, 11))
        staged = await harness.sync.staged(GUILD)
        assert [each.user_id for each in staged if each.state is StagedState.WAITING] == [user(5), user(6), user(7)]


async def test_a_second_wave_after_an_approval_waits_again() -> None:
    async with open_sync() as harness:
        await a_wave(harness, holders=40, sellers=7)
        assert await harness.sync.approve(GUILD, by=9) == 7
        await harness.turn()
        assert len(harness.holders()) == 33
        harness.sell(*range(8, 15))
        await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 33
        assert Scope.SOURCE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}


async def test_what_one_server_accepts_another_does_not() -> None:
    async with open_sync() as harness:
        await harness.gate(guild_id=OTHER_GUILD)
        for number in (1, 8):
            await harness.member(number, guild_id=OTHER_GUILD)
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        assert (await harness.sync.status(GUILD)).holds == []
        assert [hold.scope for hold in (await harness.sync.status(OTHER_GUILD)).holds] == [Scope.SOURCE]
        assert harness.has(1, guild_id=OTHER_GUILD)


async def test_who_qualifies_again_keeps_the_role_though_it_was_approved() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        harness.buy(1)
        await harness.look_at(1)
        assert await harness.sync.approve(GUILD, by=9) == 3
        await harness.turn()
        assert harness.holders() == [1, *range(5, 11)]


async def test_what_is_discarded_stays_for_a_day() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        assert await harness.sync.discard(GUILD, by=9) == 4
        await harness.pass_time(23 * AN_HOUR, step=AN_HOUR)
        assert len(harness.holders()) == 10
        assert (await harness.sync.status(GUILD)).staged == 0


async def test_of_what_waits_a_part_can_be_discarded_and_the_rest_still_waits() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        waiting = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert await harness.sync.discard(GUILD, by=9, only=waiting[:1]) == 1
        states = [each.state for each in await harness.sync.staged(GUILD)]
        assert sorted(states) == [StagedState.DISCARDED, *[StagedState.WAITING] * 3]
        assert Scope.GATE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}
        await harness.turn()
        assert len(harness.holders()) == 10


async def test_of_those_who_wait_some_can_be_read_again_and_the_others_still_wait() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        del harness.source.asked[:]
        waiting = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert await harness.sync.look_again(GUILD, by=9, only=waiting[:1]) == 1
        assert [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)] == waiting[1:]
        assert Scope.GATE in {hold.scope for hold in (await harness.sync.status(GUILD)).holds}
        await harness.turn()
        assert len(harness.source.asked) == 1
        assert len(harness.holders()) == 10


async def test_looking_again_reads_everybody_who_waits_and_counts_from_zero() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        del harness.source.asked[:]
        harness.buy(1, 2, 3, 4)
        assert await harness.sync.look_again(GUILD, by=9) == 4
        await harness.turn()
        assert len(harness.source.asked) == 4
        assert await harness.sync.staged(GUILD) == []
        await harness.pass_time(AN_HOUR)
        assert len(harness.holders()) == 10


async def test_a_run_is_undone_and_its_members_are_excused() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        assert (run.added, run.removed) == (0, 4)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        await harness.pass_time(20 * AN_HOUR, step=AN_HOUR)
        assert len(harness.holders()) == 10
        with pytest.raises(InputError, match="was undone"):
            await harness.sync.undo(GUILD, run.run_id, by=9)


@pytest.mark.parametrize("steps", range(0, 160, 10))
async def test_an_undo_excuses_its_members_whatever_is_judged_meanwhile(steps: int) -> None:
    """A member who is judged by what was true before the undo must not cost them its excuse."""
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        await harness.sync.gates_changed(GUILD)
        passing = asyncio.create_task(harness.sync.run_due())
        for _ in range(steps):
            await asyncio.sleep(0)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        await passing
        excused = await harness.rows("SELECT user_id FROM role_misses WHERE excused_until IS NOT NULL")
        assert len(excused) == 4
        await harness.pass_time(4 * AN_HOUR)
        assert len(harness.holders()) == 10


async def test_a_run_of_which_not_all_could_be_given_back_can_be_undone_once_more() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        await harness.sync.approve(GUILD, by=9)
        await harness.turn()
        run = (await harness.sync.runs(GUILD))[0]
        harness.discord.refuses.add(COLLECTOR)
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 0
        harness.discord.refuses.clear()
        assert await harness.sync.undo(GUILD, run.run_id, by=9) == 4
        assert len(harness.holders()) == 10


async def test_a_run_that_has_not_ended_can_be_undone_once_more_with_what_it_took_since() -> None:
    async with open_sync() as harness:
        runs, now = harness.store.sync.runs, harness.now
        run_id = await runs.begin(GUILD, now)
        await runs.undone(run_id, now, up_to=0)
        assert await runs.removals(GUILD, run_id) == []
        await runs.end(run_id, now)
        await runs.undone(run_id, now, up_to=0)
        assert await runs.removals(GUILD, run_id) is None


async def test_a_run_of_another_server_cannot_be_undone() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        (run,) = await harness.sync.runs(GUILD)
        with pytest.raises(InputError, match=f"Run {run.run_id} is none"):
            await harness.sync.undo(GUILD + 1, run.run_id, by=9)


async def test_an_admins_hold_takes_nothing_until_it_is_released_and_counts_from_zero_then() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        hold = await harness.sync.hold(GUILD, by=9)
        assert (hold.scope, hold.cause) == (Scope.GUILD, Cause.ADMIN)
        harness.sell(1)
        await harness.pass_time(3 * AN_HOUR)
        assert harness.has(1)
        assert await harness.sync.release(GUILD, by=9)
        assert not await harness.sync.release(GUILD, by=9)
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(AN_HOUR)
        assert not harness.has(1)


async def test_a_hold_that_ends_by_itself_has_its_misses_counted_from_zero() -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        harness.buy(2, 3, 4)
        await harness.pass_time(TEN_MINUTES)
        assert (await harness.sync.status(GUILD)).holds == []
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(2, 11))


async def test_a_gate_that_never_takes_trips_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR), never_remove=True)
        await harness.members(8)
        await harness.turn()
        harness.sell(*range(1, 9))
        await harness.pass_time(AN_HOUR)
        assert [each for each in (await harness.sync.status(GUILD)).holds if each.scope is Scope.GATE] == []
        assert len(harness.holders()) == 8


async def test_what_members_give_up_themselves_trips_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        for number in range(1, 6):
            await harness.unlink(number, number)
            await harness.sync.own_act(user(number))
        assert harness.holders() == list(range(6, 11))
        harness.sell(10)
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == list(range(6, 10))


async def test_a_bot_that_is_invited_again_takes_nothing_before_it_has_looked_at_everybody() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * TEN_MINUTES)
        server = harness.discord.servers.pop(GUILD)
        await harness.sync.left(GUILD)
        harness.advance(AN_HOUR)
        harness.discord.servers[GUILD] = server
        await harness.sync.in_servers([GUILD, OTHER_GUILD])
        await harness.sync.run_due()
        await harness.sync.idle()
        assert len(harness.holders()) == 10
        assert [post.kind for post in await harness.sync.outbox.posts()][-1:] != []
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == list(range(2, 11))


async def test_of_two_processes_only_the_one_that_started_last_takes_roles() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        first = harness.sync
        harness.start()
        await harness.turn()
        harness.sell(1)
        for _ in range(8):
            harness.advance(TEN_MINUTES)
            await first.read_due()
            await first.run_due()
            await first.idle()
        assert harness.has(1)
        await first.close()
        await harness.pass_time(TEN_MINUTES)
        assert not harness.has(1)


async def test_who_approves_what_does_not_wait_any_more_accepts_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(Holds(MOSAIC), WHALE)
        await harness.members(2)
        for number in range(11, 41):
            await harness.member(number, of=MOSAIC)
        await harness.pass_time(AN_HOUR)
        harness.source.is_empty = True
        await harness.pass_time(TEN_MINUTES)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        assert len(shown) == 32
        await harness.sync.look_again(GUILD, by=8, only=shown)  # another admin was faster
        assert await harness.sync.approve(GUILD, by=9, only=shown) == 0
        await harness.pass_time(5 * AN_HOUR)
        assert harness.holders() == [1, 2]
        assert len(harness.holders(WHALE)) == 30


@pytest.mark.parametrize("decision", ["approve", "discard", "look_again"])
async def test_who_decides_about_what_does_not_wait_any_more_ends_no_hold(decision: str) -> None:
    async with open_sync() as harness:
        await a_wave(harness)
        shown = [(each.gate.gate_id, each.user_id) for each in await harness.sync.staged(GUILD)]
        await harness.set(protected_members=frozenset(user(number) for number in range(1, 5)))
        assert await harness.sync.staged(GUILD) == []
        assert await getattr(harness.sync, decision)(GUILD, by=9, only=shown) == 0
        assert await harness.rows("SELECT DISTINCT scope FROM role_holds WHERE by_id = 9") == []
