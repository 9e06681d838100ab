"""A made history as blocks of Ethereum: headers that follow each other, with the roots of transactions and receipts.

A chain may have one lie in it, of those that files could be made with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from sandbox.checksums import keccak_256
from sandbox.rollup.ordered_trie import root_of
from sandbox.rollup.rlp import Rlp, rlp, rlp_list
from sandbox.rollup.rollup import EXCHANGE, MadeBlock
from sandbox.rollup.submissions import Submission

# Keccak-256 of BlockSubmitted(uint256,bytes32,bytes32)
TOPIC = bytes.fromhex("cc86d9ed29ebae540f9d25a4976d4da36ea4161b854b8ecf18f491cf6b0feb5c")
BEFORE = keccak_256(b"the block before the first one")
LONDON = 12_965_000
_NO_UNCLES = keccak_256(rlp([]))
_BLOOM = 256
_LISTS = 0xC0


class Lie(Enum):
    """What is wrong, in the block of the submission in the middle or in the last block."""

    SWAPPED_RECEIPTS = "two receipts of the block have changed places"
    CHANGED_EVENT = "an event has another root of layer 2"
    CHANGED_TRANSACTION = "the transaction has another price"
    BROKEN_PARENT = "the block follows another one"
    ALTERED_LAST_HEADER = "the last block has another state"


@dataclass(frozen=True)
class L1Block:
    """A block, as RLP."""

    number: int
    header: bytes
    body: bytes
    receipts: bytes

    @property
    def hash(self) -> bytes:
        """The hash of its header."""
        return keccak_256(self.header)


class _Log(NamedTuple):
    """An event, as a receipt has it."""

    address: bytes
    topics: list[bytes]
    content: bytes


@dataclass(frozen=True)
class _Content:
    """Transactions and receipts, each as the tries of a block have it."""

    transactions: list[bytes]
    receipts: list[bytes]
    bloom: bytes


def l1_chain(
    submissions: Sequence[Submission], *, others: bytes = b"", lie: Lie | None = None, before: bytes = BEFORE
) -> list[L1Block]:
    """All blocks of Ethereum from the first submission to the last.

    Args:
        submissions: What is in some of them.
        others: What an event of somebody else has to say, in each block before the submission's.
        lie: What is wrong; None: nothing.
        before: The hash of the block before the first.
    """
    by_block = {each.l1_block: each for each in submissions}
    first, last, middle = min(by_block), max(by_block), submissions[len(submissions) // 2].l1_block
    blocks: list[L1Block] = []
    for number in range(first, last + 1):
        told = lie if number == (last if lie is Lie.ALTERED_LAST_HEADER else middle) else None
        blocks.append(_block(number, by_block.get(number), blocks[-1].hash if blocks else before, others, told))
    return blocks


def _block(number: int, submission: Submission | None, parent: bytes, said: bytes, lie: Lie | None) -> L1Block:
    true = _content(number, submission, said)
    told = _content(number, _changed(submission, lie), said, price=2 if lie is Lie.CHANGED_TRANSACTION else 1)
    receipts = told.receipts[::-1] if lie is Lie.SWAPPED_RECEIPTS else told.receipts
    state = b"another state" if lie is Lie.ALTERED_LAST_HEADER else rlp(number)
    header: list[Rlp] = [
        keccak_256(b"another block") if lie is Lie.BROKEN_PARENT else parent,
        _NO_UNCLES,
        keccak_256(b"miner")[:20],
        keccak_256(b"state" + state),
        root_of(true.transactions),
        root_of(true.receipts),
        true.bloom,
        10**16,
        number,
        15_000_000,
        21_000 * len(true.receipts),
        1_600_000_000 + 13 * number,
        b"made",
        keccak_256(b"mix" + rlp(number)),
        keccak_256(b"nonce" + rlp(number))[:8],
    ]
    if number >= LONDON:
        header.append(10**9)
    body = rlp_list([rlp_list(map(_stored, told.transactions)), rlp([])])
    return L1Block(number, rlp(header), body, rlp_list(map(_stored, receipts)))


def _changed(submission: Submission | None, lie: Lie | None) -> Submission | None:
    if submission is None or lie is not Lie.CHANGED_EVENT:
        return submission
    first, *rest = submission.blocks
    return replace(submission, blocks=(replace(first, root=keccak_256(b"another root")), *rest))


def _content(number: int, submission: Submission | None, said: bytes, *, price: int = 1) -> _Content:
    # Others' transactions before it, of two kinds, so that places and kinds matter.
    transactions = [rlp(_legacy(number, bytes(20), b"hello")), _typed(1, number, bytes(20), b"")]
    # The same event of another contract, in some of them.
    topic = TOPIC if number % 5 == 1 else keccak_256(b"another event")
    all_logs: list[list[_Log]] = [[_Log(bytes(20), [topic], said)], []]
    if submission:
        to = bytes.fromhex(submission.to[2:])
        all_logs.append([_Log(b"\x11" * 20, [topic], bytes(64)), *map(_event, submission.blocks)])
        if number % 2:
            transactions.append(_typed(2, number, to, submission.calldata, price))
        else:
            transactions.append(rlp(_legacy(number, to, submission.calldata, price)))
    blooms = [_bloom(logs) for logs in all_logs]
    receipts = [
        _kind(transaction) + rlp([1, 21_000 * (place + 1), bloom, logs])
        for place, (transaction, bloom, logs) in enumerate(zip(transactions, blooms, all_logs, strict=True))
    ]
    return _Content(transactions, receipts, _joined(blooms))


def _kind(transaction: bytes) -> bytes:
    """The type before what has one."""
    return b"" if transaction[0] >= _LISTS else transaction[:1]


def _stored(value: bytes) -> bytes:
    """A transaction or receipt as bodies and files have it: with a type, as a text."""
    return value if value[0] >= _LISTS else rlp(value)


def _legacy(nonce: int, to: bytes, calldata: bytes, price: int = 1) -> Rlp:
    return [nonce, price * 10**9, 10**6, to, 0, calldata, 27, 1, 2]


def _typed(kind: int, nonce: int, to: bytes, calldata: bytes, price: int = 1) -> bytes:
    prices: list[Rlp] = [price * 10**9] * kind
    return bytes([kind]) + rlp([1, nonce, *prices, 10**6, to, 0, calldata, [], 0, 1, 2])


def _event(block: MadeBlock) -> _Log:
    return _Log(EXCHANGE, [TOPIC, block.number.to_bytes(32, "big")], block.root + block.data_hash)


def _bloom(logs: Sequence[_Log]) -> bytes:
    """Three of 2,048 bits for each address and topic."""
    bits = 0
    for log in logs:
        for each in (log.address, *log.topics):
            digest = keccak_256(each)
            for at in (0, 2, 4):
                bits |= 1 << (int.from_bytes(digest[at : at + 2], "big") % (8 * _BLOOM))
    return bits.to_bytes(_BLOOM, "big")


def _joined(blooms: Sequence[bytes]) -> bytes:
    bits = 0
    for each in blooms:
        bits |= int.from_bytes(each, "big")
    return bits.to_bytes(_BLOOM, "big")
