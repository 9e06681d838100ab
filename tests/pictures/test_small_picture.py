"""A stranger's file made small: the first frame, the middle square, of every kind of pixel."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from bot.pictures.drawing.small_picture import make_small
from bot.pictures.picture_header import read_header
from sandbox.pictures.hostile import film, picture

SIDE = 64


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    assert (image.format, image.size, image.mode) == ("PNG", (SIDE, SIDE), "RGBA")
    return image


@pytest.mark.parametrize("picture_format", ["PNG", "JPEG", "WEBP", "GIF"])
@pytest.mark.parametrize("size", [(320, 240), (30, 20), (2000, 1500), (1, 1), (3000, 40)])
def test_the_middle_square_is_shown(picture_format: str, size: tuple[int, int]) -> None:
    image = opened(make_small(picture(picture_format, size), picture_format, SIDE))
    if min(size) > 20:
        assert image.getpixel((4, SIDE // 2))[0] > 150  # type: ignore[index] # red on the left
        assert image.getpixel((SIDE - 4, SIDE // 2))[2] > 150  # type: ignore[index] # blue on the right


def test_of_a_film_the_first_frame_is_shown() -> None:
    red, green, blue, _ = opened(make_small(film(), "GIF", SIDE)).getpixel((SIDE // 2, SIDE // 2))  # type: ignore[misc]
    assert green > 150 > red + blue


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_becomes_colour(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (1400, 1400)).save(buffer, "PNG")
    opened(make_small(buffer.getvalue(), "PNG", SIDE))


def test_what_is_transparent_stays_transparent() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (100, 100), (10, 20, 30, 0)).save(buffer, "PNG")
    assert opened(make_small(buffer.getvalue(), "PNG", SIDE)).getpixel((30, 30))[3] == 0  # type: ignore[index]


def test_no_other_decoder_is_tried_than_the_one_that_the_header_names() -> None:
    with pytest.raises(OSError, match="cannot identify"):
        make_small(picture("BMP"), "PNG", SIDE)


def test_a_frame_that_is_larger_than_its_header_says_is_not_decoded() -> None:
    side = (13_000).to_bytes(2, "little")
    screen = b"GIF89a" + (10).to_bytes(2, "little") * 2 + b"\x80\x00\x00" + bytes(6)
    content = screen + b"," + bytes(4) + side * 2 + b"\x00" + b"\x02\x02\x4c\x01\x00;"
    header = read_header(content)
    assert header
    assert header.is_acceptable
    with pytest.raises(Image.DecompressionBombError):
        make_small(content, "GIF", SIDE)
