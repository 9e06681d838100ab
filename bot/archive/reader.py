"""Opens an archive and looks things up in it; a file that is incomplete or was altered is refused."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import orjson
from cachetools import LRUCache

from bot.archive.gzip_members import TAIL_SIZE, MemberError, unpack, unpack_first, unpack_tail
from bot.archive.index import Block, Index, decode_index
from bot.archive.lines import (
    VERSION,
    AccountRecord,
    Header,
    LineError,
    decode_account,
    decode_collection,
    decode_header,
    decode_owner,
    id_of,
    read_version,
)
from bot.archive.regular_file import open_file
from bot.errors import ConfigError, UnavailableError
from bot.holdings import Collection
from bot.messages import Message

_CANNOT_READ = Message("{path}: the archive cannot be read: {reason}.")
_CLOSED = Message("The archive of {network} is closed.")
_DAMAGED = Message("The archive of {network} is damaged: this bot's operator should run `tessera archive verify`.")
_OTHER_NETWORK = Message("{path}: an archive of {network}, but {wanted} is wanted.")
_ALTERED = Message("{path}: the archive is cut off or altered. Get a new copy of it.")
_NOT_AN_ARCHIVE = Message("{path}: not an archive of holdings, or its beginning is damaged.")
_NEWER_VERSION = Message(
    "{path}: an archive of version {version}, and this Tessera knows {known}: use a newer Tessera."
)

_READ = 1024 * 1024
_MAX_HEADER = 64 * 1024
# Bytes of unpacked lines. The Python objects for them take about half as much again.
_CACHE_BYTES = 16 * 1024 * 1024

_Lines = dict[str, bytes]


class Archive:
    """An open archive. Its methods may be called from any thread, and read the disk.

    Every method raises `UnavailableError` when the file changed while it was open, or contradicts itself.

    Attributes:
        path: The file.
        header: Its metadata.
        index: Where its lines are.
        sha256: Of the whole file, as it was when it was opened: what `sha256sum` prints.
    """

    def __init__(self, path: Path, descriptor: int, header: Header, index: Index, sha256: str) -> None:
        self.path = path
        self.header = header
        self.index = index
        self.sha256 = sha256
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._cached: LRUCache[int, _Lines] = LRUCache(
            _CACHE_BYTES, getsizeof=lambda lines: sum(map(len, lines.values())) + 1
        )

    @classmethod
    def open(cls, path: Path, *, network: str = "") -> Archive:
        """Open the archive at `path`, and check every byte of it against its digest.

        Args:
            path: The file.
            network: Whose accounts it must contain; "": any.

        Raises:
            ConfigError: it cannot be read, is no archive, of a newer form, cut off, altered, or of another network.
        """
        try:
            with open_file(path) as file:
                descriptor = os.dup(file.fileno())
        except OSError as error:
            raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
        try:
            header, index, sha256 = _open(path, descriptor, network)
        except OSError as error:
            os.close(descriptor)
            raise ConfigError(_CANNOT_READ, path=path, reason=error.strerror) from error
        except ConfigError:
            os.close(descriptor)
            raise
        return cls(path, descriptor, header, index, sha256)

    def close(self) -> None:
        """Close the file; every look-up after that gets an error."""
        with self._lock:
            if self._descriptor >= 0:
                os.close(self._descriptor)
            self._descriptor = -1
            self._cached.clear()

    def find_account(self, account_id: str) -> AccountRecord | None:
        """What an account held; None: it was not recorded, which says nothing about it."""
        line = self._find("accounts", account_id)
        try:
            return decode_account(line) if line is not None else None
        except LineError as error:
            raise self._broken() from error

    def find_collection(self, collection_id: str) -> Collection | None:
        """A collection; None: it was not recorded."""
        line = self._find("collections", collection_id)
        try:
            return decode_collection(line, self.header.network) if line is not None else None
        except LineError as error:
            raise self._broken() from error

    def collection(self, collection_id: str) -> Collection:
        """A collection that an account of this archive holds."""
        found = self.find_collection(collection_id)
        if found is None:
            raise self._broken()
        return found

    def count_unnamed(self) -> int:
        """How many collections have no name here. Reads all of them, and checks no more than that they are JSON."""
        try:
            return sum(
                not orjson.loads(line).get("name") for _, lines in self.iter_blocks("collections") for line in lines
            )
        except (orjson.JSONDecodeError, AttributeError) as error:
            raise self._broken() from error

    def find_account_of(self, owner: str) -> str | None:
        """The account of an owner (lower case); None: none was recorded."""
        line = self._find("owners", owner)
        try:
            return decode_owner(line)[1] if line is not None else None
        except LineError as error:
            raise self._broken() from error

    def iter_blocks(self, kind: str) -> Iterator[tuple[Block, list[bytes]]]:
        """All blocks of a kind of line with their lines, in order, without caching them."""
        for block in self.index.blocks[kind]:
            with self._lock:
                lines = self._unpack(block)
            yield block, lines

    def _find(self, kind: str, identifier: str) -> bytes | None:
        block = self.index.find(kind, identifier)
        if block is None:
            return None
        with self._lock:
            lines = self._cached.get(block.offset)
            if lines is None:
                lines = self._by_id(self._unpack(block))
                if self._cached.getsizeof(lines) <= _CACHE_BYTES:
                    self._cached[block.offset] = lines
        return lines.get(identifier)

    def _by_id(self, lines: list[bytes]) -> _Lines:
        try:
            return {id_of(line): line for line in lines}
        except LineError as error:
            raise self._broken() from error

    def _unpack(self, block: Block) -> list[bytes]:
        if self._descriptor < 0:
            raise UnavailableError(_CLOSED, network=self.header.network)
        try:
            lines = unpack(os.pread(self._descriptor, block.length, block.offset))
        except (OSError, MemberError) as error:
            raise self._broken() from error
        if len(lines) != block.count:
            raise self._broken()
        return lines

    def _broken(self) -> UnavailableError:
        # Without the path: this sentence may be shown to a member.
        return UnavailableError(_DAMAGED, network=self.header.network)


def _open(path: Path, descriptor: int, network: str) -> tuple[Header, Index, str]:
    size = os.fstat(descriptor).st_size
    header, after = _read_header(path, os.pread(descriptor, _MAX_HEADER, 0))
    if network and header.network != network:
        raise ConfigError(_OTHER_NETWORK, path=path, network=header.network, wanted=network)
    damaged = ConfigError(_ALTERED, path=path)
    try:
        tail = os.pread(descriptor, TAIL_SIZE, max(0, size - TAIL_SIZE))
        index_at, written = unpack_tail(tail)
        digest = _digest(descriptor, size - TAIL_SIZE)
        if digest.hexdigest() != written:
            raise damaged
        digest.update(tail)  # from here on it is that of the whole file
        (line,) = unpack(os.pread(descriptor, size - TAIL_SIZE - index_at, index_at))
        index = decode_index(line)
    except ValueError as error:
        raise damaged from error
    if index.end(after) != index_at:
        raise damaged
    return header, index, digest.hexdigest()


def _read_header(path: Path, start: bytes) -> tuple[Header, int]:
    """The header, and where its member ends."""
    try:
        (line,), rest = unpack_first(start, _MAX_HEADER)
        version = read_version(line)
        header = decode_header(line) if version == VERSION else None
    except ValueError as error:
        raise ConfigError(_NOT_AN_ARCHIVE, path=path) from error
    if header is None:
        raise ConfigError(_NEWER_VERSION, path=path, version=version, known=VERSION)
    return header, len(start) - len(rest)


def _digest(descriptor: int, end: int) -> hashlib._Hash:
    digest, at = hashlib.sha256(), 0
    while at < end and (piece := os.pread(descriptor, min(_READ, end - at), at)):
        digest.update(piece)
        at += len(piece)
    return digest
