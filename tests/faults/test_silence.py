"""A source that does not answer at all: what it would have said is unknown, and unknown takes nothing."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from bot.gates.gate import GateDraft, GateState, ParkReason
from bot.gates.rule import CollectionRef, Holds
from tests.faults.sandboxed import A_DAY, AN_HOUR, UNTIL_A_SALE_IS_SEEN, SandboxedSync, open_sandboxed
from tests.sandbox_client import SandboxClient
from tests.sync.sync_harness import GUILD, TEN_MINUTES


async def test_case_01_an_hour_of_refused_connections_costs_nobody_a_role(synced: SandboxedSync) -> None:
    await synced.holders_of(4)
    await synced.sold(1)
    await synced.fails("reset")
    before = synced.now
    await synced.pass_time(AN_HOUR)
    assert synced.having() == [1, 2, 3, 4]
    assert await synced.misses() == {}
    since = (await synced.sync.status(GUILD)).failing["Loopring"]
    assert since - before <= TEN_MINUTES
    assert [line.partition(" since")[0] for line in synced.alerts()] == ["Loopring has not answered"]
    await synced.repaired()
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [2, 3, 4]
    assert (await synced.sync.status(GUILD)).failing == {}
    assert synced.alerts()[1:] == ["Loopring answers again."]


async def test_case_01_a_short_silence_and_a_source_that_no_gate_asks_alert_nobody(synced: SandboxedSync) -> None:
    await synced.holders_of(3)
    await synced.fails("reset")
    await synced.pass_time(2 * TEN_MINUTES)
    await synced.repaired()
    await synced.pass_time(2 * TEN_MINUTES)
    assert synced.alerts() == []
    (gate,) = await synced.store.gates.of_guild(GUILD)
    on_chain = GateDraft(gate.role_id, Holds(CollectionRef("eip155:1", "0x" + "1" * 40)))
    await synced.store.gates.edit(gate.gate_id, on_chain, 1, synced.now)
    await synced.sync.gates_changed(GUILD)
    await synced.fails("reset")
    await synced.pass_time(2 * AN_HOUR)
    assert list((await synced.sync.status(GUILD)).failing) == ["Loopring"]
    (line,) = [line for line in synced.alerts() if "answer" in line]
    assert "no source is set up for it" in line  # of the gate, which asks about another network: nothing of Loopring


async def test_case_01_an_outage_is_reported_once_however_often_the_bot_is_restarted(synced: SandboxedSync) -> None:
    await synced.holders_of(3)
    await synced.fails("reset")
    for _ in range(3):
        await synced.pass_time(AN_HOUR)
        synced.start()
    assert len(synced.alerts()) == 1


async def test_case_01_a_bot_that_is_restarted_while_nothing_listens_there_takes_nothing(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(3)
    await synced.sold(1)
    whole = synced.source
    async with open_sandboxed(synced.sandbox, base_url="http://127.0.0.1:9") as elsewhere:
        synced.source = elsewhere.source
        synced.start()
        await synced.pass_time(2 * AN_HOUR)
        assert synced.having() == [1, 2, 3]
        assert await synced.misses() == {}
    synced.source = whole
    synced.start()
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [2, 3]


async def _a_trading_hour(synced: SandboxedSync) -> list[int]:
    """Who has the role after somebody sold, somebody bought, and all of that could be seen."""
    await synced.sold(2)
    await synced.holder(20)
    end = synced.now + UNTIL_A_SALE_IS_SEEN
    while synced.now < end:
        await synced.pass_time(TEN_MINUTES)
        assert set(await synced.misses()) <= {2}
    return synced.having()


async def test_case_02_with_three_of_ten_requests_failing_the_result_is_that_of_none(sandbox: SandboxClient) -> None:
    async with open_sandboxed(sandbox) as synced:
        await synced.holders_of(5)
        right = await _a_trading_hour(synced)
    await sandbox.reset()
    async with open_sandboxed(sandbox) as synced:
        await synced.holders_of(5)
        before = await synced.requests()
        random = Random(1)  # noqa: S311 - which of them fail
        failing = [number for number in range(200) if random.random() < 0.3]
        for number in failing:
            await synced.fails("status", status=random.choice([500, 502, 503]), after=number, times=1)
        assert await _a_trading_hour(synced) == right == [1, 3, 4, 5, 20]
        assert synced.removals() == 1
        applied = len(failing) - len(await sandbox.get("/_sandbox/faults"))
        assert applied > 0.2 * (await synced.requests() - before)


async def test_case_03_a_day_of_503_takes_nothing_and_counts_nothing(synced: SandboxedSync) -> None:
    await synced.holders_of(4)
    await synced.sold(1, 2)
    began = synced.now
    await synced.fails("status", status=503)
    await synced.pass_time(A_DAY, step=timedelta(minutes=30))
    assert synced.having() == [1, 2, 3, 4]
    assert await synced.misses() == {}
    assert (await synced.sync.status(GUILD)).failing["Loopring"] - began <= timedelta(minutes=30)
    await synced.repaired()
    await synced.pass_time(UNTIL_A_SALE_IS_SEEN)
    assert synced.having() == [3, 4]


async def test_case_50_a_source_that_is_gone_for_thirty_days_parks_its_gates_with_words_until_it_answers(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(3)
    await synced.fails("reset")
    await synced.pass_time(timedelta(days=29), step=A_DAY)
    (gate,) = await synced.store.gates.of_guild(GUILD)
    assert gate.state is GateState.ACTIVE
    await synced.pass_time(timedelta(days=3), step=A_DAY)
    (gate,) = await synced.store.gates.of_guild(GUILD)
    assert (gate.state, gate.parked) == (GateState.PARKED, ParkReason.SOURCE_GONE)
    assert synced.having() == [1, 2, 3]
    said = [line for line in synced.alerts() if "gives and takes nothing" in line]
    assert len(said) == 1
    assert "its source has not answered for 30 days" in said[0]
    await synced.repaired()
    await synced.pass_time(AN_HOUR)
    (gate,) = await synced.store.gates.of_guild(GUILD)
    assert gate.state is GateState.ACTIVE
    assert sum("works again" in line for line in synced.alerts()) == 1
    await synced.all_goes_on(1, 9)
