"""Blocks that were fetched from Ethereum, kept compressed on the disk, so that a later replay asks nobody.

A folder has files of 1,000 blocks each: `blocks-000001.l2`, and so on. A file is a mark, then a record for each block:
its length and CRC-32, and compressed one line of JSON with what Ethereum says about the block, then its data. Files
are only appended to; a record that a crash cut off is dropped, and its block is fetched again.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import BinaryIO, Self

import orjson
from filelock import FileLock, Timeout

from bot.archive.regular_file import open_file, read_file
from bot.errors import ConfigError
from bot.l2.block_check import BlockEvent
from bot.l2.submissions import SubmittedBlock
from bot.messages import Message

_NO_FOLDER = Message("{path}: the folder of blocks cannot be used: {reason}.")
_IN_USE = Message("{path}: another process is writing blocks there. Wait for it, or end it.")
_OTHER_FORM = Message("{path}: not a file of blocks, or one of a newer Tessera: use a newer Tessera, or remove it.")
_DAMAGED = Message(
    "{path}: damaged at byte {at:,}. Remove this file and those after it: --rpc (or --era1) with --blocks {folder} "
    "fetches their blocks again; without them --from-dir makes an archive that ends with the block before."
)
_MISSING_FILE = Message(
    "{path}: before it the blocks from {expected:,} on are missing. Put their file back, or remove this one and those "
    "after it: --rpc (or --era1) with --blocks {folder} fetches their blocks again."
)
_NOT_NEXT = Message("{path}: block {found:,} cannot follow block {last:,} there.")

BLOCKS_PER_FILE = 1_000
_FILE_PREFIX, _DIGITS = "blocks-", 6
_FILE = re.compile(rf"{_FILE_PREFIX}[0-9]{{{_DIGITS}}}\.l2")
_MARK = b"tessera-l2-blocks 1\n"
_HEAD = Struct(">II")
# The largest block has 26 KB. A length beyond this is damage, not a block.
_LONGEST = 1024 * 1024
# What a record may come to.
_MOST_UNPACKED = 16 * 1024 * 1024
_NO_NUMBER = 2**63
_HASH_BYTES = 32
_TRANSACTION = re.compile(r"0x[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FetchedBlock:
    """A block as it was submitted, with what Ethereum says about it.

    Attributes:
        l1_block: The number of Ethereum's block that it was submitted in.
        transaction: The hash of the transaction that submitted it.
    """

    event: BlockEvent
    block: SubmittedBlock
    l1_block: int
    transaction: str


class BlockFolder:
    """An open folder. One process at a time writes to it; reading needs no turn.

    Args:
        path: The folder; `open_to_write` makes it.
        blocks_per_file: How many a file has before the next one begins; folders may differ in it.

    Attributes:
        last: The last block there; None: none. Known once it is open to be written.
    """

    def __init__(self, path: Path, *, blocks_per_file: int = BLOCKS_PER_FILE) -> None:
        self.path = path
        self._blocks_per_file = blocks_per_file
        self.last: FetchedBlock | None = None
        self._lock = FileLock(path / "lock")
        self._file: BinaryIO | None = None

    def open_to_write(self) -> Self:
        """Make the folder where it is missing, and drop what a crash cut off.

        Raises:
            ConfigError: it cannot be written, is damaged, or another process writes there.
        """
        try:
            if (lock := self.path / "lock").is_symlink():  # a folder of somebody else must not say where is written
                raise ConfigError(_NO_FOLDER, path=lock, reason="it is a link")
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(_IN_USE, path=self.path) from error
        except OSError as error:
            raise ConfigError(_NO_FOLDER, path=self.path, reason=error.strerror) from error
        try:
            self._continue()
        except BaseException:
            self._lock.release()
            raise
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open to be written."""
        if self._file:
            self._file.close()
            self._file = None
        self._lock.release()

    def append(self, blocks: Sequence[FetchedBlock]) -> None:
        """Add the next blocks; when this returns they are on the disk.

        Raises:
            ConfigError: they are not the next, or the disk does not take them.
        """
        try:
            for each in blocks:
                number, last = each.event.number, self.last.event.number if self.last else 0
                if number != last + 1:
                    raise ConfigError(_NOT_NEXT, path=self.path, found=number, last=last)
                if self._file is None or (number - 1) % self._blocks_per_file == 0:
                    self._begin(number)
                assert self._file is not None  # noqa: S101 - what `_begin` just opened
                self._file.write(_packed(each))
                self.last = each
            self._flush()
        except OSError as error:
            # What is left in the buffer would fail again when the file is closed; the next run cuts off what arrived.
            if self._file:
                with suppress(OSError):
                    self._file.close()
                self._file = None
            raise ConfigError(_NO_FOLDER, path=self.path, reason=error.strerror) from error

    def iter_blocks(self) -> Iterator[FetchedBlock]:
        """All blocks, in their order, up to one that a crash cut off.

        Raises:
            ConfigError: it cannot be read, a file is missing, or it is damaged anywhere else than at the end.
        """
        return self.iter_from(1)

    def iter_from(self, first: int) -> Iterator[FetchedBlock]:
        """The blocks from one on; files before it are not read. See `iter_blocks`."""
        files = self._files()
        earlier = [path for path in files if path.name <= _file_name(first)]
        expected = 1
        if len(earlier) > 1:
            files = files[len(earlier) - 1 :]
            expected = int(files[0].stem.removeprefix(_FILE_PREFIX))
        for path in files:
            if path.name != _file_name(expected):
                raise ConfigError(_MISSING_FILE, path=path, expected=expected, folder=self.path)
            for block, _ in self._records(path, is_last=path == files[-1]):
                if block.event.number >= first:
                    yield block
                expected += 1

    def end(self) -> int:
        """The number of the last block, 0 where there is none, without opening the folder to be written.

        Raises:
            ConfigError: it cannot be read, or is damaged.
        """
        files = self._files()
        for path in reversed(files):
            numbers = [block.event.number for block, _ in self._records(path, is_last=path == files[-1])]
            if numbers:
                return numbers[-1]
        return 0

    def _files(self) -> list[Path]:
        try:
            if not self.path.is_dir():
                raise NotADirectoryError(20, "it is not there, or is no folder")
            # Not `glob`, for which a folder that we may not read is an empty one.
            return sorted(each for each in self.path.iterdir() if _FILE.fullmatch(each.name))
        except OSError as error:
            raise ConfigError(_NO_FOLDER, path=self.path, reason=error.strerror) from error

    def _continue(self) -> None:
        """Find the end of the last file, and cut off what is no whole record."""
        files = self._files()
        while files:
            end = 0
            for block, record_end in self._records(files[-1], is_last=True, may_be_link=False):
                self.last, end = block, record_end
            try:
                if end:
                    self._file = open_file(files[-1], "r+b", may_be_link=False)
                    self._file.truncate(end)
                    self._file.seek(end)
                    return
                files.pop().unlink()  # a crash left not even its first record
            except OSError as error:
                raise ConfigError(_NO_FOLDER, path=self.path, reason=error.strerror) from error

    def _begin(self, number: int) -> None:
        self._flush()
        if self._file:
            self._file.close()
        self._file = open_file(self.path / _file_name(number), "wb", may_be_link=False)
        self._file.write(_MARK)

    def _flush(self) -> None:
        if self._file:
            self._file.flush()
            os.fsync(self._file.fileno())

    def _records(self, path: Path, *, is_last: bool, may_be_link: bool = True) -> Iterator[tuple[FetchedBlock, int]]:
        """The blocks of a file, each with where its record ends; what is only read may be a link."""
        try:
            content = read_file(path, may_be_link=may_be_link)
        except OSError as error:
            raise ConfigError(_NO_FOLDER, path=path, reason=error.strerror) from error
        mark = content[: len(_MARK)]
        if mark != _MARK and not (is_last and _MARK.startswith(mark)):
            raise ConfigError(_OTHER_FORM, path=path)
        at = len(_MARK)
        while at < len(content):
            head, start = content[at : at + _HEAD.size], at + _HEAD.size
            length, checksum = _HEAD.unpack(head) if len(head) == _HEAD.size else (_LONGEST, 0)
            packed = content[start : start + length]
            # A crash cuts the last record off, or leaves zeros where it was to be.
            if is_last and (len(packed) < length <= _LONGEST or not content[at:].strip(b"\0")):
                return
            if not packed or not len(packed) == length <= _LONGEST or zlib.crc32(packed) != checksum:
                raise ConfigError(_DAMAGED, path=path, at=at, folder=self.path)
            try:
                block = _unpacked(packed)
            except (KeyError, TypeError, ValueError, zlib.error) as error:  # written by somebody else
                raise ConfigError(_DAMAGED, path=path, at=at, folder=self.path) from error
            at = start + length
            yield block, at


def _file_name(first: int) -> str:
    """The name of a file that begins with this block."""
    return f"{_FILE_PREFIX}{first:0{_DIGITS}}.l2"


def _packed(each: FetchedBlock) -> bytes:
    line = orjson.dumps(
        {
            "number": each.event.number,
            "root": each.event.root.hex(),
            "data_hash": each.event.data_hash.hex(),
            "size": each.block.size,
            "version": each.block.version,
            "l1_block": each.l1_block,
            "transaction": each.transaction,
        }
    )
    packed = zlib.compress(line + b"\n" + each.block.data)
    return _HEAD.pack(len(packed), zlib.crc32(packed)) + packed


def _unpacked(packed: bytes) -> FetchedBlock:
    """The block of a record.

    Raises:
        KeyError, TypeError, ValueError, zlib.error: it is of another form.
    """
    stream = zlib.decompressobj()
    content = stream.decompress(packed, _MOST_UNPACKED)
    if not stream.eof:
        raise ValueError("cut off, or too long")
    line, _, data = content.partition(b"\n")
    says = orjson.loads(line)
    numbers = [says[key] for key in ("number", "size", "version", "l1_block")]
    if not all(type(each) is int and 0 <= each < _NO_NUMBER for each in numbers):
        raise TypeError("not a number")
    number, size, version, l1_block = numbers
    root, data_hash = bytes.fromhex(says["root"]), bytes.fromhex(says["data_hash"])
    if len(root) != _HASH_BYTES or len(data_hash) != _HASH_BYTES or not _TRANSACTION.fullmatch(says["transaction"]):
        raise ValueError("not a hash")
    return FetchedBlock(
        BlockEvent(number, root, data_hash), SubmittedBlock(size, version, data), l1_block, says["transaction"]
    )
