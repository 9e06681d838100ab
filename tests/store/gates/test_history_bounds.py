"""A server's history is bounded: the newest changes stay, and older ones that can still be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlite_utils import Database

from bot.gates.gate import GuildSettings
from bot.store import Store
from bot.store.gates.history_bounds import HistoryBounds, prune
from tests.store.gates.drafts import ADMIN, ELSEWHERE, HERE, NOW, added, draft


async def retained(store: Store, guild_id: int = HERE) -> Sequence[int]:
    """The changes of a server that are there, newest first."""
    return [change.change_id for change in await store.gates.history(guild_id, 10_000)]


async def pruned(store: Store, bounds: HistoryBounds) -> Sequence[int]:
    """What is there once everything else was deleted."""

    def work(db: Database) -> None:
        decided: dict[str, object] = {}
        for change in reversed(store_changes):
            decided = {key: value for key, value in decided.items() if key not in change.before} | dict(change.after)
        prune(db, HERE, decided, bounds)

    store_changes = await store.gates.history(HERE, 10_000)
    await store.writer.transaction(work)
    return await retained(store)


async def edits(store: Store, gate_id: int, count: int) -> None:
    """So many changes of one gate."""
    for number in range(count):
        await store.gates.edit(gate_id, draft(least=2 + number), ADMIN, NOW)


async def test_the_newest_changes_stay(store: Store) -> None:
    gate = await added(store)
    await edits(store, gate.gate_id, 9)
    before = await retained(store)
    assert await pruned(store, HistoryBounds(newest=4, older=0, least=0)) == before[:4]


async def test_an_older_change_stays_while_it_can_be_taken_back(store: Store) -> None:
    await store.guild_settings.save(HERE, GuildSettings(grace=timedelta(hours=1)), ADMIN, NOW)
    [of_grace] = await retained(store)
    gate = await added(store)
    await edits(store, gate.gate_id, 9)
    assert of_grace in await pruned(store, HistoryBounds(newest=2, older=5, least=0))
    assert await store.gates.take_back(HERE, of_grace, ADMIN, NOW)


async def test_an_older_change_goes_once_it_cannot_be_taken_back(store: Store) -> None:
    settings = GuildSettings(grace=timedelta(hours=1))
    await store.guild_settings.save(HERE, settings, ADMIN, NOW)
    [of_grace] = await retained(store)
    await store.guild_settings.save(HERE, replace(settings, grace=timedelta(hours=2)), ADMIN, NOW)
    gate = await added(store)
    await edits(store, gate.gate_id, 5)
    assert of_grace not in await pruned(store, HistoryBounds(newest=2, older=5, least=0))


async def test_of_what_was_removed_long_ago_nothing_stays(store: Store) -> None:
    for role_id in range(20, 30):
        gate = await added(store, role_id)
        await store.gates.remove(gate.gate_id, ADMIN, NOW)
    before = await retained(store)
    assert await pruned(store, HistoryBounds(newest=3, older=50, least=0)) == before[:3]


async def test_older_changes_that_can_be_taken_back_are_bounded_too(store: Store) -> None:
    for role_id in range(20, 30):
        await added(store, role_id)
    before = await retained(store)
    assert await pruned(store, HistoryBounds(newest=2, older=3, least=0)) == before[:5]


async def test_large_changes_are_fewer_but_for_the_newest(store: Store) -> None:
    gate = await added(store)
    await edits(store, gate.gate_id, 9)
    before = await retained(store)
    assert await pruned(store, HistoryBounds(size=1, least=3)) == before[:3]


async def test_each_change_prunes_the_history_of_its_own_server_alone(store: Store) -> None:
    there = await added(store, guild_id=ELSEWHERE)
    gate = await added(store)
    await edits(store, gate.gate_id, 320)
    assert len(await retained(store)) == 300
    [change] = await store.gates.history(ELSEWHERE)
    assert change.gates_after == {there.gate_id: there.draft}
