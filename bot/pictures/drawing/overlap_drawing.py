"""How many hold both, of each two collections: a triangle of cells, each with its number."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from bot.pictures.drawing import theme
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.number_style import NumberStyle

_NAME_COLUMNS = 26


def draw_overlap(axes: Axes, content: dict[str, Any], letters: Letters) -> None:
    """Draw it. Columns have the numbers of the rows, as names would not fit above them."""
    names, cells, numbers = content["names"], content["cells"], NumberStyle.of(content)
    most = max((cell["high"] or cell["low"] for cell in cells), default=0) or 1
    for cell in cells:
        share = min(1.0, cell["low"] / most)
        is_own = cell["row"] == cell["column"]
        colour = theme.GRID if is_own else theme.mixed(theme.LOW_CELL, theme.HIGH_CELL, share)
        axes.add_patch(
            Rectangle((cell["column"] - 0.47, cell["row"] - 0.46), 0.94, 0.92, facecolor=colour, linewidth=0)
        )
        axes.text(
            cell["column"],
            cell["row"],
            numbers.mark(cell["low"], cell["high"]),
            ha="center",
            va="center",
            color=theme.text_on(colour),
            size=13 if len(names) <= 6 else 11,  # noqa: PLR2004 - what fits
            weight="normal" if is_own else "bold",
        )
    labels = [f"{letters.drawable(name, _NAME_COLUMNS)}  {place + 1}" for place, name in enumerate(names)]
    axes.set_yticks(range(len(names)), labels)
    axes.set_xticks(range(len(names)), [str(place + 1) for place in range(len(names))])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.55, len(names) - 0.45)
    axes.set_ylim(len(names) - 0.45, -0.55)
    for spine in axes.spines.values():
        spine.set_visible(False)
