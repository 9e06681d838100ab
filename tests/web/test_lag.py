"""How late the event loop is, from a clock that the test moves."""

from __future__ import annotations

import pytest

from bot.web.lag import INTERVAL, WINDOW, LagMeter


class Clock:
    """Seconds that pass when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


def run(meter: LagMeter, clock: Clock, seconds: float, late: float = 0.0) -> None:
    """Let the loop run for a while, always so late."""
    end = clock.now + seconds
    while clock.now < end:
        clock.now += meter.tick() + late


def test_a_loop_that_is_always_in_time_is_not_late(clock: Clock) -> None:
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 20)
    assert meter.report() == {"p99": 0.0, "max": 0.0, "own_p99": 0.0}


def test_before_anything_was_measured_it_is_not_late(clock: Clock) -> None:
    assert LagMeter(clock, lambda: 0.0).report() == {"p99": 0.0, "max": 0.0, "own_p99": 0.0}


def test_a_loop_that_is_always_late_is_late_by_that(clock: Clock) -> None:
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 20, late=0.02)
    assert meter.report() == {"p99": 20.0, "max": 20.0, "own_p99": 0.0}


def test_one_short_stall_in_ten_seconds_is_the_longest_and_not_the_percentile(clock: Clock) -> None:
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 20)
    run(meter, clock, INTERVAL, late=0.04)
    run(meter, clock, 5)
    assert meter.report() == {"p99": 0.0, "max": 40.0, "own_p99": 0.0}


def test_a_stall_counts_as_often_as_the_loop_should_have_run_meanwhile(clock: Clock) -> None:
    """A loop that stood still for eight of ten seconds was late nearly always, although it was measured once."""
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 20)
    run(meter, clock, INTERVAL, late=8.0)
    run(meter, clock, 1)
    report = meter.report()
    assert report["max"] == 8000
    assert report["p99"] > 7800


def test_a_stall_that_is_not_over_is_seen_too(clock: Clock) -> None:
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 20)
    meter.tick()
    clock.now += INTERVAL + 3
    assert meter.report()["max"] == 3000


def test_what_was_longer_ago_than_the_window_is_forgotten(clock: Clock) -> None:
    meter = LagMeter(clock, lambda: 0.0)
    run(meter, clock, 1, late=0.5)
    run(meter, clock, WINDOW + 1)
    assert meter.report() == {"p99": 0.0, "max": 0.0, "own_p99": 0.0}


def test_what_the_bot_itself_can_have_caused_is_no_more_than_the_processor_time_that_it_used(clock: Clock) -> None:
    used = Clock()
    meter = LagMeter(clock, used)
    for _ in range(300):
        clock.now += meter.tick() + 0.4
        used.now += 0.03
    assert meter.report() == {"p99": 400.0, "max": 400.0, "own_p99": 30.0}


def test_a_stall_by_its_own_work_is_its_own_to_the_end(clock: Clock) -> None:
    meter = LagMeter(clock, clock)  # all of the time is its own
    for _ in range(300):
        meter.tick()
        clock.now += INTERVAL
    clock.now += 8.0
    meter.tick()
    assert meter.report()["own_p99"] > 7800
