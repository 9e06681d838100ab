"""Nobody is notified of the end of a proof that costs them nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.gates.gate import Gate, GateState
from bot.gates.rule import AnyOf, During, Holds
from tests.sync.ending_proofs import (
    DAY,
    END,
    HELD,
    MONTH,
    WORD,
    _leave,
    _take_by_hand,
    _unlink,
    rested,
    words,
)
from tests.sync.sync_harness import (
    COLLECTOR,
    HARBOUR,
    MOD,
    START,
    SyncHarness,
    open_sync,
    user,
)

pytestmark = pytest.mark.asyncio


async def _protect(harness: SyncHarness, _gate: Gate) -> None:
    await harness.set(protected_members=frozenset({user(1)}))


async def _protect_by_a_role(harness: SyncHarness, _gate: Gate) -> None:
    harness.server.members[user(1)].add(77)
    await harness.set(protected_roles=frozenset({77}))


async def _pause(harness: SyncHarness, gate: Gate) -> None:
    await harness.store.gates.set_state(gate.gate_id, GateState.PAUSED, None, MOD, harness.now)


async def _sell(harness: SyncHarness, _gate: Gate) -> None:
    harness.sell(1)


async def _prove_another(harness: SyncHarness, _gate: Gate) -> None:
    owner, at = f"0x{2:040x}", int(harness.now.timestamp())
    await harness.link(2)
    await harness.rows("UPDATE links SET user_id = ? WHERE owner = ?", [user(1), owner])
    await harness.rows("UPDATE proofs SET user_id = ?, proven_at = ? WHERE owner = ?", [user(1), at, owner])


async def _park(harness: SyncHarness, _gate: Gate) -> None:
    await harness.add_role(COLLECTOR, position=60)  # above the bot's own


@pytest.mark.parametrize(
    "happens",
    [_protect, _protect_by_a_role, _pause, _park, _leave, _sell, _take_by_hand, _prove_another, _unlink],
    ids=lambda it: it.__name__,
)
async def test_nobody_is_notified_whom_the_end_costs_nothing(
    happens: Callable[[SyncHarness, Gate], Awaitable[None]],
) -> None:
    async with open_sync() as harness:
        gate = await harness.gate(HELD, grace=20 * DAY)
        await harness.member(1)
        await harness.turn()
        await rested(harness, until=WORD - DAY)
        await happens(harness, gate)
        await rested(harness, until=END)
        assert words(harness) == []


@pytest.mark.parametrize(
    ("rule", "draft"),
    [
        pytest.param(AnyOf((Holds(HARBOUR), MONTH)), {}, id="what else is held is enough"),
        pytest.param(HELD, {"never_remove": True}, id="the role is never taken"),
        pytest.param(During(HELD, last=(START + 29 * DAY).date()), {}, id="a date ends it before"),
    ],
)
async def test_nobody_is_notified_of_an_end_that_is_none(rule: Any, draft: dict[str, Any]) -> None:
    async with open_sync() as harness:
        await harness.gate(rule, **draft)
        await harness.member(1)
        await harness.turn()
        assert harness.has(1)
        await rested(harness, until=WORD + DAY)
        assert words(harness) == []


async def test_nobody_is_notified_of_a_role_that_is_not_from_the_bot() -> None:
    async with open_sync() as harness:
        await harness.gate(HELD)
        await harness.member(1, roles=[COLLECTOR])
        await harness.turn()
        await rested(harness, until=END + DAY)
        assert words(harness) == []
        assert harness.has(1)
