"""Gates for the tests of their tables: what matters to a test is named there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.gates.gate import Gate, GateDraft
from bot.gates.rule import CollectionRef, Holds
from bot.store import Store

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
HERE, ELSEWHERE = 9, 10
ADMIN, OTHER_ADMIN = 1, 2
LIGHTS, BOATS, L1_LIGHTS = (
    CollectionRef("loopring", "254"),
    CollectionRef("loopring", "261"),
    CollectionRef("eip155:1", "0xab"),
)


def draft(role_id: int = 7, least: int = 1, **fields: Any) -> GateDraft:
    """A gate that asks for so many of one collection."""
    return GateDraft(role_id, Holds(LIGHTS, least=least), **fields)


async def added(store: Store, role_id: int = 7, guild_id: int = HERE, **fields: Any) -> Gate:
    """A gate that was added."""
    gate = await store.gates.add(guild_id, draft(role_id, **fields), ADMIN, NOW)
    assert gate
    return gate
