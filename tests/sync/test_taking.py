"""A role is taken only after the source itself has said often enough, and for long enough, that it is not earned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import Holds, HoldsCollections
from bot.roles.grants import GrantState
from bot.roles.plan import HoldCode
from bot.store.sync.post_table import PostKind
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    JOINED,
    OTHER_GUILD,
    TEN_MINUTES,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
A_DAY = timedelta(days=1)


async def test_who_sells_loses_the_role_after_three_misses_over_half_an_hour() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.sell(7)
        await harness.pass_time(3 * TEN_MINUTES)
        assert harness.has(7)
        await harness.pass_time(TEN_MINUTES)
        assert not harness.has(7)
        assert len(harness.holders()) == 19
        assert await harness.grant(7) is None
        assert await harness.rows("SELECT * FROM role_misses") == []


async def test_an_hour_of_empty_answers_costs_the_only_member_who_linked_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.source.is_empty = True
        await harness.pass_time(timedelta(hours=1))
        harness.source.is_empty = False
        await harness.pass_time(A_DAY)
        assert harness.has(1)
        assert await harness.rows("SELECT * FROM role_misses") == []


async def test_the_only_member_who_linked_anything_loses_the_role_after_thrice_the_time() -> None:
    """When they sell all that they have; nothing else tells that from a source that answers with nothing."""
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(timedelta(minutes=90))
        assert harness.has(1)
        await harness.pass_time(timedelta(minutes=30))
        assert not harness.has(1)


async def test_a_source_that_does_not_answer_for_a_day_costs_nobody_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        harness.sell(1, 2, 3)
        harness.source.is_down = True
        await harness.pass_time(A_DAY, step=timedelta(minutes=20))
        assert harness.holders() == [1, 2, 3]
        assert await harness.rows("SELECT * FROM role_misses") == []


async def test_an_unknown_account_holds_what_it_could_earn() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.link(1, 51)  # another account of theirs, which was never read
        await harness.turn()
        await harness.rows("UPDATE owners SET is_confirmed = 0 WHERE account = ?", [str(account_of(51))])
        harness.sell(1)
        await harness.pass_time(6 * TEN_MINUTES)
        assert harness.has(1)


async def test_two_empty_answers_in_a_row_are_forgotten_when_it_is_held_again() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        for _ in range(3):
            harness.source.empties = {account_of(1)}
            await harness.pass_time(2 * TEN_MINUTES)
            harness.source.empties = set()
            await harness.pass_time(TEN_MINUTES)
        assert len(harness.holders()) == 10
        assert len(harness.discord.writes) == 10


async def test_a_grace_is_announced_to_the_member_once_and_in_advance() -> None:
    async with open_sync() as harness:
        await harness.gate(grace=timedelta(hours=2))
        await harness.members(10)
        await harness.turn()
        harness.sell(4)
        await harness.pass_time(timedelta(hours=2))
        assert harness.has(4)
        warnings = [post for post in harness.sent.values() if post.kind is PostKind.WARNING]
        assert [post.user_id for post in warnings] == [user(4)]
        await harness.pass_time(timedelta(hours=1))
        assert not harness.has(4)
        assert sum(post.kind is PostKind.WARNING for post in harness.sent.values()) == 1


async def test_a_second_question_that_says_otherwise_keeps_the_role() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        harness.source.contradicts = 1
        await harness.pass_time(12 * TEN_MINUTES)
        assert harness.has(1)
        harness.source.contradicts = 0
        await harness.pass_time(5 * TEN_MINUTES)
        assert not harness.has(1)


async def test_an_hour_in_which_everything_is_empty_takes_nothing_from_the_only_two_holders() -> None:
    async with open_sync() as sync:
        await sync.gate()
        await sync.members(2)
        await sync.turn()
        sync.source.is_empty = True
        await sync.pass_time(timedelta(hours=1))
        sync.source.is_empty = False
        assert sync.holders() == [1, 2]
        await sync.pass_time(timedelta(hours=2))
        assert sync.holders() == [1, 2]
        sync.sell(1)
        await sync.pass_time(timedelta(minutes=50))
        assert sync.holders() == [2]


async def test_two_holders_who_are_all_and_sell_both_lose_their_roles_within_two_hours() -> None:
    async with open_sync() as sync:
        await sync.gate()
        await sync.members(2)
        await sync.turn()
        sync.sell(1, 2)
        await sync.pass_time(timedelta(minutes=80))
        assert sync.holders() == [1, 2]
        await sync.pass_time(timedelta(minutes=40))
        assert sync.holders() == []


async def test_a_gate_that_has_no_second_question_takes_without_one() -> None:
    async with open_sync() as harness:
        await harness.gate(HoldsCollections(1))
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(5 * TEN_MINUTES)
        assert harness.holders() == list(range(2, 11))


async def test_what_a_member_gives_up_is_taken_at_once_in_every_server() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(role_id=6001, guild_id=OTHER_GUILD)
        await harness.member(1)
        await harness.member(1, guild_id=OTHER_GUILD)
        await harness.turn()
        costs = await harness.sync.cost_of(user(1), without=[str(account_of(1))])
        assert [[change.gate.role_id for change in each.made] for each in costs] == [[COLLECTOR], [6001]]
        await harness.unlink(1, 1)
        reports = await harness.sync.own_act(user(1))
        assert [[change.gate.role_id for change in each.made] for each in reports] == [[COLLECTOR], [6001]]
        assert not harness.has(1)
        assert not harness.has(1, 6001, OTHER_GUILD)


async def test_what_a_member_gives_up_is_taken_later_where_discord_does_not_answer_now() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await harness.unlink(1, 1)
        harness.discord.loses = ["500"]
        (report,) = await harness.sync.own_act(user(1))
        assert report.failed
        assert harness.has(1)
        await harness.pass_time(timedelta(minutes=1))
        assert not harness.has(1)


async def test_an_account_whose_owner_is_asked_again_costs_nothing_when_another_one_is_unlinked() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.link(1, 51)
        await harness.turn()
        await harness.rows("UPDATE owners SET is_confirmed = 0 WHERE account = ?", [str(account_of(51))])
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        assert harness.has(1)


async def test_from_members_who_are_protected_nothing_is_taken() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.set(protected_members=frozenset({user(1)}), protected_roles=frozenset({77}))
        harness.server.members[user(2)].add(77)
        await harness.turn()
        harness.sell(1, 2)
        await harness.pass_time(8 * TEN_MINUTES)
        assert harness.has(1)
        assert harness.has(2)


@pytest.mark.parametrize("grace", [timedelta(0), timedelta(hours=1)])
async def test_who_is_protected_by_a_role_is_not_warned_and_is_read_once_in_a_drift_period(grace: timedelta) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.set(protected_roles=frozenset({77}), grace=grace)
        harness.server.members[user(2)].add(77)
        await harness.turn()
        harness.sell(2)
        harness.discord.calls.clear()
        await harness.pass_time(timedelta(hours=12))
        assert harness.has(2)
        assert [post for post in harness.sent.values() if post.kind is PostKind.WARNING] == []
        assert 1 <= len(harness.discord.calls) <= 2


async def test_who_is_protected_no_more_is_warned_and_loses_the_role_after_the_grace() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.set(protected_roles=frozenset({77}), grace=timedelta(hours=1))
        harness.server.members[user(2)].add(77)
        await harness.turn()
        harness.sell(2)
        await harness.pass_time(timedelta(hours=2))
        harness.server.members[user(2)].discard(77)
        await harness.pass_time(timedelta(hours=9))
        assert not harness.has(2)
        assert sum(post.kind is PostKind.WARNING for post in harness.sent.values()) == 1


async def test_who_left_gets_the_roles_back_without_a_new_proof() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        del harness.server.members[user(1)]
        await harness.sync.drifted(GUILD, user(1))
        await harness.pass_time(2 * A_DAY, step=timedelta(hours=1))
        absent = await harness.store.sync.members.get(GUILD, user(1))
        assert absent
        assert absent.absent_since
        assert await harness.grant(1)
        harness.server.members[user(1)] = set()
        harness.server.joined_at[user(1)] = harness.now
        await harness.sync.seen(GUILD, user(1), harness.now)
        await harness.turn()
        assert harness.has(1)


async def test_who_leaves_and_joins_again_and_again_is_nobody_who_fights_over_a_role() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.member(1)
        await harness.turn()
        for _ in range(4):
            harness.server.members[user(1)] = set()
            harness.server.joined_at[user(1)] = harness.now
            await harness.sync.seen(GUILD, user(1), harness.now)
            await harness.turn()
            assert harness.has(1)
            harness.advance(timedelta(hours=3))
        assert await harness.store.gates.get(gate.gate_id) == gate


async def test_an_excluded_account_does_not_exist_there() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.set(excluded_accounts=frozenset({account_of(1)}))
        await harness.member(1)
        await harness.turn()
        assert not harness.has(1)


async def test_an_excluded_collection_counts_for_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate(HoldsCollections(1))
        await harness.set(excluded_collections=frozenset({HARBOUR}))
        await harness.member(1)
        await harness.turn()
        assert not harness.has(1)


async def test_misses_of_another_rule_do_not_count() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(Holds(HARBOUR, least=2))
        await harness.members(10, holds=2)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * TEN_MINUTES)
        draft = gate.draft.__class__(COLLECTOR, Holds(HARBOUR, least=1))
        await harness.store.gates.edit(gate.gate_id, draft, 1, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.pass_time(3 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(TEN_MINUTES)
        assert not harness.has(1)


async def test_adopted_roles_may_be_taken_and_found_ones_may_not() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        for number in range(1, 12):
            await harness.member(number, holds=0 if number < 3 else 1, roles=[COLLECTOR])
        await harness.turn()
        assert await harness.sync.adopt(GUILD, gate.gate_id, [user(1), user(99)], by=9) == 1
        grant = await harness.grant(1)
        assert grant
        assert grant.state is GrantState.ADOPTED
        await harness.pass_time(6 * TEN_MINUTES)
        assert not harness.has(1)
        assert harness.has(2)


async def test_a_clock_that_jumps_takes_nothing_for_a_span() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(2 * TEN_MINUTES)
        harness.now += A_DAY  # the wall clock alone
        await harness.turn()
        report = await harness.sync.explain(GUILD, user(1))
        assert [held.code for held in report.held] == [HoldCode.CLOCK_JUMPED]
        await harness.pass_time(2 * TEN_MINUTES)
        assert harness.has(1)
        await harness.pass_time(timedelta(hours=2))
        assert not harness.has(1)


async def test_who_joined_again_keeps_nothing_that_they_no_longer_earn() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1)
        await harness.sync.seen(GUILD, user(1), JOINED + timedelta(days=1))
        harness.server.joined_at[user(1)] = JOINED + timedelta(days=1)
        await harness.pass_time(5 * TEN_MINUTES)
        assert not harness.has(1)
