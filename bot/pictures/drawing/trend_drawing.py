"""Holders over time: lines where a number is known, open rings where it is only "at least", gaps where it is not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.ticker import FuncFormatter, MaxNLocator

from bot.pictures.drawing import theme
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.number_style import NumberStyle

_NAME_COLUMNS = 28


def draw_trend(axes: Axes, content: dict[str, Any], letters: Letters) -> None:
    """Draw it."""
    numbers = NumberStyle.of(content)
    for colour, line in zip(theme.SERIES, content["lines"], strict=False):
        points = [(_number_of(p["at"]), p["low"], p["high"]) for p in line["points"]]
        times = [at for at, _, _ in points]
        values = [float("nan") if low == 0 and high is None else low for _, low, high in points]
        marker = "o" if len(points) <= 40 else ""  # noqa: PLR2004 - more would touch one another
        name = letters.drawable(line["name"], _NAME_COLUMNS)
        axes.plot(times, values, color=colour, linewidth=2.4, marker=marker, markersize=5, label=name)
        _draw_bounds(axes, points, colour)
        known = [(at, low, high) for at, low, high in points if low or high is not None]
        if known:
            at, low, high = known[-1]
            axes.annotate(
                numbers.mark(low, high),
                (at, low),
                xytext=(0, 9),
                textcoords="offset points",
                ha="right",
                color=colour,
                weight="bold",
            )
    _style_axes(axes, content, numbers)


def _number_of(at: str) -> float:
    """A moment as Matplotlib counts them."""
    return float(date2num(datetime.fromisoformat(at)))  # type: ignore[no-untyped-call] # Matplotlib has no types here


def _draw_bounds(axes: Axes, points: list[tuple[float, int, int | None]], colour: str) -> None:
    """Where a number is not exact: a ring at what is known, a band up to what may be."""
    open_above = [(at, low) for at, low, high in points if low and high is None]
    if open_above:
        axes.plot(
            [at for at, _ in open_above],
            [low for _, low in open_above],
            linestyle="",
            marker="o",
            markersize=8,
            markerfacecolor=theme.GROUND,
            markeredgecolor=colour,
            markeredgewidth=2,
        )
    bounded = [(at, low, high) for at, low, high in points if high is not None]
    if any(low != high for _, low, high in bounded):
        axes.fill_between(
            [at for at, _, _ in bounded],
            [low for _, low, _ in bounded],
            [high for _, _, high in bounded],
            color=colour,
            alpha=0.25,
            linewidth=0,
        )


def _style_axes(axes: Axes, content: dict[str, Any], numbers: NumberStyle) -> None:
    locator = AutoDateLocator(minticks=2, maxticks=7)  # type: ignore[no-untyped-call] # Matplotlib has no types here
    axes.xaxis.set_major_locator(locator)
    # Numbers alone: names of months would be in English.
    formats = ["%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M", "%H:%M"]
    axes.xaxis.set_major_formatter(
        ConciseDateFormatter(  # type: ignore[no-untyped-call] # likewise
            locator,
            formats=formats,
            zero_formats=["", "%Y", "%Y-%m", "%m-%d", "%H:%M", "%H:%M"],
            offset_formats=["", "", "", "%Y-%m-%d", "%Y-%m-%d", "%Y-%m-%d"],
        )
    )
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True, min_n_ticks=1))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: numbers.write(value)))
    axes.grid(axis="y", linewidth=0.8)
    axes.set_axisbelow(True)
    top = max((p["high"] or p["low"] for line in content["lines"] for p in line["points"]), default=0)
    axes.set_ylim(0, max(1.0, top * 1.15))
    axes.margins(x=0.03)
    if len(content["lines"]) > 1:
        legend = axes.legend(loc="upper left", ncols=2, labelcolor=theme.TEXT, fontsize=12, frameon=True)
        legend.get_frame().set(facecolor=theme.GROUND, edgecolor="none", alpha=1)  # no line of the grid through a name
