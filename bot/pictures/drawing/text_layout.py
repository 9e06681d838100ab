"""How wide a text is, and how it is made to fit: in two lines, or with a shorter name in it, and cut at last.

Languages differ by half in how long a sentence is: what is measured is the text itself, and not how many letters it
has.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

from PIL import ImageFont

from bot.pictures.drawing.letters import Letters, own_font

CUT = "…"
# So much of a name says which one it is.
_SHORTEST_NAME = 8

Fits = Callable[[str], bool]


@lru_cache(64)
def font_of(path: str, size: int) -> ImageFont.FreeTypeFont:
    """A font in a size, in pixels."""
    return ImageFont.truetype(path, size)


def width_of(letters: Letters, text: str, size: int, *, bold: bool = False) -> float:
    """How wide a text is, in pixels."""
    own = font_of(own_font(bold=bold), size)
    other = font_of(letters.other_font, size) if letters.other_font else own
    return sum((other if is_other else own).getlength(part) for part, is_other in letters.runs(text))


def cut(text: str, fits: Fits) -> str:
    """A text with its end cut off where it does not fit."""
    if fits(text):
        return text
    while text and not fits(text.rstrip() + CUT):
        text = text[:-1]
    return text.rstrip() + CUT


def wrapped(text: str, fits: Fits) -> list[str]:
    """A text in one line or two that fit, about as long as one another; the second is cut if need be. "" is no line."""
    if fits(text):
        return [text] if text else []
    breaks = [
        (text[:place].rstrip(), text[place:].lstrip()) for place in range(1, len(text)) if _may_break(text, place)
    ]
    possible = [(first, second) for first, second in breaks if fits(first)]
    if not possible:
        return [cut(text, fits)]
    whole = [(first, second) for first, second in possible if fits(second)]
    if whole:
        first, second = min(whole, key=lambda lines: abs(len(lines[0]) - len(lines[1])))
        return [first, second]
    first, second = possible[-1]
    return [first, cut(second, fits)]


def with_short_name(title: Mapping[str, str], name: Mapping[str, str], letters: Letters, fits: Fits) -> str:
    """A title that fits: its name is what is shortened, as what is said of it is at the end.

    Args:
        title: A label, in which the name is.
        name: The name; an empty text: there is none in it.
        letters: What can be drawn.
        fits: Whether a text does.
    """
    whole = letters.drawable(title)
    if fits(whole):
        return whole
    for length in range(max(map(len, name.values())) - 1, _SHORTEST_NAME - 1, -1):
        shorter = {key: _with(title[key], name[key], length) for key in ("text", "instead")}
        if fits(drawn := letters.drawable(shorter)):
            return drawn
    return cut(whole, fits)


def _with(title: str, name: str, length: int) -> str:
    """A title with no more than so many letters of the name in it."""
    return title.replace(name, name[:length].rstrip() + CUT, 1) if length < len(name) else title


def _may_break(text: str, place: int) -> bool:
    """Whether a line may end here: after a space, or between two letters of a script that has none."""
    before, after = text[place - 1], text[place]
    if after.isspace():
        return before != "≥"
    is_wide = [unicodedata.east_asian_width(each) in "WF" for each in (before, after)]
    # Neither does a line begin with what ends a sentence, nor end with what opens a bracket.
    return (
        all(is_wide) and unicodedata.category(after) not in ("Po", "Pe", "Pf") and unicodedata.category(before) != "Ps"
    )
