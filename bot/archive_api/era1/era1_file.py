"""An era1 file: up to 8,192 blocks of Ethereum from before the merge, found and unpacked; `era1_events` checks them.

The format is https://github.com/eth-clients/e2store-format-specs, formats/era1.md: entries of type, length and content;
a header, a body, receipts and a difficulty for each block, compressed with Snappy; then the number of the first block.

An event is searched in the compressed receipts. Its topic is 32 bytes without a pattern, so nothing that comes before
has four of them for Snappy to copy; and where a frame ends within it, one half is whole. Only receipts with a half are
unpacked. Should one be missed all the same, or hidden by who made the file, the numbers of layer 2 have a gap there:
blocks of nodes that are in it do not count as proven.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from struct import Struct

from bot.archive.regular_file import open_file
from bot.archive_api.era1.snappy_frames import MOST_BYTES, read_frames
from bot.errors import ConfigError
from bot.messages import Message

_CANNOT_READ = Message("{path}: cannot be read: {reason}.")
_NOT_ERA1 = Message("{path}: not an era1 file, or one that is cut off.")
_DAMAGED = Message("{path}: block {number:,} of Ethereum is damaged: {reason}.")

_HEAD = Struct("<HIH")
_NUMBER = Struct("<Q")
_VERSION, _HEADER, _BODY, _RECEIPTS, _INDEX = 0x3265, 0x03, 0x04, 0x05, 0x3266
_HALF = 16
MOST_BLOCKS = 8_192
# What is read, and the most bytes of it, compressed: a header has some 550 before it is.
_MOST = {_HEADER: 1_024, _BODY: MOST_BYTES, _RECEIPTS: MOST_BYTES}


class Era1File:
    """One file; but for its end it is read when a block is asked for.

    Args:
        path: The file.

    Attributes:
        path: As it was given.
        first: The number of its first block.
        last: That of its last one.
        count: How many blocks it has.

    Raises:
        ConfigError: it cannot be read, or is not of this format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with open_file(path) as file:
                self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # nothing is in it
            raise ConfigError(_NOT_ERA1, path=path) from error
        except OSError as error:
            raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
        self.first, self.count = self._index()
        self.last = self.first + self.count - 1

    def close(self) -> None:
        """Close the file."""
        self._content.close()

    def header(self, place: int) -> bytes:
        """The header of the so manyth block, from 0 on, as RLP.

        Raises:
            ConfigError: the file is damaged.
            SnappyError: the header is.
        """
        return self._unpacked(_HEADER, place)

    def body(self, place: int) -> bytes:
        """The transactions of a block, and what else its body has; see `header`."""
        return self._unpacked(_BODY, place)

    def receipts(self, place: int) -> bytes:
        """The receipts of a block; see `header`."""
        return self._unpacked(_RECEIPTS, place)

    def blocks_with(self, word: bytes) -> Iterator[int]:
        """The places of the blocks that may have a word of 32 bytes in their receipts: see above.

        Raises:
            ConfigError: the file is damaged.
        """
        halves = word[:_HALF], word[_HALF:]
        for place, (start, end) in enumerate(self._entries[_RECEIPTS]):
            compressed = self._content[start:end]  # a copy, as bytes are searched much faster than a mapped file
            if any(half in compressed for half in halves):
                yield place

    def damage(self, place: int, reason: object) -> ConfigError:
        """The sentence about a block that cannot be read."""
        return ConfigError(_DAMAGED, path=self.path, number=self.first + place, reason=reason)

    def _unpacked(self, kind: int, place: int) -> bytes:
        start, end = self._entries[kind][place]
        return read_frames(self._content[start:end])

    def _index(self) -> tuple[int, int]:
        """The number of the first block, and how many there are: both are at the end of the file."""
        size, words = len(self._content), _NUMBER.size
        count = _NUMBER.unpack_from(self._content, size - words)[0] if size >= words else 0
        start = size - words * (count + 2)
        if not 0 < count <= MOST_BLOCKS or start < 2 * _HEAD.size:
            raise ConfigError(_NOT_ERA1, path=self.path)
        if _HEAD.unpack_from(self._content, start - _HEAD.size) != (_INDEX, size - start, 0):
            raise ConfigError(_NOT_ERA1, path=self.path)
        return _NUMBER.unpack_from(self._content, start)[0], count

    @cached_property
    def _entries(self) -> dict[int, list[tuple[int, int]]]:
        """Where everything is."""
        listed: dict[int, list[tuple[int, int]]] = {kind: [] for kind in _MOST}
        at, size = 0, len(self._content)
        while at + _HEAD.size <= size:
            kind, length, _ = _HEAD.unpack_from(self._content, at)
            start, end = at + _HEAD.size, at + _HEAD.size + length
            if end > size or (at == 0 and kind != _VERSION):
                raise ConfigError(_NOT_ERA1, path=self.path)
            if kind in listed:
                if length > _MOST[kind] or len(listed[kind]) == self.count:
                    raise ConfigError(_NOT_ERA1, path=self.path)
                listed[kind].append((start, end))
            at = end
        if {len(each) for each in listed.values()} != {self.count}:
            raise ConfigError(_NOT_ERA1, path=self.path)
        return listed
