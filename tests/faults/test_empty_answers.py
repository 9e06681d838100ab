"""Answers that are well-formed, complete and empty: of everybody it is a fault, of one it may be a sale."""

from __future__ import annotations

from datetime import timedelta

from bot.gates.rule import HeldFor, Holds
from tests.faults.sandboxed import AN_HOUR, SandboxedSync
from tests.sync.sync_harness import GUILD, HARBOUR, TEN_MINUTES


async def test_case_05_everybody_reads_as_empty_for_an_hour_and_nobody_loses_a_role(synced: SandboxedSync) -> None:
    await synced.holders_of(8)
    await synced.fails("empty", total=0)
    await synced.pass_time(AN_HOUR + TEN_MINUTES)
    assert synced.having() == list(range(1, 9))
    assert synced.removals() == 0
    waits = [line for line in synced.alerts() if "Removals wait for a decision" in line]
    assert len(waits) == len(set(waits)) == len(await synced.holds()) > 0
    assert (await synced.sync.status(GUILD)).staged == 8
    await synced.repaired()
    await synced.pass_time(AN_HOUR)
    assert await synced.holds() == []
    assert synced.having() == list(range(1, 9))
    await synced.all_goes_on(1, 20)


async def test_case_06_one_member_reads_as_empty_twice_and_then_holds_again(synced: SandboxedSync) -> None:
    await synced.holders_of(5)
    for _ in range(3):
        await synced.fails("empty", total=0, account=synced.account_id(1))
        await synced.pass_time(2 * TEN_MINUTES)
        assert await synced.misses() == {1: 2}
        await synced.repaired()
        await synced.pass_time(TEN_MINUTES)
        assert await synced.misses() == {}
    assert synced.having() == [1, 2, 3, 4, 5]
    assert synced.removals() == 0
    await synced.all_goes_on(1, 20)


async def test_case_06_who_reads_as_empty_twice_has_held_it_without_a_break(synced: SandboxedSync) -> None:
    await synced.gate(HeldFor(Holds(HARBOUR), timedelta(hours=6)))
    await synced.holder(1)
    await synced.holder(2)
    await synced.turn()
    await synced.pass_time(3 * AN_HOUR)
    await synced.fails("empty", total=0, account=synced.account_id(1))
    await synced.pass_time(2 * TEN_MINUTES)
    await synced.repaired()
    await synced.fails("status", status=503, account=synced.account_id(1))  # and then nobody can say
    await synced.pass_time(AN_HOUR)
    await synced.repaired()
    await synced.pass_time(AN_HOUR)
    assert synced.having() == []
    await synced.pass_time(AN_HOUR)
    assert synced.having() == [1, 2]
    assert synced.removals() == 0


async def test_case_07_who_truly_sold_loses_the_role_after_half_an_hour_and_within_fifty_minutes(
    synced: SandboxedSync,
) -> None:
    await synced.holders_of(5)
    await synced.sold(3)
    await synced.pass_time(timedelta(minutes=30))
    assert synced.having() == [1, 2, 3, 4, 5]
    await synced.pass_time(timedelta(minutes=20))
    assert synced.having() == [1, 2, 4, 5]
    await synced.pass_time(AN_HOUR)
    assert synced.removals() == 1
    assert synced.alerts() == []
    await synced.bought(3)
    await synced.pass_time(TEN_MINUTES)
    assert synced.having() == [1, 2, 3, 4, 5]
