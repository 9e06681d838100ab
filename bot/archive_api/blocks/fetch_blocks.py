"""Fetches the blocks of layer 2 from Ethereum into a folder: events first, then the transactions behind them.

Nothing is stored that was not checked: a block has the hash of its event, follows the one before, and all nodes that
answer agree on the events (`agreed_events`). A node that gives another block is passed over, and named.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.archive_api.blocks.agreed_events import agreed_events, confirm_again
from bot.archive_api.blocks.announced import Announced
from bot.archive_api.blocks.block_folder import BlockFolder, FetchedBlock
from bot.archive_api.blocks.history_answers import RangeRefusedError
from bot.archive_api.blocks.history_nodes import FIRST_L1_BLOCK, HistoryNodes
from bot.archive_api.blocks.one_node_ranges import OneNodeRanges
from bot.archive_api.blocks.range_length import RangeLength
from bot.errors import TesseraError, UnavailableError
from bot.l2.block_check import HEADER_SIZE, BlockEvent, check_block, check_next, has_known_size
from bot.l2.block_errors import BlockError, LayoutError
from bot.l2.submissions import read_blocks
from bot.messages import Message

_WRONG_BLOCK = Message("Node {node}: transaction {transaction}: {fault}")
_OTHER_COUNT = Message("it has {found} blocks, and Ethereum has events of {expected}.")

# Transactions that are fetched at once, and after which what was fetched is on the disk.
AT_ONCE = 4
STORED_EVERY = 32


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far it is: the last block of layer 2 that is stored, and Ethereum's blocks, read and in all."""

    block: int
    l1_block: int
    last_l1_block: int


async def fetch_blocks(
    nodes: HistoryNodes,
    folder: BlockFolder,
    report: Callable[[FetchProgress], None],
    *,
    stored_every: int = STORED_EVERY,
) -> None:
    """Fetch everything that the folder does not have yet.

    What only one of several nodes confirmed is on the list beside the blocks (`OneNodeRanges`) when this returns.

    Args:
        nodes: On mainnet.
        folder: Open to be written; it goes on after its last block.
        report: Called when blocks were stored, or a range of Ethereum's blocks had none.
        stored_every: So many transactions are fetched before their blocks are stored.

    Raises:
        BlockError: a block is missing, or no node has the one that Ethereum confirmed.
        SourceError: no node answers, they contradict each other, or have dropped what is needed.
        ConfigError: the disk does not take the blocks.
    """
    end = await nodes.final_block()
    first = folder.last.l1_block if folder.last else FIRST_L1_BLOCK
    length = RangeLength()
    by_one = OneNodeRanges(folder.path)
    by_one.forget_after(first)
    await confirm_again(nodes, by_one)
    while first <= end:
        last = min(first + length.blocks - 1, end)
        try:
            agreed = await agreed_events(nodes, first, last)
        except RangeRefusedError:
            length.was_refused(last - first + 1)
            continue
        have = folder.last.event.number if folder.last else 0
        new = [each for each in agreed.events if each.event.number > have]
        if agreed.nodes == 1 < len(nodes):
            by_one.add(first, last, agreed.events)
        for batch in _batches(new, stored_every):
            folder.append(await _fetch(nodes, batch, folder.last))
            report(FetchProgress(batch[-1].event.number, batch[-1].l1_block, end))
        report(FetchProgress(folder.last.event.number if folder.last else 0, last, end))
        length.was_answered()
        first = last + 1
    await confirm_again(nodes, by_one)


def _batches(announced: Sequence[Announced], every: int) -> list[list[Announced]]:
    """Some transactions at a time, each with all of its blocks."""
    transactions = [list(blocks) for _, blocks in groupby(announced, key=lambda each: each.transaction)]
    return [
        [block for transaction in transactions[start : start + every] for block in transaction]
        for start in range(0, len(transactions), every)
    ]


async def _fetch(
    nodes: HistoryNodes, announced: Sequence[Announced], before: FetchedBlock | None
) -> list[FetchedBlock]:
    """The blocks of some transactions, checked."""
    # A gap is nobody's calldata: it is found before any node is asked.
    last = before.event if before else None
    for each in announced:
        check_next(last, each.event)
        last = each.event
    transactions = [list(blocks) for _, blocks in groupby(announced, key=lambda each: each.transaction)]
    # The block before each transaction's first, so that they can be checked in any order.
    previous = [before.event if before else None, *(blocks[-1].event for blocks in transactions)]
    turns = asyncio.Semaphore(AT_ONCE)

    async def fetch(blocks: Sequence[Announced], last: BlockEvent | None) -> list[FetchedBlock]:
        async with turns:
            return await _transaction(nodes, blocks, last)

    # All of them end before an error is passed on: nothing goes on in the background.
    fetched = await asyncio.gather(*map(fetch, transactions, previous), return_exceptions=True)
    stored: list[FetchedBlock] = []
    for found in fetched:
        if isinstance(found, BaseException):
            raise found
        stored += found
    return stored


async def _transaction(
    nodes: HistoryNodes, announced: Sequence[Announced], before: BlockEvent | None
) -> list[FetchedBlock]:
    """The blocks of one transaction, of the first node that has the right ones."""
    fault: TesseraError | None = None
    wrong: dict[int, BlockError] = {}
    for node in nodes.in_turn():
        try:
            calldata = await nodes.calldata(node, announced[0].transaction, announced[0].l1_block)
            blocks = check_announced(announced, calldata, before)
        except BlockError as error:
            place = {"node": node + 1, "transaction": announced[0].transaction}
            fault = wrong[node] = BlockError(_WRONG_BLOCK, fault=error.words, **place)
        except UnavailableError as error:
            fault = fault or error
        else:
            for liar, lie in wrong.items():
                nodes.was_wrong(liar, lie.words)
            return blocks
    assert fault is not None  # noqa: S101 - there is a node, and it either answered or failed
    raise fault


def check_announced(announced: Sequence[Announced], calldata: bytes, before: BlockEvent | None) -> list[FetchedBlock]:
    """The blocks of one transaction, if they are those of its events.

    Args:
        announced: Its events.
        calldata: What it called.
        before: The event before them; None: there is none.

    Raises:
        BlockError: they are not.
    """
    blocks = read_blocks(calldata)
    # A crash may have left the first blocks of a transaction on the disk, and then only its others are asked for.
    later = blocks[-len(announced) :]
    if before and hashlib.sha256(later[0].data).digest() == announced[0].event.data_hash:
        blocks = later
    if len(blocks) != len(announced):
        raise BlockError(_OTHER_COUNT, found=len(blocks), expected=len(announced))
    fetched: list[FetchedBlock] = []
    for each, block in zip(announced, blocks, strict=True):
        try:
            check_block(before, each.event, block)
        except LayoutError:
            # The size is beside the bytes, and Ethereum's hash is over the bytes alone: where these have a known size,
            # it is the node that says another. Else Ethereum confirmed it so, and the replay names it.
            if has_known_size(block.data) or len(block.data) < HEADER_SIZE:
                raise
        before = each.event
        fetched.append(FetchedBlock(each.event, block, each.l1_block, each.transaction))
    return fetched
