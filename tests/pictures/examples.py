"""Charts with values, some of which are not known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.counts import Count
from bot.pictures.charts import (
    Chart,
    DistributionChart,
    Heading,
    Label,
    Line,
    OverlapChart,
    RetentionChart,
    TrendChart,
)

START = datetime(2026, 10, 1, tzinfo=UTC)
UNKNOWN = Count(0, None)


def exact(number: int) -> Count:
    """So many."""
    return Count(number, number)


def heading(title: str = "Holders", note: str = "As of 2026-11-27") -> Heading:
    """Above and below."""
    return Heading(Label(title, "Holders"), Label(note, ""))


def trend(*counts: Count, name: str = "Members") -> TrendChart:
    """One line, a point a day."""
    points = tuple((START + timedelta(days=day), count) for day, count in enumerate(counts))
    return TrendChart(heading(), (Line(Label(name, "loopring:254"), points),))


def distribution(*counts: Count) -> DistributionChart:
    """Bars."""
    return DistributionChart(heading(), tuple((Label(f"{n + 1}"), count) for n, count in enumerate(counts)))


def overlap(names: Sequence[str], both: Count) -> OverlapChart:
    """Two collections or more, of which as many hold each pair."""
    places = range(len(names))
    cells = {(low, high): both for low in places for high in places if low <= high}
    return OverlapChart(heading(), tuple(Label(name, f"loopring:{n}") for n, name in enumerate(names)), cells)


def retention(of: int, *counts: Count) -> RetentionChart:
    """A cohort."""
    return RetentionChart(heading(), of, tuple((Label(f"2026-{n + 1:02d}"), count) for n, count in enumerate(counts)))


def every_kind(first: Count, second: Count) -> Sequence[Chart]:
    """One of each, with these numbers."""
    return (
        trend(exact(3), first, second),
        distribution(first, second),
        overlap(["One", "Two"], first),
        retention(10, exact(10), first),
    )
