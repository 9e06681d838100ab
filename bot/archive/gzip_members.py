"""The gzip members that an archive is made of: `zcat` reads the file, and a reader can jump to any member.

The last member has a fixed length, as its JSON line is stored without compression and its number is padded. It contains
where the index begins and a SHA-256 of everything before it, so that no byte of the file can change unnoticed.
"""

from __future__ import annotations

import re
import struct
import zlib

_GZIP = 31  # wbits of zlib: deflate in a gzip wrapper
# Magic, deflate, no flags, no time, no hints, unknown system: RFC 1952, 2.3.
_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255))
_TAIL = '{{"kind":"end","index_at":{:16d},"sha256":"{}"}}\n'
_TAIL_LINE = re.compile(rb'\{"kind":"end","index_at": *([0-9]{1,16}),"sha256":"([0-9a-f]{64})"\}\n')

# A block has some 100 KB; one account with tens of thousands of NFTs can fill one alone. More is a decompression bomb.
MAX_UNPACKED = 64 * 1024 * 1024


class MemberError(ValueError):
    """Bytes that are not the member they should be."""


def pack(lines: list[bytes]) -> bytes:
    """Lines, each without its newline, as one gzip member."""
    packer = zlib.compressobj(wbits=_GZIP)
    return packer.compress(b"".join(line + b"\n" for line in lines)) + packer.flush()


def unpack(member: bytes) -> list[bytes]:
    """The lines of exactly one gzip member.

    Raises:
        MemberError: damaged, cut off, followed by more, longer than `MAX_UNPACKED`, or not made of lines.
    """
    text, rest = unpack_first(member, MAX_UNPACKED)
    if rest:
        raise MemberError("more than one member")
    return text


def unpack_first(start: bytes, most: int) -> tuple[list[bytes], bytes]:
    """The lines of the gzip member that some bytes begin with, of at most `most` bytes, and the bytes after it.

    Raises:
        MemberError: as `unpack`.
    """
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        text = unpacker.decompress(start, most)
    except zlib.error as error:
        raise MemberError(str(error)) from error
    if not unpacker.eof:
        raise MemberError("cut off, or too long")
    if not text.endswith(b"\n"):
        raise MemberError("not made of lines")
    return text[:-1].split(b"\n"), unpacker.unused_data


def pack_tail(index_at: int, digest: str) -> bytes:
    """The last member: where the index begins, and the SHA-256 (hex) of all bytes before this member."""
    line = _TAIL.format(index_at, digest).encode()
    stored = struct.pack("<BHH", 1, len(line), len(line) ^ 0xFFFF) + line  # RFC 1951, 3.2.4
    return _HEADER + stored + struct.pack("<II", zlib.crc32(line), len(line))


TAIL_SIZE = len(pack_tail(0, "0" * 64))


def unpack_tail(member: bytes) -> tuple[int, str]:
    """What `pack_tail` was given.

    Raises:
        MemberError: these are not exactly the bytes that `pack_tail` makes.
    """
    found = _TAIL_LINE.fullmatch(member[len(_HEADER) + 5 : -8])
    if not found:
        raise MemberError("no end")
    index_at, digest = int(found[1]), found[2].decode()
    if pack_tail(index_at, digest) != member:
        raise MemberError("the end is damaged")
    return index_at, digest
