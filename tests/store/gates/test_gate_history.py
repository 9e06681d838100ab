"""Who decided what, when, and how it is taken back; and servers that the bot has left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.gates.gate import GateState, GuildSettings, ParkReason
from bot.gates.rule import CollectionRef
from bot.store import Store
from tests.store.gates.drafts import (
    ADMIN,
    BOATS,
    ELSEWHERE,
    HERE,
    L1_LIGHTS,
    LIGHTS,
    NOW,
    OTHER_ADMIN,
    added,
    draft,
)

LATER = NOW + timedelta(minutes=5)


async def latest(store: Store) -> int:
    """The latest change."""
    [change] = await store.gates.history(HERE, 1)
    return change.change_id


async def test_each_change_says_who_when_and_what(store: Store) -> None:
    gate = await added(store)
    await store.gates.edit(gate.gate_id, draft(least=3), OTHER_ADMIN, LATER)
    await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, LATER)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, LATER)
    await store.gates.remove(gate.gate_id, ADMIN, LATER)
    found = list(reversed(await store.gates.history(HERE)))
    assert [(change.verb, change.by, change.changed_at) for change in found] == [
        ("add", ADMIN, NOW),
        ("edit", OTHER_ADMIN, LATER),
        ("pause", ADMIN, LATER),
        ("alias", ADMIN, LATER),
        ("remove", ADMIN, LATER),
    ]
    assert found[1].gates_before == {gate.gate_id: draft()}
    assert found[1].gates_after == {gate.gate_id: draft(least=3)}
    assert (found[0].before, found[4].after) == ({}, {})
    assert found[3].after == {"alias loopring:254": "loopring:254", "alias loopring:261": "loopring:254"}


async def test_history_is_read_page_by_page(store: Store) -> None:
    for role_id in range(1, 6):
        await added(store, role_id)
    newest = await store.gates.history(HERE, 2)
    older = await store.gates.history(HERE, 2, newest[-1].change_id)
    assert [next(iter(change.gates_after.values())).role_id for change in [*newest, *older]] == [5, 4, 3, 2]


async def test_what_tessera_does_by_itself_is_not_history(store: Store) -> None:
    gate = await added(store)
    await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, LATER)
    assert len(await store.gates.history(HERE)) == 1


async def test_an_added_gate_is_taken_back(store: Store) -> None:
    await added(store)
    assert await store.gates.take_back(HERE, await latest(store), OTHER_ADMIN, LATER)
    assert await store.gates.of_guild(HERE) == []
    [change] = await store.gates.history(HERE, 1)
    assert (change.verb, change.by, change.changed_at) == ("take back", OTHER_ADMIN, LATER)


async def test_what_was_taken_back_can_be_taken_back(store: Store) -> None:
    gate = await added(store)
    await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.gates.of_guild(HERE) == [replace(gate, since=LATER)]


async def test_a_removed_gate_is_itself_again(store: Store) -> None:
    gate = await added(store, grace=timedelta(hours=3), ladder="tiers", rank=2)
    await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW)
    await store.gates.remove(gate.gate_id, ADMIN, NOW)
    await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.gates.get(gate.gate_id) == replace(gate, state=GateState.PAUSED, since=LATER)


async def test_an_edited_gate_has_its_earlier_rule_and_retains_its_state(store: Store) -> None:
    gate = await added(store)
    await store.gates.edit(gate.gate_id, draft(8, least=3), ADMIN, NOW)
    change_id = await latest(store)
    await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, NOW)
    assert await store.gates.take_back(HERE, change_id, ADMIN, LATER)
    assert await store.gates.get(gate.gate_id) == replace(gate, state=GateState.PARKED, parked=ParkReason.ROLE_GONE)


async def test_what_was_paused_works_again(store: Store) -> None:
    gate = await added(store)
    await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW)
    await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.gates.get(gate.gate_id) == replace(gate, since=LATER)


async def test_an_import_is_taken_back_as_a_whole(store: Store) -> None:
    first, second = await added(store, 7, rank=1), await added(store, 8)
    await store.gates.set_alias(HERE, LIGHTS, L1_LIGHTS, ADMIN, NOW)
    before = await store.gates.aliases(HERE)
    await store.gates.replace_all(
        HERE, [draft(7, 5), draft(9)], ADMIN, NOW, removes_others=True, aliases=[[LIGHTS, BOATS]]
    )
    assert await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert {gate.gate_id: gate.draft for gate in await store.gates.of_guild(HERE)} == {
        first.gate_id: first.draft,
        second.gate_id: second.draft,
    }
    assert await store.gates.aliases(HERE) == before


async def test_a_gate_that_was_parked_since_is_paused_again(store: Store) -> None:
    gate = await added(store)
    await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW)
    await store.gates.set_state(gate.gate_id, GateState.ACTIVE, None, ADMIN, NOW)
    await store.gates.set_state(gate.gate_id, GateState.PARKED, ParkReason.ROLE_GONE, None, NOW)
    assert await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.gates.get(gate.gate_id) == replace(gate, state=GateState.PAUSED, since=LATER)


async def test_settings_are_history_and_are_taken_back(store: Store) -> None:
    first = GuildSettings(grace=timedelta(hours=2), protected_members=frozenset({5}))
    second = GuildSettings(log_channel_id=4, cool_down=timedelta(0), protected_members=frozenset({6}))
    await store.guild_settings.save(HERE, first, ADMIN, NOW)
    await store.guild_settings.save(HERE, second, OTHER_ADMIN, LATER)
    [change] = await store.gates.history(HERE, 1)
    assert (change.verb, change.by, await store.gates.version(HERE)) == ("set", OTHER_ADMIN, 2)
    assert change.before == {
        "setting grace_seconds": 7200,
        "protected 5": True,
    }
    assert await store.gates.take_back(HERE, change.change_id, ADMIN, LATER)
    assert await store.guild_settings.of(HERE) == first
    assert await store.gates.take_back(HERE, await latest(store), ADMIN, LATER)
    assert await store.guild_settings.of(HERE) == second


@pytest.mark.parametrize("later", ["edited", "removed", "another gate"])
async def test_what_was_changed_since_is_not_taken_back(store: Store, later: str) -> None:
    gate = await added(store, 7)
    await store.gates.edit(gate.gate_id, draft(8), ADMIN, NOW)
    change_id = await latest(store)
    match later:
        case "edited":
            await store.gates.edit(gate.gate_id, draft(8, 2), ADMIN, NOW)
        case "removed":
            await store.gates.remove(gate.gate_id, ADMIN, NOW)
        case _:
            await added(store, 7)
    before = (await store.gates.of_guild(HERE), await store.gates.history(HERE))
    assert await store.gates.take_back(HERE, change_id, ADMIN, LATER) is False
    assert (await store.gates.of_guild(HERE), await store.gates.history(HERE)) == before


THIRD, FOURTH = CollectionRef("loopring", "300"), CollectionRef("loopring", "310")


async def test_a_join_is_not_taken_back_while_what_was_joined_later_depends_on_it(store: Store) -> None:
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    first = await latest(store)
    await store.gates.set_alias(HERE, LIGHTS, THIRD, ADMIN, NOW)
    second = await latest(store)
    all_three = dict.fromkeys((LIGHTS, BOATS, THIRD), (LIGHTS, BOATS, THIRD))
    assert await store.gates.take_back(HERE, first, ADMIN, LATER) is False
    assert await store.gates.aliases(HERE) == all_three
    assert await store.gates.take_back(HERE, second, ADMIN, LATER)
    assert await store.gates.take_back(HERE, first, ADMIN, LATER)
    assert await store.gates.aliases(HERE) == {}


async def test_a_parting_is_not_taken_back_while_another_join_depends_on_it(store: Store) -> None:
    for other in (BOATS, THIRD):
        await store.gates.set_alias(HERE, LIGHTS, other, ADMIN, NOW)
    await store.gates.remove_alias(HERE, LIGHTS, ADMIN, NOW)
    parted = await latest(store)
    await store.gates.set_alias(HERE, BOATS, FOURTH, ADMIN, NOW)
    joined, before = await latest(store), await store.gates.aliases(HERE)
    assert set(before.values()) == {(BOATS, THIRD, FOURTH)}
    assert await store.gates.take_back(HERE, parted, ADMIN, LATER) is False
    assert await store.gates.aliases(HERE) == before
    assert await store.gates.take_back(HERE, joined, ADMIN, LATER)
    assert await store.gates.take_back(HERE, parted, ADMIN, LATER)
    assert set((await store.gates.aliases(HERE)).values()) == {(LIGHTS, BOATS, THIRD)}


async def test_a_parting_is_not_taken_back_once_the_rest_of_its_set_has_parted_too(store: Store) -> None:
    for other in (BOATS, THIRD):
        await store.gates.set_alias(HERE, LIGHTS, other, ADMIN, NOW)
    await store.gates.remove_alias(HERE, THIRD, ADMIN, NOW)
    parted = await latest(store)
    await store.gates.remove_alias(HERE, BOATS, ADMIN, NOW)
    assert await store.gates.take_back(HERE, parted, ADMIN, LATER) is False
    assert await store.gates.aliases(HERE) == {}


async def test_what_an_earlier_version_left_of_a_set_counts_for_nothing_and_is_in_no_way(store: Store) -> None:
    sql = "INSERT INTO collection_aliases VALUES (?, ?, ?)"
    left = [HERE, str(THIRD), str(LIGHTS)]
    await store.writer.transaction(lambda db: db.execute(sql, left).fetchall())
    assert await store.gates.aliases(HERE) == {}
    await added(store)
    gate_added = await latest(store)
    assert await store.gates.take_back(HERE, gate_added, ADMIN, LATER)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    assert set((await store.gates.aliases(HERE)).values()) == {(LIGHTS, BOATS)}


async def test_a_change_of_another_server_is_not_taken_back(store: Store) -> None:
    gate = await added(store)
    assert await store.gates.take_back(ELSEWHERE, await latest(store), ADMIN, LATER) is False
    assert await store.gates.of_guild(HERE) == [gate]


# ---------------------------------------------------------------- servers that the bot has left


async def test_gates_of_a_server_that_the_bot_left_are_retained_and_named_no_more(store: Store) -> None:
    gate = await added(store)
    await added(store, guild_id=ELSEWHERE)
    assert sorted(await store.gates.guild_ids()) == [HERE, ELSEWHERE]
    await store.gates.note_left(HERE, NOW)
    assert (await store.gates.guild_ids(), await store.gates.left_at(HERE)) == ([ELSEWHERE], NOW)
    assert await store.gates.of_guild(HERE) == [gate]
    await store.gates.note_present([HERE, ELSEWHERE], LATER)
    assert (sorted(await store.gates.guild_ids()), await store.gates.left_at(HERE)) == ([HERE, ELSEWHERE], None)


async def test_a_server_that_was_left_while_the_bot_was_off_counts_as_left_since_it_was_noticed(store: Store) -> None:
    await added(store)
    await store.gates.note_present([], NOW)
    await store.gates.note_present([], LATER)
    assert await store.gates.left_before(NOW) == []
    assert await store.gates.left_before(NOW + timedelta(seconds=1)) == [HERE]


async def test_nothing_of_a_forgotten_server_remains(store: Store) -> None:
    await added(store)
    there = await added(store, guild_id=ELSEWHERE)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    await store.gates.forget_guild(HERE)
    tables = ("gates", "collection_aliases", "gate_changes", "configured_guilds")
    counts = [f"SELECT count(*) FROM {table} WHERE guild_id = {HERE}" for table in tables]  # noqa: S608 - from above
    assert await store.writer.run(lambda db: [db.execute(sql).fetchall() for sql in counts]) == [[(0,)]] * 4
    assert await store.gates.of_guild(ELSEWHERE) == [there]


# ---------------------------------------------------------------- cost


async def test_no_question_about_a_server_reads_a_whole_table(store: Store) -> None:
    gate = await added(store)
    await store.gates.set_alias(HERE, LIGHTS, BOATS, ADMIN, NOW)
    asked: list[str] = []
    await store.writer.run(lambda db: db.conn.set_trace_callback(asked.append))
    await store.gates.of_guild(HERE)
    await store.gates.aliases(HERE)
    await store.gates.version(HERE)
    await store.gates.history(HERE)
    await store.gates.edit(gate.gate_id, draft(8, 4), ADMIN, NOW)
    await store.gates.set_state(gate.gate_id, GateState.PAUSED, None, ADMIN, NOW)
    await store.gates.replace_all(HERE, [draft(8), draft(9)], ADMIN, NOW, removes_others=True)
    await store.gates.take_back(HERE, await latest(store), ADMIN, NOW)
    await store.gates.left_before(NOW)
    await store.gates.note_left(HERE, NOW)
    await store.gates.forget_guild(HERE)
    await store.writer.run(lambda db: db.conn.set_trace_callback(None))
    questions = [sql for sql in asked if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))]
    assert len(questions) > 20

    def plans(db: object) -> list[str]:
        return [row[-1] for sql in questions for row in db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]  # type: ignore[attr-defined]

    assert [step for step in await store.writer.run(plans) if step.startswith("SCAN")] == []
