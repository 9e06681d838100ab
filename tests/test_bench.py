"""The bench's own arithmetic: which value is a percentile, what counts as missed, and when a run has failed."""

from __future__ import annotations

import pytest

from bench.bursts import Bursts, burst_figures
from bench.figures import Figure, Kind, fails, table
from bench.percentiles import percentile


@pytest.mark.parametrize(
    ("count", "percent", "expected"),
    [
        pytest.param(1, 50, 1, id="one value is every percentile"),
        pytest.param(4, 50, 2, id="the lower of two in the middle"),
        pytest.param(5, 50, 3, id="the one in the middle"),
        pytest.param(99, 99, 99, id="below a hundred values p99 is the largest"),
        pytest.param(100, 99, 99, id="of a hundred it leaves one out"),
        pytest.param(200, 99, 198, id="of two hundred two"),
        pytest.param(7, 100, 7, id="all"),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(count: int, percent: float, expected: int) -> None:
    assert percentile(range(count, 0, -1), percent) == expected


@pytest.mark.parametrize(("values", "percent"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_a_percentile_of_nothing_is_refused(values: list[float], percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, percent)


@pytest.mark.parametrize(
    ("figure", "verdict"),
    [
        pytest.param(Figure("s", "w", 3.0, at_most=3), "ok", id="at the target"),
        pytest.param(Figure("s", "w", 3.1, at_most=3), "MISSED", id="above it"),
        pytest.param(Figure("s", "w", 0, at_most=1, at_least=1), "MISSED", id="too little is a miss too"),
        pytest.param(Figure("s", "w", 9.0), "", id="no target"),
        pytest.param(Figure("s", "w", None, at_most=3), "skipped", id="not measured"),
    ],
)
def test_a_figure_is_compared_with_its_target(figure: Figure, verdict: str) -> None:
    assert figure.verdict == verdict
    assert verdict in table([figure])


@pytest.mark.parametrize(
    ("kind", "strict", "failed"),
    [
        (Kind.COUNT, False, True),
        (Kind.SIZE, False, True),
        (Kind.TIME, False, False),
        (Kind.TIME, True, True),
    ],
)
def test_only_strict_runs_fail_for_a_slow_machine(kind: Kind, strict: bool, failed: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert fails([Figure("s", "w", 2.0, kind=kind, at_most=1)], strict=strict) is failed


def bursts(*rounds: list[float | None]) -> Bursts:
    """Rounds of one size at one bot."""
    noted = Bursts()
    for moments in rounds:
        noted.note(moments)
    return noted


def ratio(people: int, ours: Bursts, bare: Bursts) -> Figure:
    """The figure that compares the two."""
    (figure,) = [figure for figure in burst_figures(people, ours, bare) if "bare" in figure.what]
    return figure


def test_a_bot_is_compared_with_the_bare_one_by_the_median_of_its_rounds() -> None:
    figure = ratio(50, bursts([10, 13], [10, 12], [10, 900]), bursts([9, 10], [9, 11], [9, 10]))
    assert figure.value == pytest.approx(1.3)
    assert "13.0 ms against 10.0" in figure.note
    assert figure.verdict == "MISSED"
    assert "1.30 x" in table([figure])


@pytest.mark.parametrize(("people", "verdict"), [(1, ""), (50, "ok"), (200, "ok"), (500, "ok"), (1000, "")])
def test_the_ratio_is_promised_for_bursts_up_to_five_hundred(people: int, verdict: str) -> None:
    assert ratio(people, bursts([12]), bursts([10])).verdict == verdict


def test_what_was_given_up_counts_as_three_seconds_and_is_counted() -> None:
    ours = bursts([10, None, None])
    assert ratio(500, ours, bursts([10, 10, 10])).value == 300
    (late,) = [figure for figure in burst_figures(500, ours, ours) if "later" in figure.what]
    assert (late.value, late.verdict) == (2, "MISSED")
