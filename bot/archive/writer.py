"""Writes an archive: all of it, flushed to the disk under its name, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bot.archive.gzip_members import MAX_UNPACKED, pack, pack_tail
from bot.archive.index import Block, Index, encode_index
from bot.archive.lines import (
    AccountRecord,
    Header,
    encode_account,
    encode_collection,
    encode_header,
    encode_owner,
    order,
)
from bot.archive.new_file import EXISTS, new_file
from bot.errors import ConfigError
from bot.holdings import Collection
from bot.messages import Message

_CANNOT_WRITE = Message("{path}: the archive cannot be written: {reason}.")

# A look-up unpacks one block of accounts: some 75 KB, a third of a millisecond. Half as many cost a tenth more disk.
ACCOUNTS_PER_BLOCK = 256
# The collections of an account are all over the file, and each has more text.
COLLECTIONS_PER_BLOCK = 32
OWNERS_PER_BLOCK = 1024
# With NFTs recorded, lines can be long: then a block ends early.
_FULL_BLOCK = 512 * 1024


def write_archive(
    path: Path,
    header: Header,
    collections: Iterable[Collection],
    accounts: Iterable[AccountRecord],
    *,
    may_exist: bool = True,
) -> Index:
    """Write an archive to `path`, atomically: an existing file stays until the new one is complete.

    Args:
        path: The file to write.
        header: The first line.
        collections: In the order of their ids (`lines.order`), each once.
        accounts: In the order of their ids, each once; they hold only `collections`.
        may_exist: Replace what is at `path` then; False: refuse, also what came to be there meanwhile.

    Raises:
        ConfigError: it cannot be written.
        ValueError: out of order, twice, of another network, or a collection that is not among `collections`.
    """
    try:
        with new_file(path, may_exist=may_exist) as file:
            return _write(file, header, collections, accounts)
    except FileExistsError as error:
        raise ConfigError(EXISTS, path=path) from error
    except OSError as error:
        raise ConfigError(_CANNOT_WRITE, path=path, reason=error.strerror) from error


def _write(
    file: BinaryIO, header: Header, collections: Iterable[Collection], accounts: Iterable[AccountRecord]
) -> Index:
    digest = hashlib.sha256()

    def put(member: bytes) -> int:
        file.write(member)
        digest.update(member)
        return len(member)

    index = _Members(put).write(header, collections, accounts)
    index_at = file.tell()
    put(pack([encode_index(index)]))
    file.write(pack_tail(index_at, digest.hexdigest()))
    return index


class _Members:
    """Puts lines into blocks, and records the position of each."""

    def __init__(self, put: Callable[[bytes], int]) -> None:
        self._put = put
        self._at = 0

    def write(self, header: Header, collections: Iterable[Collection], accounts: Iterable[AccountRecord]) -> Index:
        self._at += self._put(pack([encode_header(header)]))
        known: set[str] = set()
        owners: dict[str, str] = {}
        incomplete = 0

        def collection_lines() -> Iterator[tuple[str, bytes]]:
            for collection in collections:
                if collection.network != header.network:
                    raise ValueError(f"{collection} is of another network than {header.network}")
                known.add(collection.collection_id)
                yield collection.collection_id, encode_collection(collection)

        def account_lines() -> Iterator[tuple[str, bytes]]:
            nonlocal incomplete
            for record in accounts:
                if any(held.collection_id not in known for held in record.holdings):
                    raise ValueError(f"{record.account_id} holds a collection that is not in the archive")
                incomplete += not record.complete
                if record.owner:
                    owners.setdefault(record.owner, record.account_id)
                yield record.account_id, encode_account(record)

        def owner_lines() -> Iterator[tuple[str, bytes]]:
            for owner in sorted(owners, key=order):
                yield owner, encode_owner(owner, owners[owner])

        blocks = {
            "collections": tuple(self._blocks(collection_lines(), COLLECTIONS_PER_BLOCK)),
            "accounts": tuple(self._blocks(account_lines(), ACCOUNTS_PER_BLOCK)),
            "owners": tuple(self._blocks(owner_lines(), OWNERS_PER_BLOCK)),
        }
        return Index(blocks, incomplete)

    def _blocks(self, lines: Iterable[tuple[str, bytes]], most: int) -> Iterator[Block]:
        first, last, size = "", "", 0
        block: list[bytes] = []
        for identifier, line in lines:
            if not identifier or (last and order(identifier) <= order(last)):
                raise ValueError(f"“{identifier}” comes after “{last}”: out of order")
            if len(line) >= MAX_UNPACKED - _FULL_BLOCK:
                raise ValueError(f"“{identifier}” fills a line of {len(line)} bytes: too long")
            last = identifier
            first = first or identifier
            block.append(line)
            size += len(line)
            if len(block) == most or size >= _FULL_BLOCK:
                yield self._block(first, block)
                first, block, size = "", [], 0
        if block:
            yield self._block(first, block)

    def _block(self, first: str, lines: list[bytes]) -> Block:
        offset, length = self._at, self._put(pack(lines))
        self._at += length
        return Block(first, offset, length, len(lines))
