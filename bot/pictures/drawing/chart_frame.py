"""A figure with its title above, its note below, and a ground of its own; and which drawing fills it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.patches import FancyBboxPatch

from bot.pictures.drawing import theme
from bot.pictures.drawing.distribution_drawing import draw_distribution
from bot.pictures.drawing.letters import Letters
from bot.pictures.drawing.overlap_drawing import draw_overlap
from bot.pictures.drawing.retention_drawing import draw_retention
from bot.pictures.drawing.text_layout import width_of, with_short_name, wrapped
from bot.pictures.drawing.trend_drawing import draw_trend

# Discord shows a picture at most 550 wide: this is made smaller by less than two, so that letters of 13 stay legible.
_WIDTH, _HEIGHT, _DPI = 8.8, 5.2, 110
# In points, and as parts of the whole.
_TITLE_SIZES, _NOTE_SIZE = (17, 16, 15, 14), 11
_LEFT, _TEXT_WIDTH, _NOTE_LINE = 0.045, 0.91, 0.038

_DRAWINGS: Mapping[str, Callable[[Axes, dict[str, Any], Letters], None]] = {
    "trend": draw_trend,
    "distribution": draw_distribution,
    "overlap": draw_overlap,
    "retention": draw_retention,
}


def draw_chart(content: dict[str, Any]) -> bytes:
    """A chart as PNG."""
    letters = Letters(content.get("font"))
    # Its type is a dictionary of some three hundred literals.
    with mpl.rc_context(cast("Any", _style(letters))):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), dpi=_DPI)
        FigureCanvasAgg(figure)
        figure.patch.set_alpha(0)
        figure.add_artist(
            FancyBboxPatch(
                (0.012, 0.018),
                0.976,
                0.964,
                boxstyle="round,pad=0,rounding_size=0.022",
                transform=figure.transFigure,
                facecolor=theme.GROUND,
                edgecolor=theme.GRID,
                linewidth=1,
                zorder=-10,
            )
        )
        heading = content["heading"]
        title, size = fitted_title(heading, letters)
        figure.text(_LEFT, 0.925, title, size=size, weight="bold", va="center")
        note = note_lines(heading, letters)
        for place, line in enumerate(reversed(note)):
            lowest = 0.058 if len(note) == 1 else 0.046
            figure.text(_LEFT, lowest + place * _NOTE_LINE, line, size=_NOTE_SIZE, color=theme.QUIET, va="center")
        axes = figure.subplots()
        _DRAWINGS[content["draw"]](axes, content, letters)
        figure.tight_layout(rect=(0.03, 0.09 if len(note) < 2 else 0.115, 0.97, 0.89))  # noqa: PLR2004 - lines
        written = io.BytesIO()
        figure.savefig(written, format="png", transparent=False)
        return written.getvalue()


def fitted_title(heading: dict[str, Any], letters: Letters) -> tuple[str, int]:
    """The title and its size: a little smaller where it is long, then with a shorter name in it."""
    whole = letters.drawable(heading["title"])
    size = next((each for each in _TITLE_SIZES if _fits(letters, whole, each, bold=True)), _TITLE_SIZES[-1])
    name = heading.get("name") or {"text": "", "instead": ""}
    return with_short_name(heading["title"], name, letters, lambda text: _fits(letters, text, size, bold=True)), size


def note_lines(heading: dict[str, Any], letters: Letters) -> list[str]:
    """The note, in one line or two; none where nothing is to be said."""
    note = letters.drawable(heading["note"]) if heading["note"]["text"] else ""
    return wrapped(note, lambda line: _fits(letters, line, _NOTE_SIZE))


def _fits(letters: Letters, text: str, points: int, *, bold: bool = False) -> bool:
    pixels = round(points * _DPI / 72)
    return width_of(letters, text, pixels, bold=bold) <= _TEXT_WIDTH * _WIDTH * _DPI


def _style(letters: Letters) -> dict[str, Any]:
    return {
        "font.family": ["DejaVu Sans", *_families(letters.other_font)],
        "font.size": 13,
        "text.parse_math": False,  # a name with two dollar signs is no formula
        "text.color": theme.TEXT,
        "axes.facecolor": "none",
        "axes.edgecolor": theme.GRID,
        "axes.labelcolor": theme.TEXT,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.formatter.use_mathtext": False,
        "axes.unicode_minus": True,
        "grid.color": theme.GRID,
        "xtick.color": theme.QUIET,
        "ytick.color": theme.QUIET,
        "xtick.labelcolor": theme.TEXT,
        "ytick.labelcolor": theme.TEXT,
        "hatch.linewidth": 1.2,
        "legend.frameon": False,
    }


@lru_cache(4)
def _families(path: str | None) -> tuple[str, ...]:
    """The second font, made known to Matplotlib."""
    if not path:
        return ()
    fontManager.addfont(path)
    return (FontProperties(fname=path).get_name(),)
