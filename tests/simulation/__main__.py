"""Simulate as many days of servers as wanted: `make simulate SEED=1 DAYS=10000`.

A server of five hundred holders lives for thirty of the days; half of the others have a ladder, and half an admin.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from random import Random

from tests.simulation.checker import Outcome
from tests.simulation.run import run
from tests.simulation.scenario import Scenario

MONTH = 30
LARGE = 500


def scenarios(days: int, seed: int) -> Iterator[tuple[int, Scenario]]:
    """Servers with their seeds, for so many days in all."""
    random = Random(seed)  # noqa: S311  # the same servers for the same seed
    left, number = days, seed
    while left > 0:
        length = min(MONTH, left)
        is_large = number == seed and days >= MONTH
        size = LARGE if is_large else random.choice((12, 12, 15, 20))
        has_ladder, has_admin = number % 2 == 1 and not is_large, number // 2 % 2 == 1
        yield number, Scenario(size, length, tiers=has_ladder, has_admin=has_admin)
        left, number = left - length, number + 1


def line(number: int, scenario: Scenario, outcome: Outcome) -> str:
    """What one server showed."""
    admin = "with an admin" if scenario.has_admin else "no admin"
    return (
        f"seed {number}: {scenario.holders} holders, {scenario.days} days, {admin}: {outcome.removals} removals, "
        f"{outcome.wrongful} wrongful, after {outcome.delay(50)} min (p50), {outcome.delay(99)} min (p99); "
        f"{outcome.alerts} alerts, {len(outcome.violations)} violations"
    )


def main() -> int:
    """Run and print; 1 if an invariant was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the first server; the next ones follow")
    parser.add_argument("--days", type=int, default=300, help="of all servers together")
    wanted = parser.parse_args()
    days = removals = wrongful = readings = 0
    delays: list[int] = []
    for number, scenario in scenarios(wanted.days, wanted.seed):
        outcome = asyncio.run(run(scenario, number))
        print(line(number, scenario, outcome), flush=True)  # noqa: T201  # the command line
        if outcome.violations:
            print(*outcome.violations, f"seed {number} broke an invariant", sep="\n")  # noqa: T201  # likewise
            return 1
        days, readings = days + scenario.days, readings + outcome.readings
        removals, wrongful = removals + outcome.removals, wrongful + outcome.wrongful
        delays += outcome.delays if scenario.has_admin else ()
    delays.sort()
    p50, p99 = (delays[(len(delays) - 1) * percent // 100] if delays else 0 for percent in (50, 99))
    print(  # noqa: T201  # likewise
        f"{days} guild-days, {readings:,} readings: 0 violations, {removals} removals, {wrongful} wrongful; "
        f"with an admin after {p50} min (p50), {p99} min (p99)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
