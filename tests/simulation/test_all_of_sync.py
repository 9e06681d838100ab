"""All of sync with its store lives through a dense day: the same world and the same checker as for the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.roles.plan import Patience
from tests.simulation.real_run import run_all
from tests.simulation.scenario import Guards, Rates, Scenario

pytestmark = pytest.mark.slow
DENSE = Rates(
    outages=30,
    blank_hours=60,
    sells_a_day=0.3,
    buys_a_day=3,
    restarts=60,
    killed_in_write=0.2,
    unknown_outcome=0.1,
    refused_hours=20,
    clock_jumps=60,
)


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_fault_of_a_dense_day_costs_a_role_and_all_comes_right(seed: int) -> None:
    scenario = Scenario(15, 1, interval=20, tiers=seed % 2 == 0, has_admin=True, rates=DENSE)
    outcome = await run_all(scenario, seed)
    assert (outcome.violations, outcome.wrongful) == ((), 0)
    assert outcome.removals


async def test_without_the_half_hour_the_checker_finds_roles_taken_too_early() -> None:
    guards = Guards(patience=Patience(span=timedelta(0)))
    calm = Rates(sells_a_day=0.5, outages=0, blank_hours=0, clock_jumps=0)
    outcome = await run_all(Scenario(20, 1, has_admin=True, rates=calm, guards=guards), seed=1)
    assert {violation[:2] for violation in outcome.violations} == {"I1"}
