"""Gates as they are stored: one for each role, changed as a whole, and never half."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.errors import StoreError
from bot.gates.gate import GateDraft, GateState, ParkReason
from bot.gates.rule import (
    AccountIn,
    AllOf,
    AnyOf,
    CollectionRef,
    During,
    HeldFor,
    Holds,
    HoldsCollections,
    HoldsIds,
    HoldsTrait,
    Measure,
    Network,
    Not,
    ProvenWithin,
    Rule,
    SomeOf,
)
from bot.holdings import Account
from bot.store import Store
from tests.store.gates.drafts import ADMIN, BOATS, ELSEWHERE, HERE, LIGHTS, NOW, added, draft

A_MINUTE = timedelta(minutes=1)
RULES: list[Rule] = [
    Holds(LIGHTS, Measure.COPIES, 2, 5),
    Holds(Network("eip155:1")),
    HoldsIds(LIGHTS, ((1, 1), (5, 2**256 - 1)), 2),
    HoldsTrait(LIGHTS, "Background", "Gold"),
    HoldsCollections(5, among=(LIGHTS, BOATS)),
    HeldFor(Holds(LIGHTS), timedelta(days=30)),
    During(Holds(LIGHTS), last=date(2027, 1, 1)),
    AccountIn(frozenset({Account("loopring", "10001")}), frozenset({"0x" + "ab" * 20})),
    ProvenWithin(timedelta(days=180)),
    SomeOf(2, (Holds(LIGHTS), Holds(BOATS), Holds(CollectionRef("loopring", "300")))),
    AllOf((Holds(LIGHTS), Not(Holds(BOATS)))),
    AnyOf((Holds(LIGHTS), Holds(BOATS))),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
async def test_a_gate_is_read_as_it_was_decided(store: Store, rule: Rule) -> None:
    decided = GateDraft(7, rule, timedelta(hours=2), True, True, "tiers", 3, frozenset({"mention_everyone"}))  # noqa: FBT003 - as a row
    gate = await store.gates.add(HERE, decided, ADMIN, NOW)
    assert gate
    assert (gate.draft, gate.state, gate.since, gate.created_at) == (decided, GateState.ACTIVE, NOW, NOW)
    assert await store.gates.of_guild(HERE) == [gate]
    assert await store.gates.get(gate.gate_id) == gate


async def test_a_role_of_a_server_has_one_gate(store: Store) -> None:
    first = await added(store)
    assert await store.gates.add(HERE, draft(least=5), ADMIN, NOW) is None
    assert await store.gates.of_guild(HERE) == [first]
    assert await store.gates.version(HERE) == 1


async def test_gates_are_in_the_order_of_their_ladders_from_the_top(store: Store) -> None:
    for role_id, ladder, rank in [(1, "tiers", 1), (2, "", 0), (3, "tiers", 9), (4, "boats", 1), (5, "", 0)]:
        await added(store, role_id, ladder=ladder, rank=rank)
    assert [gate.role_id for gate in await store.gates.of_guild(HERE)] == [2, 5, 4, 3, 1]


async def test_the_id_of_a_removed_gate_is_never_used_again(store: Store) -> None:
    gate = await added(store)
    assert await store.gates.remove(gate.gate_id, ADMIN, NOW) == gate
    assert await store.gates.of_guild(HERE) == []
    assert (await added(store)).gate_id > gate.gate_id


async def test_a_gate_can_be_bound_to_another_role_but_not_to_one_that_has_a_gate(store: Store) -> None:
    gate, other = await added(store, 7), await added(store, 8)
    edited = await store.gates.edit(gate.gate_id, draft(9, least=4), ADMIN, NOW + A_MINUTE)
    assert edited == replace(gate, draft=draft(9, least=4))
    assert await store.gates.edit(gate.gate_id, draft(other.role_id), ADMIN, NOW) is None
    assert await store.gates.get(gate.gate_id) == edited


async def test_what_is_decided_in_one_server_changes_nothing_in_another(store: Store) -> None:
    there = await added(store, guild_id=ELSEWHERE)
    here = await added(store)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    assert await store.gates.replace_all(HERE, [], ADMIN, NOW, removes_others=True) == []
    assert await store.gates.of_guild(ELSEWHERE) == [there]
    assert await store.gates.aliases(ELSEWHERE) == {}
    assert await store.gates.version(ELSEWHERE) == 1
    assert await store.gates.change(ELSEWHERE, here.gate_id) is None


# ---------------------------------------------------------------- states


async def test_a_paused_gate_is_resumed(store: Store) -> None:
    gate = await added(store)
    paused = await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW + A_MINUTE)
    assert paused == replace(gate, state=GateState.PAUSED, since=NOW + A_MINUTE)
    resumed = await store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, ADMIN, NOW + 2 * A_MINUTE)
    assert resumed == replace(gate, since=NOW + 2 * A_MINUTE)


async def test_tessera_parks_a_gate_and_heals_it_but_never_touches_a_paused_one(store: Store) -> None:
    gate = await added(store)
    parked = await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, NOW + A_MINUTE)
    assert parked == replace(gate, state=GateState.PARKED, parked=ParkReason.ROLE_GONE, since=NOW + A_MINUTE)
    healed = await store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, None, NOW + 2 * A_MINUTE)
    assert healed == replace(gate, since=NOW + 2 * A_MINUTE)
    paused = await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW)
    assert await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, NOW) == paused
    assert await store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, None, NOW) == paused


# ---------------------------------------------------------------- versions


async def test_each_change_has_a_version_and_what_changes_nothing_has_none(store: Store) -> None:
    assert await store.gates.version(HERE) == 0
    gate = await added(store)
    await store.gates.edit(gate.gate_id, gate.draft, ADMIN, NOW)
    assert await store.gates.version(HERE) == 1
    await store.gates.edit(gate.gate_id, draft(least=2), ADMIN, NOW)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, NOW)
    assert await store.gates.version(HERE) == 4
    await store.gates.remove(gate.gate_id, ADMIN, NOW)
    assert await store.gates.version(HERE) > 4


async def test_nothing_is_saved_from_a_preview_that_is_out_of_date(store: Store) -> None:
    gate = await added(store)
    old = await store.gates.version(HERE)
    await store.gates.edit(gate.gate_id, draft(least=2), ADMIN, NOW)
    before = await store.gates.of_guild(HERE)
    [_, change] = reversed(await store.gates.history(HERE))
    assert await store.gates.add(HERE, draft(8), ADMIN, NOW, version=old) is None
    assert await store.gates.edit(gate.gate_id, draft(least=3), ADMIN, NOW, version=old) is None
    assert await store.gates.remove(gate.gate_id, ADMIN, NOW, version=old) is None
    assert await store.gates.replace_all(HERE, [draft(8)], ADMIN, NOW, version=old) is None
    assert await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW, version=old) is None
    assert await store.gates.take_back(HERE, change.change_id, ADMIN, NOW, version=old) is None
    assert (await store.gates.of_guild(HERE), await store.gates.aliases(HERE)) == (before, {})
    assert await store.gates.version(HERE) == old + 1
    assert await store.gates.add(HERE, draft(8), ADMIN, NOW, version=old + 1)


# ---------------------------------------------------------------- all at once


async def test_an_import_changes_adds_and_leaves_the_rest(store: Store) -> None:
    first, second = await added(store, 7), await added(store, 8)
    saved = await store.gates.replace_all(HERE, [draft(7, 5), draft(9)], ADMIN, NOW)
    assert saved
    assert [(gate.gate_id, gate.draft) for gate in saved] == [
        (first.gate_id, draft(7, 5)),
        (second.gate_id, draft(8)),
        (saved[-1].gate_id, draft(9)),
    ]
    assert len(await store.gates.history(HERE)) == 3  # two were added; then one change


async def test_an_import_may_remove_what_it_does_not_name(store: Store) -> None:
    await added(store, 7)
    kept = await added(store, 8)
    sets = [[LIGHTS, BOATS]]
    assert await store.gates.replace_all(HERE, [kept.draft], ADMIN, NOW, removes_others=True, aliases=sets) == [kept]
    assert await store.gates.aliases(HERE) == {LIGHTS: (LIGHTS, BOATS), BOATS: (LIGHTS, BOATS)}


async def test_nothing_of_an_import_is_saved_when_one_of_its_gates_cannot_be(store: Store) -> None:
    gate = await added(store, 7)
    with pytest.raises(StoreError):
        await store.gates.replace_all(
            HERE, [draft(7, 5), draft(8, grace=timedelta(seconds=-1))], ADMIN, NOW, removes_others=True
        )
    assert await store.gates.of_guild(HERE) == [gate]
    assert (await store.gates.version(HERE), len(await store.gates.history(HERE))) == (1, 1)
