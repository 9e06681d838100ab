"""The calldata of a transaction that submitted blocks → the blocks, for each contract and layout that was ever in use.

`submitBlocks` of the exchange had three layouts; they differ only in the auxiliary data, which is not needed here and
has its place in the head of each. Operators called it through `LoopringIOExchangeOwner`, of which there were two: both
take `(bool compressed, bytes call, …)`, where `call` is the call of `submitBlocks`. Their sources have other calls that
begin so (with deposits in advance): any is read that does, as what is found is compared with the hash of the event.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.l2.block_errors import LayoutError
from bot.l2.zero_runs import expand_zero_runs
from bot.messages import Message

_CUT_OFF = Message("The calldata is cut off: it refers to byte {at:,}, and has {size:,}.")
_UNKNOWN_CALL = Message(
    "The calldata calls {selector}, which is none of the known ways to submit blocks: this version cannot read it."
)
_NESTED = Message("The calldata contains the call {selector} where submitBlocks was expected.")
_BAD_FLAG = Message("The calldata has {value} where a yes or no (1 or 0) was expected.")
_UNKNOWN_BLOCK_TYPE = Message("Block {place} of the submission is of the unknown type {type}; only 0 is known.")
_NO_BLOCKS = Message("The calldata submits no block.")
_SHARED = Message(
    "The blocks of the submission have {found:,} bytes together, more than all of the calldata: {size:,}."
)

# Keccak-256 of the signatures in Loopring's sources, first four bytes; the block's auxiliary data differs:
SUBMIT_BLOCKS = {
    bytes.fromhex("8dadd3af"): "(uint256,bytes)[]",
    bytes.fromhex("66ac492e"): "(uint256,bool,bytes)[]",
    bytes.fromhex("53228430"): "bytes",
}
# submitBlocksWithCallbacks(bool,bytes,(…)): callbacks of three fields, of four (since 2021-03), each also with a limit
# of gas tokens to burn.
SUBMIT_WITH_CALLBACKS = frozenset(map(bytes.fromhex, ("ebc8c7ee", "dcb2aa31", "e13e5535", "e0b687f8")))

_WORD = 32
# Words of a block's head: type, size, version, where the data is, eight of the proof, a flag, two more places.
_DATA_AT = 3
_HEAD_WORDS = 15


@dataclass(frozen=True, slots=True)
class SubmittedBlock:
    """One block as it was submitted; nothing of it is checked yet.

    Attributes:
        size: How many transactions it has, as the submitter states.
        version: Of the circuit that proved it.
        data: Header and transactions; Ethereum's event has the SHA-256 of exactly these bytes.
    """

    size: int
    version: int
    data: bytes


def read_blocks(calldata: bytes) -> tuple[SubmittedBlock, ...]:
    """The blocks of a transaction, in their order.

    Raises:
        LayoutError: an unknown call, cut off, or not what the layout says.
    """
    call = calldata if calldata[:4] in SUBMIT_BLOCKS else _inner_call(calldata)
    words = _Words(call[4:])
    start = words.number(0)
    count = words.number(start)
    if not count:
        raise LayoutError(_NO_BLOCKS)
    heads = start + _WORD
    words.require(heads + count * _WORD)
    blocks: list[SubmittedBlock] = []
    total = 0
    for place in range(count):
        blocks.append(_block(words, heads + words.number(heads + place * _WORD), place))
        # Places may refer to the same bytes, and calldata is what a node sends: few of them would fill the memory.
        total += _HEAD_WORDS * _WORD + len(blocks[-1].data)
        if total > len(call):
            raise LayoutError(_SHARED, found=total, size=len(call))
    return tuple(blocks)


def _inner_call(calldata: bytes) -> bytes:
    """The call of `submitBlocks` in one of a contract that makes it."""
    selector, words = calldata[:4], _Words(calldata[4:])
    try:
        call = _unpacked(words)
    except LayoutError as error:
        if selector in SUBMIT_WITH_CALLBACKS:
            raise
        raise LayoutError(_UNKNOWN_CALL, selector="0x" + selector.hex()) from error
    if call[:4] not in SUBMIT_BLOCKS:
        if selector in SUBMIT_WITH_CALLBACKS:
            raise LayoutError(_NESTED, selector="0x" + call[:4].hex())
        raise LayoutError(_UNKNOWN_CALL, selector="0x" + selector.hex())
    return call


def _unpacked(words: _Words) -> bytes:
    compressed = words.number(0)
    if compressed > 1:
        raise LayoutError(_BAD_FLAG, value=compressed)
    call = words.text(words.number(_WORD))
    return expand_zero_runs(call) if compressed else call


def _block(words: _Words, head: int, place: int) -> SubmittedBlock:
    words.require(head + _HEAD_WORDS * _WORD)
    block_type, size, version = (words.number(head + word * _WORD) for word in range(3))
    if block_type:
        raise LayoutError(_UNKNOWN_BLOCK_TYPE, place=place, type=block_type)
    return SubmittedBlock(size, version, words.text(head + words.number(head + _DATA_AT * _WORD)))


class _Words:
    """The arguments of a call as Ethereum's ABI lays them out; reading beyond their end is an error."""

    def __init__(self, arguments: bytes) -> None:
        self._bytes = arguments

    def require(self, end: int) -> None:
        if end > len(self._bytes):
            raise LayoutError(_CUT_OFF, at=end, size=len(self._bytes))

    def number(self, at: int) -> int:
        self.require(at + _WORD)
        return int.from_bytes(self._bytes[at : at + _WORD], "big")

    def text(self, at: int) -> bytes:
        """Bytes with their length before them."""
        size = self.number(at)
        self.require(at + _WORD + size)
        return self._bytes[at + _WORD : at + _WORD + size]
