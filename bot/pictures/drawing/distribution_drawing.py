"""How many members hold how much: bars, solid as far as it is known, hatched where there may be more."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from bot.pictures.drawing import theme
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.number_style import NumberStyle

_NAME_COLUMNS = 24
# How far a bar without an end is drawn beyond what is known, of the longest.
_OPEN_END = 0.08


def draw_distribution(axes: Axes, content: dict[str, Any], letters: Letters) -> None:
    """Draw it."""
    bars, numbers = content["bars"], NumberStyle.of(content)
    longest = max((bar["high"] or bar["low"] for bar in bars), default=0) or 1
    for place, bar in enumerate(bars):
        low, high = bar["low"], bar["high"]
        axes.barh(place, low, color=theme.SERIES[0], height=0.68)
        end = low + longest * _OPEN_END if high is None else high
        if end > low:
            axes.barh(
                place,
                end - low,
                left=low,
                height=0.68,
                facecolor="none",
                edgecolor=theme.SERIES[0],
                hatch="///",
                linewidth=0,
            )
        axes.annotate(
            numbers.mark(low, high), (end, place), xytext=(7, 0), textcoords="offset points", va="center", weight="bold"
        )
    axes.set_yticks(range(len(bars)), [letters.drawable(bar["name"], _NAME_COLUMNS) for bar in bars])
    axes.set_ylim(max(len(bars), 3) - 0.4, -0.6)
    axes.set_xlim(0, longest * 1.22)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
