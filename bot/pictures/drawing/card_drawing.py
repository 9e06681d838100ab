"""The card of a collector: name and server above, a grid of collections, and what is not known below."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from bot.pictures.drawing import theme
from bot.pictures.drawing.letters import Letters, own_font
from bot.pictures.drawing.text_layout import cut, font_of, width_of, wrapped

_WIDTH, _MARGIN, _BAND = 960, 44, 12
_COLUMNS, _GAP = 4, 22
_TILE = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _GAP) // _COLUMNS
_HEAD, _CAPTION, _FOOT = 196, 74, 66
_ROUND = 22
_SMALLER = 0.8
_NAME_COLUMNS, _TILE_COLUMNS = 32, 18
_COUNT_SIZE, _NOTE_SIZE, _NOTE_LINE = 20, 20, 26

Place = tuple[float, float]


def draw_card(content: dict[str, Any], files: list[bytes]) -> bytes:
    """A card as PNG, with round corners."""
    letters = Letters(content.get("font"))
    tiles = content["tiles"]
    rows = max(1, -(-len(tiles) // _COLUMNS))
    more = letters.drawable(content["more"]) if content["more"]["text"] else ""
    note = note_lines(letters.drawable(content["note"]), letters)
    foot = _FOOT + (len(note) - 1) * _NOTE_LINE
    height = _HEAD + rows * (_TILE + _CAPTION + _GAP) + (34 if more else 0) + foot
    card = Image.new("RGB", (_WIDTH, height), theme.GROUND)
    pen = _Pen(card, letters)
    _draw_head(pen, content, letters)
    for place, tile in enumerate(tiles):
        left = _MARGIN + place % _COLUMNS * (_TILE + _GAP)
        top = _HEAD + place // _COLUMNS * (_TILE + _CAPTION + _GAP)
        _draw_tile(pen, tile, files, (left, top))
    if more:
        pen.write((_MARGIN, height - foot - 18), more, 24, theme.TEXT)
    for place, line in enumerate(reversed(note)):
        pen.write((_MARGIN, height - 42 - place * _NOTE_LINE), line, _NOTE_SIZE, theme.QUIET)
    return _rounded(card)


def note_lines(note: str, letters: Letters) -> list[str]:
    """The note below, in one line or two."""
    return wrapped(note, lambda line: width_of(letters, line, _NOTE_SIZE) <= _WIDTH - 2 * _MARGIN)


def tile_count(count: str, letters: Letters) -> str:
    """What is below a tile, as it is drawn."""
    return cut(count, lambda text: width_of(letters, text, round(_COUNT_SIZE * _SMALLER)) <= _TILE)


def _draw_head(pen: _Pen, content: dict[str, Any], letters: Letters) -> None:
    pen.draw.rectangle((0, 0, _WIDTH, _BAND), fill=theme.rgb(content["accent"]))
    pen.write((_MARGIN, 66), letters.drawable(content["name"], _NAME_COLUMNS), 44, theme.TEXT, bold=True)
    server = letters.drawable(content["server"], 46)
    pen.write((_MARGIN, 116), server, 24, theme.QUIET)
    pen.write((_MARGIN, 156), letters.drawable(content["summary"]), 24, theme.TEXT)


def _draw_tile(pen: _Pen, tile: dict[str, Any], files: list[bytes], place: tuple[int, int]) -> None:
    left, top = place
    name = pen.letters.drawable(tile["name"], _TILE_COLUMNS)
    picture = _avatar(files[tile["avatar"]]) if tile["avatar"] is not None else _initials(pen, tile, name)
    pen.image.paste(picture, place, _round_mask((_TILE, _TILE), _ROUND))
    pen.write((left, top + _TILE + 24), name, 22, theme.TEXT, bold=True, most=_TILE)
    count = tile_count(pen.letters.drawable(tile["count"]), pen.letters)
    pen.write((left, top + _TILE + 54), count, _COUNT_SIZE, theme.QUIET, most=_TILE)


def _avatar(content: bytes) -> Image.Image:
    """One that this process made small before, on a ground that shows where it is transparent."""
    ground = Image.new("RGBA", (_TILE, _TILE), theme.RAISED)
    with Image.open(io.BytesIO(content), formats=["PNG"]) as opened:
        small = opened.convert("RGBA").resize((_TILE, _TILE), Image.Resampling.LANCZOS)
    ground.alpha_composite(small)
    return ground.convert("RGB")


def _initials(pen: _Pen, tile: dict[str, Any], name: str) -> Image.Image:
    """In place of an avatar that is missing: the first letters of the name, on the colour of the collection."""
    colour = tile["colour"]
    drawn = Image.new("RGB", (_TILE, _TILE), theme.rgb(colour))
    words = [word for word in (part.strip("\"'()[]#…") for part in name.split()) if word and word[0].isalnum()]
    # Of some letters the font has the small form alone; and one small letter may be two large ones.
    initials = pen.letters.drawable({"text": "".join(word[0].upper()[0] for word in words[:2]), "instead": "#"})
    inner = _Pen(drawn, pen.letters)
    inner.write(
        (_TILE / 2 - inner.width(initials, 84, bold=True) / 2, _TILE / 2),
        initials,
        84,
        theme.text_on(colour),
        bold=True,
    )
    return drawn


class _Pen:
    """Writes into an image, with two fonts."""

    def __init__(self, image: Image.Image, letters: Letters) -> None:
        self.image = image
        self.draw = ImageDraw.Draw(image)
        self.letters = letters

    def width(self, text: str, size: int, *, bold: bool = False) -> float:
        """How wide a text is."""
        return width_of(self.letters, text, size, bold=bold)

    def write(
        self, place: Place, text: str, size: int, colour: str, *, bold: bool = False, most: float = _WIDTH - 2 * _MARGIN
    ) -> None:
        """Write a text whose left middle is at a place; a little smaller where it is wider than `most`, then cut."""
        smallest = round(size * _SMALLER)
        while size > smallest and self.width(text, size, bold=bold) > most:
            size -= 1
        text = cut(text, lambda shorter: self.width(shorter, size, bold=bold) <= most)
        left, middle = place
        for part, other in self.letters.runs(text):
            font = self._font(size, bold=bold, other=other)
            self.draw.text((left, middle), part, fill=colour, font=font, anchor="lm")
            left += font.getlength(part)

    def _font(self, size: int, *, bold: bool, other: bool) -> ImageFont.FreeTypeFont:
        path = self.letters.other_font if other else None
        return font_of(path or own_font(bold=bold), size)


@lru_cache(4)
def _round_mask(size: tuple[int, int], radius: int) -> Image.Image:
    """Drawn larger and made smaller, as Pillow's edges are hard."""
    large = Image.new("L", (size[0] * 3, size[1] * 3))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, large.width - 1, large.height - 1), radius * 3, fill=255)
    return large.resize(size, Image.Resampling.LANCZOS)


def _rounded(card: Image.Image) -> bytes:
    card.putalpha(_round_mask(card.size, 26))
    written = io.BytesIO()
    card.save(written, "PNG", compress_level=6)
    return written.getvalue()
