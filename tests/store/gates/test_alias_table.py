"""Which collections count as the same."""

from __future__ import annotations

from bot.gates.rule import CollectionRef
from bot.store import Store
from tests.store.gates.drafts import ADMIN, BOATS, HERE, L1_LIGHTS, LIGHTS, NOW

THIRD = CollectionRef("loopring", "300")


async def test_two_collections_count_as_the_same(store: Store) -> None:
    await store.gates.set_alias(HERE, LIGHTS, L1_LIGHTS, ADMIN, NOW)
    both = (L1_LIGHTS, LIGHTS)
    assert await store.gates.aliases(HERE) == {LIGHTS: both, L1_LIGHTS: both}


async def test_what_counts_as_the_same_as_either_counts_as_the_same(store: Store) -> None:
    await store.gates.set_alias(HERE, LIGHTS, L1_LIGHTS, ADMIN, NOW)
    await store.gates.set_alias(HERE, BOATS, THIRD, ADMIN, NOW)
    await store.gates.set_alias(HERE, THIRD, LIGHTS, ADMIN, NOW)
    assert set((await store.gates.aliases(HERE)).values()) == {(L1_LIGHTS, LIGHTS, BOATS, THIRD)}


async def test_a_collection_that_is_taken_out_leaves_the_others_together(store: Store) -> None:
    for other in (L1_LIGHTS, BOATS):
        await store.gates.set_alias(HERE, LIGHTS, other, ADMIN, NOW)
    assert await store.gates.remove_alias(HERE, L1_LIGHTS, ADMIN, NOW)
    assert await store.gates.aliases(HERE) == {LIGHTS: (LIGHTS, BOATS), BOATS: (LIGHTS, BOATS)}
    assert await store.gates.remove_alias(HERE, BOATS, ADMIN, NOW)
    assert await store.gates.aliases(HERE) == {}
    assert not await store.gates.remove_alias(HERE, BOATS, ADMIN, NOW)
    # What was taken out first is not drawn in by the name that its set had then.
    await store.gates.set_alias(HERE, L1_LIGHTS, THIRD, ADMIN, NOW)
    assert LIGHTS not in await store.gates.aliases(HERE)


async def test_a_collection_is_no_alias_of_itself(store: Store) -> None:
    await store.gates.set_alias(HERE, LIGHTS, LIGHTS, ADMIN, NOW)
    assert await store.gates.aliases(HERE) == {}
    assert await store.gates.version(HERE) == 0
