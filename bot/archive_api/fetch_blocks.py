"""Fetches the blocks of layer 2 from Ethereum into a folder: events first, then the transactions behind them.

Nothing is stored that was not checked: a block has the hash of its event, follows the one before, and all nodes agree
on the events. A node that gives another block is passed over, and named if no other has the right one.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from bot.archive_api.block_folder import BlockFolder, FetchedBlock
from bot.archive_api.history_nodes import HistoryNodes, PrunedError, RangeRefusedError
from bot.errors import ContradictionError, TesseraError, UnavailableError
from bot.l2.block_check import BLOCK_SUBMITTED, EXCHANGE, BlockEvent, check_block, check_next
from bot.l2.block_errors import BlockError
from bot.l2.submissions import read_blocks
from bot.messages import Message

_DISSENT = Message(
    "The nodes disagree on the events of block {first:,} to {last:,} of Ethereum: node {node} says another."
)
_NOT_AN_EVENT = Message("Node {node} reports an event of the exchange that is none.")
_WRONG_BLOCK = Message("Node {node}: transaction {transaction}: {fault}")
_OTHER_COUNT = Message("it has {found} blocks, and Ethereum has events of {expected}.")

# The block of Ethereum with which the exchange begins.
FIRST_L1_BLOCK = 11_149_814
FIRST_RANGE = 2_000
LONGEST_RANGE = 50_000
# Transactions that are fetched at once, and after which what was fetched is on the disk.
AT_ONCE = 4
STORED_EVERY = 32

_ADDRESS = "0x" + EXCHANGE.hex()
_TOPIC = "0x" + BLOCK_SUBMITTED.hex()


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far it is: the last block of layer 2 that is stored, and Ethereum's blocks, read and in all."""

    block: int
    l1_block: int
    last_l1_block: int


@dataclass(frozen=True, slots=True)
class _Announced:
    """An event, and where it is from; `place` is that of its block among those of the transaction, from 0 on."""

    event: BlockEvent
    l1_block: int
    transaction: str
    place: int = 0


async def fetch_blocks(nodes: HistoryNodes, folder: BlockFolder, report: Callable[[FetchProgress], None]) -> None:
    """Fetch everything that the folder does not have yet.

    Args:
        nodes: On mainnet.
        folder: Open to be written; it goes on after its last block.
        report: Called when blocks were stored, or a range of Ethereum's blocks had none.

    Raises:
        BlockError: a block is missing, or no node has the one that Ethereum confirmed.
        SourceError: no node answers, they contradict each other, or have dropped what is needed.
        ConfigError: the disk does not take the blocks.
    """
    end = await nodes.final_block()
    first = folder.last.l1_block if folder.last else FIRST_L1_BLOCK
    length = FIRST_RANGE
    while first <= end:
        last = min(first + length - 1, end)
        try:
            announced = await _agreed_events(nodes, first, last)
        except RangeRefusedError:
            length = max((last - first + 1) // 2, 1)
            continue
        have = folder.last.event.number if folder.last else 0
        new = [each for each in announced if each.event.number > have]
        for batch in _batches(new):
            folder.append(await _fetch(nodes, batch, folder.last))
            report(FetchProgress(batch[-1].event.number, batch[-1].l1_block, end))
        report(FetchProgress(folder.last.event.number if folder.last else 0, last, end))
        first, length = last + 1, min(length * 2, LONGEST_RANGE)


async def _agreed_events(nodes: HistoryNodes, first: int, last: int) -> list[_Announced]:
    """The events of a range, which all nodes that still have it report alike."""
    agreed: list[_Announced] | None = None
    pruned: PrunedError | None = None
    for node in range(len(nodes)):
        try:
            found = _announced(node, await nodes.logs(node, _ADDRESS, _TOPIC, first, last))
        except PrunedError as error:
            pruned = error
            continue
        if agreed is not None and found != agreed:
            raise ContradictionError(_DISSENT, first=first, last=last, node=node + 1)
        agreed = found
    if agreed is None:
        assert pruned is not None  # noqa: S101 - there is a node, and it either answered or has dropped the range
        raise pruned
    return agreed


def _announced(node: int, logs: Sequence[Any]) -> list[_Announced]:
    """The events, in the order of their blocks."""
    try:
        events = [_one_event(log) for log in logs if not log.get("removed")]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnavailableError(_NOT_AN_EVENT, node=node + 1) from error
    places: Counter[str] = Counter()
    placed = []
    for each in sorted(events, key=lambda each: each.event.number):
        placed.append(replace(each, place=places[each.transaction]))
        places[each.transaction] += 1
    return placed


def _one_event(log: dict[str, Any]) -> _Announced:
    topic, number = log["topics"]
    data = bytes.fromhex(log["data"].removeprefix("0x"))
    if topic.lower() != _TOPIC or log["address"].lower() != _ADDRESS or len(data) < 64:  # noqa: PLR2004 - two words
        raise ValueError("another event")
    event = BlockEvent(int(number, 16), data[:32], data[32:64])
    return _Announced(event, int(log["blockNumber"], 16), str(log["transactionHash"]))


def _batches(announced: Sequence[_Announced]) -> list[list[_Announced]]:
    """Some transactions at a time, each with all of its blocks that are not stored yet."""
    transactions = [list(blocks) for _, blocks in groupby(announced, key=lambda each: each.transaction)]
    return [
        [block for transaction in transactions[start : start + STORED_EVERY] for block in transaction]
        for start in range(0, len(transactions), STORED_EVERY)
    ]


async def _fetch(
    nodes: HistoryNodes, announced: Sequence[_Announced], before: FetchedBlock | None
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

    async def fetch(blocks: Sequence[_Announced], last: BlockEvent | None) -> list[FetchedBlock]:
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
    nodes: HistoryNodes, announced: Sequence[_Announced], before: BlockEvent | None
) -> list[FetchedBlock]:
    """The blocks of one transaction, of the first node that has the right ones."""
    fault: TesseraError | None = None
    for node in nodes.in_turn():
        try:
            calldata = await nodes.calldata(node, announced[0].transaction, announced[0].l1_block)
            return _checked(announced, calldata, before)
        except BlockError as error:
            fault = BlockError(_WRONG_BLOCK, node=node + 1, transaction=announced[0].transaction, fault=error.words)
        except UnavailableError as error:
            fault = fault or error
    assert fault is not None  # noqa: S101 - there is a node, and it either answered or failed
    raise fault


def _checked(announced: Sequence[_Announced], calldata: bytes, before: BlockEvent | None) -> list[FetchedBlock]:
    blocks = read_blocks(calldata)
    # The last event is that of the last block; the first ones are missing where a crash stored their blocks alone.
    if len(blocks) != announced[-1].place + 1:
        raise BlockError(_OTHER_COUNT, found=len(blocks), expected=announced[-1].place + 1)
    fetched: list[FetchedBlock] = []
    for each in announced:
        block = blocks[each.place]
        check_block(before, each.event, block)
        before = each.event
        fetched.append(FetchedBlock(each.event, block, each.l1_block, each.transaction))
    return fetched
