"""A network of which no source is configured (any more): its gates are parked with words, and nobody loses a role."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.gate import Gate, GateState, ParkReason
from bot.gates.rule import AccountIn, AllOf, Holds, HoldsCollections, Network, Not, Rule
from bot.holdings import Account
from bot.sync.gate_sources import asked_networks
from tests.sync.sync_harness import (
    COLLECTOR,
    GUILD,
    HARBOUR,
    MOD,
    MOSAIC,
    WHALE,
    SyncHarness,
    account_of,
    open_sync,
)
from tests.sync.two_networks import MONUMENTS, POLYGON, link_on_polygon, polygon

pytestmark = pytest.mark.asyncio

A_DAY = timedelta(days=1)


async def state_of(harness: SyncHarness, gate: Gate) -> tuple[GateState, ParkReason | None]:
    """A gate's state now."""
    found = await harness.store.gates.get(gate.gate_id)
    assert found
    return found.state, found.parked


GONE = (GateState.PARKED, ParkReason.SOURCE_GONE)
ACTIVE = (GateState.ACTIVE, None)


@pytest.mark.parametrize(
    ("rule", "named", "also"),
    [
        pytest.param(Holds(HARBOUR), {"loopring"}, set(), id="a collection"),
        pytest.param(Holds(Network(POLYGON)), {POLYGON}, set(), id="a network"),
        pytest.param(Holds(MOSAIC), {"loopring", POLYGON}, set(), id="what counts as the same"),
        pytest.param(HoldsCollections(least=3), set(), {"loopring", POLYGON, "eip155:1"}, id="all collections"),
        pytest.param(
            AllOf((HoldsCollections(least=3), Not(Holds(HARBOUR)), Holds(Network(POLYGON)))),
            {"loopring", POLYGON},
            {"eip155:1"},
            id="all collections, and others by name",
        ),
        pytest.param(AccountIn(frozenset({account_of(1)})), set(), set(), id="accounts alone"),
    ],
)
async def test_which_networks_a_rule_asks_about(rule: Rule, named: set[str], also: set[str]) -> None:
    aliases = dict.fromkeys((MOSAIC, MONUMENTS), (MOSAIC, MONUMENTS))
    asked = asked_networks(rule, aliases)
    assert asked.named == named
    assert asked.without_source(["loopring"]) == named - {"loopring"}
    known = {"loopring", POLYGON, "eip155:1"}
    assert {network for network in known if asked.rests_on(network)} == named | also


async def test_a_gate_on_a_network_without_a_source_is_parked_at_once_also_where_nobody_is_a_member() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(Holds(MONUMENTS))
        assert await state_of(harness, gate) == GONE
        await harness.turn()
        (line,) = [line for line in harness.said() if "gives and takes nothing" in line]
        assert "no source is set up for it" in line


async def test_when_a_source_is_taken_out_its_gates_take_nothing_and_heal_when_it_is_back() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        harbour = await harness.gate(Holds(HARBOUR), COLLECTOR)
        monuments = await harness.gate(Holds(MONUMENTS), WHALE)
        for number in (1, 2):
            await harness.member(number)
            await link_on_polygon(harness, number, 1)
        await harness.turn()
        assert (harness.holders(COLLECTOR), harness.holders(WHALE)) == ([1, 2], [1, 2])

        removed = harness.sources.pop()
        harness.start()
        await harness.sync.run_due()  # before anybody is judged
        assert await state_of(harness, monuments) == GONE
        await harness.pass_time(A_DAY)
        harness.sell(1)
        await harness.pass_time(A_DAY)
        assert harness.holders(COLLECTOR) == [2]
        assert harness.holders(WHALE) == [1, 2]
        assert await state_of(harness, harbour) == ACTIVE
        assert (await harness.sync.status(GUILD)).unsourced == [POLYGON]

        removed.held[Account(POLYGON, f"0x{2:040x}")] = {}
        harness.sources = [removed]
        harness.start()
        await harness.pass_time(timedelta(hours=3))
        assert await state_of(harness, monuments) == ACTIVE
        assert harness.holders(WHALE) == [1]
        assert (await harness.sync.status(GUILD)).unsourced == []
        said = [line for line in harness.said() if "works again" in line]
        assert len(said) == 1


async def test_a_gate_is_parked_though_discord_does_not_report_the_roles_of_its_server() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        gate = await harness.gate(Holds(MONUMENTS))
        harness.sources = []
        harness.start()
        harness.server.is_available = False
        await harness.sync.gates_changed(GUILD)
        assert await state_of(harness, gate) == GONE


async def test_a_gate_over_all_collections_is_parked_only_where_no_source_is_left() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        gate = await harness.gate(HoldsCollections(least=1))
        await harness.member(1)
        await harness.turn()
        harness.source.is_down = True
        await harness.pass_time(timedelta(days=31), step=A_DAY)
        assert await state_of(harness, gate) == ACTIVE  # the other one may still be asked
        harness.source, harness.sources = None, []
        harness.start()
        await harness.turn()
        assert await state_of(harness, gate) == GONE
        await harness.pass_time(3 * A_DAY, step=timedelta(hours=1))
        assert harness.holders() == [1]


async def test_what_is_held_where_no_source_is_left_is_not_known_and_never_fewer() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.gate(HoldsCollections(least=2))
        for number in (1, 2, 3):
            await harness.member(number)
        await link_on_polygon(harness, 1, 1)
        await link_on_polygon(harness, 2, 1)
        await harness.turn()
        assert harness.holders() == [1, 2]
        harness.sources = []
        harness.start()
        await harness.pass_time(3 * A_DAY, step=timedelta(hours=1))
        assert harness.holders() == [1, 2]  # two were seen, and one of them cannot be seen any more
        harness.source.held[account_of(3)] = {HARBOUR: 1, MOSAIC: 1}
        await harness.pass_time(timedelta(hours=1))
        assert harness.holders() == [1, 2, 3]
        harness.source.held[account_of(3)] = {HARBOUR: 1}  # who has no account there can still lose it
        await harness.pass_time(A_DAY)
        assert harness.holders() == [1, 2]


async def test_a_gate_that_an_admin_paused_stays_paused_without_a_source() -> None:
    async with open_sync() as harness:
        gate = await harness.gate(Holds(HARBOUR))
        await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, MOD, harness.now)
        harness.source, harness.sources = None, [polygon()]
        harness.start()
        await harness.turn()
        assert await state_of(harness, gate) == (GateState.PAUSED, None)
