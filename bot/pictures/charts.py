"""What charts show: four kinds, as values. Each number is a `Count`, so that what is unknown is drawn as unknown.

The words in them are in the reader's language already; `Label.instead` is what is drawn where no font of this machine
has the letters of the text: its English form, or an id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from bot.counts import Count
from bot.messages import Words

# With more of them, nobody can distinguish or read them.
MOST_LINES = 4
MOST_BARS = 12
MOST_COMPARED = 8
MOST_STEPS = 24
# A line has as many points as there are pixels to show them.
MOST_POINTS = 400


@dataclass(frozen=True, slots=True)
class Label:
    """A text in a picture.

    Attributes:
        text: As it should be.
        instead: Where it cannot be drawn; in letters that every font has.
    """

    text: str
    instead: str = ""

    @classmethod
    def of(cls, words: Words) -> Self:
        """A sentence in the reader's language; in English where no font has its letters."""
        return cls(words.render(), str(words))


@dataclass(frozen=True, slots=True)
class Heading:
    """Above and below a chart.

    Attributes:
        title: What it shows.
        note: As of when, and what is not known.
        name: What the title names: that is shortened where it is too long. An empty text: nothing.
    """

    title: Label
    note: Label
    name: Label = Label("")


@dataclass(frozen=True, slots=True)
class Line:
    """How many, at moments: the earliest first."""

    name: Label
    points: tuple[tuple[datetime, Count], ...]


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Holders over time."""

    heading: Heading
    lines: tuple[Line, ...]

    def content(self) -> dict[str, Any]:
        """As the drawing process takes it."""
        lines = [
            {"name": asdict(line.name), "points": [_point(*point) for point in _thinned(line.points, MOST_POINTS)]}
            for line in self.lines[:MOST_LINES]
        ]
        return {"draw": "trend", "heading": asdict(self.heading), "lines": lines}


@dataclass(frozen=True, slots=True)
class DistributionChart:
    """How many members hold how much: bars, in their order."""

    heading: Heading
    bars: tuple[tuple[Label, Count], ...]

    def content(self) -> dict[str, Any]:
        """As the drawing process takes it."""
        bars = [{"name": asdict(name), **_interval(count)} for name, count in self.bars[:MOST_BARS]]
        return {"draw": "distribution", "heading": asdict(self.heading), "bars": bars}


@dataclass(frozen=True, slots=True)
class OverlapChart:
    """How many hold both, of each two collections; and of one, in the diagonal.

    Attributes:
        names: Of the collections.
        both: By the places of two in `names`, the smaller first.
    """

    heading: Heading
    names: tuple[Label, ...]
    both: Mapping[tuple[int, int], Count]

    def content(self) -> dict[str, Any]:
        """As the drawing process takes it."""
        names = self.names[:MOST_COMPARED]
        cells = [
            {"row": high, "column": low, **_interval(count)}
            for (low, high), count in self.both.items()
            if low <= high < len(names)
        ]
        return {
            "draw": "overlap",
            "heading": asdict(self.heading),
            "names": [asdict(name) for name in names],
            "cells": cells,
        }


@dataclass(frozen=True, slots=True)
class RetentionChart:
    """How many of a cohort still hold, step by step.

    Attributes:
        of: How many were in the cohort.
        steps: When, and how many still held then.
    """

    heading: Heading
    of: int
    steps: tuple[tuple[Label, Count], ...]

    def content(self) -> dict[str, Any]:
        """As the drawing process takes it."""
        steps = [{"name": asdict(name), **_interval(count)} for name, count in self.steps[:MOST_STEPS]]
        return {"draw": "retention", "heading": asdict(self.heading), "of": self.of, "steps": steps}


Chart = TrendChart | DistributionChart | OverlapChart | RetentionChart


def _point(at: datetime, count: Count) -> dict[str, Any]:
    return {"at": at.isoformat(), **_interval(count)}


def _interval(count: Count) -> dict[str, int | None]:
    return {"low": count.low, "high": count.high}


def _thinned(points: Sequence[tuple[datetime, Count]], most: int) -> Sequence[tuple[datetime, Count]]:
    """Points in equal steps, with the first and the last one."""
    if len(points) <= most:
        return points
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]
