"""How many of a cohort still hold: a column for each step, with a share above it."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from bot.pictures.drawing import theme
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.number_style import share_of

_MOST_MARKED = 12
_NAME_COLUMNS = 12


def draw_retention(axes: Axes, content: dict[str, Any], letters: Letters) -> None:
    """Draw it."""
    of, steps = max(1, content["of"]), content["steps"]
    for place, step in enumerate(steps):
        low = 100 * step["low"] / of
        high = 100.0 if step["high"] is None else min(100.0, 100 * step["high"] / of)
        axes.bar(place, low, color=theme.SERIES[1], width=0.72)
        if high > low:
            axes.bar(
                place,
                high - low,
                bottom=low,
                width=0.72,
                facecolor="none",
                edgecolor=theme.SERIES[1],
                hatch="///",
                linewidth=0,
            )
        if len(steps) <= _MOST_MARKED:
            axes.annotate(
                share_of(step["low"], step["high"], of),
                (place, high),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                weight="bold",
                size=12,
            )
    every = max(1, -(-len(steps) // _MOST_MARKED))
    shown = range(0, len(steps), every)
    names = [letters.drawable(steps[place]["name"], _NAME_COLUMNS) for place in shown]
    axes.set_xticks(list(shown), names, rotation=25 if len(names) > 6 else 0)  # noqa: PLR2004 - what fits side by side
    axes.set_ylim(0, 112)
    axes.set_yticks([0, 25, 50, 75, 100])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0f} %"))
    axes.grid(axis="y", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(axis="x", length=0)
    axes.set_xlim(-0.6, max(len(steps), 4) - 0.4)
