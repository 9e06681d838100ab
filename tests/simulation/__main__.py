"""Simulate as many days of servers as wanted: `make simulate SEED=1 DAYS=10000`.

First the month by which the thresholds of the breaker were chosen: five hundred holders, each of whom is read every ten
minutes, by the real decision over a model of the store; once without a human, once with one who looks at what waits.

Then small servers, three with the same members at a time, by all of sync with its store: with every fault of the month
twice as often. In quiet times, when nothing fails and nobody has a role too many or too few, four hours pass at once.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

from tests.simulation.checker import Outcome
from tests.simulation.real_run import run_all
from tests.simulation.run import run
from tests.simulation.scenario import Rates, Scenario

MONTH, LARGE = 30, 500
GUILDS = 3
BY_HAND = 4  # there is one in each of the small servers
QUIET_STEP = 4 * 60
DENSE = Rates(
    outages=20,
    blank_hours=6,
    sells_a_day=0.02,
    unlinks_a_day=0.002,
    restarts=60,
    killed_in_write=0.1,
    clock_jumps=4,
    unknown_outcome=0.05,
    refused_hours=4,
)


@dataclass(frozen=True, slots=True)
class Task:
    """One history.

    Attributes:
        seed: Decides all of it.
        scenario: What is simulated.
        is_whole: By all of sync with its store, or by the decision over a model of it.
    """

    seed: int
    scenario: Scenario
    is_whole: bool

    @property
    def size(self) -> str:
        """What kind of server it is about."""
        return "small servers" if self.is_whole else "a large server"

    @property
    def days(self) -> int:
        """Of all its servers together."""
        return self.scenario.days * self.scenario.guilds


def months(seed: int) -> Iterator[Task]:
    """A month of a large server, without and with an admin."""
    for has_admin in (False, True):
        yield Task(seed, Scenario(LARGE, MONTH, has_admin=has_admin), is_whole=False)


def small_servers(days: int, seed: int) -> Iterator[Task]:
    """Small servers, for so many days in all; the last ones may live some days longer."""
    left = days
    while left > 0:
        random = Random(seed)  # noqa: S311  # the same servers for the same seed
        scenario = Scenario(
            random.randint(4, 8),
            max(1, min(MONTH, round(left / GUILDS))),
            interval=random.choice((10, 15, 20)),
            tiers=random.random() < 0.5,
            has_admin=random.random() < 0.5,
            by_hand=BY_HAND,
            guilds=GUILDS,
            quiet_step=QUIET_STEP,
            rates=DENSE,
        )
        yield Task(seed, scenario, is_whole=True)
        seed, left = seed + 1, left - scenario.days * GUILDS


def live(task: Task) -> tuple[Task, Outcome, float]:
    """Simulate one history; with how many seconds of a processor it took."""
    logging.disable(logging.CRITICAL)  # faults are what is simulated
    began = time.process_time()
    outcome = asyncio.run((run_all if task.is_whole else run)(task.scenario, task.seed))
    return task, outcome, time.process_time() - began


def line(task: Task, outcome: Outcome) -> str:
    """What one history showed."""
    scenario = task.scenario
    return (
        f"seed {task.seed}: {scenario.guilds} x {scenario.days} days, {scenario.holders} holders, "
        f"{_who_looks(scenario)}: "
        f"{outcome.removals} removals, {outcome.wrongful} wrongful, after {outcome.delay(50)} min (p50), "
        f"{outcome.delay(99)} min (p99); {outcome.alerts} alerts, {len(outcome.violations)} violations"
    )


def _who_looks(scenario: Scenario) -> str:
    return "an admin" if scenario.has_admin else "no admin"


def summary(name: str, lived: Iterable[tuple[Task, Outcome, float]]) -> str:
    """What several histories showed together."""
    lived = list(lived)
    delays = sorted(delay for _, outcome, _ in lived for delay in outcome.delays)
    p50, p99 = (delays[(len(delays) - 1) * percent // 100] if delays else 0 for percent in (50, 99))
    return (
        f"{name}: {sum(task.days for task, _, _ in lived):,} guild-days, "
        f"{sum(outcome.readings for _, outcome, _ in lived):,} readings, "
        f"{sum(len(outcome.violations) for _, outcome, _ in lived)} violations, "
        f"{sum(outcome.removals for _, outcome, _ in lived)} removals, "
        f"{sum(outcome.wrongful for _, outcome, _ in lived)} wrongful; after {p50} min (p50), {p99} min (p99); "
        f"{sum(seconds for _, _, seconds in lived):.0f} s of a processor"
    )


def main() -> int:
    """Run and print; 1 if an invariant was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first server; the next ones follow")
    parser.add_argument("--days", type=int, default=300, help="of all small servers together")
    parser.add_argument("--months", type=int, default=1, help="of a large server, each without and with an admin")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="so many processes")
    wanted = parser.parse_args()
    tasks = [task for number in range(wanted.months) for task in months(wanted.seed + number)]
    tasks += small_servers(wanted.days, wanted.seed)
    lived = []
    with ProcessPoolExecutor(wanted.jobs) as pool:
        for task, outcome, seconds in pool.map(live, tasks):
            print(line(task, outcome), flush=True)  # noqa: T201  # the command line
            if outcome.violations:
                print(*outcome.violations, f"SEED={task.seed} broke an invariant", sep="\n")  # noqa: T201  # likewise
                pool.shutdown(cancel_futures=True)
                return 1
            lived.append((task, outcome, seconds))
    groups: dict[str, list[tuple[Task, Outcome, float]]] = {}
    for each in lived:
        groups.setdefault(f"{each[0].size}, {_who_looks(each[0].scenario)}", []).append(each)
    for name, group in groups.items():
        print(summary(name, group))  # noqa: T201  # likewise
    return 0


if __name__ == "__main__":
    sys.exit(main())
