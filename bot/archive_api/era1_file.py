"""An era1 file: up to 8,192 blocks of Ethereum from before the merge, of which those with an event are read.

The format is https://github.com/eth-clients/e2store-format-specs, formats/era1.md: entries of type, length and content;
a header, a body, receipts and a difficulty for each block, compressed with Snappy; then the number of the first block.

An event is searched in the compressed receipts. Its topic is 32 bytes without a pattern, so nothing that comes before
has four of them for Snappy to copy; and where a frame ends within it, one half is whole. Only receipts with a half are
unpacked. Should one be missed all the same, that is a gap in the numbers of layer 2, which is found.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct

from eth_hash.auto import keccak

from bot.archive_api.rlp_items import Item, RlpError, items_of, parts_of, read_item
from bot.archive_api.snappy_frames import MOST_BYTES, SnappyError, read_frames
from bot.errors import ConfigError
from bot.messages import Message

_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_NOT_ERA1 = Message("{path}: not an era1 file, or one that is cut off.")
_DAMAGED = Message("{path}: block {number:,} of Ethereum is damaged: {reason}.")

_HEAD = Struct("<HIH")
_NUMBER = Struct("<Q")
_VERSION, _BODY, _RECEIPTS, _INDEX = 0x3265, 0x04, 0x05, 0x3266
_HALF = 16
_MOST_BLOCKS = 8_192
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


class Era1File:
    """One file; but for its end it is read when events are asked for.

    Args:
        path: The file.

    Attributes:
        first: The number of its first block.
        last: That of its last one.

    Raises:
        ConfigError: it cannot be read, or is not of this format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # nothing is in it
            raise ConfigError(_NOT_ERA1, path=path) from error
        except OSError as error:
            raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
        self._bodies: list[tuple[int, int]] = []
        self._receipts: list[tuple[int, int]] = []
        self.first, self._count = self._index()
        self.last = self.first + self._count - 1

    def close(self) -> None:
        """Close the file."""
        self._content.close()

    def events(self, address: bytes, topic: bytes) -> Iterator[Era1Event]:
        """The events of a contract with this first topic, in their order.

        Raises:
            ConfigError: the file, or a block with such an event, is damaged.
        """
        self._list()
        halves = topic[:_HALF], topic[_HALF:]
        for place, (start, end) in enumerate(self._receipts):
            compressed = self._content[start:end]  # a copy, as bytes are searched much faster than a mapped file
            if not any(half in compressed for half in halves):
                continue
            number = self.first + place
            try:
                yield from self._events_of(number, address, topic)
            except (SnappyError, RlpError, IndexError, KeyError) as error:
                raise ConfigError(_DAMAGED, path=self.path, number=number, reason=error) from error

    def _index(self) -> tuple[int, int]:
        """The number of the first block, and how many there are: both are at the end of the file."""
        size, words = len(self._content), _NUMBER.size
        count = _NUMBER.unpack_from(self._content, size - words)[0] if size >= words else 0
        start = size - words * (count + 2)
        if not 0 < count <= _MOST_BLOCKS or start < 2 * _HEAD.size:
            raise ConfigError(_NOT_ERA1, path=self.path)
        if _HEAD.unpack_from(self._content, start - _HEAD.size) != (_INDEX, size - start, 0):
            raise ConfigError(_NOT_ERA1, path=self.path)
        return _NUMBER.unpack_from(self._content, start)[0], count

    def _list(self) -> None:
        """Find out where everything is."""
        self._bodies.clear()
        self._receipts.clear()
        listed = {_BODY: self._bodies, _RECEIPTS: self._receipts}
        at, size = 0, len(self._content)
        while at + _HEAD.size <= size:
            kind, length, _ = _HEAD.unpack_from(self._content, at)
            start, end = at + _HEAD.size, at + _HEAD.size + length
            if end > size or (at == 0 and kind != _VERSION):
                raise ConfigError(_NOT_ERA1, path=self.path)
            if kind in listed:
                if length > MOST_BYTES or len(listed[kind]) == self._count:
                    raise ConfigError(_NOT_ERA1, path=self.path)
                listed[kind].append((start, end))
            at = end
        if {len(self._bodies), len(self._receipts)} != {self._count}:
            raise ConfigError(_NOT_ERA1, path=self.path)

    def _events_of(self, number: int, address: bytes, topic: bytes) -> Iterator[Era1Event]:
        place = number - self.first
        transactions: list[Item] = []
        for index, receipt in enumerate(self._lists(self._receipts[place])):
            *_, logs = parts_of(_untyped(receipt)[1], 4)
            for log in items_of(logs):
                emitter, topics, data = parts_of(log, 3)
                found = tuple(each.content for each in items_of(topics))
                if emitter.content != address or found[:1] != (topic,):
                    continue
                if not transactions:
                    transactions = items_of(self._lists(self._bodies[place])[0])
                yield Era1Event(number, *called(transactions[index]), found, data.content)

    def _lists(self, where: tuple[int, int]) -> list[Item]:
        start, end = where
        return items_of(read_item(read_frames(self._content[start:end])))


def _untyped(item: Item) -> tuple[int, Item]:
    """The type of a transaction or receipt, and its fields; those with a type are a text with the list in it."""
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
    signed = transaction.whole if transaction.is_list else transaction.content
    return "0x" + keccak(signed).hex(), items_of(fields)[_INPUT[kind]].content
