"""Servers that live through every fault: nobody loses a role wrongly, and each guard is needed for that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.roles.plan import Patience
from tests.simulation.run import run
from tests.simulation.scenario import Guards, Rates, Scenario

pytestmark = pytest.mark.slow
# All that happens in a month, in six days.
DENSE = Rates(outages=50, blank_hours=15, restarts=60, clock_jumps=10, refused_hours=10)


async def test_no_fault_of_a_month_takes_a_role_from_who_qualifies() -> None:
    outcome = await run(Scenario(holders=80, days=6, rates=DENSE), seed=1)
    assert (outcome.violations, outcome.wrongful) == ((), 0)
    assert outcome.removals >= 3
    assert outcome.alerts


async def test_true_losses_take_effect_within_the_hour_and_with_an_admin_within_four() -> None:
    outcome = await run(Scenario(holders=80, days=6, rates=Rates(blank_hours=15), has_admin=True), seed=2)
    assert (outcome.violations, outcome.wrongful) == ((), 0)
    assert outcome.removals >= 3
    assert outcome.delay(50) <= 40
    assert outcome.delay(99) <= 240


@pytest.mark.parametrize("seed", range(4))
async def test_small_servers_with_ladders_live_through_it_too(seed: int) -> None:
    outcome = await run(Scenario(holders=15, days=6, tiers=True, has_admin=seed % 2 == 0, rates=DENSE), seed)
    assert (outcome.violations, outcome.wrongful) == ((), 0)


async def test_the_same_seed_is_the_same_history() -> None:
    scenario = Scenario(holders=15, days=2, rates=DENSE)
    assert await run(scenario, 7) == await run(scenario, 7)
    assert await run(scenario, 7) != await run(scenario, 8)


NO_MISSES = Guards(patience=Patience(misses=1))
NO_SPAN = Guards(patience=Patience(span=timedelta(0)))


@pytest.mark.parametrize(
    ("guards", "rates", "interval", "caught"),
    [
        pytest.param(NO_MISSES, Rates(sells_a_day=0.2), 40, "I1", id="three misses"),
        pytest.param(NO_SPAN, Rates(sells_a_day=0.2), 10, "I1", id="over half an hour"),
        pytest.param(
            Guards(believes_truncated=True, asks_again=False), Rates(truncated=0.03), 10, "I1", id="whole answers only"
        ),
        pytest.param(
            Guards(unread_is_empty=True, asks_again=False),
            Rates(read_error=0.4),
            10,
            "I",
            id="an unread account is not empty",
        ),
        pytest.param(Guards(has_breaker=False), Rates(blank_hours=20), 10, "I3", id="the breaker"),
        pytest.param(Guards(keeps_ledger=False), Rates(sells_a_day=0.5), 10, "I4", id="only what the ledger says"),
    ],
)
async def test_each_guard_that_is_taken_out_is_missed(guards: Guards, rates: Rates, interval: int, caught: str) -> None:
    outcome = await run(
        Scenario(holders=40, days=3, interval=interval, has_admin=True, rates=rates, guards=guards), seed=3
    )
    assert {violation for violation in outcome.violations if violation.startswith(caught)}
    without = Guards(asks_again=guards.asks_again)
    intact = await run(
        Scenario(holders=40, days=3, interval=interval, has_admin=True, rates=rates, guards=without), seed=3
    )
    assert intact.violations == ()
