"""A stranger's file, decoded and made small: the only place where such a file meets a decoder."""

from __future__ import annotations

import io

from PIL import Image, ImageFile

from bot.pictures.picture_header import LONGEST_SIDE, MOST_PIXELS

# What is not complete is no picture.
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# Pictures in these are made small without a copy of the whole.
_PLAIN_MODES = ("RGB", "L")
_LARGE = 1024


def make_small(content: bytes, picture_format: str, side: int) -> bytes:
    """The middle square of the first frame, as PNG.

    Args:
        content: The file.
        picture_format: What it was found to be: no other decoder is tried.
        side: Of the small picture.

    Raises:
        Exception: it cannot be decoded.
    """
    with Image.open(io.BytesIO(content), formats=[picture_format]) as opened:
        if opened.width * opened.height > MOST_PIXELS or max(opened.size) > LONGEST_SIDE:
            raise ValueError("too many pixels")
        opened.draft("RGB", (2 * side, 2 * side))  # a large JPEG is decoded at a part of its size
        opened.load()
        small = _square(_reduced(opened, side), side)
    written = io.BytesIO()
    small.save(written, "PNG", compress_level=4)
    return written.getvalue()


def _reduced(image: Image.Image, side: int) -> Image.Image:
    """The same with few pixels, in red, green, blue and alpha."""
    if image.mode in _PLAIN_MODES:
        factor = max(1, min(image.size) // (4 * side))
        image = image.reduce(factor) if factor > 1 else image
    elif max(image.size) > _LARGE:
        share = max(_LARGE / max(image.size), min(1.0, side / min(image.size)))
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        image = image.resize(size, Image.Resampling.NEAREST)
    return image.convert("RGBA")


def _square(image: Image.Image, side: int) -> Image.Image:
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return image.resize((side, side), Image.Resampling.LANCZOS, box=(left, top, left + edge, top + edge))
