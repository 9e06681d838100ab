"""The events of a contract in an era1 file, each proven: the headers of the file say what its blocks must have.

The headers follow each other by their hashes, and each has the root of its block's receipts, in which the events are,
and of its transactions. So with the hash of the last header known, all of them are known to be Ethereum's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from eth_hash.auto import keccak

from bot.archive_api.era1.era1_file import Era1File
from bot.archive_api.era1.l1_header import L1Header, read_header
from bot.archive_api.era1.merkle_trie import ordered_root
from bot.archive_api.era1.rlp_items import Item, RlpError, items_of, parts_of, read_item
from bot.archive_api.era1.snappy_frames import SnappyError
from bot.errors import ConfigError
from bot.messages import Message

_NOT_NEXT = Message(
    "{path}: block {number:,} of Ethereum does not follow the one before: its header has another hash or number."
)
_OTHER_RECEIPTS = Message("{path}: the receipts of block {number:,} of Ethereum are not those that its header names.")
_OTHER_TRANSACTIONS = Message(
    "{path}: the transactions of block {number:,} of Ethereum are not those that its header names."
)

# Where the calldata is among the fields: of a transaction without a type, and of those with one.
_INPUT = {0: 5, 1: 6, 2: 7}
_FIRST_LIST = 0xC0


@dataclass(frozen=True, slots=True)
class Era1Event:
    """An event, and the transaction that it is of.

    Attributes:
        l1_block: The number of the block.
        transaction: The hash of the transaction.
        calldata: What it called.
        topics: All of them.
        data: The event's own.
    """

    l1_block: int
    transaction: str
    calldata: bytes
    topics: tuple[bytes, ...]
    data: bytes


def read_headers(file: Era1File) -> list[L1Header]:
    """All headers of a file, each of which follows the one before.

    Raises:
        ConfigError: one does not, or the file is damaged.
    """
    headers: list[L1Header] = []
    for place in range(file.count):
        header = header_at(file, place)
        if header.number != file.first + place or (headers and header.parent != headers[-1].hash):
            raise ConfigError(_NOT_NEXT, path=file.path, number=file.first + place)
        headers.append(header)
    return headers


def header_at(file: Era1File, place: int) -> L1Header:
    """The header of the so manyth block of a file, from 0 on.

    Raises:
        ConfigError: the file is damaged.
    """
    try:
        return read_header(file.header(place))
    except (SnappyError, RlpError) as error:
        raise file.damage(place, error) from error


def read_events(file: Era1File, headers: Sequence[L1Header], address: bytes, topic: bytes) -> Iterator[Era1Event]:
    """The events of a contract with this first topic, in their order.

    Args:
        file: Where they are.
        headers: Of the file, from `read_headers`.
        address: The contract's.
        topic: The first one.

    Raises:
        ConfigError: a block with such an event is damaged, or is not what its header says.
    """
    for place in file.blocks_with(topic):
        try:
            yield from _events_of(file, place, headers[place], address, topic)
        except (SnappyError, RlpError, IndexError, KeyError) as error:
            raise file.damage(place, error) from error


def _events_of(file: Era1File, place: int, header: L1Header, address: bytes, topic: bytes) -> Iterator[Era1Event]:
    receipts = items_of(read_item(file.receipts(place)))
    if ordered_root([_encoded(each) for each in receipts]) != header.receipts_root:
        raise ConfigError(_OTHER_RECEIPTS, path=file.path, number=header.number)
    transactions: list[Item] = []
    for index, receipt in enumerate(receipts):
        *_, logs = parts_of(_untyped(receipt)[1], 4)
        for log in items_of(logs):
            emitter, topics, data = parts_of(log, 3)
            found = tuple(each.content for each in items_of(topics))
            if emitter.content != address or found[:1] != (topic,):
                continue
            transactions = transactions or _transactions(file, place, header)
            yield Era1Event(header.number, *called(transactions[index]), found, data.content)


def _transactions(file: Era1File, place: int, header: L1Header) -> list[Item]:
    transactions = items_of(items_of(read_item(file.body(place)))[0])
    if ordered_root([_encoded(each) for each in transactions]) != header.transactions_root:
        raise ConfigError(_OTHER_TRANSACTIONS, path=file.path, number=header.number)
    return transactions


def _encoded(item: Item) -> bytes:
    """A transaction or receipt as it is hashed: those with a type are a text in their list."""
    return item.whole if item.is_list else item.content


def _untyped(item: Item) -> tuple[int, Item]:
    """The type of a transaction or receipt, and its fields."""
    if item.is_list:
        return 0, item
    if not item.content or item.content[0] >= _FIRST_LIST:
        raise RlpError("a type is expected")
    return item.content[0], read_item(item.content, 1)


def called(transaction: Item) -> tuple[str, bytes]:
    """The hash and the calldata of a transaction, as a body has it.

    Raises:
        RlpError, IndexError, KeyError: it is none, or of a kind that did not exist before the merge.
    """
    kind, fields = _untyped(transaction)
    return "0x" + keccak(_encoded(transaction)).hex(), items_of(fields)[_INPUT[kind]].content
