"""All of sync with its store lives through a dense day: the same world and the same checker as for the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.roles.plan import Patience
from bot.store import Store
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


@pytest.mark.parametrize("seed", [1, 2])
async def test_small_servers_with_the_same_members_live_through_days(seed: int) -> None:
    scenario = Scenario(5, 5, tiers=True, has_admin=seed % 2 == 0, guilds=3, quiet_step=240, rates=DENSE)
    outcome = await run_all(scenario, seed)
    assert (outcome.violations, outcome.wrongful) == ((), 0)


async def test_a_clock_that_is_wrong_half_of_the_time_takes_no_more_in_a_day_than_a_right_one() -> None:
    rates = Rates(sells_a_day=0.5, outages=0, blank_hours=0, restarts=0, killed_in_write=0, clock_jumps=200)
    outcome = await run_all(Scenario(20, 2, has_admin=True, rates=rates), seed=0)
    assert (outcome.violations, outcome.wrongful) == ((), 0)
    assert outcome.removals


@pytest.mark.parametrize("seed", [1, 3])
async def test_a_false_answer_takes_no_role_when_an_account_that_held_nothing_is_unlinked(seed: int) -> None:
    lone = Rates(
        outages=0, blank_hours=0, empty_reading=0.15, sells_a_day=0, wave=0, unlinks_a_day=0, drops_spare_a_day=30
    )
    outcome = await run_all(Scenario(20, 1, interval=30, has_admin=True, spares=4, rates=lone), seed)
    assert (outcome.violations, outcome.wrongful) == ((), 0)


@pytest.mark.parametrize("holders", [2, 3])
async def test_hours_of_empty_answers_take_nothing_from_the_only_holders(holders: int) -> None:
    blank = Rates(outages=0, blank_hours=60, sells_a_day=0.1, buys_a_day=20, clock_jumps=0)
    outcome = await run_all(Scenario(holders, 2, quiet_step=240, rates=blank), seed=1)
    assert (outcome.violations, outcome.wrongful) == ((), 0)


@pytest.mark.parametrize("seed", [1, 3])
async def test_what_is_given_to_who_had_it_by_hand_is_taken_when_they_sell_and_nothing_else_is(seed: int) -> None:
    calm = Rates(sells_a_day=0.5, wave=0, buys_a_day=4, outages=0, blank_hours=0, refused_hours=0, clock_jumps=0)
    rates = replace(calm, taken_by_hand_a_day=2)
    outcome = await run_all(Scenario(20, 2, interval=20, by_hand=1, has_admin=True, rates=rates), seed)
    assert (outcome.violations, outcome.wrongful) == ((), 0)
    assert outcome.removals


async def test_the_file_and_its_threads_live_through_it_too(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "tessera.db")
    outcome = await run_all(Scenario(4, 1, interval=20, quiet_step=240, rates=DENSE), seed=1, store=store)
    assert (outcome.violations, outcome.wrongful) == ((), 0)


async def test_the_same_seed_is_the_same_history_with_all_of_sync() -> None:
    scenario = Scenario(4, 1, interval=20, quiet_step=240, rates=DENSE)
    assert await run_all(scenario, 5) == await run_all(scenario, 5)
    assert await run_all(scenario, 5) != await run_all(scenario, 6)


CALM = Rates(sells_a_day=0.5, outages=0, blank_hours=0, clock_jumps=0)
NOBODY_SELLS = Rates(sells_a_day=0, outages=0, blank_hours=0, clock_jumps=0)


@pytest.mark.parametrize(
    ("guards", "rates", "interval", "caught"),
    [
        pytest.param(Guards(patience=Patience(misses=1)), CALM, 40, "I1", id="three misses"),
        pytest.param(Guards(patience=Patience(span=timedelta(0))), CALM, 10, "I1", id="over half an hour"),
        pytest.param(
            Guards(believes_truncated=True, asks_again=False),
            replace(NOBODY_SELLS, truncated=0.1),
            10,
            "I1",
            id="whole answers only",
        ),
        pytest.param(
            Guards(unread_is_empty=True, asks_again=False),
            replace(NOBODY_SELLS, unreadable=0.05),
            20,
            "I1",
            id="an unread account is not empty",
        ),
        pytest.param(Guards(has_breaker=False), replace(NOBODY_SELLS, blank_hours=60), 20, "I3", id="the breaker"),
        pytest.param(Guards(keeps_ledger=False), CALM, 10, "I4", id="only what the ledger says"),
    ],
)
async def test_each_guard_of_all_of_sync_that_is_taken_out_is_missed(
    guards: Guards, rates: Rates, interval: int, caught: str
) -> None:
    scenario = Scenario(20, 1, interval, has_admin=True, by_hand=4, rates=rates, guards=guards)
    outcome = await run_all(scenario, seed=1)
    assert caught in {violation[:2] for violation in outcome.violations}
    intact = await run_all(replace(scenario, guards=Guards(asks_again=guards.asks_again)), seed=1)
    assert intact.violations == ()
