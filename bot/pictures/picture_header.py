"""The format and the size of a picture, read from the first bytes of its file: before anything decodes it.

A PNG of 20 kB can have 169 megapixels, which are 700 MB in memory. So a file is looked at here first, and only one of
the four formats that Discord shows, of a size that can be decoded, goes on to the decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Decoded they need 64 MB, which is what the drawing process has room for.
MOST_PIXELS = 16 * 1024 * 1024
_LARGE_PIXELS = 2 * 1024 * 1024
# Its decoder holds four copies of the canvas, as each is treated as a film.
_MOST_WEBP_PIXELS = 4 * 1024 * 1024
# No format's header can say more than this and mean it; it also stops a strip of 16,777,216 pixels by one.
LONGEST_SIDE = 16_384


class PictureFormat(StrEnum):
    """The formats that are accepted, with the names that Pillow gives them."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WEBP"
    GIF = "GIF"

    @property
    def media_type(self) -> str:
        """What a server must call it."""
        return f"image/{self.value.lower()}"


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What the first bytes say."""

    format: PictureFormat
    width: int
    height: int

    @property
    def is_acceptable(self) -> bool:
        """Whether a picture of this size may be decoded."""
        most = _MOST_WEBP_PIXELS if self.format is PictureFormat.WEBP else MOST_PIXELS
        return 0 < self.width * self.height <= most and max(self.width, self.height) <= LONGEST_SIDE

    @property
    def is_large(self) -> bool:
        """Whether decoding it needs more memory than all else that is drawn."""
        return self.width * self.height > _LARGE_PIXELS


def read_header(content: bytes) -> PictureHeader | None:
    """The header of a picture; None: it is none of the four formats, or it breaks off."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return _gif(content)
    return None


def _png(content: bytes) -> PictureHeader | None:
    """Width and height are the first fields of the first chunk (PNG, 11.2.1)."""
    if len(content) < 24 or content[12:16] != b"IHDR":  # noqa: PLR2004 - the end of the second field
        return None
    return PictureHeader(PictureFormat.PNG, _big(content[16:20]), _big(content[20:24]))


def _gif(content: bytes) -> PictureHeader | None:
    """The logical screen; a frame may be larger, which the decoder checks."""
    if len(content) < 10:  # noqa: PLR2004 - the end of the second field
        return None
    return PictureHeader(PictureFormat.GIF, _little(content[6:8]), _little(content[8:10]))


def _webp(content: bytes) -> PictureHeader | None:
    """One of three kinds (RFC 9649): lossy, lossless, or extended."""
    kind, body = content[12:16], content[20:30]
    if len(body) < 10:  # noqa: PLR2004 - the longest of the three headers
        return None
    if kind == b"VP8X":
        return PictureHeader(PictureFormat.WEBP, _little(body[4:7]) + 1, _little(body[7:10]) + 1)
    if kind == b"VP8L" and body[0] == 0x2F:  # noqa: PLR2004 - its signature
        bits = _little(body[1:5])
        return PictureHeader(PictureFormat.WEBP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        return PictureHeader(PictureFormat.WEBP, _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF)
    return None


def _jpeg(content: bytes) -> PictureHeader | None:
    """The first frame header (ITU T.81, B.2.2), behind segments of any kind."""
    place = 2
    while place + 9 <= len(content) and content[place] == 0xFF:  # noqa: PLR2004 - each marker begins with it
        marker = content[place + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            place += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004 - SOF0 to SOF15
            return PictureHeader(
                PictureFormat.JPEG, _big(content[place + 7 : place + 9]), _big(content[place + 5 : place + 7])
            )
        place += 2 + max(2, _big(content[place + 2 : place + 4]))
    return None


def _big(field: bytes) -> int:
    return int.from_bytes(field, "big")


def _little(field: bytes) -> int:
    return int.from_bytes(field, "little")
