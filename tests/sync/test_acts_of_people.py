"""What members and admins do takes effect as far as they were shown, and no further."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlite_utils import Database

from bot.errors import InputError
from bot.gates.gate import GateState, ParkReason
from bot.gates.rule import Holds
from bot.roles.eligibility import GuildRoles
from bot.roles.safety import Cause
from bot.sync.results import StagedState, UndoneRun
from tests.sync.fake_discord import FakeDiscord
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    OTHER_GUILD,
    TEN_MINUTES,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


async def three_sold(harness: SyncHarness) -> int:
    """Three of thirty holders sold, and lost the role; the run that took it."""
    await harness.gate()
    await harness.members(30)
    await harness.turn()
    harness.sell(1, 2, 3)
    await harness.pass_time(AN_HOUR)
    assert len(harness.holders()) == 27
    (latest, *_) = [run for run in await harness.sync.runs(GUILD) if run.removed]
    return latest.run_id


async def test_an_account_that_held_nothing_can_be_unlinked_while_the_source_lies() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.link(1, 1, 90)
        await harness.turn()
        harness.source.is_empty = True
        await harness.pass_time(2 * AN_HOUR)
        await harness.unlink(1, 90)
        assert [report.made for report in await harness.sync.own_act(user(1))] == [()]
        assert harness.has(1)


def _insert(sql: str, values: list[int], db: Database) -> None:
    db.execute(sql, values).fetchall()


async def test_a_run_is_found_and_undone_however_many_only_gave_roles_after_it() -> None:
    async with open_sync() as harness:
        run_id = await three_sold(harness)
        given = """
            INSERT INTO sync_changes (run_id, guild_id, user_id, role_id, gate_id, act, at, reason, is_counted)
            VALUES (?, ?, 1, 1, 1, 'add', 1, '', 0)
        """
        for _ in range(30):
            later = await harness.store.sync.runs.begin(GUILD, harness.now)
            await harness.store.writer.transaction(partial(_insert, given, [later, GUILD]))
        assert run_id not in [run.run_id for run in await harness.sync.runs(GUILD, 25)]
        assert [run.run_id for run in await harness.sync.runs(GUILD, 25, to_undo=True)] == [run_id]
        assert await harness.sync.undo(GUILD, run_id, by=9) == UndoneRun(3)
        undone = await harness.sync.run(GUILD, run_id)
        assert undone
        assert undone.undone_at
        assert await harness.sync.runs(GUILD, 25, to_undo=True) == []
        assert await harness.sync.run(GUILD + 1, run_id) is None


async def test_what_is_kept_out_of_one_server_takes_nothing_in_another() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(role_id=COLLECTOR + 1, guild_id=OTHER_GUILD)
        await harness.member(1)
        await harness.member(1, guild_id=OTHER_GUILD)
        await harness.turn()
        await harness.store.keep_outs.start(user(1), OTHER_GUILD, account_of(1))
        await harness.sync.own_act(user(1), guild_id=OTHER_GUILD)
        assert harness.has(1)
        assert not harness.has(1, COLLECTOR + 1, OTHER_GUILD)


async def test_a_role_in_its_grace_is_no_cost_of_unlinking_another_account() -> None:
    async with open_sync() as harness:
        await harness.gate(grace=timedelta(days=3))
        await harness.member(1)
        await harness.link(1, 90)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(3 * AN_HOUR)
        await harness.unlink(1, 90)
        await harness.sync.own_act(user(1))
        assert harness.has(1)


async def denied_by_a_false_answer(harness: SyncHarness) -> None:
    """Twenty holders, of whom the first has another, empty account; three answers say that he holds nothing."""
    await harness.gate()
    await harness.members(20)
    await harness.link(1, 50)
    await harness.turn()
    await harness.pass_time(TEN_MINUTES)
    await harness.sync.hold(GUILD, by=MOD)
    harness.source.empties = {account_of(1)}
    await harness.pass_time(4 * TEN_MINUTES)
    harness.source.empties = set()


async def test_what_was_denied_while_removals_were_held_is_no_cost_of_unlinking_an_empty_account() -> None:
    async with open_sync() as harness:
        await denied_by_a_false_answer(harness)
        await harness.sync.release(GUILD, by=MOD)
        cost = await harness.sync.cost_of(user(1), without=[str(account_of(50))])
        assert [report.made for report in cost] == [()]
        await harness.unlink(1, 50)
        await harness.sync.own_act(user(1))
        assert harness.has(1)
        await harness.pass_time(A_DAY)
        assert harness.has(1)


async def test_what_an_admin_has_looked_at_again_is_no_cost_of_unlinking_an_empty_account() -> None:
    async with open_sync() as harness:
        await denied_by_a_false_answer(harness)
        assert await harness.sync.look_again(GUILD, by=MOD) == 1
        await harness.sync.release(GUILD, by=MOD)
        await harness.unlink(1, 50)
        await harness.sync.own_act(user(1))
        assert harness.has(1)


async def test_an_answer_that_nobody_was_judged_by_is_no_cost_of_unlinking_an_empty_account() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.link(1, 50)
        await harness.turn()
        harness.source.empties = {account_of(1)}
        harness.advance(TEN_MINUTES)
        await harness.sync.read_due()
        cost = await harness.sync.cost_of(user(1), without=[str(account_of(50))])
        assert [report.made for report in cost] == [()]
        await harness.unlink(1, 50)
        await harness.sync.own_act(user(1))
        assert harness.has(1)
        harness.source.empties = set()
        await harness.pass_time(A_DAY)
        assert harness.has(1)


async def test_a_false_answer_that_a_new_account_put_in_doubt_is_no_cost_of_unlinking_that_one() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(20)
        await harness.turn()
        harness.source.empties = {account_of(1)}
        harness.advance(TEN_MINUTES)
        await harness.sync.read_due()
        await harness.link(1, 50)  # as long as it is not read, nothing is denied
        await harness.sync.run_due()
        await harness.sync.idle()
        await harness.unlink(1, 50)
        await harness.sync.own_act(user(1))
        assert harness.has(1)
        harness.source.empties = set()
        await harness.pass_time(A_DAY)
        assert harness.has(1)


async def test_what_was_granted_again_since_is_a_cost_of_unlinking_as_ever() -> None:
    async with open_sync() as harness:
        await denied_by_a_false_answer(harness)
        await harness.sync.release(GUILD, by=MOD)
        await harness.pass_time(TEN_MINUTES)
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        assert not harness.has(1)


async def test_what_undo_gave_back_stays_for_its_day_though_all_accounts_are_unlinked_and_no_longer() -> None:
    async with open_sync() as harness:
        run = await three_sold(harness)
        assert await harness.sync.undo(GUILD, run, by=MOD) == UndoneRun(3)
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        await harness.pass_time(A_DAY - AN_HOUR)
        assert harness.has(1)
        await harness.pass_time(2 * AN_HOUR)  # without a scan for drift: nothing marks them
        assert not harness.has(1)


async def test_what_a_member_gave_up_is_taken_even_if_discord_fails_for_half_a_day() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        harness.discord.loses = ["500"] * 30
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        await harness.pass_time(12 * AN_HOUR)
        assert not harness.has(1)


@dataclass
class Pausing(FakeDiscord):
    """As soon as one role is taken, an admin pauses its gate, or holds all removals."""

    harness: list[SyncHarness] = field(default_factory=list)
    act: str = ""

    async def remove_role(self, guild_id: int, user_id: int, role_id: int, reason: str) -> None:
        """Take it, and let the admin act."""
        await super().remove_role(guild_id, user_id, role_id, reason)
        (harness,) = self.harness
        if self.act == "hold":
            await harness.sync.hold(guild_id, by=MOD)
        elif self.act == "pause":
            (gate,) = await harness.store.gates.of_guild(guild_id)
            await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, MOD, harness.now)
        else:
            await harness.set(protected_members=frozenset(map(user, (1, 2, 3))))


@pytest.mark.parametrize("act", ["hold", "pause", "protect"])
async def test_what_an_admin_stops_in_the_middle_of_a_run_is_stopped(act: str) -> None:
    async with open_sync() as harness:
        harness.discord = Pausing(harness.discord.servers, harness=[harness], act=act)
        harness.start()
        await harness.gate()
        await harness.members(30)
        await harness.turn()
        harness.sell(1, 2, 3)
        await harness.pass_time(2 * AN_HOUR)
        assert len(harness.holders()) == 29


async def test_undo_gives_no_role_that_became_dangerous() -> None:
    async with open_sync() as harness:
        run = await three_sold(harness)
        role = harness.server.roles[COLLECTOR]
        harness.server.roles[COLLECTOR] = replace(role, powers=frozenset({"administrator"}))
        assert await harness.sync.undo(GUILD, run, by=MOD) == UndoneRun(0, not_now=3)
        assert len(harness.holders()) == 27
        (gate,) = await harness.store.gates.of_guild(GUILD)
        assert gate.parked is ParkReason.ROLE_DANGEROUS


async def test_undo_gives_no_role_of_a_gate_that_was_removed() -> None:
    async with open_sync() as harness:
        run = await three_sold(harness)
        (gate,) = await harness.store.gates.of_guild(GUILD)
        await harness.store.gates.remove(gate.gate_id, MOD, harness.now)
        assert await harness.sync.undo(GUILD, run, by=MOD) == UndoneRun(0, without_gate=3)
        assert [each.run_id for each in await harness.sync.runs(GUILD, to_undo=True)] == [run]


async def test_undo_gives_nothing_back_that_a_member_gave_up() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        await harness.unlink(1, 1)
        await harness.sync.own_act(user(1))
        (run, *_) = await harness.sync.runs(GUILD)
        assert run.removed == 1
        assert await harness.sync.undo(GUILD, run.run_id, by=MOD) == UndoneRun(0)
        assert not harness.has(1)


async def test_an_undo_that_discord_failed_can_be_repeated_and_then_is_over() -> None:
    async with open_sync() as harness:
        run = await three_sold(harness)
        harness.discord.loses = ["500"] * 3
        undone = await harness.sync.undo(GUILD, run, by=MOD)
        assert (undone.given_back, undone.not_now > 0) == (0, True)
        assert await harness.sync.undo(GUILD, run, by=MOD) == UndoneRun(3)
        with pytest.raises(InputError):
            await harness.sync.undo(GUILD, run, by=MOD)


async def test_an_approval_ends_with_the_rule_that_it_was_about() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(10, holds=5)
        await harness.turn()
        harness.sell(*range(1, 7))
        await harness.pass_time(AN_HOUR)
        assert await harness.sync.approve(GUILD, by=MOD) == 6
        harness.buy(*range(1, 7), holds=5)
        draft = replace(gate.draft, rule=Holds(HARBOUR, least=30))
        await harness.store.gates.edit(gate.gate_id, draft, MOD, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.pass_time(3 * AN_HOUR)
        assert len(harness.holders()) == 10


async def test_look_again_waits_for_new_readings() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(AN_HOUR)
        harness.buy(1, 2, 3, 4)
        assert await harness.sync.look_again(GUILD, by=MOD) == 4
        await harness.sync.run_due()  # judged before anything is read
        await harness.sync.idle()
        assert [each for each in await harness.sync.staged(GUILD) if each.state is StagedState.WAITING] == []
        await harness.turn()
        assert len(harness.holders()) == 10


async def test_look_again_also_forgets_those_whose_excuse_is_over() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        harness.sell(1, 2, 3, 4)
        await harness.pass_time(AN_HOUR)
        assert await harness.sync.discard(GUILD, by=MOD) == 4
        await harness.pass_time(A_DAY + AN_HOUR, step=AN_HOUR)
        assert await harness.sync.look_again(GUILD, by=MOD) == 4
        assert await harness.rows("SELECT max(count) FROM role_misses") == [(0,)]


async def test_a_bot_that_was_invited_again_waits_for_its_clean_pass_whatever_is_approved() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.sync.left(GUILD)
        await harness.sync.in_servers([GUILD, OTHER_GUILD])
        harness.discord.reads_fail = True  # so that nobody is judged yet
        await harness.sync.run_due()
        await harness.sync.idle()
        await harness.sync.approve(GUILD, by=MOD)
        opened = await harness.store.sync.holds.open(GUILD)
        assert [each.hold.cause for each in opened] == [Cause.INVITED_AGAIN]


@dataclass
class Vanishing(FakeDiscord):
    """The server's roles cannot be seen while they are to be given."""

    is_hidden: bool = True

    def guild_roles(self, guild_id: int) -> GuildRoles | None:
        """None while hidden."""
        return None if self.is_hidden else super().guild_roles(guild_id)


async def test_a_role_that_cannot_be_checked_is_not_given() -> None:
    async with open_sync() as harness:
        discord = Vanishing(harness.discord.servers)
        harness.discord = discord
        harness.start()
        await harness.gate()
        role = harness.server.roles[COLLECTOR]
        harness.server.roles[COLLECTOR] = replace(role, powers=frozenset({"administrator"}))
        await harness.member(1)
        await harness.pass_time(AN_HOUR)
        assert harness.discord.writes == []
        discord.is_hidden = False
        harness.server.roles[COLLECTOR] = role
        await harness.pass_time(AN_HOUR)
        assert harness.has(1)


async def test_a_clock_that_jumps_ahead_shortens_no_grace() -> None:
    async with open_sync() as harness:
        await harness.gate(grace=timedelta(hours=21))
        await harness.member(1)
        await harness.turn()
        harness.sell(1)
        await harness.pass_time(AN_HOUR)
        harness.now += timedelta(hours=20)  # and the monotonic clock does not
        await harness.pass_time(15 * AN_HOUR)
        assert harness.has(1)
        await harness.pass_time(8 * AN_HOUR)
        assert not harness.has(1)
