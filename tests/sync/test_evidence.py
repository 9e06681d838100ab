"""How old a denial is follows the accounts that could change it, and no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.gates.rule import AnyOf, Holds
from tests.sync.sync_harness import HARBOUR, open_sync
from tests.sync.two_networks import MONUMENTS, link_on_polygon, polygon

pytestmark = pytest.mark.asyncio


async def test_an_account_on_a_network_that_is_silent_retains_no_role_on_another_one() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.gate(Holds(HARBOUR))
        await harness.members(2)
        await link_on_polygon(harness, 1, 1)
        await harness.turn()
        harness.sources[0].is_down = True
        harness.sell(1)
        await harness.pass_time(timedelta(hours=3))
        assert harness.holders() == [2]


async def test_an_account_that_could_change_a_denial_and_is_silent_retains_the_role() -> None:
    async with open_sync() as harness:
        harness.sources = [polygon()]
        harness.start()
        await harness.gate(AnyOf((Holds(HARBOUR), Holds(MONUMENTS))))
        await harness.members(2)
        await link_on_polygon(harness, 1, 1)
        await harness.turn()
        harness.sources[0].is_down = True
        harness.sell(1)
        await harness.pass_time(timedelta(days=2))
        assert harness.holders() == [1, 2]
