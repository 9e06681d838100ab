"""Is this the block that Ethereum confirmed, and does it follow the one before? Nothing is replayed that did not pass.

The exchange's contract emits `BlockSubmitted(blockIdx, merkleRoot, publicDataHash)` for each block that it accepted
with its proof. A block is believed when its bytes have that hash, its number is the next, its tree begins where the one
before ended, and its header names the exchange.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple

from bot.l2.block_errors import ChainError, LayoutError
from bot.l2.submissions import SubmittedBlock
from bot.messages import Message

EXCHANGE = bytes.fromhex("0baba1ad5be3a5c0a66e7ac838a129bf948f1ea4")
# Keccak-256 of BlockSubmitted(uint256,bytes32,bytes32)
BLOCK_SUBMITTED = bytes.fromhex("cc86d9ed29ebae540f9d25a4976d4da36ea4161b854b8ecf18f491cf6b0feb5c")
# What a transaction takes in a block, in two parts that lie apart: see `transactions`.
PART_1 = 29
PART_2 = 39
# Loopring's operator proved blocks of 16 to 384 transactions.
MAX_SIZE = 384

_GAP = Message("Block {expected:,} is missing: {found:,} comes after {before:,}.")
_WRONG_HASH = Message(
    "Block {number:,}: the SHA-256 of its data is {found}, and Ethereum's event says {expected}: it is not that block."
)
_WRONG_EXCHANGE = Message("Block {number:,} is of the exchange {found}, not of {expected}.")
_ROOT_NOT_CONFIRMED = Message("Block {number:,} ends with the root {found}, and Ethereum's event says {expected}.")
_BROKEN_CHAIN = Message("Block {number:,} begins with the root {found}, and the block before ended with {expected}.")
_UNKNOWN_SIZE = Message("Block {number:,} has {size:,} transactions; only 1 to {most} are known.")
_CUT_OFF = Message(
    "Block {number:,} is cut off: {size:,} transactions take {expected:,} bytes, and it has {found:,}, "
    "so transaction {index:,} is not whole."
)
_TOO_LONG = Message(
    "Block {number:,} is too long: {size:,} transactions take {expected:,} bytes, and it has {found:,}."
)


class BlockHeader(NamedTuple):
    """The first 98 bytes of a block's data."""

    exchange: bytes
    root_before: bytes
    root_after: bytes
    timestamp: int
    taker_fee: int
    maker_fee: int
    conditional: int
    operator: int


_HEADER = Struct(">20s32s32sIBBII")
HEADER_SIZE = _HEADER.size


@dataclass(frozen=True, slots=True)
class BlockEvent:
    """What Ethereum says about a block: its number, the root of the tree after it, and the SHA-256 of its data."""

    number: int
    root: bytes
    data_hash: bytes


@dataclass(frozen=True, slots=True)
class CheckedBlock:
    """A block that is the one that Ethereum confirmed. Made by `check_block` alone."""

    number: int
    size: int
    data: bytes
    header: BlockHeader

    @property
    def root(self) -> bytes:
        """Of the tree after it."""
        return self.header.root_after


def check_block(
    before: CheckedBlock | BlockEvent | None, event: BlockEvent, block: SubmittedBlock, *, exchange: bytes = EXCHANGE
) -> CheckedBlock:
    """The block, if everything that Ethereum says about it is true of it.

    Args:
        before: The block before it, or its event; None for the first, whose number is 1.
        event: What the exchange's contract emitted for it.
        block: What was submitted.
        exchange: The address of the contract.

    Raises:
        ChainError: a gap, another block than the confirmed one, of another exchange, or not a continuation.
        LayoutError: of an unknown size, cut off, or too long.
    """
    check_next(before, event)
    number, found = event.number, hashlib.sha256(block.data).digest()
    if found != event.data_hash:
        raise ChainError(_WRONG_HASH, number=number, found=_hex(found), expected=_hex(event.data_hash))
    if len(block.data) < HEADER_SIZE:
        check_size(number, block.size, len(block.data))
    header = BlockHeader._make(_HEADER.unpack_from(block.data))
    if header.exchange != exchange:
        raise ChainError(_WRONG_EXCHANGE, number=number, found=_hex(header.exchange), expected=_hex(exchange))
    if header.root_after != event.root:
        raise ChainError(_ROOT_NOT_CONFIRMED, number=number, found=_hex(header.root_after), expected=_hex(event.root))
    if before and header.root_before != before.root:
        raise ChainError(
            _BROKEN_CHAIN,
            number=number,
            found=_hex(header.root_before),
            expected=_hex(before.root),
        )
    # Last: where only this is wrong, the block is the one that Ethereum confirmed, and of a form that is not known.
    check_size(number, block.size, len(block.data))
    return CheckedBlock(number, block.size, block.data, header)


def check_next(before: CheckedBlock | BlockEvent | None, event: BlockEvent) -> None:
    """Check that no block is missing between two.

    Raises:
        ChainError: one is, or the event is of an earlier block.
    """
    last = before.number if before else 0
    if event.number != last + 1:
        raise ChainError(_GAP, expected=last + 1, found=event.number, before=last)


def has_known_size(data: bytes) -> bool:
    """Whether so many bytes are a header and as many transactions as a block can have."""
    count, rest = divmod(len(data) - HEADER_SIZE, PART_1 + PART_2)
    return not rest and 1 <= count <= MAX_SIZE


def check_size(number: int, size: int, found: int) -> None:
    """Hold a block's length in bytes against its number of transactions.

    Raises:
        LayoutError: of an unknown size, cut off, or too long.
    """
    if not 1 <= size <= MAX_SIZE:
        raise LayoutError(_UNKNOWN_SIZE, number=number, size=size, most=MAX_SIZE)
    expected = HEADER_SIZE + size * (PART_1 + PART_2)
    if found < expected:
        # The second parts lie after all first parts: that is where bytes are missing first.
        index = max(found - HEADER_SIZE - size * PART_1, 0) // PART_2
        raise LayoutError(_CUT_OFF, number=number, size=size, expected=expected, found=found, index=index)
    if found > expected:
        raise LayoutError(_TOO_LONG, number=number, size=size, expected=expected, found=found)


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
