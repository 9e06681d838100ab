"""Before a proof is too old for a role its member is notified, once; afterwards the role goes as any other does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.gates.gate import Gate, GateState, ParkReason
from bot.gates.rule import AllOf, AnyOf, During, Holds, ProvenWithin
from bot.store.sync.post_table import PostKind
from bot.store.sync.warned_proofs import ProofEnds
from bot.sync.report import SERVER, Post
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    JOINED,
    MOD,
    OTHER_GUILD,
    START,
    TEN_MINUTES,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio

DAY = timedelta(days=1)
HALF_A_DAY = timedelta(hours=12)
MONTH = ProvenWithin(30 * DAY)  # a word three days before
HELD = AllOf((Holds(HARBOUR), MONTH))
WORD, END = 27 * DAY, 30 * DAY


def words(harness: SyncHarness) -> list[Post]:
    """The messages about proofs that were sent."""
    return [post for post in harness.sent.values() if post.kind is PostKind.PROOF_ENDS]


async def prove_again(harness: SyncHarness, number: int = 1) -> None:
    """A member signs again."""
    at = int(harness.now.timestamp())
    await harness.rows("UPDATE proofs SET proven_at = ? WHERE user_id = ?", [at, user(number)])


async def rested(harness: SyncHarness, *, until: timedelta, step: timedelta = DAY) -> None:
    """Let time go by until so long after the start."""
    await harness.pass_time(START + until - harness.now, step)


async def test_a_member_is_notified_a_week_before_and_loses_the_role_after_the_end_and_the_grace() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(AllOf((Holds(HARBOUR), ProvenWithin(180 * DAY))), grace=timedelta(hours=6))
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=173 * DAY - TEN_MINUTES)
        assert words(harness) == []
        harness.discord.calls.clear()
        await rested(harness, until=173 * DAY)
        (post,) = words(harness)
        end = int((START + 180 * DAY).timestamp())
        assert [line.render() for line in post.lines] == [
            f"In {SERVER}, a role of yours needs a recent proof. Your proof of `{account_of(1)}` counts:",
            f"• for <@&{COLLECTOR}> until <t:{end}:D> (<t:{end}:R>)",
            (
                "Nothing is lost until then. Use `/verify` again in that server, with that account, and the time begins"
                " again."
            ),
        ]
        assert (post.user_id, post.guild_id, harness.now) == (user(1), GUILD, START + 173 * DAY)
        assert [call[0] for call in harness.discord.calls] == ["read"]  # whether they have the role now, and are there
        await rested(harness, until=180 * DAY)
        assert len(harness.discord.calls) == 1
        assert harness.has(1)
        await harness.pass_time(timedelta(hours=6))  # three misses come first, then six hours of grace
        assert harness.has(1)
        await harness.pass_time(timedelta(hours=1))
        assert not harness.has(1)
        assert len(words(harness)) == 1
        warnings = [one for one in harness.sent.values() if one.kind is PostKind.WARNING]
        assert [one.user_id for one in warnings] == [user(1)]
        assert any(f"Took <@&{COLLECTOR}>" in line and f"gate #{gate.gate_id}" in line for line in harness.said())


async def test_a_proof_that_is_renewed_before_needs_no_word_and_costs_nothing() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        for days in (20, 40, 60, 80):
            await rested(harness, until=days * DAY)
            await prove_again(harness)
        await rested(harness, until=100 * DAY)
        assert harness.has(1)
        assert words(harness) == []
        assert len(harness.discord.writes) == 1


async def test_a_proof_that_is_renewed_after_the_word_gets_another_one_before_its_own_end() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD)
        assert len(words(harness)) == 1
        await prove_again(harness)
        await rested(harness, until=2 * WORD - TEN_MINUTES)
        assert len(words(harness)) == 1
        await rested(harness, until=2 * WORD)
        assert len(words(harness)) == 2
        assert harness.has(1)


async def test_who_is_read_no_more_is_judged_when_the_word_is_due_and_when_the_proof_ends() -> None:
    async with open_sync() as harness:
        await harness.gate(MONTH)
        await harness.member(1)
        await harness.turn()

        async def judge(at: timedelta) -> None:
            """No account is read: only time makes them due."""
            harness.advance(START + at - harness.now)
            await harness.sync.run_due()
            await harness.sync.idle()
            await harness.post()

        await judge(WORD - timedelta(seconds=1))
        assert words(harness) == []
        assert (await harness.sync.status(GUILD)).pending == 0
        await judge(WORD)
        assert len(words(harness)) == 1
        for minutes in range(0, 60, 11):
            await judge(END + timedelta(seconds=1, minutes=minutes))
        assert not harness.has(1)
        assert len(words(harness)) == 1


async def test_several_roles_that_rest_on_one_proof_are_in_one_message() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.gate(AllOf((Holds(HARBOUR), ProvenWithin(29 * DAY))), WHALE)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=2 * END)
        (post,) = words(harness)
        lines = [line.render() for line in post.lines]
        ends = [int((START + days * DAY).timestamp()) for days in (29, 30)]
        assert "2 roles of yours need a recent proof" in lines[0]
        assert lines[1:3] == [
            f"• for <@&{role_id}> until <t:{end}:D> (<t:{end}:R>)"
            for role_id, end in zip((WHALE, COLLECTOR), ends, strict=True)
        ]
        assert harness.holders() == harness.holders(WHALE) == []


async def _with_two_proofs(harness: SyncHarness) -> None:
    """The proof of the account that is read for the gate is two days older than that of another account."""
    await harness.gate(HELD)
    await harness.member(1)
    await harness.link(1, 2)
    later = int((START + 2 * DAY).timestamp())
    await harness.rows("UPDATE proofs SET proven_at = ? WHERE owner = ?", [later, f"0x{2:040x}"])


async def test_an_older_proof_is_said_once_the_account_of_the_later_one_is_unlinked() -> None:
    async with open_sync() as harness:
        await _with_two_proofs(harness)
        await rested(harness, until=WORD + 2 * DAY)
        assert len(words(harness)) == 1
        await harness.unlink(1, 2)
        await harness.sync.own_act(user(1))
        await harness.pass_time(TEN_MINUTES)
        older, end = words(harness)[1:], int((START + END).timestamp())
        assert [f"<t:{end}:D>" in post.lines[1].render() for post in older] == [True]
        assert harness.has(1)


async def test_of_a_word_about_a_later_proof_that_waits_only_the_older_one_is_left() -> None:
    async with open_sync() as harness:
        await _with_two_proofs(harness)
        await rested(harness, until=WORD + 2 * DAY - TEN_MINUTES)
        for _ in range(2):
            harness.advance(TEN_MINUTES)
            await harness.sync.read_due()
            await harness.sync.run_due()
            await harness.sync.idle()
            assert [post.kind for post in await harness.sync.outbox.posts()] == [PostKind.PROOF_ENDS]
            await harness.unlink(1, 2)
            await harness.sync.own_act(user(1))
        await rested(harness, until=END - HALF_A_DAY)
        (post,) = words(harness)
        assert f"<t:{int((START + END).timestamp())}:D>" in post.lines[1].render()


async def test_a_word_that_has_replaced_another_one_is_not_withdrawn_with_it() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await harness.member(1)
        ends = ProofEnds(str(account_of(1)), [(gate.gate_id, START + END)])
        await harness.store.sync.warned_proofs.warn(GUILD, user(1), START, ends, harness.now)
        await harness.store.sync.warned_proofs.cancel(GUILD, user(1), START - DAY)
        assert len(await harness.sync.outbox.posts()) == 1
        await harness.store.sync.warned_proofs.cancel(GUILD, user(1), START)
        assert await harness.sync.outbox.posts() == []


async def test_each_server_in_which_a_role_rests_on_it_sends_its_own() -> None:
    async with open_sync() as harness:
        for guild_id in (GUILD, OTHER_GUILD):
            await harness.gate(HELD, guild_id=guild_id)
            await harness.member(1, guild_id=guild_id)
        await harness.turn()
        await rested(harness, until=WORD)
        assert sorted(post.guild_id for post in words(harness)) == [GUILD, OTHER_GUILD]


async def test_a_gate_that_is_saved_when_the_end_is_near_says_so_after_the_role_was_given() -> None:
    async with open_sync() as harness:
        await harness.member(1)
        harness.advance(WORD + DAY)
        await harness.gate(HELD)
        await harness.turn()
        assert harness.has(1)
        assert words(harness) == []
        await harness.pass_time(TEN_MINUTES)
        assert len(words(harness)) == 1


async def test_what_is_not_known_of_other_conditions_keeps_nobody_from_being_notified() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD - DAY)
        harness.source.is_down = True
        await rested(harness, until=WORD)
        assert len(words(harness)) == 1


async def test_who_lost_the_role_by_hand_while_a_source_is_down_is_read_once_in_a_drift_period() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD - DAY)
        await _take_by_hand(harness, gate)
        await rested(harness, until=WORD + TEN_MINUTES, step=TEN_MINUTES)
        harness.discord.calls.clear()
        await rested(harness, until=WORD + HALF_A_DAY, step=TEN_MINUTES)
        assert 1 <= len(harness.discord.calls) <= 4  # a reading without any role is made twice
        harness.source.is_down = False
        await harness.pass_time(timedelta(hours=1), step=TEN_MINUTES)
        assert harness.has(1)
        assert len(words(harness)) == 1


# ---------------------------------------------------------------- whom it costs nothing


async def _protect(harness: SyncHarness, _gate: Gate) -> None:
    await harness.set(protected_members=frozenset({user(1)}))


async def _protect_by_a_role(harness: SyncHarness, _gate: Gate) -> None:
    harness.server.members[user(1)].add(77)
    await harness.set(protected_roles=frozenset({77}))


async def _pause(harness: SyncHarness, gate: Gate) -> None:
    await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, MOD, harness.now)


async def _leave(harness: SyncHarness, _gate: Gate) -> None:
    del harness.server.members[user(1)]


async def _sell(harness: SyncHarness, _gate: Gate) -> None:
    harness.sell(1)


async def _prove_another(harness: SyncHarness, _gate: Gate) -> None:
    owner, at = f"0x{2:040x}", int(harness.now.timestamp())
    await harness.link(2)
    await harness.rows("UPDATE links SET user_id = ? WHERE owner = ?", [user(1), owner])
    await harness.rows("UPDATE proofs SET user_id = ?, proven_at = ? WHERE owner = ?", [user(1), at, owner])


async def _take_by_hand(harness: SyncHarness, _gate: Gate) -> None:
    harness.source.is_down = True  # so that it is not given again
    await harness.turn()
    harness.server.members[user(1)].clear()


async def _unlink(harness: SyncHarness, _gate: Gate) -> None:
    await harness.unlink(1, 1)


async def _park(harness: SyncHarness, _gate: Gate) -> None:
    await harness.add_role(COLLECTOR, position=60)  # above the bot's own


@pytest.mark.parametrize(
    "happens",
    [_protect, _protect_by_a_role, _pause, _park, _leave, _sell, _take_by_hand, _prove_another, _unlink],
    ids=lambda it: it.__name__,
)
async def test_nobody_is_notified_whom_the_end_costs_nothing(
    happens: Callable[[SyncHarness, Gate], Awaitable[None]],
) -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD, grace=20 * DAY)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD - DAY)
        await happens(harness, gate)
        await rested(harness, until=END)
        assert words(harness) == []


@pytest.mark.parametrize(
    ("rule", "draft"),
    [
        pytest.param(AnyOf((Holds(HARBOUR), MONTH)), {}, id="what else is held is enough"),
        pytest.param(HELD, {"never_remove": True}, id="the role is never taken"),
        pytest.param(During(HELD, last=(START + 29 * DAY).date()), {}, id="a date ends it before"),
    ],
)
async def test_nobody_is_notified_of_an_end_that_is_none(rule: Any, draft: dict[str, Any]) -> None:
    async with open_sync() as harness:
        await harness.gate(rule, **draft)
        await harness.member(1)
        await harness.turn()
        assert harness.has(1)
        await rested(harness, until=WORD + DAY)
        assert words(harness) == []


async def test_nobody_is_notified_of_a_role_that_is_not_from_the_bot() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1, roles=[COLLECTOR])
        await harness.turn()
        await rested(harness, until=END + DAY)
        assert words(harness) == []
        assert harness.has(1)


# ---------------------------------------------------------------- what waits to be sent


async def _renew(harness: SyncHarness, _gate: Gate) -> None:
    await prove_again(harness)


async def _wait(harness: SyncHarness, _gate: Gate) -> None:
    harness.advance(4 * DAY)


async def _never_remove(harness: SyncHarness, gate: Gate) -> None:
    await harness.store.gates.edit(gate.gate_id, replace(gate.draft, never_remove=True), MOD, harness.now)


async def _word_waits(harness: SyncHarness) -> None:
    """A proof is so old that its member is to be notified, and Discord takes no direct message now."""
    await harness.member(1)
    await harness.turn()
    harness.advance(WORD)
    await harness.sync.read_due()
    await harness.sync.run_due()
    await harness.sync.idle()
    assert [post.kind for post in await harness.sync.outbox.posts()] == [PostKind.PROOF_ENDS]


async def _stop(harness: SyncHarness, gate: Gate, state: GateState) -> None:
    parked, by = (ParkReason.NO_PERMISSION, None) if state is GateState.PARKED else (None, MOD)
    await harness.store.gates.set_state(gate.gate_id, state, parked, by, harness.now)


@pytest.mark.parametrize("happens", [_renew, _never_remove, _leave, _unlink, _wait], ids=lambda it: it.__name__)
async def test_a_word_that_waits_to_be_sent_is_withdrawn_when_it_is_true_no_more(
    happens: Callable[[SyncHarness, Gate], Awaitable[None]],
) -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await _word_waits(harness)
        await happens(harness, gate)
        await harness.sync.drifted(GUILD, user(1))
        await harness.turn()
        assert words(harness) == []
        assert await harness.rows("SELECT 1 FROM sync_posts WHERE sent_at IS NULL") == []


@pytest.mark.parametrize("state", [GateState.PAUSED, GateState.PARKED])
async def test_a_word_that_waits_to_be_sent_is_sent_once_its_gate_works_again(state: GateState) -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await _word_waits(harness)
        await _stop(harness, gate, state)
        await harness.post()
        assert words(harness) == []
        await harness.store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, MOD, harness.now)
        await rested(harness, until=END)
        assert len(words(harness)) == 1


async def test_a_word_whose_gate_works_again_after_the_end_is_withdrawn() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await _word_waits(harness)
        await _stop(harness, gate, GateState.PAUSED)
        await rested(harness, until=END)
        assert words(harness) == []
        assert await harness.rows("SELECT 1 FROM sync_posts WHERE sent_at IS NULL") == []


async def test_a_word_that_waits_while_its_account_is_not_certain_is_sent_when_it_is_certain_again() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await _word_waits(harness)
        for is_confirmed in (0, 1):
            await harness.rows("UPDATE owners SET is_confirmed = ?", [is_confirmed])
            await harness.pass_time(TEN_MINUTES)
            assert len(words(harness)) == is_confirmed
        await rested(harness, until=END)
        assert len(words(harness)) == 1


async def test_a_word_that_was_sent_is_not_sent_again_when_its_account_was_not_certain_meanwhile() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD)
        for is_confirmed in (0, 1):
            await harness.rows("UPDATE owners SET is_confirmed = ?", [is_confirmed])
            await harness.pass_time(TEN_MINUTES)
        await rested(harness, until=END)
        assert len(words(harness)) == 1


async def test_nothing_is_written_for_one_who_has_renewed_the_proof_after_the_word() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD)
        await prove_again(harness)
        await rested(harness, until=WORD + DAY)
        done: list[str] = []
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(done.append))
        await harness.pass_time(TEN_MINUTES)
        await harness.store.writer.run(lambda db: db.conn.set_trace_callback(None))
        assert [sql for sql in done if "kind = 'proof_ends'" in sql and "SELECT 1" in sql]
        assert [sql for sql in done if "DELETE FROM sync_posts" in sql or "warned_proof = NULL" in sql] == []


async def test_once_it_is_sent_the_store_does_not_say_of_which_account_it_was() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD)
        assert await harness.rows("SELECT detail FROM sync_posts WHERE kind = 'proof_ends'") == [("",)]


async def test_who_comes_again_is_not_notified_of_the_same_proof_again() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD)
        roles = harness.server.members.pop(user(1))
        await harness.sync.drifted(GUILD, user(1))
        await rested(harness, until=WORD + DAY)
        harness.server.members[user(1)] = roles
        await harness.sync.seen(GUILD, user(1), JOINED + 400 * DAY)
        await rested(harness, until=END)
        assert len(words(harness)) == 1


async def test_two_who_judge_a_member_at_the_same_time_send_one_word() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD)
        await harness.member(1)
        await harness.turn()
        ends = ProofEnds(str(account_of(1)), [(gate.gate_id, START + END)])
        for proven_at in (START, START, START - DAY):
            await harness.store.sync.warned_proofs.warn(GUILD, user(1), proven_at, ends, harness.now)
        assert len(await harness.sync.outbox.posts()) == 1
        member = await harness.store.sync.members.get(GUILD, user(1))
        assert member
        assert member.warned_proof == START


async def test_who_is_due_only_when_a_proof_ends_is_nobody_who_is_about_to_be_judged() -> None:
    async with open_sync() as harness:
        await harness.gate(ProvenWithin(180 * DAY))
        await harness.member(1)
        await harness.turn()
        harness.sell(1)
        await rested(harness, until=3 * DAY)

        async def emptied() -> int:
            census = await harness.store.readings.held_source("loopring", START, harness.now)
            return census.emptied

        assert await emptied() == 0
        await harness.store.sync.members.mark_user(user(1), harness.now)
        assert await emptied() == 1
