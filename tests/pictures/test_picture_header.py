"""What the first bytes of a file say: format and size, and nothing that a decoder would be needed for."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.pictures.picture_header import PictureFormat, PictureHeader, read_header
from sandbox.pictures.hostile import blank_png, film, picture


@pytest.mark.parametrize("picture_format", list(PictureFormat))
def test_format_and_size_are_as_the_decoder_finds_them(picture_format: PictureFormat) -> None:
    assert read_header(picture(picture_format, (321, 123))) == PictureHeader(picture_format, 321, 123)


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": b"Exif\x00\x00MM"}], ids=["lossless", "extended"])
def test_all_three_kinds_of_webp_are_read(options: dict[str, object]) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (301, 77), (1, 2, 3)).save(buffer, "WEBP", **options)
    assert read_header(buffer.getvalue()) == PictureHeader(PictureFormat.WEBP, 301, 77)


def test_a_jpeg_is_read_behind_what_a_camera_writes_before_the_picture() -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (301, 77)).save(
        buffer, "JPEG", progressive=True, exif=b"Exif\x00\x00" + bytes(30_000), comment="x" * 999
    )
    assert read_header(buffer.getvalue()) == PictureHeader(PictureFormat.JPEG, 301, 77)


def test_twenty_kilobytes_that_are_169_megapixels_are_refused_by_their_header() -> None:
    content = blank_png(13_000, 13_000)
    assert len(content) < 25_000
    header = read_header(content)
    assert header
    assert header.width * header.height == 169_000_000
    assert not header.is_acceptable


@pytest.mark.parametrize(
    ("header", "acceptable"),
    [
        (PictureHeader(PictureFormat.PNG, 4096, 4096), True),
        (PictureHeader(PictureFormat.PNG, 4097, 4096), False),
        (PictureHeader(PictureFormat.WEBP, 2048, 2048), True),
        (PictureHeader(PictureFormat.WEBP, 4096, 4096), False),
        (PictureHeader(PictureFormat.PNG, 16_385, 1), False),
        (PictureHeader(PictureFormat.GIF, 0, 100), False),
    ],
)
def test_sixteen_megapixels_are_the_most(header: PictureHeader, *, acceptable: bool) -> None:
    assert header.is_acceptable is acceptable


@pytest.mark.parametrize(
    "content", [b"", b"<svg/>", b"\x00\x00\x00\x18ftypavif", b"BM" + bytes(60), b"II*\x00" + bytes(60)]
)
def test_anything_else_is_no_picture(content: bytes) -> None:
    assert read_header(content) is None


@given(
    st.sampled_from([picture(each) for each in PictureFormat] + [film()]), st.integers(0, 40), st.binary(max_size=40)
)
def test_no_file_makes_it_fail(content: bytes, end: int, more: bytes) -> None:
    header = read_header(content[:end] + more)
    assert header is None or isinstance(header, PictureHeader)
