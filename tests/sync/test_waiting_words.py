"""What waits to be sent about the end of a proof: sent once it may be, withdrawn when it is true no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from bot.gates.gate import Gate, GateState, ParkReason
from bot.gates.rule import ProvenWithin
from bot.store.sync.post_table import PostKind
from bot.store.sync.warned_proofs import ProofEnds
from tests.sync.ending_proofs import (
    DAY,
    END,
    HELD,
    WORD,
    _leave,
    _unlink,
    prove_again,
    rested,
    words,
)
from tests.sync.sync_harness import (
    GUILD,
    JOINED,
    MOD,
    START,
    TEN_MINUTES,
    SyncHarness,
    account_of,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio


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
