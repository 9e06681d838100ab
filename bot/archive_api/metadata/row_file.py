"""Rows of JSON in a file, one a line, that are only appended to; each has a CRC-32 of itself.

A line that a crash cut off is dropped. One that is damaged, or so long that none of ours is, is passed over, and never
in memory as a whole. One process at a time has the file open.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson
from filelock import FileLock, Timeout

from bot.archive.regular_file import open_file
from bot.errors import ConfigError
from bot.messages import Message

_CANNOT_USE = Message("{path}: the file of names and pictures cannot be used: {reason}.")
_IN_USE = Message("{path}: another process is fetching names and pictures into it. Wait for it, or end it.")

# Some pictures' URIs of 2,048 characters each, all of which JSON may write with six bytes.
LONGEST_LINE = 192 * 1024
_CHECKSUM = "crc"


class RowFile:
    """An open file; made where it is missing. To be closed.

    Args:
        path: The file; a lock is beside it.

    Raises:
        ConfigError: it cannot be read or written, is a link, or another process has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._failure: str | None = None
        lock = path.with_name(f"{path.name}.lock")
        try:
            if lock.is_symlink():  # a folder of somebody else must not say where is written
                raise ConfigError(_CANNOT_USE, path=lock, reason="it is a link")
            if not path.parent.is_dir():  # which the lock would make
                raise ConfigError(_CANNOT_USE, path=path, reason="its folder is not there")
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=path, reason=error.strerror) from error
        # Opened on one thread, and closed on another.
        self._lock = FileLock(lock, thread_local=False)
        try:
            self._lock.acquire(timeout=0)
            self._file: BinaryIO = open_file(path, "a+b", may_be_link=False)
        except Timeout as error:
            raise ConfigError(_IN_USE, path=path) from error
        except OSError as error:
            self._lock.release()
            raise ConfigError(_CANNOT_USE, path=path, reason=error.strerror) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._file.close()
        finally:
            self._lock.release()

    def read(self) -> Iterator[dict[str, Any]]:
        """All whole rows, in their order; what a crash cut off is removed from the file after the last.

        Raises:
            ConfigError: it cannot be read.
        """
        try:
            self._file.seek(0)
            end = 0
            while line := self._file.readline(LONGEST_LINE):
                start, at = end, end + len(line)
                while not line.endswith(b"\n") and (more := self._file.readline(LONGEST_LINE)):
                    at, line = at + len(more), more  # of a line that is too long
                if not line.endswith(b"\n"):
                    break
                end = at
                if end - start <= LONGEST_LINE and (row := _unsealed(line)):
                    yield row
            os.truncate(self._file.fileno(), end)
            self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise ConfigError(_CANNOT_USE, path=self.path, reason=error.strerror) from error

    def append(self, row: Mapping[str, Any]) -> None:
        """Add a row.

        Raises:
            ConfigError: the disk is full, or the like; then nothing can be added any more.
        """
        if self._file.closed:  # others may have found something meanwhile
            raise ConfigError(_CANNOT_USE, path=self.path, reason=self._failure)
        try:
            self._file.write(orjson.dumps({**row, _CHECKSUM: _checksum(row)}) + b"\n")
            self._file.flush()
        except OSError as error:
            # What is left in the buffer would fail again when the file is closed; the next run cuts off what arrived.
            self._failure = error.strerror
            with suppress(OSError):
                self._file.close()
            raise ConfigError(_CANNOT_USE, path=self.path, reason=error.strerror) from error


def _checksum(row: Mapping[str, Any]) -> str:
    return f"{zlib.crc32(orjson.dumps(row)):08x}"


def _unsealed(line: bytes) -> dict[str, Any] | None:
    """The row of a line; None: it is damaged."""
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(row, dict) or row.pop(_CHECKSUM, None) != _checksum(row):
        return None
    return row
