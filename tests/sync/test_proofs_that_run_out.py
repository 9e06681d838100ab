"""Before a proof is too old for a role its member is notified, once; afterwards the role goes as any other does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import AllOf, Holds, ProvenWithin
from bot.store.sync.post_table import PostKind
from bot.store.sync.warned_proofs import ProofEnds
from bot.sync.report import SERVER
from tests.sync.ending_proofs import (
    DAY,
    END,
    HELD,
    MONTH,
    WORD,
    _take_by_hand,
    prove_again,
    rested,
    words,
)
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
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

HALF_A_DAY = timedelta(hours=12)


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
