"""What runs in the drawing process, and nowhere else: only here are Matplotlib and Pillow imported.

letters         which letters the fonts have, and what is drawn in place of others
text_layout     how wide a text is, and how it is made to fit
number_style    numbers with the separators of the reader's language
theme           colours and fonts, the same in all pictures
chart_frame     a figure with its title and its note
trend_drawing, distribution_drawing, overlap_drawing, retention_drawing
card_drawing    the card of a collector
small_picture   a stranger's file, decoded and made small
"""

from __future__ import annotations

from typing import Any


def draw(content: dict[str, Any], files: list[bytes]) -> bytes:
    """What a frame asks for, as PNG.

    Raises:
        Exception: whatever the libraries raise for it; there is no picture.
    """
    # Imported when it is needed first: a card needs no Matplotlib, which is most of the memory.
    match content["draw"]:
        case "small":
            from bot.pictures.drawing.small_picture import make_small  # noqa: PLC0415

            return make_small(files[0], content["format"], content["side"])
        case "card":
            from bot.pictures.drawing.card_drawing import draw_card  # noqa: PLC0415

            return draw_card(content, files)
        case _:
            from bot.pictures.drawing.chart_frame import draw_chart  # noqa: PLC0415

            return draw_chart(content)
