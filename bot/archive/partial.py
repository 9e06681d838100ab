"""A recording under way: JSON lines that are only ever appended, and whose last one may be cut off.

The first line is the archive's header. A collection is before the first account that holds it, so after a
crash the file is still a recording, of fewer accounts. If an account is there twice, the last line counts.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from io import BufferedRandom
from pathlib import Path

import orjson

from bot.archive.index import Index
from bot.archive.lines import (
    AccountRecord,
    Header,
    LineError,
    decode_account,
    decode_collection,
    decode_header,
    encode_account,
    encode_collection,
    encode_header,
    order,
    read_version,
)
from bot.archive.regular_file import open_file
from bot.archive.writer import write_archive
from bot.errors import ConfigError
from bot.holdings import Collection
from bot.messages import Message

_UNFINISHED = Message("{path}: a recording that was not finished. Continue with --resume, or remove it.")
_CANNOT_WRITE = Message("{path}: cannot be written: {reason}.")
_CANNOT_CONTINUE = Message("{path}: cannot be continued: {reason}.")
_NOT_A_RECORDING = Message("{path}: not a recording that can be continued. Remove it to start again.")


class Partial:
    """An open recording. Use `create` or `resume`; all other methods read or write the disk at once.

    Attributes:
        header: The header of the archive.
        done: Accounts recorded, and whether each is whole: complete with its lists of NFTs.
    """

    def __init__(self, path: Path, file: BufferedRandom, header: Header) -> None:
        self.header = header
        self.done: dict[str, bool] = {}
        self._path = path
        self._file = file
        # Offsets only: the lines themselves may not fit into memory.
        self._accounts: dict[str, int] = {}
        self._collections: dict[str, int] = {}

    @classmethod
    def create(cls, path: Path, header: Header) -> Partial:
        """Begin a recording in a new file.

        Raises:
            ConfigError: there is one already, or it cannot be written.
        """
        try:
            file = path.open("xb+")
        except FileExistsError:
            raise ConfigError(_UNFINISHED, path=path) from None
        except OSError as error:
            raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error
        partial = cls(path, file, header)
        partial._append([encode_header(header)])
        return partial

    @classmethod
    def resume(cls, path: Path) -> Partial:
        """Continue a recording; a line that was cut off at the end is dropped.

        Raises:
            ConfigError: there is none, it is not a recording, or it is damaged before its end.
        """
        try:
            file = open_file(path, "r+b")
        except OSError as error:
            raise ConfigError(_CANNOT_CONTINUE, path=path, reason=error.strerror) from error
        try:
            first = file.readline()
            read_version(first)
            partial = cls(path, file, decode_header(first))
            partial._read()
        except LineError as error:
            file.close()
            raise ConfigError(_NOT_A_RECORDING, path=path) from error
        return partial

    def add(self, collections: Iterable[Collection], records: Iterable[AccountRecord]) -> None:
        """Append what was read of some accounts; on the disk when this returns."""
        lines = []
        new: dict[str, Collection] = {}
        for collection in collections:
            if collection.collection_id not in self._collections:
                new.setdefault(collection.collection_id, collection)
        lines += [(self._collections, key, encode_collection(new[key])) for key in new]
        for record in records:
            lines.append((self._accounts, record.account_id, encode_account(record)))
            self.done[record.account_id] = record.whole
        at = self._file.seek(0, os.SEEK_END)
        for places, key, line in lines:
            places[key] = at
            at += len(line) + 1
        self._append([line for _, _, line in lines])

    def finish(self, path: Path, *, may_exist: bool = True) -> Index:
        """Write what was recorded as an archive to `path`, as `write_archive` does; the partial file stays."""
        collections = (decode_collection(line, self.header.network) for line in self._lines(self._collections))
        accounts = map(decode_account, self._lines(self._accounts))
        return write_archive(path, self.header, collections, accounts, may_exist=may_exist)

    def remove(self) -> None:
        """Close and delete the partial file: the archive is written and whole."""
        self.close()
        self._path.unlink()

    def close(self) -> None:
        """Close the file; it can be resumed."""
        self._file.close()

    def _lines(self, places: dict[str, int]) -> Iterator[bytes]:
        for key in sorted(places, key=order):
            self._file.seek(places[key])
            yield self._file.readline()

    def _append(self, lines: list[bytes]) -> None:
        self._file.seek(0, os.SEEK_END)
        try:
            self._file.write(b"".join(line + b"\n" for line in lines))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise ConfigError(_CANNOT_WRITE, path=self._path, reason=error.strerror) from error

    def _read(self) -> None:
        at = self._file.tell()
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            self._index_line(line, at)
            at += len(line)
        self._file.truncate(at)

    def _index_line(self, line: bytes, at: int) -> None:
        try:
            kind = orjson.loads(line).get("kind")
        except (orjson.JSONDecodeError, AttributeError):
            raise LineError("not a line") from None
        if kind == "collection":
            self._collections.setdefault(decode_collection(line, self.header.network).collection_id, at)
            return
        record = decode_account(line)
        if any(held.collection_id not in self._collections for held in record.holdings):
            raise LineError("an account before its collections")
        self._accounts[record.account_id] = at
        self.done[record.account_id] = record.whole
