"""A preview says in numbers what a removal of a gate and an alias of collections would bring."""

from __future__ import annotations

import pytest

from bot.gates.rule import Holds
from tests.sync.sync_harness import COLLECTOR, GUILD, HARBOUR, MOSAIC, WHALE, open_sync, user

pytestmark = pytest.mark.asyncio


async def test_an_alias_is_previewed_by_whom_it_gives_a_role() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=2))
        await harness.gate(Holds(MOSAIC, least=9), WHALE)
        await harness.member(1, 2)
        await harness.member(2, 1)
        await harness.member(2, 1, of=MOSAIC)
        await harness.turn()
        assert (await harness.sync.preview(GUILD, [])).gain == {}
        preview = await harness.sync.preview(GUILD, [], aliases=[(HARBOUR, MOSAIC)])
        assert (preview.gain, preview.keep) == ({COLLECTOR: [user(2)]}, {COLLECTOR: [user(1)]})
        assert await harness.store.gates.aliases(GUILD) == {}


async def test_a_gate_that_is_removed_takes_no_role_and_lets_the_lower_one_of_its_ladder_be_given() -> None:
    async with open_sync() as harness:
        await harness.gate(Holds(HARBOUR, least=1), ladder="tier", rank=1)
        await harness.gate(Holds(HARBOUR, least=3), WHALE, ladder="tier", rank=2)
        await harness.member(1, 3)
        await harness.turn()
        preview = await harness.sync.preview(GUILD, [], removed=[WHALE])
        assert preview.keep == {WHALE: [user(1)]}
        assert preview.gain == {COLLECTOR: [user(1)]}
        assert preview.lose == {}


async def test_an_alias_joins_what_counts_as_the_same_already() -> None:
    async with open_sync() as harness:
        third = type(HARBOUR)("loopring", "300")
        await harness.gate(Holds(HARBOUR, least=2))
        await harness.member(1, 1, of=third)
        await harness.member(1, 1, of=MOSAIC)
        await harness.store.gates.set_alias(GUILD, MOSAIC, third, 9, harness.now)
        await harness.turn()
        preview = await harness.sync.preview(GUILD, [], aliases=[(HARBOUR, MOSAIC)])
        assert preview.gain == {COLLECTOR: [user(1)]}
