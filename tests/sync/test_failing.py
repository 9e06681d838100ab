"""What Discord refuses, loses or says wrongly: gates are parked, nothing is done twice, and what is true decides."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.gates.gate import GateDraft, GateState, ParkReason
from bot.gates.rule import During, HeldFor, Holds, Rule
from bot.roles.eligibility import RoleFacts
from bot.store.sync.post_table import PostKind
from tests.sync.fake_discord import MANAGE_ROLES
from tests.sync.sync_harness import COLLECTOR, GUILD, HARBOUR, TEN_MINUTES, WHALE, SyncHarness, open_sync, user

pytestmark = pytest.mark.asyncio
AN_HOUR = timedelta(hours=1)


async def parked(harness: SyncHarness) -> ParkReason | None:
    """Why the only gate is parked."""
    (gate,) = await harness.store.gates.of_guild(GUILD)
    return gate.parked


async def test_a_refused_gate_is_tried_once_an_hour_and_reported_once() -> None:
    async with open_sync() as harness:
        await harness.gate()
        harness.discord.refuses = {COLLECTOR}
        await harness.members(4)
        await harness.turn()
        assert len(harness.discord.writes) == 1
        assert await parked(harness) is ParkReason.REFUSED
        await harness.pass_time(3 * AN_HOUR)
        assert len(harness.discord.writes) <= 4
        assert sum(post.kind is PostKind.PARKED for post in harness.sent.values()) == 1
        harness.discord.refuses = set()
        await harness.pass_time(AN_HOUR + TEN_MINUTES)
        assert len(harness.holders()) == 4
        assert await parked(harness) is None
        await harness.pass_time(TEN_MINUTES)
        assert sum(post.kind is PostKind.HEALED for post in harness.sent.values()) == 1


async def test_a_gate_works_as_soon_as_manage_roles_is_given_back() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        harness.server.own_powers = frozenset()
        await harness.turn()
        assert await parked(harness) is ParkReason.NO_PERMISSION
        harness.server.own_powers = MANAGE_ROLES
        await harness.pass_time(TEN_MINUTES)
        assert await parked(harness) is None
        assert harness.holders() == [1]
        said = (post.kind for post in harness.sent.values())
        kinds = [kind for kind in said if kind in (PostKind.PARKED, PostKind.HEALED)]
        assert kinds == [PostKind.PARKED, PostKind.HEALED]


async def test_a_refusal_before_the_bot_sees_that_manage_roles_is_gone_costs_no_hour_after_it_is_given_back() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        harness.discord.refuses = {COLLECTOR}
        await harness.turn()
        harness.server.own_powers = frozenset()
        await harness.pass_time(TEN_MINUTES)
        assert await parked(harness) is ParkReason.NO_PERMISSION
        harness.discord.refuses, harness.server.own_powers = set(), MANAGE_ROLES
        await harness.pass_time(TEN_MINUTES)
        assert harness.holders() == [1]


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        (RoleFacts(COLLECTOR, "above", 60), ParkReason.ROLE_ABOVE_US),
        (RoleFacts(COLLECTOR, "managed", 10, is_managed=True), ParkReason.ROLE_MANAGED),
        (RoleFacts(COLLECTOR, "admin", 10, frozenset({"administrator"})), ParkReason.ROLE_DANGEROUS),
        (None, ParkReason.ROLE_GONE),
    ],
)
async def test_a_role_that_cannot_be_given_parks_its_gate_which_heals(
    role: RoleFacts | None, reason: ParkReason
) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        before = harness.server.roles.pop(COLLECTOR)
        if role:
            harness.server.roles[COLLECTOR] = role
        await harness.turn()
        assert await parked(harness) is reason
        assert harness.discord.writes == []
        harness.server.roles[COLLECTOR] = before
        await harness.pass_time(TEN_MINUTES)
        assert await parked(harness) is None
        assert harness.holders() == [1]
        said = (post.kind for post in harness.sent.values())
        kinds = [kind for kind in said if kind in (PostKind.PARKED, PostKind.HEALED)]
        assert kinds == [PostKind.PARKED, PostKind.HEALED]


async def test_a_role_made_again_is_bound_to_its_gate_and_everybody_gets_it_back() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(3)
        await harness.turn()
        harness.server.roles.pop(COLLECTOR)
        for roles in harness.server.members.values():
            roles.clear()
        await harness.pass_time(TEN_MINUTES)
        assert await parked(harness) is ParkReason.ROLE_GONE
        await harness.add_role(WHALE)
        await harness.store.gates.edit(gate.gate_id, GateDraft(WHALE, Holds(HARBOUR)), 1, harness.now)
        await harness.sync.gates_changed(GUILD)
        await harness.turn()
        await harness.turn()
        assert harness.holders(WHALE) == [1, 2, 3]


@pytest.mark.parametrize("how", ["lost after", "lost before", "500"])
async def test_a_lost_answer_is_read_back_and_nothing_is_announced_twice(how: str) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        harness.discord.loses = [how]
        await harness.turn()
        await harness.pass_time(timedelta(minutes=1))
        assert harness.holders() == [1]
        assert sum("Gave" in line for line in harness.said()) == 1
        assert len(harness.discord.writes) == (1 if how == "lost after" else 2)


async def test_a_removal_that_discord_confirmed_and_did_not_do_is_done_again() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(5)
        await harness.turn()
        harness.sell(1)
        harness.discord.loses = ["lie"]
        await harness.pass_time(4 * TEN_MINUTES + timedelta(minutes=1))
        assert not harness.has(1)
        assert sum("Took" in line for line in harness.said()) == 1


async def test_a_role_that_somebody_took_is_given_again_once_and_then_its_gate_is_parked() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        for _ in range(2):
            harness.server.members[user(1)].clear()
            await harness.sync.drifted(GUILD, user(1))
            await harness.pass_time(TEN_MINUTES)
        assert [call[0] for call in harness.discord.writes] == ["add", "add"]
        assert await parked(harness) is ParkReason.ROLE_FOUGHT_OVER


async def test_a_reading_that_falsely_says_that_nobody_has_a_role_costs_one_question_and_no_gate() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(10)
        await harness.turn()
        del harness.discord.calls[:]
        for _ in range(3):
            harness.discord.misreports = 1
            for number in range(1, 11):
                await harness.sync.drifted(GUILD, user(number))
            await harness.pass_time(TEN_MINUTES)
        assert [call[0] for call in harness.discord.calls] == ["read", "read"] * 3
        assert await parked(harness) is None
        assert harness.holders() == list(range(1, 11))


async def test_the_message_about_a_fight_names_who_took_the_role() -> None:
    async with open_sync() as harness:
        harness.sync.outbox.taken_by = lambda guild_id, role_id: f"bot of {guild_id} and {role_id}"
        await harness.gate()
        await harness.member(1)
        await harness.turn()
        for _ in range(2):
            harness.server.members[user(1)].clear()
            await harness.sync.drifted(GUILD, user(1))
            await harness.pass_time(TEN_MINUTES)
        assert await parked(harness) is ParkReason.ROLE_FOUGHT_OVER
        await harness.pass_time(TEN_MINUTES)
        named = f"The audit log names bot of {GUILD} and {COLLECTOR}: let only one of the two manage this role."
        assert harness.said().count(named) == 1


async def test_drift_is_found_by_the_counts_of_roles_and_repaired() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.sync.scan()
        await harness.turn()
        harness.advance(timedelta(hours=7))
        await harness.turn()
        del harness.discord.calls[:]
        await harness.sync.scan()
        await harness.turn()
        assert [call[0] for call in harness.discord.calls] == ["count"]
        harness.server.members[user(2)].clear()
        harness.advance(timedelta(hours=7))
        await harness.turn()
        await harness.sync.scan()
        await harness.turn()
        assert harness.holders() == [1, 2, 3]


async def test_a_server_that_is_not_available_is_left_alone() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(3)
        await harness.turn()
        harness.sell(1)
        harness.server.is_available = False
        del harness.discord.calls[:]
        await harness.pass_time(AN_HOUR)
        assert harness.discord.calls == []
        harness.server.is_available = True
        await harness.pass_time(AN_HOUR)
        assert harness.holders() == [2, 3]


async def test_a_source_that_is_gone_for_thirty_days_parks_its_gates_and_takes_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.turn()
        harness.source.is_down = True
        await harness.pass_time(timedelta(days=31), step=timedelta(days=1))
        assert await parked(harness) is ParkReason.SOURCE_GONE
        assert harness.holders() == [1, 2]
        harness.source.is_down = False
        await harness.pass_time(2 * AN_HOUR)
        (gate,) = await harness.store.gates.of_guild(GUILD)
        assert gate.state is GateState.ACTIVE


async def test_a_paused_gate_gives_and_takes_nothing() -> None:
    async with open_sync() as harness:
        gate = await harness.gate()
        await harness.members(3)
        await harness.turn()
        await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, 1, harness.now)
        harness.sell(1)
        await harness.member(9)
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == [1, 2, 3]


@pytest.mark.parametrize(
    ("rule", "is_given"),
    [
        pytest.param(During(Holds(HARBOUR), last=date.max), True, id="until the last day that there is"),
        pytest.param(HeldFor(Holds(HARBOUR), timedelta(days=900_000)), False, id="a defect"),
    ],
)
async def test_a_gate_at_which_judging_fails_stops_no_other_gate(rule: Rule, *, is_given: bool) -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.gate(rule, WHALE)
        await harness.members(3)
        await harness.turn()
        assert harness.holders() == [1, 2, 3]
        assert harness.holders(WHALE) == ([1, 2, 3] if is_given else [])
        harness.sell(1)
        await harness.pass_time(2 * AN_HOUR)
        assert harness.holders() == [2, 3]
        report = await harness.look_at(2)
        assert [each.verdict.is_granted for each in report.judged] == [True, is_given]
        preview = await harness.sync.preview(GUILD, [GateDraft(WHALE, rule)])
        assert (len(preview.unknown) == 0) is is_given
        assert not [post for post in harness.sent.values() if post.kind is PostKind.STUCK]


async def test_what_was_retained_for_thirty_days_is_deleted() -> None:
    async with open_sync() as harness:
        await harness.gate()
        await harness.members(2)
        await harness.turn()
        del harness.server.members[user(1)]
        await harness.sync.drifted(GUILD, user(1))
        await harness.turn()
        harness.advance(timedelta(days=29))
        await harness.sync.purge()
        assert await harness.grant(1)
        harness.advance(timedelta(days=2))
        await harness.sync.purge()
        assert await harness.grant(1) is None
        assert await harness.grant(2)
        assert await harness.rows("SELECT 1 FROM sync_changes") == []
        harness.server.is_available = False
        await harness.sync.left(GUILD)
        harness.advance(timedelta(days=31))
        await harness.sync.purge()
        assert await harness.rows("SELECT 1 FROM role_grants") == []


async def test_a_preview_says_who_gains_who_loses_and_of_whom_it_is_unknown() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=1))
        for number, holds in ((1, 1), (2, 3), (3, 0)):
            await harness.member(number, holds)
        await harness.turn()
        await harness.member(4, 5)  # never read
        await harness.add_role(WHALE)
        drafts = [GateDraft(COLLECTOR, Holds(HARBOUR, least=2)), GateDraft(WHALE, Holds(HARBOUR, least=3))]
        preview = await harness.sync.preview(GUILD, drafts)
        assert dict(preview.lose) == {COLLECTOR: [user(1)]}
        assert dict(preview.keep) == {COLLECTOR: [user(2)]}
        assert dict(preview.gain) == {WHALE: [user(2)]}
        assert dict(preview.unknown) == {COLLECTOR: [user(4)], WHALE: [user(4)]}
        assert preview.unread == 1
        assert harness.holders() == [1, 2]
