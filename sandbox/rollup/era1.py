"""A made history as era1 files: RLP, compressed with Snappy in frames, one entry after the other.

The layout is that of https://github.com/eth-clients/e2store-format-specs, formats/era1.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from struct import pack

from sandbox.checksums import keccak_256
from sandbox.rollup.rlp import Rlp, rlp, rlp_list
from sandbox.rollup.rollup import EXCHANGE, MadeBlock
from sandbox.rollup.submissions import Submission

# Keccak-256 of BlockSubmitted(uint256,bytes32,bytes32)
TOPIC = bytes.fromhex("cc86d9ed29ebae540f9d25a4976d4da36ea4161b854b8ecf18f491cf6b0feb5c")
FRAME = 65_536
_SHORTEST_COPY = 4
_LONGEST_COPY = 64


def snappy_block(content: bytes) -> bytes:
    """Literals, and copies of what came before, as a simple compressor finds them."""
    size, written = len(content), bytearray()
    while size >= 0x80:  # noqa: PLR2004 - seven bits each
        written.append(size & 0x7F | 0x80)
        size >>= 7
    written.append(size)
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


def snappy_frames(content: bytes) -> bytes:
    """The stream's mark, and a frame for each 64 kB. The checksums are zeros: the bot does not compare them."""
    stream = b"\xff\x06\x00\x00sNaPpY"
    for at in range(0, len(content), FRAME):
        packed = bytes(4) + snappy_block(content[at : at + FRAME])
        stream += b"\x00" + len(packed).to_bytes(3, "little") + packed
    return stream


def write_era1(
    folder: Path, submissions: Sequence[Submission], *, blocks_each: int = 200, others: bytes = b""
) -> list[Path]:
    """Files with all blocks of Ethereum from the first submission to the last, in files of so many.

    `others` is what an event of somebody else has to say, in each block before the submission's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_block = {each.l1_block: each for each in submissions}
    first, last = min(by_block), max(by_block)
    paths = []
    for place, start in enumerate(range(first, last + 1, blocks_each)):
        end = min(start + blocks_each, last + 1)
        paths.append(folder / f"mainnet-{place:05}-{keccak_256(pack('<Q', start)).hex()[:8]}.era1")
        paths[-1].write_bytes(_file([(number, by_block.get(number)) for number in range(start, end)], others))
    return paths


def _file(blocks: Sequence[tuple[int, Submission | None]], said: bytes) -> bytes:
    content = _entry(0x3265, b"")
    places = []
    for number, submission in blocks:
        places.append(len(content))
        # Others' transactions before it, of two kinds, so that places and kinds matter.
        others: list[bytes] = [rlp(_legacy(number, bytes(20), b"hello")), _typed(1, number, bytes(20), b"")]
        # The same event of another contract, in some of them.
        topic = TOPIC if number % 5 == 1 else keccak_256(b"another event")
        receipts: list[bytes] = [rlp(_receipt([_log(bytes(20), [topic], said)])), rlp(b"\x01" + rlp(_receipt([])))]
        if submission:
            to = bytes.fromhex(submission.to[2:])
            logs = [_log(b"\x11" * 20, [topic], bytes(64)), *map(_event, submission.blocks)]
            if number % 2:
                others.append(_typed(2, number, to, submission.calldata))
                receipts.append(rlp(b"\x02" + rlp(_receipt(logs))))
            else:
                others.append(rlp(_legacy(number, to, submission.calldata)))
                receipts.append(rlp(_receipt(logs)))
        content += _entry(0x03, snappy_frames(rlp([number])))
        content += _entry(0x04, snappy_frames(rlp_list([rlp_list(others), rlp([])])))
        content += _entry(0x05, snappy_frames(rlp_list(receipts)))
        content += _entry(0x06, bytes(32))
    content += _entry(0x07, bytes(32))
    at = len(content)
    index = pack("<Q", blocks[0][0]) + b"".join(pack("<q", place - at) for place in places) + pack("<Q", len(blocks))
    return content + _entry(0x3266, index)


def _entry(kind: int, content: bytes) -> bytes:
    return pack("<HIH", kind, len(content), 0) + content


def _legacy(nonce: int, to: bytes, calldata: bytes) -> Rlp:
    return [nonce, 10**9, 10**6, to, 0, calldata, 27, 1, 2]


def _typed(kind: int, nonce: int, to: bytes, calldata: bytes) -> bytes:
    prices: list[Rlp] = [10**9] * kind
    return rlp(bytes([kind]) + rlp([1, nonce, *prices, 10**6, to, 0, calldata, [], 0, 1, 2]))


def _receipt(logs: Sequence[Rlp]) -> Rlp:
    return [1, 21_000, bytes(256), logs]


def _log(address: bytes, topics: Sequence[bytes], content: bytes) -> Rlp:
    return [address, list(topics), content]


def _event(block: MadeBlock) -> Rlp:
    return _log(EXCHANGE, [TOPIC, block.number.to_bytes(32, "big")], block.root + block.data_hash)
