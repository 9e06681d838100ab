"""Blocks for tests: those of a made history, and blocks of transactions written out one by one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from bot.l2.account_state import AccountState
from bot.l2.block_check import BlockEvent, CheckedBlock, check_block
from bot.l2.replay import Replay
from bot.l2.submissions import SubmittedBlock, read_blocks
from sandbox.rollup import layouts
from sandbox.rollup.rollup import EXCHANGE, GENESIS_ROOT, MadeBlock
from sandbox.rollup.submissions import submissions


def event_of(block: MadeBlock) -> BlockEvent:
    return BlockEvent(block.number, block.root, block.data_hash)


def sent(block: MadeBlock) -> SubmittedBlock:
    return SubmittedBlock(block.size, 0, block.data)


def checked(blocks: Sequence[MadeBlock]) -> list[CheckedBlock]:
    """As a rebuild does: out of the calldata of the transactions that submitted them."""
    passed: list[CheckedBlock] = []
    for submission in submissions(blocks):
        for found, block in zip(read_blocks(submission.calldata), submission.blocks, strict=True):
            passed.append(check_block(passed[-1] if passed else None, event_of(block), found))
    return passed


def replayed(blocks: Iterable[CheckedBlock]) -> Replay:
    replay = Replay()
    for block in blocks:
        replay.apply(block)
    return replay


def block_of(*transactions: bytes, number: int = 1, before: bytes = GENESIS_ROOT) -> CheckedBlock:
    """A block that Ethereum confirmed, of exactly these transactions."""
    after = hashlib.sha256(before + b"".join(transactions)).digest()
    data = layouts.block_data(EXCHANGE, before, after, 1_650_000_000, 2, transactions)
    event = BlockEvent(1, after, hashlib.sha256(data).digest())
    first = check_block(None, event, SubmittedBlock(len(transactions), 0, data))
    return CheckedBlock(number, first.size, first.data, first.header)


def after(*transactions: bytes) -> Replay:
    return replayed([block_of(*transactions)])


def accounts(replay: Replay) -> dict[int, AccountState]:
    return {state.account_id: state for state in replay.accounts()}
