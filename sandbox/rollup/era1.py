"""A made history as era1 files: RLP, compressed with Snappy in frames, one entry after the other.

The layout is that of https://github.com/eth-clients/e2store-format-specs, formats/era1.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from struct import pack

from sandbox.checksums import keccak_256
from sandbox.rollup.l1_chain import L1Block, Lie, l1_chain
from sandbox.rollup.submissions import Submission

FRAME = 65_536
_SHORTEST_COPY = 4
_LONGEST_COPY = 64
_PIECE = 8


def snappy_block(content: bytes) -> bytes:
    """Literals, and copies of what came before, as a simple compressor finds them."""
    written = bytearray(_size(len(content)))
    seen: dict[bytes, int] = {}
    start = at = 0
    while at < len(content):
        word = content[at : at + _SHORTEST_COPY]
        before = seen.get(word)
        seen[word] = at
        if before is None or len(word) < _SHORTEST_COPY:
            at += 1
            continue
        length = _SHORTEST_COPY
        most = min(_LONGEST_COPY, len(content) - at)
        while length < most and content[before + length] == content[at + length]:
            length += 1
        written += _literal(content[start:at]) + _copy(at - before, length)
        at = start = at + length
    return bytes(written + _literal(content[start:]))


def snappy_pieces(content: bytes) -> bytes:
    """Short literals alone, as no compressor writes them: nothing of some length can be found without unpacking it."""
    return _size(len(content)) + b"".join(_literal(content[at : at + _PIECE]) for at in range(0, len(content), _PIECE))


def _size(size: int) -> bytes:
    written = bytearray()
    while size >= 0x80:  # noqa: PLR2004 - seven bits each
        written.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes([*written, size])


def _literal(content: bytes) -> bytes:
    length = len(content) - 1
    if length < 0:
        return b""
    if length < 60:  # noqa: PLR2004 - from the format
        return bytes([length << 2]) + content
    width = (length.bit_length() + 7) // 8
    return bytes([59 + width << 2]) + length.to_bytes(width, "little") + content


def _copy(back: int, length: int) -> bytes:
    if length < 12 and back < 2048:  # noqa: PLR2004 - from the format
        return bytes([back >> 8 << 5 | length - 4 << 2 | 1, back & 0xFF])
    return bytes([length - 1 << 2 | 2]) + back.to_bytes(2, "little")


def snappy_frames(content: bytes, compress: Callable[[bytes], bytes] = snappy_block) -> bytes:
    """The stream's mark, and a frame for each 64 kB. The checksums are zeros: the bot does not compare them."""
    stream = b"\xff\x06\x00\x00sNaPpY"
    for at in range(0, len(content), FRAME):
        packed = bytes(4) + compress(content[at : at + FRAME])
        stream += b"\x00" + len(packed).to_bytes(3, "little") + packed
    return stream


def write_era1(
    folder: Path,
    submissions: Sequence[Submission],
    *,
    blocks_each: int = 200,
    others: bytes = b"",
    lie: Lie | None = None,
) -> list[Path]:
    """Files with all blocks of Ethereum from the first submission to the last, in files of so many.

    `others` and `lie` are those of `l1_chain`.
    """
    blocks = l1_chain(submissions, others=others, lie=lie)
    return [
        write_file(folder, blocks[start : start + blocks_each], start // blocks_each)
        for start in range(0, len(blocks), blocks_each)
    ]


def write_file(
    folder: Path,
    blocks: Sequence[L1Block],
    place: int = 0,
    *,
    compress: Callable[[bytes], bytes] = snappy_block,
) -> Path:
    """One file with these blocks, which is the so manyth; its receipts are compressed in this way."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"mainnet-{place:05}-{keccak_256(pack('<Q', blocks[0].number)).hex()[:8]}.era1"
    path.write_bytes(_file(blocks, compress))
    return path


def _file(blocks: Sequence[L1Block], compress: Callable[[bytes], bytes]) -> bytes:
    content = _entry(0x3265, b"")
    places = []
    for block in blocks:
        places.append(len(content))
        content += _entry(0x03, snappy_frames(block.header))
        content += _entry(0x04, snappy_frames(block.body))
        content += _entry(0x05, snappy_frames(block.receipts, compress))
        content += _entry(0x06, bytes(32))
    content += _entry(0x07, bytes(32))
    at = len(content)
    index = pack("<Q", blocks[0].number) + b"".join(pack("<q", place - at) for place in places)
    return content + _entry(0x3266, index + pack("<Q", len(blocks)))


def _entry(kind: int, content: bytes) -> bytes:
    return pack("<HIH", kind, len(content), 0) + content
