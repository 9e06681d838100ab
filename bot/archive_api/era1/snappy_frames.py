"""Snappy's framing format, unpacked: https://github.com/google/snappy, framing_format and format_description.

The checksums of the frames are not compared: whatever is used of the inside is held against hashes of Ethereum's,
which say more than a checksum does.
"""

from __future__ import annotations

# Far more than a block of Ethereum has, whose gas pays for 8 MB before the merge.
MOST_BYTES = 32 * 1024 * 1024
_COMPRESSED, _PLAIN, _FIRST_SKIPPED = 0x00, 0x01, 0x80
_HEAD = 4
_CHECKSUM = 4
_MOST_IN_FRAME = 65_536
_CONTINUES = 0x80
_LONGEST_SHIFT = 28
# A literal's length is in its tag up to here; beyond, in one to four bytes after it.
_SHORT_LITERAL = 60


class SnappyError(ValueError):
    """This is not what the format says."""


def read_frames(stream: bytes) -> bytes:
    """The content of all frames.

    Raises:
        SnappyError: cut off, of an unknown kind, or longer than anything that is read here.
    """
    content = bytearray()
    at = 0
    while at < len(stream):
        kind, length = stream[at], int.from_bytes(stream[at + 1 : at + _HEAD], "little")
        frame = stream[at + _HEAD : at + _HEAD + length]
        if len(frame) < length:
            raise SnappyError("a frame is cut off")
        at += _HEAD + length
        if kind == _COMPRESSED:
            content += read_block(frame[_CHECKSUM:], _MOST_IN_FRAME)
        elif kind == _PLAIN:
            content += frame[_CHECKSUM:]
        elif kind < _FIRST_SKIPPED:
            raise SnappyError("a frame is of an unknown kind")
        if len(content) > MOST_BYTES:
            raise SnappyError("it is too long")
    return bytes(content)


def read_block(block: bytes, most: int = MOST_BYTES) -> bytes:
    """The content of one block without frames.

    Raises:
        SnappyError: it is not what the format says.
    """
    try:
        size, at = _size(block)
        if size > most:
            raise SnappyError("it is too long")
        content = _elements(block, at, size)
    except IndexError:
        raise SnappyError("it is cut off") from None
    if len(content) != size:
        raise SnappyError("it has another length than it says")
    return bytes(content)


def _size(block: bytes) -> tuple[int, int]:
    """The length before the elements, and where they begin."""
    size = shift = at = 0
    while True:
        if shift > _LONGEST_SHIFT:
            raise SnappyError("it is too long")
        byte = block[at]
        at += 1
        size |= (byte & (_CONTINUES - 1)) << shift
        shift += 7
        if byte < _CONTINUES:
            return size, at


def _elements(block: bytes, at: int, size: int) -> bytearray:
    content = bytearray()
    end = len(block)
    while at < end and len(content) <= size:
        tag = block[at]
        at += 1
        kind = tag & 3
        if kind == 0:
            length = (tag >> 2) + 1
            if length > _SHORT_LITERAL:
                extra = length - _SHORT_LITERAL
                length = int.from_bytes(block[at : at + extra], "little") + 1
                at += extra
            if at + length > end:
                raise SnappyError("a literal is cut off")
            content += block[at : at + length]
            at += length
            continue
        if kind == 1:
            length, back = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | block[at]
            at += 1
        else:
            width = 2 if kind == 2 else 4  # noqa: PLR2004 - the two kinds of copies with a longer way back
            length, back = (tag >> 2) + 1, int.from_bytes(block[at : at + width], "little")
            at += width
        start = len(content) - back
        if back == 0 or start < 0:
            raise SnappyError("a copy is of something before the beginning")
        if back >= length:
            content += content[start : start + length]
        else:  # what it copies overlaps what it writes: a pattern that repeats
            content += (content[start:] * (length // back + 1))[:length]
    return content
