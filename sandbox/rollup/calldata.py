"""Blocks as the calldata of the transaction that submits them, in each way that was ever in use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_WORD = 32


class Layout(Enum):
    """How the call of `submitBlocks` is written; the auxiliary data differs. The value is its selector."""

    FIRST = "8dadd3af"
    SECOND = "66ac492e"
    THIRD = "53228430"


class Submitter(Enum):
    """Who calls it. The value is the selector of the contract's function; "" is a call of the exchange itself."""

    NONE = ""
    OLD_OWNER = "ebc8c7ee"
    NEW_OWNER = "dcb2aa31"


@dataclass(frozen=True)
class SentBlock:
    """What is submitted of a block."""

    size: int
    data: bytes
    version: int = 0


def calldata(
    blocks: Sequence[SentBlock], layout: Layout, submitter: Submitter = Submitter.NONE, *, compressed: bool = False
) -> bytes:
    """The calldata of one transaction."""
    call = bytes.fromhex(layout.value) + _words(_WORD) + _array([_block(each, layout) for each in blocks])
    if submitter is Submitter.NONE:
        return call
    inner = _bytes(compress(call) if compressed else call)
    callbacks = _words(64, 96, 0, 0)
    head = _words(compressed, 96, 96 + len(inner))
    return bytes.fromhex(submitter.value) + head + inner + callbacks


def compress(text: bytes) -> bytes:
    """Runs of zeros left out: how many bytes follow, how many zeros follow those, the bytes; and so on."""
    parts: list[bytes] = []
    at = 0
    while at < len(text):
        zeros_at = text.find(b"\0\0\0\0\0\0", at)
        filled_end = min(zeros_at if zeros_at >= 0 else len(text), at + 0xFFFF)
        rest = text[filled_end : filled_end + 0xFFFF]
        zeros = len(rest) - len(rest.lstrip(b"\0")) if filled_end == zeros_at else 0
        parts += (_short(filled_end - at), _short(zeros), text[at:filled_end])
        at = filled_end + zeros
    return b"".join(parts)


def _block(block: SentBlock, layout: Layout) -> bytes:
    data, auxiliary, offchain = _bytes(block.data), _auxiliary(layout), _bytes(b"")
    data_at = 15 * _WORD
    proof = (0x0A11CE,) * 8
    places = (data_at + len(data), data_at + len(data) + len(auxiliary))
    return _words(0, block.size, block.version, data_at, *proof, True, *places) + data + auxiliary + offchain  # noqa: FBT003


def _auxiliary(layout: Layout) -> bytes:
    """What belongs to conditional transactions: one of them, in the layout's own form."""
    match layout:
        case Layout.FIRST:
            return _array([_words(5, 64) + _bytes(b"signature")])
        case Layout.SECOND:
            return _array([_words(5, 1, 96) + _bytes(b"signature")])
        case Layout.THIRD:
            return _bytes(b"packed auxiliary data")


def _array(elements: Sequence[bytes]) -> bytes:
    """Elements of no fixed length: how many, where each begins, and then all of them."""
    at, places = len(elements) * _WORD, []
    for each in elements:
        places.append(at)
        at += len(each)
    return _words(len(elements), *places) + b"".join(elements)


def _bytes(text: bytes) -> bytes:
    return _words(len(text)) + text + bytes(-len(text) % _WORD)


def _words(*numbers: int) -> bytes:
    return b"".join(each.to_bytes(_WORD, "big") for each in numbers)


def _short(number: int) -> bytes:
    return number.to_bytes(2, "big")
