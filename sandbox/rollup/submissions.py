"""A made history as Ethereum has it: transactions with calldata, each with the events of the blocks it submitted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.rollup.calldata import Layout, SentBlock, Submitter, calldata
from sandbox.rollup.rollup import EXCHANGE, MadeBlock

OLD_OWNER = "0x" + hashlib.sha256(b"the first LoopringIOExchangeOwner").hexdigest()[:40]
NEW_OWNER = "0x153cddd727e407cb951f728f24beb9a5faaa8512"
FIRST_L1_BLOCK = 11_149_814
L1_BLOCKS_APART = 40


@dataclass(frozen=True)
class Era:
    """One way in which blocks were submitted."""

    layout: Layout
    submitter: Submitter
    to: str
    compressed: bool = False


# In the order in which they were in use.
ERAS = (
    Era(Layout.FIRST, Submitter.NONE, "0x" + EXCHANGE.hex()),
    Era(Layout.SECOND, Submitter.OLD_OWNER, OLD_OWNER),
    Era(Layout.THIRD, Submitter.OLD_OWNER, OLD_OWNER, compressed=True),
    Era(Layout.THIRD, Submitter.NEW_OWNER, NEW_OWNER),
    Era(Layout.THIRD, Submitter.NEW_OWNER, NEW_OWNER, compressed=True),
)


@dataclass(frozen=True)
class Submission:
    """One transaction on Ethereum.

    Attributes:
        transaction_hash: `0x` and 64 digits.
        to: The contract it calls.
        l1_block: The number of the block of Ethereum that it is in.
        blocks: What it submitted; each has an event.
    """

    transaction_hash: str
    to: str
    l1_block: int
    calldata: bytes
    blocks: tuple[MadeBlock, ...]


def submissions(blocks: Sequence[MadeBlock]) -> list[Submission]:
    """All blocks, one to three in each transaction, in every way there was, one after the other."""
    made: list[Submission] = []
    at = 0
    while at < len(blocks):
        era = ERAS[min(at * len(ERAS) // len(blocks), len(ERAS) - 1)]
        batch = tuple(blocks[at : at + 1 + len(made) % 3])
        sent = [SentBlock(block.size, block.data, version=17) for block in batch]
        written = calldata(sent, era.layout, era.submitter, compressed=era.compressed)
        transaction_hash = "0x" + hashlib.sha256(b"transaction" + written).hexdigest()
        l1_block = FIRST_L1_BLOCK + len(made) * L1_BLOCKS_APART
        made.append(Submission(transaction_hash, era.to, l1_block, written, batch))
        at += len(batch)
    return made
