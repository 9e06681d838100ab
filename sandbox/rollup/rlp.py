"""Ethereum's RLP, written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Rlp = bytes | int | Sequence["Rlp"]


def rlp(value: Rlp) -> bytes:
    """A value as RLP: numbers without leading zeros, texts, and lists of these."""
    if isinstance(value, int):
        return rlp(value.to_bytes((value.bit_length() + 7) // 8, "big"))
    if isinstance(value, bytes):
        return value if len(value) == 1 and value[0] < 0x80 else _headed(0x80, value)  # noqa: PLR2004 - from the format
    return rlp_list(map(rlp, value))


def rlp_list(items: Iterable[bytes]) -> bytes:
    """A list of what is RLP already."""
    return _headed(0xC0, b"".join(items))


def _headed(base: int, content: bytes) -> bytes:
    if len(content) < 56:  # noqa: PLR2004 - from the format
        return bytes([base + len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(length)]) + length + content
